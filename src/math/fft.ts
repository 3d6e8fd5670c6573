/**
 * Discrete Fourier transforms of any length. Forward: X_k = Σ_j x_j exp(−2πi jk/n), no factor; inverse: exp(+…), factor
 * 1/n. Powers of two by fft.js, other lengths by Bluestein's convolution (IEEE Trans. Audio Electroacoust. 18, 451 (1970)).
 */
import FFT from "fft.js";
import { ShapeError } from "../errors.js";

/** Complex numbers as two arrays of one length. */
export interface ComplexArray {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/**
 * Transform of real values.
 * @param x any length n ≥ 1
 * @returns X_k for k = 0 … ⌊n/2⌋; the others are their complex conjugates, X_{n−k} = X_k*
 */
export function realFft(x: Float64Array): ComplexArray {
  const n = x.length;
  checkLength(n, "realFft");
  const count = Math.floor(n / 2) + 1;
  const re = new Float64Array(count);
  const im = new Float64Array(count);
  if (n % 2 === 1) {
    const data = new Float64Array(2 * n);
    for (let j = 0; j < n; j++) data[2 * j] = x[j]!;
    const out = transform(data);
    for (let k = 0; k < count; k++) {
      re[k] = out[2 * k]!;
      im[k] = out[2 * k + 1]!;
    }
    return { re, im };
  }
  // Even and odd samples as real and imaginary part of one transform of half the length, then one butterfly.
  const half = n / 2;
  const z = transform(x);
  for (let k = 0; k <= half; k++) {
    const a = 2 * (k % half);
    const b = 2 * ((half - k) % half);
    const [evenRe, evenIm] = [0.5 * (z[a]! + z[b]!), 0.5 * (z[a + 1]! - z[b + 1]!)];
    const [oddRe, oddIm] = [0.5 * (z[a + 1]! + z[b + 1]!), 0.5 * (z[b]! - z[a]!)];
    const c = Math.cos((2 * Math.PI * k) / n);
    const s = -Math.sin((2 * Math.PI * k) / n);
    re[k] = evenRe + c * oddRe - s * oddIm;
    im[k] = k === 0 || k === half ? 0 : evenIm + c * oddIm + s * oddRe;
  }
  return { re, im };
}

/**
 * Inverse of {@link realFft}. The imaginary parts of X_0 and, for even n, X_{n/2} belong to no real signal and are ignored.
 * @param spectrum ⌊n/2⌋ + 1 values
 * @param n length of the signal (even and odd lengths have equally long spectra)
 */
export function inverseRealFft(spectrum: ComplexArray, n: number): Float64Array {
  checkLength(n, "inverseRealFft");
  const { re, im } = spectrum;
  const count = Math.floor(n / 2) + 1;
  if (re.length !== count || im.length !== count) {
    throw new ShapeError({
      where: "inverseRealFft",
      problem: `a real signal of length ${n} has ${count} spectral values, found ${re.length} and ${im.length}`,
    });
  }
  if (n % 2 === 1) {
    const data = new Float64Array(2 * n);
    data[0] = re[0]!;
    for (let k = 1; k < count; k++) {
      data[2 * k] = data[2 * (n - k)] = re[k]!;
      data[2 * k + 1] = im[k]!;
      data[2 * (n - k) + 1] = -im[k]!;
    }
    const out = inverseTransform(data);
    return Float64Array.from({ length: n }, (_, j) => out[2 * j]!);
  }
  const half = n / 2;
  const z = new Float64Array(n);
  for (let k = 0; k < half; k++) {
    const [aRe, aIm] = [re[k]!, k === 0 ? 0 : im[k]!];
    const [bRe, bIm] = [re[half - k]!, k === 0 ? 0 : -im[half - k]!];
    const [differenceRe, differenceIm] = [0.5 * (aRe - bRe), 0.5 * (aIm - bIm)];
    const c = Math.cos((2 * Math.PI * k) / n);
    const s = Math.sin((2 * Math.PI * k) / n);
    const oddRe = c * differenceRe - s * differenceIm;
    const oddIm = c * differenceIm + s * differenceRe;
    z[2 * k] = 0.5 * (aRe + bRe) - oddIm;
    z[2 * k + 1] = 0.5 * (aIm + bIm) + oddRe;
  }
  return inverseTransform(z);
}

/** Transform of complex values, any length n ≥ 1. */
export function fft(x: ComplexArray): ComplexArray {
  return separate(transform(interleave(x)));
}

/** Inverse of {@link fft}. */
export function inverseFft(x: ComplexArray): ComplexArray {
  return separate(inverseTransform(interleave(x)));
}

/** The smallest power of two that is at least `n`: the fast lengths. */
export function nextPowerOfTwo(n: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(n, 1)));
}

function checkLength(n: number, where: string): void {
  if (!Number.isInteger(n) || n < 1) {
    throw new ShapeError({ where, problem: `a transform needs at least one value, found ${n}` });
  }
}

function interleave({ re, im }: ComplexArray): Float64Array {
  checkLength(re.length, "fft");
  if (re.length !== im.length) {
    throw new ShapeError({ where: "fft", problem: `${re.length} real but ${im.length} imaginary parts` });
  }
  const data = new Float64Array(2 * re.length);
  for (let j = 0; j < re.length; j++) {
    data[2 * j] = re[j]!;
    data[2 * j + 1] = im[j]!;
  }
  return data;
}

function separate(data: Float64Array): ComplexArray {
  const n = data.length / 2;
  const re = new Float64Array(n);
  const im = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    re[j] = data[2 * j]!;
    im[j] = data[2 * j + 1]!;
  }
  return { re, im };
}

/** Forward transform of interleaved complex numbers into a new array. */
type Plan = (data: Float64Array) => Float64Array;

/** Tables of the lengths used last; a few, because a table is as large as the data. */
const plans = new Map<number, Plan>();
const maxPlans = 4;

function transform(data: Float64Array): Float64Array {
  const n = data.length / 2;
  let plan = plans.get(n);
  if (!plan) {
    plan = n === 1 ? (x) => x.slice() : n === nextPowerOfTwo(n) ? radixPlan(n) : bluesteinPlan(n);
    if (plans.size === maxPlans) plans.delete(plans.keys().next().value!);
  } else {
    plans.delete(n);
  }
  plans.set(n, plan);
  return plan(data);
}

/** Exchanging real and imaginary parts before and after a forward transform conjugates its exponential. */
function inverseTransform(data: Float64Array): Float64Array {
  const out = exchangeParts(transform(exchangeParts(data)));
  const n = data.length / 2;
  for (let i = 0; i < out.length; i++) out[i]! /= n;
  return out;
}

function exchangeParts(data: Float64Array): Float64Array {
  const out = new Float64Array(data.length);
  for (let i = 0; i < data.length; i += 2) {
    out[i] = data[i + 1]!;
    out[i + 1] = data[i]!;
  }
  return out;
}

function radixPlan(n: number): Plan {
  const engine = new FFT(n);
  return (data) => {
    const out = new Float64Array(2 * n);
    engine.transform(out, data);
    return out;
  };
}

/** jk = (j² + k² − (k−j)²)/2 turns the transform into a convolution with a chirp, done by transforms of a fast length. */
function bluesteinPlan(n: number): Plan {
  const m = nextPowerOfTwo(2 * n - 1);
  const forward = radixPlan(m);
  const chirp = new Float64Array(2 * n);
  const kernel = new Float64Array(2 * m);
  for (let j = 0; j < n; j++) {
    // The phase πj²/n has period 2n in j²: reduced exactly, before it becomes a rounded angle.
    const angle = (Math.PI * ((j * j) % (2 * n))) / n;
    chirp[2 * j] = Math.cos(angle);
    chirp[2 * j + 1] = -Math.sin(angle);
    for (const k of [j, (m - j) % m]) {
      kernel[2 * k] = Math.cos(angle);
      kernel[2 * k + 1] = Math.sin(angle);
    }
  }
  const kernelSpectrum = forward(kernel);
  return (data) => {
    const padded = new Float64Array(2 * m);
    multiply(data, chirp, padded, n);
    const product = forward(padded);
    multiply(product, kernelSpectrum, product, m);
    const convolved = exchangeParts(forward(exchangeParts(product)));
    const out = new Float64Array(2 * n);
    multiply(convolved, chirp, out, n);
    for (let i = 0; i < out.length; i++) out[i]! /= m;
    return out;
  };
}

/** out_j = a_j b_j for the first n interleaved complex numbers; `out` may be `a`. */
function multiply(a: Float64Array, b: Float64Array, out: Float64Array, n: number): void {
  for (let i = 0; i < 2 * n; i += 2) {
    const re = a[i]! * b[i]! - a[i + 1]! * b[i + 1]!;
    out[i + 1] = a[i]! * b[i + 1]! + a[i + 1]! * b[i]!;
    out[i] = re;
  }
}
