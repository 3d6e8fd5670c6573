/** What every Raman spectrum from a series shares: the density of α̇, signal by signal, times the factors of the cross section. */
import type { z } from "zod";
import { UnitError } from "../errors.js";
import { type Fields, kinds, record } from "../options/record.js";
import { flag, positive } from "../options/values.js";
import { inPackageUnits, polarizabilityOfDielectric } from "../series/convert.js";
import { derivativeGain, differentiate } from "../series/differentiate.js";
import type { TensorSeries } from "../series/tensorSeries.js";
import { wavenumberToAngular } from "../units/frequency.js";
import { broaden } from "./broadening.js";
import { density } from "./density.js";
import { type Estimator, estimatorOption } from "./estimator.js";
import { type Broadening, broadeningOption } from "./lineShape.js";
import { PREFACTOR_FIELDS, type RamanPrefactor, ramanPrefactor } from "./ramanFactors.js";
import type { Intensity, Spectrum } from "./spectrum.js";
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

export const RAMAN_FIELDS = {
  estimator: estimatorOption.prefault(WHOLE_RECORD),
  derivative: kinds({ forward: { corrected: flag().default(true) }, spectral: {} }).prefault({ kind: "forward" }),
  ...PREFACTOR_FIELDS,
  verlet: positive("fs").optional(),
  broadening: broadeningOption.default({ kind: "lorentzian", width: 10 }),
} satisfies Fields<RamanOptions>;

const OPTIONS = record(RAMAN_FIELDS);
/** Options with their defaults filled in. */
export type ReadRamanOptions = z.output<typeof OPTIONS>;

/** Signals linear in α, and the intensities that their spectra make. */
export interface ScatteredSignals {
  readonly signals: readonly Float64Array[];
  /** @param densities one per signal, times the factors */
  intensities(densities: readonly Float64Array[], unit: string): Readonly<Record<string, Intensity>>;
}

/**
 * The spectrum of a series with intensities made of the densities of signals.
 * @param signalsOf what to look at in the polarizability (dielectric tensor without volume) in package units
 */
export function scatteredSpectrum(
  series: TensorSeries,
  read: ReadRamanOptions,
  signalsOf: (alpha: TensorSeries) => ScatteredSignals,
): Spectrum {
  const { estimator, derivative, verlet, broadening, ...prefactor } = read;
  const alpha = response(series);
  const { timestep } = alpha;
  const { signals, intensities } = signalsOf(alpha);
  const forward = derivative.kind === "forward";
  const raw = density(
    { kind: "value", signals: forward ? signals.map((s) => differentiate(s, timestep, { kind: "forward" })) : signals },
    timestep,
    estimator,
  );
  const corrected = forward && derivative.corrected;
  if (forward) for (const d of raw.values) undoDerivative(d, raw.wavenumbers, corrected ? timestep : undefined);

  const [axis, values] =
    verlet === undefined ? [raw.wavenumbers, raw.values] : verletAxis(raw.wavenumbers, raw.values, verlet);
  const { factors, weight, record: applied } = ramanPrefactor(prefactor);
  const weights = axis.map((v) => weight(wavenumberToAngular(v)));
  const squared = alpha.quantity === "dielectric" ? "cm" : "Å⁶·cm";
  const unit = `${squared}·fs⁻${factors.has("inverseFrequency") ? "¹" : "²"}`;
  const spectrum: Spectrum = {
    quantity: "raman",
    axis: { unit: "cm-1", values: axis },
    intensities: intensities(
      values.map((d) => d.map((v, k) => v * weights[k]!)),
      unit,
    ),
    resolution: raw.resolution,
    corrections: [
      ...(corrected ? [{ kind: "derivative", scheme: "forward", timestep } as const] : []),
      ...(verlet === undefined ? [] : [{ kind: "verlet", timestep: verlet } as const]),
      ...applied,
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

/** Density of differences back to that of the signal, in place; the empty bin at 0 repeats its neighbor. */
function undoDerivative(d: Float64Array, wavenumbers: Float64Array, timestep: number | undefined): void {
  for (let k = 1; k < d.length; k++) {
    const omega = wavenumberToAngular(wavenumbers[k]!);
    d[k]! /= (timestep === undefined ? omega : derivativeGain({ kind: "forward" }, omega, timestep)) ** 2;
  }
  d[0] = d[1]!;
}
