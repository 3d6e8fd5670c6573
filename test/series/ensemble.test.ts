import { describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { DataError, ShapeError, UnitError } from "../../src/errors.js";
import { ensembleOfJoined, seriesEnsemble } from "../../src/series/ensemble.js";
import { joinSeries } from "../../src/series/join.js";
import { createSeries, sliceSeries } from "../../src/series/tensorSeries.js";
import { infrared } from "../../src/spectrum/infrared.js";
import { raman } from "../../src/spectrum/raman.js";
import { area, intensityOf } from "../../src/spectrum/spectrum.js";
import { wavenumberToAngular } from "../../src/units/frequency.js";
import { langevin, noisyTensors } from "../spectrum/signals.js";
import { expectClose } from "../support/close.js";

const polarization = (seed: number, frames = 400) => {
  const { x } = langevin(frames, 4, wavenumberToAngular(500), wavenumberToAngular(20), seed);
  const values = new Float64Array(3 * frames);
  x.forEach((v, f) => {
    values.set([v, 0.5 * v, -v], 3 * f);
  });
  return createSeries({
    quantity: "polarization",
    shape: [3],
    values,
    timestep: 4,
    volume: 100,
    origin: `run ${seed}`,
  });
};

describe("an ensemble of runs", () => {
  const runs = [1, 2, 3, 4].map((seed) => noisyTensors(300, 2, 10 * seed));

  it("has the mean of the spectra of its runs, with errors, whatever the order of the runs", () => {
    const spectrum = raman(seriesEnsemble(runs, "four"));
    const each = runs.map((r) => raman(r));
    for (const name of ["unpolarised", "perpendicular"]) {
      const mean = each[0]!.axis.values.map((_, k) =>
        each.reduce((s, e) => s + e.intensities[name]!.values[k]! / 4, 0),
      );
      expectClose(intensityOf(spectrum, name).values, mean, { relative: 1e-12 });
      const variance = mean.map((m, k) => each.reduce((s, e) => s + (e.intensities[name]!.values[k]! - m) ** 2, 0) / 3);
      expectClose(
        intensityOf(spectrum, name).standardError!,
        variance.map((v) => Math.sqrt(v / 4)),
        { relative: 1e-7 },
      );
    }
    expect([spectrum.averaged, spectrum.origin]).toEqual([4, "four"]);
    const reversed = raman(seriesEnsemble([...runs].reverse()));
    expectClose(intensityOf(reversed).values, intensityOf(spectrum).values, { relative: 1e-12 });
  });

  it("of one run is that run, without errors", () => {
    const spectrum = raman(seriesEnsemble([runs[0]!]));
    expect(intensityOf(spectrum).values).toEqual(intensityOf(raman(runs[0]!)).values);
    expect(intensityOf(spectrum).standardError).toBeUndefined();
  });

  it("works for the infrared by every route, pairs of ensembles run by run", () => {
    const P = [1, 2, 3].map((seed) => polarization(seed));
    const J = P.map((p) => {
      const step = sliceSeries(p, { last: 400 });
      return { ...step, quantity: "current" as const, unit: "e·Å/fs" };
    });
    const options = { temperature: 300 };
    const pair = infrared({ polarization: seriesEnsemble(P), current: seriesEnsemble(J) }, options);
    const each = P.map((p, k) => infrared({ polarization: p, current: J[k]! }, options));
    const mean = each[0]!.axis.values.map((_, k) => each.reduce((s, e) => s + intensityOf(e).values[k]! / 3, 0));
    expectClose(intensityOf(pair).values, mean, { relative: 1e-10, absolute: 1e-10 });
    expect(infrared(seriesEnsemble(P), options).averaged).toBe(3);
    expect(() => infrared({ polarization: seriesEnsemble(P), current: seriesEnsemble(J.slice(1)) }, options)).toThrow(
      ShapeError,
    );
  });

  it("refuses runs that do not belong together", () => {
    const [a, b] = runs as [(typeof runs)[0], (typeof runs)[0]];
    expect(() => seriesEnsemble([])).toThrow(ShapeError);
    expect(() => seriesEnsemble([a, sliceSeries(b, { last: 200 })])).toThrow(/200 frames.*sliceSeries/);
    expect(() => seriesEnsemble([a, { ...b, timestep: 3 }])).toThrow(UnitError);
    expect(() => seriesEnsemble([a, { ...b, unit: "bohr³" }])).toThrow(/convertSeries/);
    expect(() => seriesEnsemble([a, polarization(1)])).toThrow(ShapeError);
  });

  it("is cut out of a series in which the runs stand one after the other, evenly or not at all", () => {
    const joined = joinSeries(runs);
    const back = ensembleOfJoined(joined, 4);
    back.runs.forEach((run, k) => {
      expect(run.values).toEqual(runs[k]!.values);
    });
    expect(() => ensembleOfJoined(joined, 7)).toThrow(DataError);
  });
});

describe("sio2-md-ml", () => {
  it("gives 30 runs with the volume of the cell, and no joined series", async () => {
    const dataset = await loadDataset("sio2-md-ml");
    expect(dataset.runs).toBe(30);
    expect(() => dataset.series("polarizability")).toThrow(/30 independent runs.*ensemble/);
    const alpha = dataset.ensemble("polarizability");
    expect(alpha.runs.map((r) => r.values.length)).toEqual(new Array(30).fill(9000));
    // a² c √3/2 of the embedded cell.
    expectClose(alpha.volume!, ((4.9134 ** 2 * Math.sqrt(3)) / 2) * 5.4052, { relative: 1e-4 });
    // Joined, the jumps at the seams shift area out of the band; the average keeps it.
    const short = seriesEnsemble(alpha.runs.slice(0, 6));
    const spectrum = raman(short);
    expect(spectrum.averaged).toBe(6);
    const joined = raman(joinSeries(short.runs));
    const ratio = area(joined, { from: 100, to: 1400 }) / area(spectrum, { from: 100, to: 1400 });
    expect(Math.abs(ratio - 1)).toBeGreaterThan(1e-4);
    const p = dataset.ensemble("polarization");
    expect(infrared(seriesEnsemble(p.runs.slice(0, 2)), { temperature: 300 }).intensities.absorption!.unit).toBe(
      "cm⁻¹",
    );
  });

  it("of a single trajectory is an ensemble of one", async () => {
    const dataset = await loadDataset("h2o");
    expect(dataset.runs).toBe(1);
    expect(dataset.ensemble("polarizability").runs[0]!.values).toEqual(dataset.series("polarizability").values);
  });
});
