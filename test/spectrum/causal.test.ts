import { describe, expect, it } from "vitest";
import { OptionError, UnitError } from "../../src/errors.js";
import { seriesEnsemble } from "../../src/series/ensemble.js";
import { createSeries, type TensorSeries } from "../../src/series/tensorSeries.js";
import { dampedAbsorption } from "../../src/spectrum/absorptionBroadening.js";
import { broaden } from "../../src/spectrum/broadening.js";
import { dielectricFunction } from "../../src/spectrum/dielectric.js";
import { infrared } from "../../src/spectrum/infrared.js";
import { area, intensityOf, type Spectrum } from "../../src/spectrum/spectrum.js";
import { staticDielectric } from "../../src/spectrum/staticDielectric.js";
import { boltzmannConstant, vacuumPermittivity } from "../../src/units/constants.js";
import { wavenumberToAngular } from "../../src/units/frequency.js";
import { expectClose } from "../support/close.js";
import { commensurate, langevin, waves } from "./signals.js";

const [temperature, volume] = [300, 200];

/** A polarization whose three components are the given signals. */
function polarization(parts: readonly Float64Array[], timestep: number): TensorSeries {
  const values = new Float64Array(3 * parts[0]!.length);
  parts.forEach((p, a) => {
    p.forEach((v, f) => {
      values[3 * f + a] = v;
    });
  });
  return createSeries({ quantity: "polarization", shape: [3], values, timestep, volume, origin: "model" });
}

/** ε − ε∞ of one undamped oscillation of amplitude A along one direction: (β/ε₀V) A²/2. */
const strength = (amplitude: number): number =>
  amplitude ** 2 / (2 * boltzmannConstant * temperature * vacuumPermittivity * volume);

/** Lorentz oscillator S ω₀²/(ω₀² − ω² − iΓω). */
function oscillator(nu: Float64Array, s: number, center: number, width: number) {
  const denominator = nu.map((v) => (center ** 2 - v * v) ** 2 + (width * v) ** 2);
  return {
    real: nu.map((v, k) => (s * center ** 2 * (center ** 2 - v * v)) / denominator[k]!),
    imaginary: nu.map((v, k) => (s * center ** 2 * width * v) / denominator[k]!),
  };
}

describe("ε(ω) of an oscillation, its width given by broadening", () => {
  const p = polarization(
    [
      waves(8000, 2, [{ wavenumber: 320, amplitude: 0.3 }]).x,
      waves(8000, 2, [{ wavenumber: 500, amplitude: 0.2 }]).x,
      new Float64Array(8000),
    ],
    2,
  );
  const absorption = infrared(p, { temperature, broadening: { kind: "lorentzian", width: 10 } });

  it("is that of a Lorentz oscillator of the width, by direction, real part and static limit included", () => {
    for (const [direction, center, amplitude] of [
      ["x", 320, 0.3],
      ["y", 500, 0.2],
    ] as const) {
      const epsilon = dielectricFunction(absorption, { epsilonInfinity: 2, direction });
      const nu = epsilon.axis.values;
      const exact = oscillator(nu, strength(amplitude), center, 10);
      const top = Math.max(...exact.imaginary);
      // The record of 16 ps has a line of its own of 4 cm⁻¹ (squared Hann window), which adds to the 10.
      const [im, re] = [intensityOf(epsilon, "epsilonImaginary").values, intensityOf(epsilon, "epsilonReal").values];
      const far = nu.map((v, k) => (Math.abs(v - center) > 40 && v < 2000 ? k : -1)).filter((k) => k >= 0);
      for (const k of far) {
        expect(Math.abs(im[k]! - exact.imaginary[k]!)).toBeLessThan(2e-3 * top);
        expect(Math.abs(re[k]! - 2 - exact.real[k]!)).toBeLessThan(2e-3 * top);
      }
      expectClose(re[0]! - 2, strength(amplitude), { relative: 3e-3 });
    }
  });

  it("has the static limit of the fluctuation formula for every width, and no strength where nothing moves", () => {
    const expected = staticDielectric(p, { temperature, epsilonInfinity: 1 });
    for (const broadening of [
      { kind: "lorentzian", width: 4 },
      { kind: "lorentzian", width: 10 },
      { kind: "lorentzian", width: 60 },
      { kind: "gaussian", width: 10 },
      { kind: "voigt", lorentzian: 10, gaussian: 6 },
    ] as const) {
      const spectrum = infrared(p, { temperature, broadening });
      const epsilon = dielectricFunction(spectrum, { epsilonInfinity: 1 });
      // A Gaussian of 10 cm⁻¹ adds (4.2/320)² = 2e-4; the record's two ends 2e-3.
      expectClose(intensityOf(epsilon, "epsilonReal").values[0]! - 1, expected.isotropic - 1, { relative: 5e-3 });
      const { values } = intensityOf(spectrum);
      expect(values[0]!).toBeLessThan(1e-10 * Math.max(...values));
      expect(Math.min(...intensityOf(spectrum).values)).toBeGreaterThanOrEqual(0);
    }
    const z = dielectricFunction(absorption, { epsilonInfinity: 1, direction: "extraordinary" });
    expectClose(intensityOf(z, "epsilonReal").values[0]!, 1, { absolute: 1e-6 });
  });

  it("has the strength of a line near the end of the axis: 3400 cm⁻¹ at steps of 2 and 4 fs", () => {
    for (const timestep of [1, 2, 4]) {
      const { x } = waves(16000 / timestep, timestep, [{ wavenumber: 3400, amplitude: 0.05 }]);
      const fast = polarization([x, x, x], timestep);
      const epsilon = dielectricFunction(infrared(fast, { temperature }), { epsilonInfinity: 1 });
      // Of the Lorentzian's 10 cm⁻¹ (2/π)10/4170 lie beyond the axis at 4 fs, a part of which is folded back; the record's two ends are 2e-3.
      expectClose(intensityOf(epsilon, "epsilonReal").values[0]! - 1, strength(0.05), { relative: 5e-3 });
    }
  });

  it("does not depend on which points of a grid an unbroadened line lies", () => {
    for (const periods of [170, 170.25, 170.5, 171]) {
      const { x } = waves(8000, 2, [{ wavenumber: commensurate(8000, 2, periods), amplitude: 0.3 }]);
      const bare = infrared(polarization([x, x, x], 2), { temperature, broadening: { kind: "none" } });
      const epsilon = dielectricFunction(bare, { epsilonInfinity: 1 });
      // The record's ends are 2e-3; alternate points alone would be off by up to a third.
      expectClose(intensityOf(epsilon, "epsilonReal").values[0]! - 1, strength(0.3), { relative: 5e-3 });
    }
  });

  it("takes the mean of x and y for the ordinary ray, z for the extraordinary one, and ε∞ from the tensor's diagonal", () => {
    const tensor = Float64Array.of(2, 0, 0, 0, 2.2, 0, 0, 0, 3);
    const at = (direction: "x" | "y" | "z" | "ordinary" | "extraordinary" | "isotropic") =>
      intensityOf(dielectricFunction(absorption, { epsilonInfinity: tensor, direction }), "epsilonReal").values;
    const [x, y, z] = [at("x"), at("y"), at("z")];
    expectClose(
      at("ordinary"),
      x.map((v, k) => (v + y[k]!) / 2),
      { absolute: 1e-10 },
    );
    expect(at("extraordinary")).toEqual(z);
    expectClose(
      at("isotropic"),
      x.map((v, k) => (v + y[k]! + z[k]!) / 3),
      { absolute: 1e-10 },
    );
  });

  it("refuses estimators that leave strength at zero frequency, and a direction that the spectrum does not have", () => {
    const windowed = infrared(p, { temperature, estimator: { kind: "correlation" }, broadening: { kind: "none" } });
    expect(() => dielectricFunction(windowed, { epsilonInfinity: 1 })).toThrow(/lag window.*periodogram/);
    const open = infrared(p, { temperature, estimator: { kind: "periodogram", taper: { kind: "none" } } });
    expect(() => dielectricFunction(open, { epsilonInfinity: 1 })).toThrow(OptionError);
    const { absorption: only } = absorption.intensities;
    const bare: Spectrum = { ...absorption, intensities: { absorption: only! } };
    expect(() => dielectricFunction(bare, { epsilonInfinity: 1, direction: "x" })).toThrow(/no intensity "x"/);
  });
});

describe("a damped oscillator with its own width", () => {
  it("has the static limit of its fluctuations, LO above TO by Lyddane, Sachs and Teller, and reflects between", () => {
    const runs = [1, 2, 3, 4].map((seed) => {
      const { x } = langevin(20000, 2, wavenumberToAngular(300), wavenumberToAngular(20), seed);
      const scaled = x.map((v) => 0.4 * wavenumberToAngular(300) * v);
      return polarization([scaled, new Float64Array(20000), new Float64Array(20000)], 2);
    });
    const ensemble = seriesEnsemble(runs);
    const fluctuations = staticDielectric(ensemble, { temperature, epsilonInfinity: 2 }).x;
    const spectrum = infrared(ensemble, { temperature, broadening: { kind: "lorentzian", width: 4 } });
    const epsilon = dielectricFunction(spectrum, { epsilonInfinity: 2, direction: "x" });
    const zero = intensityOf(epsilon, "epsilonReal").values[0]!;
    // The taper weighs the frames of each run differently from the plain variance: a few independent halves of 16 ps.
    expectClose(zero - 2, fluctuations - 2, { relative: 0.06 });
    const nu = epsilon.axis.values;
    const top = (name: string): number => {
      const { values } = intensityOf(epsilon, name);
      return nu[values.indexOf(Math.max(...values))]!;
    };
    expectClose(top("loss"), 300 * Math.sqrt(zero / 2), { relative: 0.03 });
    const r = intensityOf(epsilon, "reflectivity").values;
    const between = nu.findIndex((v) => v > (300 + top("loss")) / 2);
    expect(r[between]!).toBeGreaterThan(0.6);
    expect(Math.max(...r)).toBeLessThanOrEqual(1);
  });
});

describe("dampedAbsorption", () => {
  const cells = 4000;
  const one = (at: number): Float64Array => {
    const y = new Float64Array(cells + 1);
    y[at] = 1;
    return y;
  };
  const sums = (y: Float64Array) => ({
    area: y.reduce((s, v, k) => s + (k === cells ? v / 2 : v), 0),
    // ∫ αn/ω²: the static susceptibility.
    inverse: y.reduce((s, v, k) => s + (k === 0 ? 0 : v / k ** 2), 0),
  });

  it("is the closed form of a damped oscillator, slow and fast modes alike", () => {
    for (const [center, width] of [
      [900, 40],
      [300, 16],
      [60, 40],
      [15, 80],
    ] as const) {
      const damped = dampedAbsorption(one(center), [{ shape: "lorentzian", width }]);
      const exact = damped.map((_, k) => {
        const detuning = center ** 2 - k * k;
        return ((2 / Math.PI) * width * k * k) / (detuning ** 2 + (width * k) ** 2);
      });
      const top = Math.max(...exact);
      // Cell averages and sharing between points change the top by up to 4 (step/width)²; folding at the end 1e-4 of it.
      expectClose(damped, exact, { absolute: (4 / width ** 2 + 2e-4) * top });
    }
  });

  it("keeps area (sum rule) and static susceptibility, whatever the width", () => {
    for (const width of [2, 30, 200]) {
      const { area: total, inverse } = sums(dampedAbsorption(one(500), [{ shape: "lorentzian", width }]));
      // What lies beyond the end of the grid.
      expect(total).toBeLessThan(1 + 1e-3);
      expect(total).toBeGreaterThan(1 - (2 / Math.PI) * (width / cells) - 1e-3);
      expectClose(inverse * 500 ** 2, 1, { absolute: 2e-3 + 4 / 500 });
      expectClose(sums(dampedAbsorption(one(500), [{ shape: "gaussian", width }])).area, 1, { absolute: 1e-6 });
    }
  });

  it("is linear, so that cross terms of either sign are damped like everything else, and leaves conduction alone", () => {
    const [a, b] = [one(300), one(700)];
    const shapes = [{ shape: "lorentzian", width: 20 }] as const;
    const minus = dampedAbsorption(
      a.map((v, k) => v - 0.5 * b[k]!),
      shapes,
    );
    const [da, db] = [dampedAbsorption(a, shapes), dampedAbsorption(b, shapes)];
    expectClose(
      minus,
      da.map((v, k) => v - 0.5 * db[k]!),
      { absolute: 1e-15 },
    );
    const metal = dampedAbsorption(new Float64Array(cells + 1).fill(2), [{ shape: "gaussian", width: 30 }]);
    expectClose(metal, new Float64Array(cells + 1).fill(2), { relative: 1e-12 });
  });

  it("is what broaden does to an infrared spectrum from 0, and only to that", () => {
    const values = one(300);
    const s: Spectrum = {
      quantity: "infrared",
      axis: { unit: "cm-1", values: values.map((_, k) => k) },
      intensities: { absorption: { unit: "cm⁻¹", values } },
      resolution: 1,
      corrections: [],
      broadening: { kind: "none" },
      origin: "line",
    };
    const b = broaden(s, { kind: "lorentzian", width: 12 });
    expect(intensityOf(b).values).toEqual(dampedAbsorption(values, [{ shape: "lorentzian", width: 12 }]));
    expectClose(area(b), 1, { absolute: 2e-3 });
    const even = broaden({ ...s, quantity: "raman" }, { kind: "lorentzian", width: 12 });
    expect(intensityOf(even).values[0]!).toBeGreaterThan(0);
  });
});

describe("staticDielectric", () => {
  it("needs a polarization and a volume", () => {
    const p = polarization([new Float64Array(4), new Float64Array(4), new Float64Array(4)], 1);
    const { volume: _, ...free } = p;
    expect(() => staticDielectric(free, { temperature, epsilonInfinity: 1 })).toThrow(UnitError);
    expect(() => staticDielectric({ ...p, quantity: "current" }, { temperature, epsilonInfinity: 1 })).toThrow(
      /needs a polarization/,
    );
    expect(staticDielectric(p, { temperature, epsilonInfinity: 1.7 }).isotropic).toBeCloseTo(1.7, 12);
    const broken = Float64Array.of(2, 0, 0, 0, Number.NaN, 0, 0, 0, 2);
    for (const epsilonInfinity of [broken, broken.map((v) => (Number.isNaN(v) ? -2 : v)), Number.POSITIVE_INFINITY])
      expect(() => staticDielectric(p, { temperature, epsilonInfinity })).toThrow(/diagonal ≥ 1/);
  });
});
