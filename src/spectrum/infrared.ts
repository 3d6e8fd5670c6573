/** Infrared absorption in absolute units from a polarization and its time derivative. */
import type { z } from "zod";
import { DataError, ShapeError, UnitError } from "../errors.js";
import { type Fields, kinds, readOptions, record } from "../options/record.js";
import { oneOf, positive } from "../options/values.js";
import { component, requireVector } from "../series/components.js";
import { inPackageUnits } from "../series/convert.js";
import { derivativeGain, differentiate } from "../series/differentiate.js";
import { isEnsemble, type SeriesEnsemble } from "../series/ensemble.js";
import { seriesLength, type TensorSeries } from "../series/tensorSeries.js";
import { boltzmannConstant, speedOfLightCm, speedOfLightInternal, vacuumPermittivity } from "../units/constants.js";
import { wavenumberToAngular } from "../units/frequency.js";
import { averageSpectra } from "./average.js";
import { broaden } from "./broadening.js";
import {
  type Correction,
  QUANTUM_FACTORS,
  type QuantumFactor,
  quantumFactor,
  requireBandsInSight,
} from "./corrections.js";
import { type Density, density } from "./density.js";
import { type DensityInput, type Estimator, estimatorOption } from "./estimator.js";
import { type Broadening, broadeningOption } from "./lineShape.js";
import { type Intensity, mapIntensities, type Spectrum } from "./spectrum.js";
import { verletAxis } from "./verlet.js";

/**
 * What the spectrum is computed from; the route follows from it (Schmiedmayer & Kresse 2024, eq. 5 and below):
 * a current gives Ṗ·Ṗ, a polarization P·P with ω², both together P·Ṗ with −iω.
 */
export type InfraredSource = TensorSeries | { readonly polarization: TensorSeries; readonly current: TensorSeries };

/** The same from independent runs; the runs of a pair of ensembles belong together one by one. */
export type InfraredEnsemble =
  | SeriesEnsemble
  | { readonly polarization: SeriesEnsemble; readonly current: SeriesEnsemble };

export interface InfraredOptions {
  /** K; the temperature of the dynamics. */
  readonly temperature: number;
  /** Å³, default the series' own. Without one the cross section of the molecule is given instead. */
  readonly volume?: number;
  /** Default: periodogram with a Hann taper. */
  readonly estimator?: Estimator;
  /**
   * Time derivative of a polarization: `spectral` (default) is moved onto window and exponential, exact for a tapered
   * record; `forward` takes differences of neighboring frames, divided by their gain.
   */
  readonly derivative?: { readonly kind: "spectral" | "forward" };
  /** Default harmonic, which is eq. 5 as it stands. */
  readonly quantum?: QuantumFactor;
  /** Step of the Verlet molecular dynamics, fs: maps the axis to exact frequencies; default no correction. */
  readonly verlet?: number;
  /** Default Lorentzian of 10 cm⁻¹ full width at half maximum. */
  readonly broadening?: Broadening;
}

const OPTIONS = record({
  temperature: positive("K"),
  volume: positive("Å³").optional(),
  estimator: estimatorOption.prefault({ kind: "periodogram" }),
  derivative: kinds({ spectral: {}, forward: {} }).default({ kind: "spectral" }),
  quantum: oneOf(QUANTUM_FACTORS).default("harmonic"),
  verlet: positive("fs").optional(),
  broadening: broadeningOption.default({ kind: "lorentzian", width: 10 }),
} satisfies Fields<InfraredOptions>);

/**
 * Absorption coefficient times refractive index, α(ω)n(ω) = β/(3Vcε₀) Re ∫₀^∞ ⟨Ṗ(0)·Ṗ(t)⟩ e^{−iωt} dt
 * (Schmiedmayer & Kresse 2024, eq. 5), from 0 cm⁻¹ to the Nyquist wavenumber, mean over the three directions.
 * Intensities: `absorption` α n, cm⁻¹ (base e), and the contributions `x`, `y`, `z` that it is the mean of. Without volume
 * `crossSection` V α n, Å², instead.
 * @param source a series, a pair of series, or ensembles of independent runs: the mean of their spectra with its standard error
 * @throws ShapeError if a series is no vector, or a polarization and its current differ in frames, or runs in their number or axes
 * @throws UnitError if the source is no polarization or current, or the two differ in time step; DataError if they differ in volume
 * @throws OptionError for a temperature that is not positive, or a quantum factor that lifts what is beyond the bands above them
 * @example
 * const dipole = (await loadDataset("h2o")).series("polarization");
 * infrared(dipole, { temperature: 300, broadening: { kind: "gaussian", width: 20 } }).axis.unit // "cm-1"
 */
export function infrared(source: InfraredSource | InfraredEnsemble, options: InfraredOptions): Spectrum {
  const read = readOptions(OPTIONS, options, "infrared");
  const runs = runsOf(source);
  const spectra = runs.map((run) => infraredOfRun(run, read));
  return runs.length === 1
    ? spectra[0]!
    : averageSpectra(spectra, ("quantity" in source ? source : source.current).origin);
}

function infraredOfRun(source: InfraredSource, read: z.output<typeof OPTIONS>): Spectrum {
  const { quantum, temperature, verlet } = read;
  const { polarization, current } = sources(source);
  const series = (current ?? polarization)!;
  const volume = read.volume ?? series.volume;
  const raw = rateDensities(polarization, current, read);

  const [axis, values] =
    verlet === undefined ? [raw.wavenumbers, raw.values] : verletAxis(raw.wavenumbers, raw.values, verlet);
  // D = 4cJ per cm⁻¹ with c in cm/fs; then β/(3Vcε₀), 1/Å to 1/cm. Each direction is three times its part of the sum.
  const halfSided = 1 / (4e-15 * speedOfLightCm);
  const prefactor = 1 / (boltzmannConstant * temperature * speedOfLightInternal * vacuumPermittivity);
  const scale = volume === undefined ? prefactor : (prefactor / volume) * 1e8;
  const weights = axis.map((v) => halfSided * quantumFactor(quantum, wavenumberToAngular(v), temperature));
  requireBandsInSight(
    { wavenumbers: axis, classical: axis.map((_, k) => values.reduce((s, d) => s + Math.abs(d[k]!), 0)), weights },
    { factor: quantum, temperature, broadened: read.broadening.kind !== "none" },
    "infrared",
  );
  const [x, y, z] = values.map((d) => d.map((v, k) => v * weights[k]!)) as [Float64Array, Float64Array, Float64Array];

  const unit = volume === undefined ? "Å²" : "cm⁻¹";
  const intensity = (v: Float64Array): Intensity => ({ unit, values: v });
  const corrections: Correction[] = [
    ...(polarization && !current && read.derivative.kind === "forward"
      ? [{ kind: "derivative", scheme: "forward", timestep: series.timestep } as const]
      : []),
    ...(verlet === undefined ? [] : [{ kind: "verlet", timestep: verlet } as const]),
    { kind: "quantum", factor: quantum, temperature },
  ];
  const spectrum: Spectrum = {
    quantity: "infrared",
    axis: { unit: "cm-1", values: axis },
    intensities: {
      [volume === undefined ? "crossSection" : "absorption"]: intensity(x.map((v, k) => (v + y[k]! + z[k]!) / 3)),
      x: intensity(x),
      y: intensity(y),
      z: intensity(z),
    },
    resolution: raw.resolution,
    corrections,
    broadening: { kind: "none" },
    estimator: raw.estimator,
    origin: series.origin,
  };
  // Scaled last, so that spectra of other volumes are proportional to the last bits of their far wings.
  return mapIntensities(broaden(spectrum, read.broadening), (values) => values.map((v) => v * scale));
}

/** The independent runs of a source, one for a series. */
function runsOf(source: InfraredSource | InfraredEnsemble): readonly InfraredSource[] {
  if (isEnsemble(source)) return source.runs;
  if ("quantity" in source) return [source];
  const { polarization, current } = source;
  if (!isEnsemble(polarization) || !isEnsemble(current)) return [source as InfraredSource];
  if (polarization.runs.length !== current.runs.length)
    throw new ShapeError({
      where: "infrared",
      problem: `${polarization.runs.length} runs of polarization, ${current.runs.length} of current; they must belong together one by one`,
    });
  return polarization.runs.map((run, k) => ({ polarization: run, current: current.runs[k]! }));
}

/** Densities of Ṗ_x, Ṗ_y, Ṗ_z by the route that the source allows. */
function rateDensities(
  polarization: TensorSeries | undefined,
  current: TensorSeries | undefined,
  { estimator, derivative }: Pick<Required<InfraredOptions>, "estimator" | "derivative">,
): Density {
  const { timestep } = (current ?? polarization)!;
  const directions = (s: TensorSeries): Float64Array[] => (["x", "y", "z"] as const).map((c) => component(s, c));
  const estimate = (input: DensityInput): Density => density(input, timestep, estimator);
  if (polarization && current)
    return estimate({ kind: "cross", signals: directions(polarization), rates: directions(current) });
  if (current) return estimate({ kind: "rate", signals: directions(current) });
  const p = directions(polarization!);
  if (derivative.kind !== "forward") return estimate({ kind: "derivative", signals: p });
  const scheme = { kind: "forward" } as const;
  const raw = estimate({ kind: "rate", signals: p.map((s) => differentiate(s, timestep, scheme)) });
  const gains = raw.wavenumbers.map((v) => {
    const omega = wavenumberToAngular(v);
    return omega === 0 ? 1 : (derivativeGain(scheme, omega, timestep) / omega) ** 2;
  });
  return { ...raw, values: raw.values.map((d) => d.map((v, k) => v / gains[k]!)) };
}

function sources(source: InfraredSource): { polarization?: TensorSeries; current?: TensorSeries } {
  if ("quantity" in source) {
    requireVector(source, "an infrared spectrum");
    if (source.quantity === "polarization") return { polarization: inPackageUnits(source) };
    if (source.quantity === "current") return { current: inPackageUnits(source) };
    throw new UnitError({
      where: `${source.quantity} series (${source.origin})`,
      problem: "an infrared spectrum needs a polarization or a current",
    });
  }
  const { polarization, current } = source;
  if (polarization.quantity !== "polarization" || current.quantity !== "current")
    throw new UnitError(
      `expected a polarization and a current, found ${polarization.quantity} and ${current.quantity}`,
    );
  if (seriesLength(polarization) !== seriesLength(current))
    throw new ShapeError(
      `polarization has ${seriesLength(polarization)} frames, current ${seriesLength(current)}; they must belong to the same times`,
    );
  if (Math.abs(polarization.timestep - current.timestep) > 1e-9 * current.timestep)
    throw new UnitError(`polarization every ${polarization.timestep} fs, current every ${current.timestep} fs`);
  if (polarization.volume !== undefined && current.volume !== undefined && polarization.volume !== current.volume)
    throw new DataError(`polarization belongs to ${polarization.volume} Å³, current to ${current.volume} Å³`);
  return { polarization: inPackageUnits(polarization), current: inPackageUnits(current) };
}
