import { describe, expect, it } from "vitest";
import { DataError, OptionError, ShapeError } from "../../src/errors.js";
import { averageSpectra, blockSpectrum } from "../../src/spectrum/average.js";
import { cosineSimilarity, fitAxis, spectrumError } from "../../src/spectrum/compare.js";
import { findPeaks } from "../../src/spectrum/peaks.js";
import { raman } from "../../src/spectrum/raman.js";
import { area, intensityOf, resample, type Spectrum, spectrumColumns, toUnit } from "../../src/spectrum/spectrum.js";
import { expectClose } from "../support/close.js";
import { noise, noisyTensors } from "./signals.js";

function spectrumOf(f: (v: number) => number, step = 1, to = 2000): Spectrum {
  const axis = Float64Array.from({ length: Math.round(to / step) + 1 }, (_, k) => k * step);
  return {
    quantity: "raman",
    axis: { unit: "cm-1", values: axis },
    intensities: { unpolarised: { unit: "cm", values: axis.map(f) } },
    resolution: 1,
    corrections: [],
    broadening: { kind: "none" },
    origin: "model",
  };
}

const line = (centre: number, width: number, height: number) => (v: number) =>
  (height * (width / 2) ** 2) / ((v - centre) ** 2 + (width / 2) ** 2);
const two = (v: number): number => line(500, 30, 4)(v) + line(1200.4, 60, 1)(v);

describe("findPeaks", () => {
  it("have the position, height, width and prominence of the lines", () => {
    const [a, b] = findPeaks(spectrumOf(two));
    expectClose([a!.position, b!.position], [500, 1200.4], { absolute: 0.02 });
    expectClose([a!.height, b!.height], [two(500), two(1200.4)], { relative: 1e-3 });
    expectClose([a!.width, b!.width], [30, 60], { relative: 0.03 });
    expect(b!.prominence).toBeLessThan(b!.height);
    expect(b!.prominence).toBeGreaterThan(0.95 * b!.height);
  });

  it("are selected by range, prominence and number, and given in order of position", () => {
    const s = spectrumOf((v) => two(v) + 0.01 * Math.cos(v / 3));
    expect(findPeaks(s, { minProminence: 0 }).length).toBeGreaterThan(50);
    expect(findPeaks(s, { minProminence: 0.1 }).length).toBe(2);
    expect(findPeaks(s, { from: 800, to: 1500, minProminence: 0.5 }).map((p) => Math.round(p.position / 10))).toEqual([
      120,
    ]);
    expect(findPeaks(s, { count: 2, minProminence: 0 }).map((p) => Math.round(p.position / 10))).toEqual([50, 120]);
    expect(findPeaks(spectrumOf(() => 1))).toEqual([]);
    expect(() => findPeaks(s, { minProminence: 2 })).toThrow(OptionError);
    expect(() => findPeaks(s, { name: "paralel" })).toThrow(OptionError);
  });

  it("of a plateau is its middle", () => {
    const [p] = findPeaks(spectrumOf((v) => Math.min(1, line(700, 40, 3)(v))));
    expectClose(p!.position, 700, { absolute: 0.6 });
  });
});

describe("spectrumError", () => {
  const half = (v: number) => 1.5 * two(v);

  it("is 0, the factor's excess, 1 and 2 for equal, scaled, absent and misplaced spectra", () => {
    const exact = spectrumOf(two);
    expect(spectrumError(exact, exact).value).toBe(0);
    expectClose(spectrumError(spectrumOf(half), exact).value, 0.5, { absolute: 1e-12 });
    expectClose(
      spectrumError(
        spectrumOf(() => 0),
        exact,
      ).value,
      1,
      { absolute: 1e-12 },
    );
    const box = (at: number) => spectrumOf((v) => (v >= at && v < at + 100 ? 1 : 0));
    expectClose(spectrumError(box(300), box(900)).value, 2, { absolute: 1e-12 });
    // Where cosines see nothing: a factor, and a weak line that is missing.
    expect(cosineSimilarity(spectrumOf(half), exact).value).toBeCloseTo(1, 12);
    const weak = (v: number): number => line(500, 30, 4)(v) + line(1200, 60, 0.2)(v);
    expect(cosineSimilarity(spectrumOf(line(500, 30, 4)), spectrumOf(weak)).value).toBeGreaterThan(0.997);
    // Lorentzians of area πhw/2: 0.2·60 against 4·30, but for their tails outside 0 … 2000 cm⁻¹ (2 to 4 %).
    expectClose(spectrumError(spectrumOf(line(500, 30, 4)), spectrumOf(weak)).value, 12 / 132, { relative: 0.05 });
  });

  it("does not depend on grid or unit of the axis beyond interpolation, and looks at the range asked for", () => {
    const a = spectrumOf(half);
    const b = toUnit(spectrumOf(two, 0.7), "THz");
    // Linear interpolation of a line of width 30 on steps of 1: h²/8 times its curvature, 1e-3 of its height.
    expectClose(spectrumError(a, b, { from: 100, to: 1900 }).value, 0.5, { absolute: 2e-3 });
    const other = spectrumOf((v) => two(v) + line(1700, 5, 9)(v));
    expect(spectrumError(other, spectrumOf(two), { from: 100, to: 1300 }).value).toBeLessThan(0.01);
    expect(spectrumError(other, spectrumOf(two), { from: 1650, to: 1750 }).value).toBeGreaterThan(1);
    expect(() =>
      spectrumError(
        a,
        spectrumOf(() => 0),
      ),
    ).toThrow(DataError);
    expect(() => spectrumError(a, b, { from: 5000, to: 6000 })).toThrow(OptionError);
  });
});

describe("cosineSimilarity", () => {
  it("is 1 for proportional spectra, on any two grids and axis units, and 0 for spectra without overlap", () => {
    const a = spectrumOf(two);
    expectClose(
      cosineSimilarity(
        a,
        spectrumOf((v) => 3 * two(v)),
      ).value,
      1,
      { absolute: 1e-12 },
    );
    expectClose(cosineSimilarity(a, toUnit(spectrumOf(two, 0.7, 1999), "THz")).value, 1, { absolute: 1e-4 });
    const left = spectrumOf((v) => (v < 900 ? 1 : 0));
    const right = spectrumOf((v) => (v > 1100 ? 1 : 0));
    expect(cosineSimilarity(left, right).value).toBe(0);
    expect(() => cosineSimilarity(left, right, { to: 800 })).toThrow(DataError);
  });

  it("is ∫I₁I₂/√(∫I₁²∫I₂²): two equal Lorentzians a width apart have ½ (closed form 1/(1 + (d/Γ)²))", () => {
    const [a, b] = [spectrumOf(line(950, 20, 1), 0.5), spectrumOf(line(970, 20, 1), 0.5)];
    const s = cosineSimilarity(a, b, { from: 100, to: 1900 });
    expectClose(s.value, 0.5, { absolute: 1e-4 });
    expect(s).toMatchObject({ from: 100, to: 1900, points: 3601 });
  });

  it("refuses spectra without a common range", () => {
    expect(() => cosineSimilarity(spectrumOf(two), spectrumOf(two), { from: 3000 })).toThrow(OptionError);
  });
});

describe("fitAxis", () => {
  it("finds the scale, the shift and the factor that were applied", () => {
    const target = spectrumOf(two, 0.5);
    const a = spectrumOf((v) => two(0.97 * v + 12) / 5, 0.5, 2200);
    const fit = fitAxis(a, target, { from: 200, to: 1800, scale: [0.9, 1.1], shift: [-30, 30] });
    expectClose([fit.scale, fit.shift, fit.factor], [0.97, 12, 5], { relative: 2e-3 });
    expectClose(fit.similarity.value, 1, { absolute: 1e-5 });
    expectClose(cosineSimilarity(fit.fitted, target, { from: 200, to: 1800 }).value, fit.similarity.value, {
      absolute: 1e-5,
    });
    expect(fitAxis(a, target, { from: 200, to: 1800 })).toMatchObject({ scale: 1, shift: 0 });
    expect(() => fitAxis(a, target, { scale: [0.5, 2] })).toThrow(/range/);
  });
});

describe("averageSpectra", () => {
  const series = noisyTensors(1200, 2, 70);

  it("is the mean with σ/√n as standard error; ratios are those of the means", () => {
    const runs = [1, 2, 3, 4, 5].map((k) => raman(noisyTensors(300, 2, 100 * k)));
    const mean = averageSpectra(runs, "five runs");
    const values = runs.map((r) => intensityOf(r).values);
    const { values: m, standardError: e } = intensityOf(mean);
    for (const k of [3, 40, 77]) {
      const at = values.map((v) => v[k]!);
      const average = at.reduce((s, v) => s + v, 0) / 5;
      expectClose(m[k]!, average, { relative: 1e-12 });
      expectClose(e![k]!, Math.sqrt(at.reduce((s, v) => s + (v - average) ** 2, 0) / 20), { relative: 1e-9 });
      expectClose(
        intensityOf(mean, "depolarisation").values[k]!,
        intensityOf(mean, "perpendicular").values[k]! / intensityOf(mean, "parallel").values[k]!,
        { relative: 1e-12 },
      );
    }
    expect(mean).toMatchObject({ averaged: 5, origin: "five runs" });
    expect(
      spectrumColumns(mean)
        .slice(0, 3)
        .map((c) => c.name),
    ).toEqual(["wavenumber", "unpolarised", "unpolarised_standard_error"]);
  });

  it("band covers the truth: ±2 standard errors contain the mean of white-noise spectra about 19 times in 20", () => {
    let [inside, count] = [0, 0];
    const f = (): Float64Array => noise(64, 900 + count++).map((v) => v + 1);
    for (let trial = 0; trial < 200; trial++) {
      const runs = Array.from({ length: 20 }, () => {
        const values = f();
        return { ...spectrumOf(() => 0, 1, 63), intensities: { unpolarised: { unit: "cm", values } } };
      });
      const { values, standardError } = intensityOf(averageSpectra(runs));
      if (Math.abs(values[5]! - 1) < 2 * standardError![5]!) inside++;
    }
    expect(inside / 200).toBeGreaterThan(0.88);
    expect(inside / 200).toBeLessThan(0.99);
  });

  it("by blocks of one trajectory is the mean over its pieces", () => {
    const b = blockSpectrum(series, (piece) => raman(piece), { blocks: 4 });
    expect(b.averaged).toBe(4);
    expect(b.resolution).toBeGreaterThan(3.9 * raman(series).resolution);
    expectClose(area(b), area(raman(series)), { relative: 0.1 });
  });

  it("refuses a single spectrum, other axes and other intensities", () => {
    const s = raman(series);
    expect(() => averageSpectra([s])).toThrow(/blockSpectrum/);
    expect(() => averageSpectra([s, raman(noisyTensors(300, 3, 1))])).toThrow(ShapeError);
    expect(() => averageSpectra([s, { ...s, intensities: { unpolarised: intensityOf(s) } }])).toThrow(ShapeError);
  });

  it("refuses spectra that were made in different ways", () => {
    const s = raman(series, { temperature: 300 });
    const others = {
      corrections: raman(series, { temperature: 600 }),
      broadening: raman(series, { temperature: 300, broadening: { kind: "lorentzian", width: 12 } }),
      estimator: { ...s, estimator: { kind: "periodogram", taper: { kind: "hann" }, padding: 1 } as const },
      quantity: { ...s, quantity: "infrared" as const },
      intensities: { ...s, intensities: { ...s.intensities, unpolarised: { ...intensityOf(s), unit: "1" } } },
    };
    for (const [name, other] of Object.entries(others)) {
      expect(() => averageSpectra([s, resample(other, s.axis.values)]), name).toThrow(ShapeError);
      expect(() => averageSpectra([s, resample(other, s.axis.values)]), name).toThrow(
        `do not belong together: ${name} of`,
      );
    }
    expect(() => averageSpectra([s, raman(series, { temperature: 600 })])).toThrow(/temperature 300.*temperature 600/);
    // Names in another order, or a time step read with other last digits, are no difference.
    const estimator = Object.fromEntries(Object.entries(s.estimator!).reverse()) as typeof s.estimator;
    expect(averageSpectra([s, { ...s, ...(estimator && { estimator }) }]).averaged).toBe(2);
  });
});

describe("a spectrum", () => {
  it("converts its axis and resolution and back", () => {
    const s = spectrumOf(two);
    const t = toUnit(s, "THz");
    expectClose(t.axis.values[1000]!, 29.9792458, { relative: 1e-9 });
    expectClose(toUnit(t, "cm-1").axis.values, s.axis.values, { relative: 1e-14 });
    expect(spectrumColumns(t)[0]).toMatchObject({ name: "frequency", unit: "THz" });
    expect(toUnit(toUnit(s, "meV"), "meV").axis.unit).toBe("meV");
  });

  it("resamples linearly inside its range only", () => {
    const s = spectrumOf((v) => 2 * v + 1);
    expectClose(intensityOf(resample(s, Float64Array.of(0.5, 10.25))).values, [2, 21.5], { relative: 1e-14 });
    expect(() => resample(s, Float64Array.of(0, 2001))).toThrow(ShapeError);
  });

  it("keeps standard errors where it is resampled, and refuses axes that are none", () => {
    const s = spectrumOf((v) => 2 * v + 1);
    const { unit, values } = intensityOf(s);
    const withErrors = {
      ...s,
      intensities: { unpolarised: { unit, values, standardError: values.map((v) => v / 10) } },
    };
    const at = Float64Array.of(0.5, 10.25);
    expectClose(intensityOf(resample(withErrors, at)).standardError!, [0.2, 2.15], { relative: 1e-12 });
    expect(intensityOf(resample(s, at))).not.toHaveProperty("standardError");
    expect(() => resample(s, Float64Array.of(3, 2, 1))).toThrow("point 1 of the new axis, 2, does not follow 3");
    expect(() => resample(s, Float64Array.of(1, Number.NaN))).toThrow(ShapeError);
    expect(() => resample(s, Float64Array.of(1, 1))).toThrow(ShapeError);
    expect(() => resample(s, new Float64Array(0))).toThrow("the new axis has no points");
  });

  it("has the area of its intensity in any range", () => {
    const s = spectrumOf((v) => v);
    expectClose(area(s), 2e6, { relative: 1e-12 });
    expectClose(area(s, { from: 10.5, to: 20.25 }), (20.25 ** 2 - 10.5 ** 2) / 2, { relative: 1e-12 });
  });
});
