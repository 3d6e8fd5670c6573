/** Raman spectra from a polarizability (or dielectric) series. */
import type { z } from "zod";
import { UnitError } from "../errors.js";
import { type Fields, kinds, readOptions, record } from "../options/record.js";
import { flag, positive } from "../options/values.js";
import { component } from "../series/components.js";
import { inPackageUnits, polarizabilityOfDielectric } from "../series/convert.js";
import { derivativeGain, differentiate } from "../series/differentiate.js";
import type { SeriesEnsemble } from "../series/ensemble.js";
import type { TensorSeries } from "../series/tensorSeries.js";
import { wavenumberToAngular } from "../units/frequency.js";
import { spectrumOverRuns } from "./average.js";
import { broaden } from "./broadening.js";
import { density } from "./density.js";
import { type Estimator, estimatorOption } from "./estimator.js";
import { type Broadening, broadeningOption } from "./lineShape.js";
import { PREFACTOR_FIELDS, type RamanPrefactor, ramanPrefactor } from "./ramanFactors.js";
import { type Intensity, ratio, type Spectrum } from "./spectrum.js";
import { verletAxis } from "./verlet.js";

/** Every frame counts alike. */
const WHOLE_RECORD: Estimator = { kind: "periodogram", taper: { kind: "none" }, padding: 1 };

export interface RamanOptions extends RamanPrefactor {
  /** Default: periodogram of the whole record, taper none, padding 1. */
  readonly estimator?: Estimator;
  /**
   * Time derivative of α: `forward` (default) takes differences of neighboring frames and, unless `corrected` is false,
   * divides by their gain (2 sin(ωΔt/2)/ωΔt)²; `spectral` multiplies the spectrum of α by ω², which wants a taper (hann)
   * because ω² amplifies the leakage from a record whose ends do not meet.
   */
  readonly derivative?: { readonly kind: "forward"; readonly corrected?: boolean } | { readonly kind: "spectral" };
  /** Step of the Verlet molecular dynamics, fs: maps the axis to exact frequencies; default no correction. */
  readonly verlet?: number;
  /** Default Lorentzian of 10 cm⁻¹ full width at half maximum. */
  readonly broadening?: Broadening;
}

const OPTIONS = record({
  estimator: estimatorOption.prefault(WHOLE_RECORD),
  derivative: kinds({ forward: { corrected: flag().default(true) }, spectral: {} }).prefault({ kind: "forward" }),
  ...PREFACTOR_FIELDS,
  verlet: positive("fs").optional(),
  broadening: broadeningOption.default({ kind: "lorentzian", width: 10 }),
} satisfies Fields<RamanOptions>);

/**
 * Raman spectrum by Grumet et al. 2024, eqs. 2 and 3, from 0 cm⁻¹ to the Nyquist wavenumber. Intensities are
 * one-sided densities per cm⁻¹ of α̇ (Å³/fs; for a dielectric series with volume converted, without volume of ε̇) times the
 * factors chosen:
 * - unpolarised (45a² + 7γ²)/45 = parallel + perpendicular,
 * - parallel (VV) a² + 4γ²/45, perpendicular (VH) γ²/15,
 * - isotropic a², anisotropic γ²,
 * - depolarisation perpendicular/parallel, 0 … ¾ (0 where there is no intensity).
 * @param source a series, or an ensemble of independent runs: the mean of their spectra with its standard error
 * @throws UnitError for a series of another quantity
 * @example
 * const alpha = (await loadDataset("h2o")).series("polarizability");
 * raman(alpha, { temperature: 300, laser: 514, factors: ["laser", "inverseFrequency"] }).axis.unit // "cm-1"
 */
export function raman(source: TensorSeries | SeriesEnsemble, options: RamanOptions = {}): Spectrum {
  const read = readOptions(OPTIONS, options, "raman");
  return spectrumOverRuns(source, (run) => ramanOfRun(run, read));
}

function ramanOfRun(series: TensorSeries, read: z.output<typeof OPTIONS>): Spectrum {
  const { estimator, derivative, verlet, broadening, ...prefactor } = read;
  const alpha = response(series);
  const { timestep } = alpha;
  const { signals, combine } = invariantSignals(alpha);
  const forward = derivative.kind === "forward";
  const raw = density(
    { kind: "value", signals: forward ? signals.map((s) => differentiate(s, timestep, derivative)) : signals },
    timestep,
    estimator,
  );
  const corrected = forward && derivative.corrected;
  if (forward) for (const d of raw.values) undoDerivative(d, raw.wavenumbers, corrected ? timestep : undefined);

  const [axis, values] =
    verlet === undefined ? [raw.wavenumbers, raw.values] : verletAxis(raw.wavenumbers, raw.values, verlet);
  const { factors, weight, record } = ramanPrefactor(prefactor);
  const weights = axis.map((v) => weight(wavenumberToAngular(v)));
  const { isotropic, anisotropic } = combine(values.map((d) => d.map((v, k) => v * weights[k]!)));

  const squared = alpha.quantity === "dielectric" ? "cm" : "Å⁶·cm";
  const unit = `${squared}·fs⁻${factors.has("inverseFrequency") ? "¹" : "²"}`;
  const intensity = (i: Float64Array): Intensity => ({ unit, values: i });
  const parallel = isotropic.map((a, k) => a + (4 / 45) * anisotropic[k]!);
  const perpendicular = anisotropic.map((g) => g / 15);
  const spectrum: Spectrum = {
    quantity: "raman",
    axis: { unit: "cm-1", values: axis },
    intensities: {
      unpolarised: intensity(parallel.map((v, k) => v + perpendicular[k]!)),
      parallel: intensity(parallel),
      perpendicular: intensity(perpendicular),
      isotropic: intensity(isotropic),
      anisotropic: intensity(anisotropic),
      depolarisation: { unit: "1", values: ratio(perpendicular, parallel) },
    },
    resolution: raw.resolution,
    corrections: [
      ...(corrected ? [{ kind: "derivative", scheme: "forward", timestep } as const] : []),
      ...(verlet === undefined ? [] : [{ kind: "verlet", timestep: verlet } as const]),
      ...record,
    ],
    broadening: { kind: "none" },
    estimator: raw.estimator,
    origin: series.origin,
  };
  return broaden(spectrum, broadening);
}

/** The polarizability where it can be had, otherwise the dielectric tensor, in package units. */
function response(series: TensorSeries): TensorSeries {
  if (series.quantity === "polarizability") return inPackageUnits(series);
  if (series.quantity === "dielectric")
    return series.volume === undefined ? inPackageUnits(series) : polarizabilityOfDielectric(series);
  throw new UnitError({
    where: `${series.quantity} series (${series.origin})`,
    problem: "a Raman spectrum needs a polarizability or dielectric series",
  });
}

/** The seven signals whose spectra make up a² and γ², and how (quadratic in α, so rotations leave the sums unchanged). */
function invariantSignals(alpha: TensorSeries) {
  const [xx, yy, zz, xy, yz, zx] = (["xx", "yy", "zz", "xy", "yz", "zx"] as const).map((c) => component(alpha, c)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const minus = (a: Float64Array, b: Float64Array): Float64Array => a.map((v, k) => v - b[k]!);
  const mean = xx.map((v, k) => (v + yy[k]! + zz[k]!) / 3);
  return {
    signals: [mean, minus(xx, yy), minus(yy, zz), minus(zz, xx), xy, yz, zx],
    combine: ([a, d1, d2, d3, o1, o2, o3]: readonly Float64Array[]) => ({
      isotropic: a!,
      anisotropic: a!.map((_, k) => (d1![k]! + d2![k]! + d3![k]!) / 2 + 3 * (o1![k]! + o2![k]! + o3![k]!)),
    }),
  };
}

/** Density of differences back to that of the signal, in place; the empty bin at 0 repeats its neighbor. */
function undoDerivative(d: Float64Array, wavenumbers: Float64Array, timestep: number | undefined): void {
  for (let k = 1; k < d.length; k++) {
    const omega = wavenumberToAngular(wavenumbers[k]!);
    d[k]! /= (timestep === undefined ? omega : derivativeGain({ kind: "forward" }, omega, timestep)) ** 2;
  }
  d[0] = d[1]!;
}
