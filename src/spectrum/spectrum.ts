/** A spectrum: named intensities over one frequency axis, with everything that was done to them on record. */
import { didYouMean, OptionError, ShapeError } from "../errors.js";
import { interpolate } from "../math/interpolate.js";
import { convertFrequencies, convertFrequency, type FrequencyUnit } from "../units/frequency.js";
import type { Correction } from "./corrections.js";
import type { Estimator } from "./estimator.js";
import type { Broadening } from "./lineShape.js";

/** One column of a spectrum. */
export interface Intensity {
  /** Unit of the values, "1" for a ratio. */
  readonly unit: string;
  readonly values: Float64Array;
  /** Standard error of the mean where several spectra were averaged, that of the model where a committee predicted them. */
  readonly standardError?: Float64Array;
}

export interface Spectrum {
  readonly quantity: "raman" | "infrared" | "dielectric" | "vibrational";
  readonly axis: { readonly unit: FrequencyUnit; readonly values: Float64Array };
  /** By name; the first is the one to plot when nothing else is asked for. */
  readonly intensities: Readonly<Record<string, Intensity>>;
  /** Full width at half maximum of an endless, undamped oscillation before broadening, in the unit of the axis; 0 for calculated lines. */
  readonly resolution: number;
  /** Factors applied, in order. */
  readonly corrections: readonly Correction[];
  readonly broadening: Broadening;
  /** How the raw spectrum was estimated; absent for calculated lines. */
  readonly estimator?: Estimator;
  /** What the file of a measured spectrum says about itself (title, origin, owner, state, …), by label. */
  readonly measurement?: Readonly<Record<string, string>>;
  /** Number of spectra averaged; absent for one. */
  readonly averaged?: number;
  /** Number of members of the committee that the standard errors come from; absent where they do not. */
  readonly members?: number;
  readonly origin: string;
}

/** Whether a value is a spectrum. */
export function isSpectrum(value: unknown): value is Spectrum {
  return typeof value === "object" && value !== null && "axis" in value && "intensities" in value;
}

/** A column as a CSV file or a table shows it. */
export interface SpectrumColumn {
  readonly name: string;
  readonly unit: string;
  readonly values: Float64Array;
}

const AXIS_NAME: Readonly<Record<FrequencyUnit, string>> = { "cm-1": "wavenumber", THz: "frequency", meV: "energy" };

/**
 * The axis and every intensity as columns, each standard error after its intensity as `NAME_standard_error`.
 * @example
 * const alpha = (await loadDataset("h2o")).series("polarizability");
 * spectra.spectrumColumns(raman(alpha)).map((c) => c.name) // ["wavenumber", "unpolarised", "parallel", …]
 */
export function spectrumColumns(spectrum: Spectrum): readonly SpectrumColumn[] {
  const { unit, values } = spectrum.axis;
  return [
    { name: AXIS_NAME[unit], unit, values },
    ...Object.entries(spectrum.intensities).flatMap(([name, i]) => [
      { name, unit: i.unit, values: i.values },
      ...(i.standardError ? [{ name: `${name}_standard_error`, unit: i.unit, values: i.standardError }] : []),
    ]),
  ];
}

/**
 * One intensity by name, by default the first.
 * @throws OptionError for a name the spectrum does not have
 */
export function intensityOf(spectrum: Spectrum, name?: string): Intensity {
  const names = Object.keys(spectrum.intensities);
  const found = spectrum.intensities[name ?? names[0]!];
  if (found) return found;
  const guess = name === undefined ? undefined : didYouMean(name, names);
  throw new OptionError({
    where: `${spectrum.quantity} spectrum (${spectrum.origin})`,
    problem: `no intensity "${name}"`,
    advice: guess ? `did you mean "${guess}"?` : `it has ${names.join(", ")}`,
  });
}

/** The same spectrum with its axis and resolution in another unit. Intensities per cm⁻¹ stay per cm⁻¹, as their unit says. */
export function toUnit(spectrum: Spectrum, unit: FrequencyUnit): Spectrum {
  const { axis } = spectrum;
  if (axis.unit === unit) return spectrum;
  return {
    ...spectrum,
    axis: { unit, values: convertFrequencies(axis.values, axis.unit, unit) },
    resolution: convertFrequency(spectrum.resolution, axis.unit, unit),
  };
}

/** Intensities that are ratios of two others; every operation on a spectrum forms them anew. */
const RATIOS: Readonly<Record<string, readonly [string, string]>> = { depolarisation: ["perpendicular", "parallel"] };

/** `a`/`b` point by point, 0 where b is 0. */
export function ratio(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((v, i) => (b[i] === 0 ? 0 : v / b[i]!));
}

/**
 * Applies a linear operation to every intensity; ratios are formed anew from the results and standard errors are dropped.
 * @param operation from the values and the name of an intensity to new values
 */
export function mapIntensities(
  spectrum: Spectrum,
  operation: (values: Float64Array, name: string) => Float64Array,
): Spectrum {
  const intensities: Record<string, Intensity> = {};
  for (const [name, { unit, values }] of Object.entries(spectrum.intensities)) {
    const of = RATIOS[name];
    intensities[name] = {
      unit,
      values: of ? ratio(intensities[of[0]]!.values, intensities[of[1]]!.values) : operation(values, name),
    };
  }
  return { ...spectrum, intensities };
}

/**
 * The spectrum on another axis by linear interpolation. Standard errors are interpolated, too: between two points the error of the mean is at most
 * that, and as large where neighboring points err together.
 * @param axis ascending, in the spectrum's unit
 * @throws ShapeError if the new axis leaves the old one, has no points or does not ascend
 */
export function resample(spectrum: Spectrum, axis: Float64Array): Spectrum {
  const x = spectrum.axis.values;
  const back = axis.findIndex((v, k) => !(k === 0 || v > axis[k - 1]!));
  if (axis.length === 0 || back >= 0)
    throw new ShapeError({
      where: "resample",
      problem:
        axis.length === 0
          ? "the new axis has no points"
          : `point ${back} of the new axis, ${axis[back]}, does not follow ${axis[back - 1]}`,
      advice: "give at least one frequency, in ascending order",
    });
  const [low, high] = [axis[0]!, axis.at(-1)!];
  const slack = 1e-9 * x.at(-1)!;
  if (!(low >= x[0]! - slack && high <= x.at(-1)! + slack))
    throw new ShapeError({
      where: "resample",
      problem: `${low} to ${high} ${spectrum.axis.unit} is not inside the spectrum's ${x[0]} to ${x.at(-1)}`,
    });
  const { intensities, ...rest } = mapIntensities(spectrum, (y) => interpolate(x, y, axis));
  return {
    ...rest,
    intensities: Object.fromEntries(
      Object.entries(intensities).map(([name, moved]) => {
        const { standardError } = spectrum.intensities[name]!;
        return [name, { ...moved, ...(standardError && { standardError: interpolate(x, standardError, axis) }) }];
      }),
    ),
    axis: { unit: spectrum.axis.unit, values: Float64Array.from(axis) },
  };
}

/** Area under one intensity between two frequencies, linear between grid points; unit of the intensity times that of the axis. */
export function area(
  spectrum: Spectrum,
  options: { readonly name?: string; readonly from?: number; readonly to?: number } = {},
): number {
  const x = spectrum.axis.values;
  const y = intensityOf(spectrum, options.name).values;
  const from = Math.max(options.from ?? x[0]!, x[0]!);
  const to = Math.min(options.to ?? x.at(-1)!, x.at(-1)!);
  let sum = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const left = Math.max(from, x[i]!);
    const right = Math.min(to, x[i + 1]!);
    if (right <= left) continue;
    const slope = (y[i + 1]! - y[i]!) / (x[i + 1]! - x[i]!);
    sum += (right - left) * (y[i]! + slope * ((left + right) / 2 - x[i]!));
  }
  return sum;
}

/** @throws ShapeError unless both spectra have the same axis */
export function requireSameAxis(a: Spectrum, b: Spectrum, doing: string): void {
  const [x, y] = [a.axis.values, b.axis.values];
  const same =
    a.axis.unit === b.axis.unit &&
    x.length === y.length &&
    x.every((v, i) => Math.abs(v - y[i]!) <= 1e-9 * Math.abs(v) + 1e-12);
  if (!same)
    throw new ShapeError({
      where: doing,
      problem: `the axes of "${a.origin}" (${x.length} points to ${x.at(-1)?.toFixed(2)} ${a.axis.unit}) and "${b.origin}" (${y.length} points to ${y.at(-1)?.toFixed(2)} ${b.axis.unit}) differ`,
      advice: "bring both to one grid with resample",
    });
}
