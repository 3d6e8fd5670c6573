/** Whether a series is what a spectrum needs: sampled finely enough, of one piece, symmetric where it must be. */
import { realFft } from "../math/fft.js";
import { median } from "../math/statistics.js";
import { nyquistWavenumber } from "../units/frequency.js";
import { branchJumps } from "./branchJumps.js";
import { seriesLength, type TensorSeries } from "./tensorSeries.js";

/** No vibration is faster than 4400 cm⁻¹ (H₂); a Nyquist wavenumber far above means that the time step is in another unit. */
const highestNyquist = 1e5;
/** Below this a line of the stretch of any bond can fold. */
const lowestNyquist = 200;
/** Share of the strongest current density that may stand at the upper end of the band before frequencies must be folding. */
const foldedShare = 0.05;
/** A step between samples this many times the median one is no motion. */
const jumpFactor = 30;

/** A band counts as present from this share of the strongest one on. */
const presentShare = 0.01;

/**
 * What is odd about a series, as sentences.
 * @param options.sampled false where the time step is not known
 */
export function seriesProblems(
  series: TensorSeries,
  { sampled = true }: { readonly sampled?: boolean } = {},
): string[] {
  if (seriesLength(series) < 2) return ["a single sample has no spectrum"];
  return [
    ...(sampled ? samplingProblems(series) : []),
    ...jumpProblems(series),
    ...symmetryProblems(series),
    ...repetitionProblems(series),
    ...countProblems(series),
  ];
}

function samplingProblems(series: TensorSeries): string[] {
  const nyquist = nyquistWavenumber(series.timestep);
  const range = `a time step of ${Number(series.timestep.toPrecision(6))} fs shows frequencies up to ${nyquist.toFixed(0)} cm⁻¹`;
  if (nyquist > highestNyquist) return [`${range}: is the time step in ps?`];
  if (nyquist < lowestNyquist) return [`${range} only: is the time step right?`];
  const n = seriesLength(series);
  const size = series.values.length / n;
  return size <= 9 && foldsBack(series.values, n)
    ? [`${range}, and there is strength up to there: faster motion folds back into the spectrum`]
    : [];
}

/**
 * Whether the motion of samples [n, size] has not died off at the upper end of what their spacing shows: then what is faster has
 * been folded back. `false` for less than 64 samples.
 */
export function foldsBack(values: Float64Array, n: number): boolean {
  const density = currentBands(values, n);
  return density !== undefined && density[density.length - 1]! > foldedShare * Math.max(...density);
}

/** The upper edge of the highest band with strength in the motion of samples [n, size], cm⁻¹. @param timestep fs */
export function highestWavenumber(values: Float64Array, n: number, timestep: number): number | undefined {
  const density = currentBands(values, n);
  if (!density) return undefined;
  const strongest = Math.max(...density);
  if (!(strongest > 0)) return undefined;
  const band = density.findLastIndex((d) => d > presentShare * strongest);
  return ((band + 1) / density.length) * nyquistWavenumber(timestep);
}

/**
 * The density of dX/dt in bands of a fortieth of the range, windowed and summed over components: single bins of a periodogram
 * scatter by 100 %.
 */
function currentBands(values: Float64Array, n: number): Float64Array | undefined {
  if (n < 64) return undefined;
  const size = values.length / n;
  const bins = Math.floor(n / 2) + 1;
  const count = Math.min(40, Math.floor(bins / 4));
  const density = new Float64Array(count);
  const x = new Float64Array(n);
  for (let c = 0; c < size; c++) {
    let mean = 0;
    for (let f = 0; f < n; f++) mean += values[f * size + c]! / n;
    for (let f = 0; f < n; f++) x[f] = (values[f * size + c]! - mean) * Math.sin((Math.PI * (f + 0.5)) / n) ** 2;
    const { re, im } = realFft(x);
    for (let k = 0; k < bins; k++)
      density[Math.min(count - 1, Math.floor((k / bins) * count))]! += (re[k]! ** 2 + im[k]! ** 2) * k * k;
  }
  return density;
}

/** Frames that are reached by a step far beyond all others, e.g. where runs were joined or a polarization changes its branch. */
export function seriesJumps(series: TensorSeries): number[] {
  const all = new Set([...farSteps(series), ...branchJumps(series)]);
  return [...all].sort((a, b) => a - b);
}

function farSteps(series: TensorSeries): number[] {
  const n = seriesLength(series);
  const size = series.values.length / n;
  if (n < 8) return [];
  const steps = Float64Array.from({ length: n - 1 }, (_, k) => {
    let square = 0;
    for (let c = 0; c < size; c++) square += (series.values[(k + 1) * size + c]! - series.values[k * size + c]!) ** 2;
    return Math.sqrt(square);
  });
  const limit = jumpFactor * median(steps);
  if (!(limit > 0)) return [];
  return Array.from(steps.keys())
    .filter((k) => steps[k]! > limit)
    .map((k) => k + 1);
}

function jumpProblems(series: TensorSeries): string[] {
  const jumps = seriesJumps(series);
  if (jumps.length === 0) return [];
  const places = `jumps from frame ${jumps[0]! - 1} to ${jumps[0]}${jumps.length > 1 ? ` and at ${jumps.length - 1} other places` : ""}`;
  const branches = series.quantity === "polarization" ? ", or it is on several branches, e·a, e·b, e·c apart" : "";
  return [`${places}, by steps far beyond all others: frames are missing there, or two runs are joined${branches}`];
}

function symmetryProblems(series: TensorSeries): string[] {
  const { shape, values } = series;
  if (shape.length !== 2 || (series.quantity !== "polarizability" && series.quantity !== "dielectric")) return [];
  const odd: number[] = [];
  for (let o = 0; o < values.length; o += 9) {
    let largest = 0;
    for (let k = 0; k < 9; k++) largest = Math.max(largest, Math.abs(values[o + k]!));
    const difference = Math.max(
      Math.abs(values[o + 1]! - values[o + 3]!),
      Math.abs(values[o + 2]! - values[o + 6]!),
      Math.abs(values[o + 5]! - values[o + 7]!),
    );
    if (difference > 0.05 * largest) odd.push(o / 9);
  }
  if (odd.length === 0) return [];
  return [
    `${odd.length} of ${values.length / 9} tensors are not symmetric (frame ${odd.slice(0, 5).join(", ")}${odd.length > 5 ? ", …" : ""}): are the components in another order?`,
  ];
}

/** A component that counts 0, 1, 2 … or 1, 2, 3 … is the number of the row. */
function countProblems(series: TensorSeries): string[] {
  const { shape, values } = series;
  if (shape.length !== 1) return [];
  for (let c = 0; c < 3; c++) {
    let f = 1;
    while (3 * f < values.length && values[3 * f + c]! - values[3 * f - 3 + c]! === 1) f++;
    if (3 * f >= values.length && Number.isInteger(values[c]!))
      return [`component ${"xyz"[c]} counts ${values[c]}, ${values[c]! + 1}, …: it looks like the number of the row`];
  }
  return [];
}

function repetitionProblems(series: TensorSeries): string[] {
  const n = seriesLength(series);
  const size = series.values.length / n;
  const same: number[] = [];
  for (let f = 1; f < n; f++) {
    let k = 0;
    while (k < size && series.values[f * size + k] === series.values[(f - 1) * size + k]) k++;
    if (k === size) same.push(f);
  }
  if (same.length === 0) return [];
  return [
    `${same.length} of ${n} frames repeat the one before (frame ${same.slice(0, 5).join(", ")}${same.length > 5 ? ", …" : ""})`,
  ];
}
