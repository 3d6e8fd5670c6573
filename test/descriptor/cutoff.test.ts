import { describe, expect, it } from "vitest";
import { type CutoffFunction, evaluateCutoff, evaluateScaling } from "../../src/descriptor/cutoff.js";
import { createDescriptor } from "../../src/descriptor/descriptor.js";
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
    const using = (cutoffFunction: CutoffFunction) => () =>
      createDescriptor({ species: ["H"], cutoff: 5, nMax: 2, lMax: 1, cutoffFunction });
    expect(using({ kind: "shiftedCosine", width: 0 })).toThrow(/width is 0, expected a positive number \(Å\)/);
    expect(using({ kind: "shiftedCosine", width: 6 })).toThrow(/width is 6 Å, beyond the cutoff radius of 5 Å/);
    expect(using({ kind: "polynomial", exponent: 1 })).toThrow(/exponent is 1, expected a number from 2 to 50/);
    expect(using({ kind: "cosine", width: 2 } as CutoffFunction)).toThrow(/unknown option "width"/);
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
    const settings = { species: ["H"], cutoff: 5, nMax: 2, lMax: 1, radialScaling: { ...f, scale: -1 } };
    expect(() => createDescriptor(settings)).toThrow(/scale is -1, expected a positive number \(Å\)/);
  });
});
