/** Correlation functions as measured: no window, no transform, no prefactor. */
import { OptionError, ShapeError } from "../errors.js";
import { inverseRealFft, realFft } from "../math/fft.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { integer, oneOf } from "../options/values.js";

/**
 * - `unbiased`: C(k) = Σ_i x_i y_{i+k}/(N − k), the mean over the N − k pairs;
 * - `biased`: the same sum over N, which makes every autocorrelation positive definite.
 */
export type Normalization = "biased" | "unbiased";

export interface CorrelationOptions {
  /** Largest lag in frames, default N − 1. */
  readonly maxLag?: number;
  /** Default `unbiased`. */
  readonly normalization?: Normalization;
  /** Whether the mean of each signal over the record is removed first, default `remove`. */
  readonly mean?: "remove" | "keep";
}

const OPTIONS = record({
  maxLag: integer({ atLeast: 0 }).optional(),
  normalization: oneOf(["biased", "unbiased"]).default("unbiased"),
  mean: oneOf(["remove", "keep"]).default("remove"),
} satisfies Fields<CorrelationOptions>);

/**
 * C(k) = ⟨x(0) y(k)⟩ for lags k = 0 … maxLag, by fast Fourier transform (Wiener–Khinchin), O(N log N).
 * @param x signal at evenly spaced frames
 * @param y default x (autocorrelation)
 * @returns in the product of the units, length maxLag + 1
 * @throws ShapeError if the lengths differ
 */
export function correlation(x: Float64Array, y: Float64Array = x, options: CorrelationOptions = {}): Float64Array {
  const { lags, n, a, b, normalization } = prepare(x, y, options);
  if (n >= LONG * lags && n > 2 * SMALLEST) return normalized(inBlocks(a, b, lags), n, normalization);
  let size = 1;
  while (size < n + lags) size *= 2;
  const A = realFft(padded(a, size));
  const B = b === a ? A : realFft(padded(b, size));
  const re = new Float64Array(A.re.length);
  const im = new Float64Array(A.re.length);
  for (let k = 0; k < re.length; k++) {
    re[k] = A.re[k]! * B.re[k]! + A.im[k]! * B.im[k]!;
    im[k] = A.re[k]! * B.im[k]! - A.im[k]! * B.re[k]!;
  }
  return normalized(inverseRealFft({ re, im }, size).subarray(0, lags), n, normalization);
}

/** Records so many times longer than the lags are gone through in blocks, of at least so many frames. */
const [LONG, SMALLEST] = [16, 1 << 16];

/**
 * Σ_i a_i b_{i+k} for k = 0 … lags − 1: the transforms of blocks of a and of what follows them in b are summed before the way back, in
 * memory that does not grow with the record, O(N log lags).
 */
function inBlocks(a: Float64Array, b: Float64Array, lags: number): Float64Array {
  let size = SMALLEST;
  while (size < 4 * lags) size *= 2;
  const step = size - lags;
  const re = new Float64Array(size / 2 + 1);
  const im = new Float64Array(size / 2 + 1);
  for (let start = 0; start < a.length; start += step) {
    const A = realFft(padded(a.subarray(start, start + step), size));
    const B = realFft(padded(b.subarray(start, start + step + lags - 1), size));
    for (let k = 0; k < re.length; k++) {
      re[k]! += A.re[k]! * B.re[k]! + A.im[k]! * B.im[k]!;
      im[k]! += A.re[k]! * B.im[k]! - A.im[k]! * B.re[k]!;
    }
  }
  return inverseRealFft({ re, im }, size).subarray(0, lags);
}

/** The signal minus its mean over the record. */
export function withoutMean(x: Float64Array): Float64Array {
  let mean = 0;
  for (let i = 0; i < x.length; i++) mean += (x[i]! - mean) / (i + 1);
  return x.map((v) => v - mean);
}

/** `x` followed by zeros up to `size`. */
export function padded(x: Float64Array, size: number): Float64Array {
  const result = new Float64Array(size);
  result.set(x);
  return result;
}

function prepare(x: Float64Array, y: Float64Array, options: CorrelationOptions) {
  const read = readOptions(OPTIONS, options, "correlation");
  const n = x.length;
  if (y.length !== n || n === 0) throw new ShapeError(`correlation of signals with ${n} and ${y.length} frames`);
  const { maxLag = n - 1, mean, normalization } = read;
  if (maxLag >= n)
    throw new OptionError({
      where: "correlation",
      problem: `maxLag ${maxLag} for ${n} frames`,
      advice: `give 0 to ${n - 1}`,
    });
  const a = mean === "remove" ? withoutMean(x) : x;
  const b = y === x ? a : mean === "remove" ? withoutMean(y) : y;
  return { lags: maxLag + 1, n, a, b, normalization };
}

function normalized(sums: Float64Array, n: number, normalization: Normalization): Float64Array {
  return sums.map((s, k) => s / (normalization === "biased" ? n : n - k));
}
