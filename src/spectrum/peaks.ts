import { type Fields, readOptions, record } from "../options/record.js";
import { integer, number, text } from "../options/values.js";
import { intensityOf, type Spectrum } from "./spectrum.js";

/** A local maximum of an intensity. */
export interface Peak {
  /** Vertex of the parabola through the maximum and its neighbors, in the unit of the axis. */
  readonly position: number;
  /** Intensity at the vertex. */
  readonly height: number;
  /** Full width at half the prominence below the top, linear between grid points, in the unit of the axis. */
  readonly width: number;
  /** Height above the higher of the two lowest points that separate the peak from higher ground (or the axis' ends). */
  readonly prominence: number;
}

export interface PeakOptions {
  /** Name of the intensity, default the first. */
  readonly name?: string;
  /** Range of positions, in the unit of the axis, default all. */
  readonly from?: number;
  readonly to?: number;
  /** Smallest prominence as a fraction of the largest height in the range, default 0.01. */
  readonly minProminence?: number;
  /** Keep only this many, the most prominent ones. */
  readonly count?: number;
}

export const PEAK_FIELDS = {
  name: text().optional(),
  from: number().optional(),
  to: number().optional(),
  minProminence: number({ atLeast: 0, atMost: 1 }).default(0.01),
  count: integer({ atLeast: 0 }).optional(),
} satisfies Fields<PeakOptions>;
const OPTIONS = record(PEAK_FIELDS);

/**
 * Peaks of a spectrum in order of position; plateaus count once.
 * @example
 * const alpha = (await loadDataset("h2o")).series("polarizability");
 * findPeaks(raman(alpha), { from: 3000, to: 4000, count: 1 }).map((p) => Math.round(p.position / 100)) // [37]
 */
export function findPeaks(spectrum: Spectrum, options: PeakOptions = {}): readonly Peak[] {
  const { name, minProminence, count, ...read } = readOptions(OPTIONS, options, "findPeaks");
  const x = spectrum.axis.values;
  const y = intensityOf(spectrum, name).values;
  const from = read.from ?? x[0]!;
  const to = read.to ?? x.at(-1)!;
  let highest = 0;
  for (let i = 0; i < y.length; i++) if (x[i]! >= from && x[i]! <= to) highest = Math.max(highest, y[i]!);
  const found: Peak[] = [];
  for (let i = 1; i + 1 < y.length; i++) {
    if (!(y[i]! > y[i - 1]!)) continue;
    let end = i;
    while (end + 1 < y.length && y[end + 1] === y[i]) end++;
    // The vertex lies between the neighbors; peaks that cannot be in the range need not be measured.
    if (end + 1 < y.length && y[end + 1]! < y[i]! && x[end + 1]! >= from && x[i - 1]! <= to) {
      const peak = measure(x, y, i, end);
      if (peak.position >= from && peak.position <= to && peak.prominence >= minProminence * highest) found.push(peak);
    }
    i = end;
  }
  if (count === undefined || found.length <= count) return found;
  const kept = [...found].sort((a, b) => b.prominence - a.prominence).slice(0, count);
  return kept.sort((a, b) => a.position - b.position);
}

function measure(x: Float64Array, y: Float64Array, first: number, last: number): Peak {
  const top = y[first]!;
  const lowest = (step: 1 | -1): number => {
    let least = top;
    for (let i = step < 0 ? first : last; i >= 0 && i < y.length && y[i]! <= top; i += step)
      least = Math.min(least, y[i]!);
    return least;
  };
  const base = Math.max(lowest(-1), lowest(1));
  const level = (top + base) / 2;
  const crossing = (step: 1 | -1): number => {
    let i = step < 0 ? first : last;
    while (y[i + step] !== undefined && y[i + step]! > level) i += step;
    const next = y[i + step];
    return next === undefined ? x[i]! : x[i]! + ((y[i]! - level) / (y[i]! - next)) * (x[i + step]! - x[i]!);
  };
  const { position, height } = vertex(x, y, first, last);
  return { position, height, width: crossing(1) - crossing(-1), prominence: height - base };
}

/** Maximum of the parabola through three points; of a plateau, its middle. */
function vertex(x: Float64Array, y: Float64Array, i: number, last: number): { position: number; height: number } {
  if (last > i) return { position: (x[i]! + x[last]!) / 2, height: y[i]! };
  const left = (y[i]! - y[i - 1]!) / (x[i]! - x[i - 1]!);
  const right = (y[i + 1]! - y[i]!) / (x[i + 1]! - x[i]!);
  const curvature = (right - left) / (x[i + 1]! - x[i - 1]!);
  const slope = left + curvature * (x[i]! - x[i - 1]!);
  const shift = -slope / (2 * curvature);
  return { position: x[i]! + shift, height: y[i]! + slope * shift + curvature * shift * shift };
}
