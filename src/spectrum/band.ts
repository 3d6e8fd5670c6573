/** Confidence bands of averaged spectra. */
import { OptionError } from "../errors.js";
import { studentFactor } from "../math/studentT.js";
import { readOptions, record } from "../options/record.js";
import { number, text } from "../options/values.js";
import { intensityOf, type Spectrum } from "./spectrum.js";

/** Where the expected spectrum lies, point by point. */
export interface ConfidenceBand {
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Nominal probability that the band covers the expected intensity at one frequency. */
  readonly level: number;
  /** Half-width in standard errors. */
  readonly factor: number;
}

const OPTIONS = record({ name: text().optional(), level: number({ above: 0, below: 1 }).default(0.95) });

/**
 * Band around the mean of independent runs: ± t standard errors with Student's t for one degree of freedom less than there are runs
 * (3.2 for four runs, 2.0 for sixty). Where an intensity is nowhere negative the band stops at 0. Measured on Langevin oscillators of
 * 15 cm⁻¹ width (runs of 8 ps, broadening 10 cm⁻¹), a 95 % band covers the truth at 94, 93, 95 and 95 % of the points with 2, 4, 8 and
 * 30 runs, ± 2 standard errors at 67, 84, 92 and 95 %. Without broadening one point of one run is exponentially distributed and the
 * band covers less: 91, 89, 90 and 93 %.
 * Of a committee (committeeSpectrum) the degrees of freedom are one less than its members. For a spectrum whose errors come from
 * neither the factor is that of the normal distribution.
 * @param options.name intensity, default the first
 * @param options.level default 0.95
 * @throws OptionError if the intensity has no standard error
 */
export function confidenceBand(
  spectrum: Spectrum,
  options: { readonly name?: string; readonly level?: number } = {},
): ConfidenceBand {
  const { name, level } = readOptions(OPTIONS, options, "confidenceBand");
  const { values, standardError } = intensityOf(spectrum, name);
  if (!standardError)
    throw new OptionError({
      where: `${spectrum.quantity} spectrum (${spectrum.origin})`,
      problem: "has no standard errors",
      advice: "average the spectra of independent runs (averageSpectra, seriesEnsemble), or use blockSpectrum",
    });
  const factor = bandFactor(spectrum, level);
  const floor = values.some((v) => v < 0) ? Number.NEGATIVE_INFINITY : 0;
  return {
    low: values.map((v, k) => Math.max(floor, v - factor * standardError[k]!)),
    high: values.map((v, k) => v + factor * standardError[k]!),
    level,
    factor,
  };
}

/** Half-width of a band in standard errors. */
export function bandFactor(spectrum: Spectrum, level = 0.95): number {
  return studentFactor(level, (spectrum.averaged ?? spectrum.members ?? Number.POSITIVE_INFINITY) - 1);
}
