import { describe, expect, it } from "vitest";
import { OptionError } from "../../src/errors.js";
import { broaden } from "../../src/spectrum/broadening.js";
import type { Broadening } from "../../src/spectrum/lineShape.js";
import { area, intensityOf, resample, type Spectrum, toUnit } from "../../src/spectrum/spectrum.js";
import { expectClose } from "../support/close.js";
import { noise } from "./signals.js";

function spectrumOf(values: Float64Array, step: number): Spectrum {
  return {
    quantity: "raman",
    axis: { unit: "cm-1", values: values.map((_, k) => k * step) },
    intensities: { unpolarised: { unit: "Å⁶·cm", values } },
    resolution: 1,
    corrections: [],
    broadening: { kind: "none" },
    origin: "test",
  };
}

/** One line of area 1 at the grid point nearest to `at`. */
function line(at: number, step: number, to = 4000): Spectrum {
  const values = new Float64Array(Math.round(to / step) + 1);
  values[Math.round(at / step)] = 1 / step;
  return spectrumOf(values, step);
}

const shapes: readonly Broadening[] = [
  { kind: "lorentzian", width: 20 },
  { kind: "gaussian", width: 20 },
  { kind: "voigt", lorentzian: 8, gaussian: 15 },
];

describe("broaden", () => {
  it("keeps the area exactly, for every shape, width and grid, narrower than the grid included", () => {
    for (const step of [0.5, 7, 60])
      for (const width of [0.01, 3, 50, 900])
        for (const kind of ["lorentzian", "gaussian"] as const) {
          const s = spectrumOf(noise(201, 3).map(Math.abs), step);
          const b = broaden(s, { kind, width });
          expectClose(area(b), area(s), { relative: 1e-11 });
          expect(Math.min(...intensityOf(b).values)).toBeGreaterThanOrEqual(0);
        }
    const s = spectrumOf(noise(101, 4).map(Math.abs), 5);
    for (const shape of shapes) expectClose(area(broaden(s, shape)), area(s), { relative: 1e-11 });
  });

  it("gives a line the same height and shape on grids of different spacing", () => {
    for (const shape of shapes) {
      const [fine, coarse] = [broaden(line(2000, 0.25), shape), broaden(line(2000, 1), shape)];
      const at = Float64Array.from({ length: 101 }, (_, k) => 1950 + k);
      const top = Math.max(...intensityOf(fine).values);
      expectClose(intensityOf(resample(coarse, at)).values, intensityOf(resample(fine, at)).values, {
        absolute: 4e-3 * top,
      });
    }
  });

  it("gives the closed forms: Lorentzian and Gaussian of the stated full width", () => {
    const at = Float64Array.from({ length: 201 }, (_, k) => 1900 + k);
    const lorentzian = intensityOf(resample(broaden(line(2000, 0.25), shapes[0]!), at)).values;
    const gaussian = intensityOf(resample(broaden(line(2000, 0.25), shapes[1]!), at)).values;
    const sigma = 20 / (2 * Math.sqrt(2 * Math.LN2));
    // Cell averages differ from points by step²/24 of the curvature; reflections at the ends are 1e-4 of the top.
    expectClose(
      lorentzian,
      at.map((v) => 10 / Math.PI / ((v - 2000) ** 2 + 100)),
      { absolute: 1e-5 },
    );
    expectClose(
      gaussian,
      at.map((v) => Math.exp(-((v - 2000) ** 2) / (2 * sigma ** 2)) / (sigma * Math.sqrt(2 * Math.PI))),
      { absolute: 1e-5 },
    );
  });

  it("equals direct summation over reflected sources (second route)", () => {
    const s = spectrumOf(noise(81, 8).map(Math.abs), 5);
    const width = 45;
    const half = width / 2;
    const b = broaden(s, { kind: "lorentzian", width });
    const [x, y] = [s.axis.values, intensityOf(s).values];
    const end = x.at(-1)!;
    const cumulative = (v: number): number => Math.atan(v / half) / Math.PI;
    const direct = x.map((v) => {
      let sum = 0;
      x.forEach((c, k) => {
        const weight = y[k]! * (k === 0 || k === 80 ? 0.5 : 1);
        for (let image = -400; image <= 400; image++)
          for (const source of [c + 2 * end * image, -c + 2 * end * image])
            sum += weight * (cumulative(v + 2.5 - source) - cumulative(v - 2.5 - source));
      });
      return sum;
    });
    expectClose(intensityOf(b).values, direct, { relative: 2e-3 });
  });

  it("forms ratios anew instead of broadening them", () => {
    const values = noise(201, 5).map(Math.abs);
    const s: Spectrum = {
      ...spectrumOf(values, 5),
      intensities: {
        parallel: { unit: "cm", values },
        perpendicular: { unit: "cm", values: values.map((v) => v / 2) },
        depolarisation: { unit: "1", values: values.map(() => 0.5) },
      },
    };
    expectClose(intensityOf(broaden(s, shapes[0]!), "depolarisation").values, new Float64Array(401).fill(0.5), {
      absolute: 1e-9,
    });
  });

  it("widths are cm⁻¹ on any axis", () => {
    const s = line(2000, 1);
    const a = broaden(toUnit(s, "THz"), shapes[0]!);
    expectClose(intensityOf(a).values, intensityOf(broaden(s, shapes[0]!)).values, { relative: 1e-9, absolute: 1e-12 });
  });

  it("is refused twice, on an uneven axis, and for unknown kinds", () => {
    const s = line(2000, 10);
    expect(() => broaden(broaden(s, shapes[0]!), shapes[1]!)).toThrow(/already has a lorentzian/);
    expect(() =>
      broaden({ ...s, axis: { unit: "cm-1", values: s.axis.values.map((v) => v * v) } }, shapes[0]!),
    ).toThrow(OptionError);
    expect(() => broaden(s, { kind: "pearson" } as never)).toThrow(OptionError);
  });
});
