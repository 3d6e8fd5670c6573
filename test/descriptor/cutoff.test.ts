import { describe, expect, it } from "vitest";
import {
  type CutoffFunction,
  checkCutoff,
  checkScaling,
  evaluateCutoff,
  evaluateScaling,
} from "../../src/descriptor/cutoff.js";
import { expectClose } from "../support/close.js";
import { derivative } from "../support/finiteDifference.js";

const smooth: CutoffFunction[] = [
  { kind: "cosine" },
  { kind: "shiftedCosine", width: 1.5 },
  { kind: "polynomial" },
  { kind: "polynomial", exponent: 3 },
];

describe("evaluateCutoff", () => {
  it.each(smooth)("%o falls from 1 to 0 with the slope of finite differences", (f) => {
    expect(evaluateCutoff(f, 0, 5)).toEqual({ value: 1, slope: expect.closeTo(0, 12) });
    expectClose(evaluateCutoff(f, 5, 5).value, 0, { absolute: 0 });
    expectClose(evaluateCutoff(f, 5 - 1e-7, 5).slope, 0, { absolute: 1e-6 });
    for (const r of [0.5, 2, 3.6, 4.4, 4.9])
      expectClose(
        evaluateCutoff(f, r, 5).slope,
        derivative((x) => evaluateCutoff(f, x, 5).value, r),
        { absolute: 1e-9 },
      );
  });

  it("cosine is ½ at half the radius, shifted cosine 1 up to its width", () => {
    expectClose(evaluateCutoff({ kind: "cosine" }, 2.5, 5).value, 0.5, { absolute: 1e-15 });
    expect(evaluateCutoff({ kind: "shiftedCosine", width: 1.5 }, 3.5, 5)).toEqual({ value: 1, slope: 0 });
    expect(evaluateCutoff({ kind: "none" }, 4.999, 5)).toEqual({ value: 1, slope: 0 });
  });

  it("refuses widths and exponents outside their range", () => {
    expect(() => checkCutoff({ kind: "shiftedCosine", width: 0 }, 5)).toThrow(/width 0 Å is not in \(0, 5\]/);
    expect(() => checkCutoff({ kind: "polynomial", exponent: 1 }, 5)).toThrow(/exponent 1/);
    expect(() => checkCutoff({ kind: "cosine", width: 2 } as CutoffFunction, 5)).toThrow(/unknown option "width"/);
  });
});

describe("evaluateScaling", () => {
  it("halves at the scale, with the slope of finite differences", () => {
    const f = { kind: "inversePower", scale: 2, exponent: 4 } as const;
    expectClose(evaluateScaling(f, 2).value, 0.5, { absolute: 1e-15 });
    expect(evaluateScaling(f, 0)).toEqual({ value: 1, slope: -0 });
    for (const r of [0.3, 1.8, 4])
      expectClose(
        evaluateScaling(f, r).slope,
        derivative((x) => evaluateScaling(f, x).value, r),
        { absolute: 1e-10 },
      );
    expect(() => checkScaling({ ...f, scale: -1 })).toThrow(/scale -1 Å/);
  });
});
