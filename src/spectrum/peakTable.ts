/** Peaks of a spectrum with what they are. */
import { OptionError } from "../errors.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { checkedBy, isArrayLike, number, plainList } from "../options/values.js";
import type { ModeRow } from "./modeTable.js";
import { nearestLines } from "./nearestLines.js";
import { findPeaks, PEAK_FIELDS, type PeakOptions } from "./peaks.js";
import { area, intensityOf, isSpectrum, type Spectrum } from "./spectrum.js";

/** One peak. */
export interface AssignedPeak {
  /** In the unit of the axis. */
  readonly position: number;
  /** In the unit of the intensity. */
  readonly height: number;
  /** Full width at half the prominence, in the unit of the axis. */
  readonly width: number;
  /** Between the minima on both sides, in the unit of the intensity times that of the axis. */
  readonly area: number;
  /** Representation or part with the largest share of the peak, or the symmetry of the nearest harmonic mode that the light sees. */
  readonly symmetry?: string;
  /** Its share of the peak, 0 … 1, where a projection was given. */
  readonly share?: number;
  /** Harmonic mode nearest to it, with a projection of its symmetry; absent where none is near enough. */
  readonly mode?: number;
  readonly modeWavenumber?: number;
  /** Measured line nearest to it and the peak's distance from that. */
  readonly measured?: number;
  readonly difference?: number;
}

/** A measured line that has been assigned. */
export interface MeasuredLine {
  /** In the unit of the axis. */
  readonly position: number;
  /** Its representation, in the words of the projection, e.g. "A1". */
  readonly symmetry: string;
}

export interface PeakTableOptions extends PeakOptions {
  /** Table of the harmonic modes (modeTable). */
  readonly modes?: readonly ModeRow[];
  /**
   * The trajectory by representation: a spectrum whose intensities after the first are named by symmetry (modeSpectrum with
   * `grouping: { kind: "labels", … }`, or spectrumParts of modeCurrents).
   */
  readonly projection?: Spectrum;
  /**
   * Positions of measured lines in the unit of the axis, with their symmetry where it is known, or a measured spectrum whose peaks are taken. With a
   * projection a line of known symmetry belongs to a peak of the same one.
   */
  readonly measured?: readonly (number | MeasuredLine)[] | Spectrum;
  /** Largest distance from a measured line or a mode to its peak, as a fraction of the position; default 0.15. */
  readonly within?: number;
}

function isLine(v: unknown): boolean {
  if (typeof v === "number") return Number.isFinite(v);
  return (
    typeof v === "object" &&
    v !== null &&
    Number.isFinite((v as MeasuredLine).position) &&
    typeof (v as MeasuredLine).symmetry === "string"
  );
}

const OPTIONS = record({
  ...PEAK_FIELDS,
  modes: plainList<ModeRow>("rows of modeTable").optional(),
  projection: checkedBy<Spectrum>(isSpectrum, "a spectrum").optional(),
  measured: checkedBy<readonly (number | MeasuredLine)[] | Spectrum>(
    (v) => isSpectrum(v) || (isArrayLike(v) && Array.from(v as ArrayLike<unknown>).every(isLine)),
    "a list of positions, or of { position, symmetry }, or a spectrum",
  ).default([]),
  within: number({ atLeast: 0 }).default(0.15),
} satisfies Fields<PeakTableOptions>);

/** Peaks of one spectrum as a table, with the units of its columns. */
export interface PeakTable {
  readonly rows: readonly AssignedPeak[];
  /** By column; "" for none. */
  readonly units: Readonly<Record<keyof AssignedPeak, string>>;
  /** Measured lines that no peak is left for near enough: the misses. */
  readonly missed: readonly number[];
}

/**
 * Peaks in order of position with height, width and area, what they are (the representation whose modes move most at that frequency
 * and the nearest harmonic mode), and the nearest measured line. Of the pairs that are near enough the nearest come first, and a measured line
 * belongs to at most one peak.
 * @throws OptionError as {@link findPeaks}, or for a measured line of a symmetry that the projection does not have
 * @example
 * const alpha = (await loadDataset("h2o")).series("polarizability");
 * spectra.peakTable(raman(alpha), { from: 1000, to: 4200, measured: [1595, 3657] }).units.position // "cm⁻¹"
 */
export function peakTable(spectrum: Spectrum, options: PeakTableOptions = {}): PeakTable {
  const { modes, projection, measured, within, ...rest } = readOptions(OPTIONS, options, "peakTable");
  const { name } = rest;
  const found = findPeaks(spectrum, rest);
  const { unit, values } = intensityOf(spectrum, name);
  const x = spectrum.axis.values;
  const lines = "axis" in measured ? findPeaks(measured).map((p) => p.position) : Array.from(measured);
  const parts = found.map((p) => projection && strongest(projection, p.position, p.width));
  const symmetries = lines.map((line) =>
    projection && typeof line !== "number" ? knownSymmetry(line, projection) : undefined,
  );
  const seen = modes?.filter((m) => m.kind === "vibration" && visible(m, spectrum.quantity));
  const { taken, missed } = nearestLines(
    found.map((p) => p.position),
    lines.map((line) => (typeof line === "number" ? line : line.position)),
    within,
    (k, m) => symmetries[m] === undefined || symmetries[m] === parts[k]?.name,
  );
  const rows = found.map((p, k): AssignedPeak => {
    const from = valley(x, values, p.position, found[k - 1]?.position ?? x[0]!);
    const to = valley(x, values, p.position, found[k + 1]?.position ?? x.at(-1)!);
    const part = parts[k];
    // Of the symmetry that the projection gives: rotations and translations have no mode to be named.
    const mode = seen && nearest(part ? seen.filter((m) => m.symmetry === part.name) : seen, p.position, within);
    const line = taken.get(k);
    const symmetry = part?.name ?? mode?.symmetry;
    return {
      position: p.position,
      height: p.height,
      width: p.width,
      area: area(spectrum, { ...(name !== undefined && { name }), from, to }),
      ...(symmetry !== undefined && { symmetry }),
      ...(part && { share: part.share }),
      ...(mode && { mode: mode.mode, modeWavenumber: mode.wavenumber }),
      ...(line !== undefined && { measured: line, difference: p.position - line }),
    };
  });
  const axis = spectrum.axis.unit === "cm-1" ? "cm⁻¹" : spectrum.axis.unit;
  return {
    rows,
    units: {
      position: axis,
      height: unit,
      width: axis,
      area: areaUnit(unit, axis),
      symmetry: "",
      share: "",
      mode: "",
      modeWavenumber: "cm⁻¹",
      measured: axis,
      difference: axis,
    },
    missed,
  };
}

/** Unit of an area: that of the intensity times that of the axis, where a cm and a cm⁻¹ cancel. */
function areaUnit(unit: string, axis: string): string {
  const factors = unit === "1" ? [] : unit.split("·");
  const cm = axis === "cm⁻¹" ? factors.indexOf("cm") : -1;
  if (cm < 0) return [...factors, axis].join("·");
  return factors.filter((_, k) => k !== cm).join("·");
}

/** Modes that the light of the spectrum sees; all where that is not known. */
function visible(m: ModeRow, quantity: Spectrum["quantity"]): boolean {
  if (quantity === "raman") return m.raman === undefined || m.raman > 0;
  return quantity === "infrared" ? m.infrared === undefined || m.infrared > 0 : true;
}

function nearest(rows: readonly ModeRow[], position: number, within: number): ModeRow | undefined {
  const distance = (m: ModeRow): number => Math.abs(m.wavenumber - position);
  return rows
    .filter((m) => distance(m) <= within * position)
    .reduce<ModeRow | undefined>((best, m) => (!best || distance(m) < distance(best) ? m : best), undefined);
}

/** Where the intensity is least between a peak and its neighbor. */
function valley(x: Float64Array, y: Float64Array, peak: number, neighbor: number): number {
  const [from, to] = peak < neighbor ? [peak, neighbor] : [neighbor, peak];
  let best = neighbor;
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < x.length; k++)
    if (x[k]! >= from && x[k]! <= to && y[k]! < least) {
      least = y[k]!;
      best = x[k]!;
    }
  return best;
}

/** The symmetry of a measured line. @throws OptionError for one that the projection does not have */
function knownSymmetry({ position, symmetry }: MeasuredLine, projection: Spectrum): string {
  const names = partsOf(projection);
  if (names.includes(symmetry)) return symmetry;
  throw new OptionError({
    where: "peakTable",
    problem: `the measured line at ${position} has the symmetry "${symmetry}", which the projection does not`,
    advice: `it has ${names.join(", ")}`,
  });
}

/** Names of the parts of a projection. */
function partsOf(projection: Spectrum): readonly string[] {
  return Object.keys(projection.intensities)
    .slice(1)
    .filter((name) => !name.includes(" × "));
}

/** The part with most of the intensity within a width around a position, and its share of all parts. */
function strongest(projection: Spectrum, position: number, width: number): { name: string; share: number } | undefined {
  const parts = partsOf(projection);
  if (parts.length === 0)
    throw new OptionError({
      where: "peakTable",
      problem: "the projection has no parts",
      advice: 'make it with modeSpectrum(…, { grouping: { kind: "labels", labels } })',
    });
  const half = Math.max(width / 2, 2 * (projection.axis.values[1]! - projection.axis.values[0]!));
  const range = { from: position - half, to: position + half };
  const sums = parts.map((name) => Math.max(0, area(projection, { name, ...range })));
  const total = sums.reduce((a, b) => a + b, 0);
  if (!(total > 0)) return undefined;
  const k = sums.indexOf(Math.max(...sums));
  return { name: parts[k]!, share: sums[k]! / total };
}
