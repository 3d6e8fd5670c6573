import { describe, expect, it } from "vitest";
import { DataError, ShapeError } from "../../src/errors.js";
import { bootstrap } from "../../src/math/bootstrap.js";
import { averageSpectra } from "../../src/spectrum/average.js";
import { bootstrapRuns } from "../../src/spectrum/bootstrapRuns.js";
import { raman } from "../../src/spectrum/raman.js";
import { area, intensityOf, resample } from "../../src/spectrum/spectrum.js";
import { noisyTensors } from "./signals.js";

describe("bootstrapRuns", () => {
  const runs = [1, 2, 3, 4, 5].map((s) => raman(noisyTensors(200, 2, 10 * s)));
  const name = Object.keys(runs[0]!.intensities)[0]!;

  it("of an area is the bootstrap of the runs' areas, which are linear in the spectra", () => {
    const areas = runs.map((run) => area(run, { name }));
    const byHand = bootstrap(runs.length, (chosen) => chosen.reduce((s, r) => s + areas[r]!, 0) / chosen.length, {
      seed: 4,
    });
    const ours = bootstrapRuns(runs, (mean) => area(mean, { name }), { seed: 4 });
    for (const key of ["estimate", "standardError", "low", "high"] as const)
      expect(Math.abs(ours[key] / byHand[key] - 1), key).toBeLessThan(1e-12);
  });

  it("has the mean over all runs for its estimate, ratios of intensities too", () => {
    const mean = averageSpectra(runs);
    for (const one of Object.keys(mean.intensities)) {
      const at = (k: number) => (s: typeof mean) => intensityOf(s, one).values[k]!;
      const { estimate } = bootstrapRuns(runs, at(7), { seed: 1, samples: 2 });
      expect(Math.abs(estimate - at(7)(mean)), one).toBeLessThanOrEqual(1e-12 * Math.abs(estimate));
    }
  });

  it("says which spectra do not belong together, and when a statistic is not a number", () => {
    expect(() => bootstrapRuns(runs.slice(0, 3), () => 1, { seed: 1 })).toThrow(ShapeError);
    const shorter = resample(runs[1]!, runs[1]!.axis.values.slice(0, 10));
    expect(() => bootstrapRuns([...runs.slice(0, 3), shorter], () => 1, { seed: 1 })).toThrow(ShapeError);
    expect(() => bootstrapRuns([...runs.slice(0, 3), { ...runs[1]!, intensities: {} }], () => 1, { seed: 1 })).toThrow(
      /do not belong together: intensities/,
    );
    const hotter = raman(noisyTensors(200, 2, 10), { temperature: 600 });
    expect(() => bootstrapRuns([...runs.slice(0, 3), hotter], () => 1, { seed: 1 })).toThrow(/corrections .*300.*600/);
    expect(() => bootstrapRuns(runs, () => Number.NaN, { seed: 1 })).toThrow(DataError);
  });
});
