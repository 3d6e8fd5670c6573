/** What is read off a mean spectrum, with an interval from resampled runs. */
import { ShapeError } from "../errors.js";
import { BOOTSTRAP_FIELDS, type BootstrapEstimate, type BootstrapOptions, bootstrap } from "../math/bootstrap.js";
import { readOptions, record } from "../options/record.js";
import { requireSameKind } from "./sameKind.js";
import { mapIntensities, type Spectrum } from "./spectrum.js";

const OPTIONS = record(BOOTSTRAP_FIELDS);

/**
 * A statistic of the mean spectrum of independent runs (position of a band, area, ratio of two areas), with its
 * interval over runs drawn with repetition, as wide as `statistics.bootstrap` makes it for so few. The work goes with the points of
 * the spectra: give them no longer an axis than the statistic looks at.
 * @param runs spectra of at least four runs, on one axis and made with the same options
 * @param statistic of a mean spectrum, in any unit; a finite number
 * @param options as of `statistics.bootstrap`
 * @throws OptionError for options that `statistics.bootstrap` does not take
 * @throws ShapeError for fewer than four runs, or where axis, quantity, intensities, corrections, broadening or estimator differ
 * @throws DataError if the statistic is not finite for a resample
 * @example
 * const alpha = (await loadDataset("h2o")).series("polarizability");
 * const runs = series.splitSeries(alpha, 4).map((run) => raman(run));
 * const stretch = spectra.bootstrapRuns(runs, (mean) => findPeaks(mean, { from: 3000, to: 4000, count: 1 })[0]!.position, { seed: 1 });
 * Math.round(stretch.estimate / 100) // 37
 */
export function bootstrapRuns(
  runs: readonly Spectrum[],
  statistic: (mean: Spectrum) => number,
  options: BootstrapOptions,
): BootstrapEstimate {
  const where = "bootstrapRuns";
  readOptions(OPTIONS, options, where);
  const [first] = runs;
  if (!first || runs.length < 4)
    throw new ShapeError({
      where,
      problem: `${runs.length} spectra, at least 4 are needed for an interval`,
      advice: "give the spectra of more runs, or of parts of them (series.splitSeries)",
    });
  requireSameKind(runs, where);
  const meanOf = (chosen: Int32Array): Spectrum =>
    mapIntensities(first, (values, name) => {
      const sum = new Float64Array(values.length);
      for (const r of chosen) {
        const of = runs[r]!.intensities[name]!.values;
        for (let k = 0; k < sum.length; k++) sum[k]! += of[k]!;
      }
      for (let k = 0; k < sum.length; k++) sum[k]! /= chosen.length;
      return sum;
    });
  return bootstrap(runs.length, (chosen) => statistic(meanOf(chosen)), options);
}
