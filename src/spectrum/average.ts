/** Means of spectra with standard errors. */
import { ShapeError } from "../errors.js";
import { readOptions, record } from "../options/record.js";
import { integer } from "../options/values.js";
import { isEnsemble, type SeriesEnsemble } from "../series/ensemble.js";
import { splitSeries } from "../series/join.js";
import type { TensorSeries } from "../series/tensorSeries.js";
import { requireSameKind } from "./sameKind.js";
import { type Intensity, mapIntensities, type Spectrum } from "./spectrum.js";

/**
 * Mean of the spectra of independent trajectories with the standard error of the mean (delete-one jackknife, which for
 * the intensities is σ/√n and for ratios such as the depolarisation of the mean intensities takes both parts into
 * account). For the band of Schmiedmayer & Kresse 2024, Fig. 3, see confidenceBand, which knows how few the runs are.
 * @param spectra at least two, on one axis and made with the same options
 * @throws ShapeError for fewer than two, or where axis, quantity, intensities, corrections, broadening or estimator differ
 */
export function averageSpectra(spectra: readonly Spectrum[], origin?: string): Spectrum {
  const [first] = spectra;
  if (!first || spectra.length < 2)
    throw new ShapeError({
      where: "averageSpectra",
      problem: `${spectra.length} spectra, at least 2 are needed for an error`,
      advice: "with a single trajectory use blockSpectrum",
    });
  requireSameKind(spectra, "averageSpectra");
  const n = spectra.length;
  const mean = mapIntensities(first, (values, name) =>
    values.map((_, k) => spectra.reduce((s, p) => s + p.intensities[name]!.values[k]!, 0) / n),
  );
  const leftOut = spectra.map((one) =>
    mapIntensities(mean, (values, name) => values.map((v, k) => v + (v - one.intensities[name]!.values[k]!) / (n - 1))),
  );
  const intensities: Record<string, Intensity> = {};
  for (const [name, { unit, values }] of Object.entries(mean.intensities)) {
    const standardError = values.map((_, k) => {
      const centre = leftOut.reduce((s, l) => s + l.intensities[name]!.values[k]!, 0) / n;
      const squares = leftOut.reduce((s, l) => s + (l.intensities[name]!.values[k]! - centre) ** 2, 0);
      return Math.sqrt((squares * (n - 1)) / n);
    });
    intensities[name] = { unit, values, standardError };
  }
  return {
    ...mean,
    intensities,
    averaged: n,
    origin: origin ?? [...new Set(spectra.map((s) => s.origin))].join(" + "),
  };
}

const BLOCK_OPTIONS = record({ blocks: integer({ atLeast: 2 }).default(5) });

/**
 * The spectrum of one trajectory with an error estimate: mean over `blocks` consecutive pieces. Its resolution is that of
 * one piece, and pieces shorter than the slowest correlation make the error too small.
 * @param spectrumOf e.g. `(piece) => raman(piece, options)`
 * @param options.blocks default 5
 */
export function blockSpectrum(
  series: TensorSeries,
  spectrumOf: (piece: TensorSeries) => Spectrum,
  options: { readonly blocks?: number } = {},
): Spectrum {
  const { blocks } = readOptions(BLOCK_OPTIONS, options, "blockSpectrum");
  return averageSpectra(splitSeries(series, blocks).map(spectrumOf), series.origin);
}

/** The spectrum of a series, or the mean over the runs of an ensemble. */
export function spectrumOverRuns(
  source: TensorSeries | SeriesEnsemble,
  spectrumOf: (run: TensorSeries) => Spectrum,
): Spectrum {
  if (!isEnsemble(source)) return spectrumOf(source);
  const { runs, origin } = source;
  return runs.length === 1 ? { ...spectrumOf(runs[0]!), origin } : averageSpectra(runs.map(spectrumOf), origin);
}
