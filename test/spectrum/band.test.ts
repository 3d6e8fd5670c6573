import { describe, expect, it } from "vitest";
import { OptionError } from "../../src/errors.js";
import { spectrumFigure } from "../../src/figure/spectrum.js";
import { seriesEnsemble } from "../../src/series/ensemble.js";
import { createSeries } from "../../src/series/tensorSeries.js";
import { confidenceBand } from "../../src/spectrum/band.js";
import { committeeSpectrum } from "../../src/spectrum/committeeSpectrum.js";
import { infrared } from "../../src/spectrum/infrared.js";
import { raman } from "../../src/spectrum/raman.js";
import { intensityOf, type Spectrum } from "../../src/spectrum/spectrum.js";
import { wavenumberToAngular } from "../../src/units/frequency.js";
import { expectClose } from "../support/close.js";
import { langevin, noisyTensors } from "./signals.js";

/** A current with one line of 15 cm⁻¹ at 300 cm⁻¹ along x. */
function current(seed: number, frames: number, timestep: number) {
  const { v } = langevin(frames, timestep, wavenumberToAngular(300), wavenumberToAngular(15), seed);
  const values = new Float64Array(3 * frames);
  v.forEach((one, f) => {
    values[3 * f] = one;
  });
  return createSeries({ quantity: "current", shape: [3], values, timestep, volume: 100, origin: "oscillator" });
}

describe("confidenceBand", () => {
  const spectrum = raman(seriesEnsemble([1, 2, 3].map((s) => noisyTensors(200, 2, 10 * s))));

  it("is Student's t standard errors wide, and stops at 0 where nothing is negative", () => {
    const { low, high, factor } = confidenceBand(spectrum);
    expectClose(factor, 4.30265, { relative: 1e-5 });
    const { values, standardError = new Float64Array(0) } = intensityOf(spectrum);
    expectClose(
      high,
      values.map((v, k) => v + factor * standardError![k]!),
      { relative: 1e-14 },
    );
    for (const v of low) expect(v).toBeGreaterThanOrEqual(0);
    expect(low.some((v) => v === 0)).toBe(true);
    const signed: Spectrum = {
      ...spectrum,
      intensities: { cross: { unit: "cm", values: values.map((v) => v - values[10]!), standardError } },
    };
    expect(confidenceBand(signed).low.some((v) => v < 0)).toBe(true);
  });

  it("is what the figure shows", () => {
    const { values: axis } = spectrum.axis;
    const n = axis.length;
    const [band] = spectrumFigure({ A: spectrum }, { range: [axis[0]!, axis[n - 1]!] }).data;
    const { low, high } = confidenceBand(spectrum);
    const drawn = Float64Array.from(band!.y as ArrayLike<number>);
    expectClose(drawn.subarray(0, n), high, { relative: 1e-12 });
    expectClose(drawn.slice(n).reverse(), low, { relative: 1e-12 });
  });

  it("goes by the members of a committee, even about a mean of runs, and refuses a spectrum without errors", () => {
    const plain = raman(noisyTensors(200, 2, 1));
    const members = [2, 3, 4, 5].map((seed) => raman(noisyTensors(200, 2, seed)));
    // Student's t for three degrees of freedom, in the band and in the figure; 4.303 would be that of the three runs.
    expectClose(confidenceBand(committeeSpectrum(plain, members)).factor, 3.18245, { relative: 1e-5 });
    const committee = committeeSpectrum(spectrum, members);
    expect(committee.averaged).toBeUndefined();
    expectClose(confidenceBand(committee).factor, 3.18245, { relative: 1e-5 });
    const { values: axis } = spectrum.axis;
    const [drawn] = spectrumFigure({ A: committee }, { range: [axis[0]!, axis.at(-1)!] }).data;
    const { high } = confidenceBand(committee);
    expectClose(Float64Array.from(drawn!.y as ArrayLike<number>).subarray(0, axis.length), high, { relative: 1e-12 });
    // √(Σ (member − full)²/(M − 1)).
    const at = (s: Spectrum): number => intensityOf(s).values[9]!;
    const squares = members.reduce((sum, m) => sum + (at(m) - at(spectrum)) ** 2, 0);
    expectClose(intensityOf(committee).standardError![9]!, Math.sqrt(squares / 3), { relative: 1e-12 });
    expect(() => committeeSpectrum(plain, members.slice(0, 1))).toThrow(/one member/);
    const { standardError: _, ...bare } = intensityOf(committee);
    const other: Spectrum = { ...plain, intensities: { own: { ...bare, standardError: bare.values } } };
    expectClose(confidenceBand(other).factor, 1.95996, { relative: 1e-5 });
    expect(() => confidenceBand(plain)).toThrow(/seriesEnsemble/);
    expect(() => confidenceBand(spectrum, { level: 1 })).toThrow(OptionError);
  });

  it("covers the truth of an oscillator as often as it says, where ± 2 standard errors of four runs do not", () => {
    const [runs, replicas] = [4, 60];
    const spectra = Array.from({ length: replicas }, (_, r) =>
      infrared(seriesEnsemble(Array.from({ length: runs }, (_, k) => current(1 + 100 * r + k, 600, 8))), {
        temperature: 300,
      }),
    );
    const axis = spectra[0]!.axis.values;
    const truth = axis.map((_, k) => spectra.reduce((s, p) => s + intensityOf(p).values[k]! / replicas, 0));
    let [points, inside, two] = [0, 0, 0];
    for (const s of spectra) {
      const { low, high } = confidenceBand(s);
      const { values, standardError = new Float64Array(0) } = intensityOf(s);
      for (let k = 0; k < axis.length; k++) {
        if (axis[k]! < 150 || axis[k]! > 450) continue;
        points++;
        if (truth[k]! >= low[k]! && truth[k]! <= high[k]!) inside++;
        if (Math.abs(truth[k]! - values[k]!) <= 2 * standardError[k]!) two++;
      }
    }
    // 60 independent replicas: the standard deviation of a coverage of 0.93 is at most 0.033, and the spread over the axis makes it less.
    expect(inside / points).toBeGreaterThan(0.9);
    expect(inside / points).toBeLessThan(0.98);
    expect(two / points).toBeLessThan(0.88);
  });
});
