/**
 * Spherical Bessel functions j_l and their zeros, and exponentially scaled modified spherical Bessel functions
 * exp(−x) i_l(x). Definitions: NIST Digital Library of Mathematical Functions, 10.47 (i_l is its i_l^{(1)}).
 */
import { OptionError } from "../errors.js";

/**
 * Spherical Bessel function j_l(x) for x ≥ 0; j_0 = sin x / x. Relative error about 1e-15·(1 + l) away from zeros.
 * @throws OptionError for l < 0 or x < 0
 */
export function sphericalBessel(l: number, x: number): number {
  return sphericalBesselUpTo(l, x)[l]!;
}

/**
 * j_0(x) … j_lMax(x), length lMax + 1. Upward recurrence where it is stable (x > lMax), Miller's downward recurrence
 * below, the power series near 0 (DLMF 10.51.1, 10.53.1).
 */
export function sphericalBesselUpTo(lMax: number, x: number): Float64Array {
  checkArguments(lMax, x, "sphericalBessel");
  if (x * x < 2 * lMax + 3 && x < 1.5) return besselSeries(lMax, x);
  return x > lMax ? besselUpward(lMax, x) : besselDownward(lMax, x);
}

/** d j_l / dx = (l j_{l−1} − (l+1) j_{l+1}) / (2l+1) (DLMF 10.51.2 combined), regular at 0. */
export function sphericalBesselDerivative(l: number, x: number): number {
  const j = sphericalBesselUpTo(l + 1, x);
  return ((l > 0 ? l * j[l - 1]! : 0) - (l + 1) * j[l + 1]!) / (2 * l + 1);
}

function besselSeries(lMax: number, x: number): Float64Array {
  const result = new Float64Array(lMax + 1);
  let leading = 1;
  const z = -0.5 * x * x;
  for (let l = 0; l <= lMax; l++) {
    if (l > 0) leading *= x / (2 * l + 1);
    let term = 1;
    let sum = 1;
    for (let k = 1; Math.abs(term) > 1e-17 * Math.abs(sum); k++) {
      term *= z / (k * (2 * (l + k) + 1));
      sum += term;
    }
    result[l] = leading * sum;
  }
  return result;
}

function besselUpward(lMax: number, x: number): Float64Array {
  const result = new Float64Array(lMax + 1);
  const sine = Math.sin(x) / x;
  result[0] = sine;
  if (lMax > 0) result[1] = (sine - Math.cos(x)) / x;
  for (let l = 1; l < lMax; l++) result[l + 1] = ((2 * l + 1) / x) * result[l]! - result[l - 1]!;
  return result;
}

function besselDownward(lMax: number, x: number): Float64Array {
  const result = new Float64Array(lMax + 1);
  // Far enough above the turning point l ≈ x that the arbitrary start has decayed below one rounding error.
  let above = 0;
  let here = 1e-280;
  for (let l = lMax + 30 + Math.ceil(x); l >= 0; l--) {
    if (l <= lMax) result[l] = here;
    const below = ((2 * l + 1) / x) * here - above;
    above = here;
    here = below;
    if (Math.abs(here) > 1e250) {
      here *= 1e-250;
      above *= 1e-250;
      for (let i = l; i <= lMax; i++) result[i]! *= 1e-250;
    }
  }
  // j_0 and j_1 are never small together; the larger one fixes the scale.
  const sine = Math.sin(x) / x;
  const first = (sine - Math.cos(x)) / x;
  const scale = lMax === 0 || Math.abs(sine) >= Math.abs(first) ? sine / result[0]! : first / result[1]!;
  for (let l = 0; l <= lMax; l++) result[l]! *= scale;
  return result;
}

/**
 * The first `count` positive zeros of j_l, ascending, to the last bits. The zeros of j_l lie one between each two
 * successive zeros of j_{l−1} (DLMF 10.21), and those of j_0 are kπ; each is refined by bisection and Newton steps.
 */
export function sphericalBesselZeros(l: number, count: number): Float64Array {
  checkArguments(l, 0, "sphericalBesselZeros");
  let zeros = Float64Array.from({ length: count + l }, (_, k) => (k + 1) * Math.PI);
  for (let order = 1; order <= l; order++) {
    const next = new Float64Array(zeros.length - 1);
    for (let k = 0; k < next.length; k++) next[k] = zeroBetween(order, zeros[k]!, zeros[k + 1]!);
    zeros = next;
  }
  return zeros;
}

function zeroBetween(l: number, low: number, high: number): number {
  const sign = Math.sign(sphericalBessel(l, low));
  let x = 0.5 * (low + high);
  for (let step = 0; step < 100; step++) {
    const j = sphericalBesselUpTo(l, x);
    const value = j[l]!;
    if (value === 0) return x;
    if (Math.sign(value) === sign) low = x;
    else high = x;
    const newton = x - value / (j[l - 1]! - ((l + 1) / x) * value);
    const next = newton > low && newton < high ? newton : 0.5 * (low + high);
    if (Math.abs(next - x) <= 4e-16 * x) return next;
    x = next;
  }
  return x;
}

/**
 * Exponentially scaled modified spherical Bessel function exp(−x) i_l(x), x ≥ 0: i_0 = sinh x / x, and the scaled one
 * tends to 1/(2x), so it never overflows. Relative error about 1e-14.
 * @throws OptionError for l < 0 or x < 0
 */
export function scaledModifiedSphericalBessel(l: number, x: number): number {
  return scaledModifiedSphericalBesselUpTo(l, x)[l]!;
}

/**
 * exp(−x) i_0(x) … exp(−x) i_lMax(x), length lMax + 1. For large x the finite sum DLMF 10.49.8; below, the ratios
 * i_{l+1}/i_l from the recurrence 10.51.4 run downward, where every term is positive and nothing cancels.
 */
export function scaledModifiedSphericalBesselUpTo(lMax: number, x: number): Float64Array {
  checkArguments(lMax, x, "scaledModifiedSphericalBessel");
  const result = new Float64Array(lMax + 1);
  if (x > Math.max(40, 2 * lMax * (lMax + 1))) {
    for (let l = 0; l <= lMax; l++) result[l] = modifiedFiniteSum(l, x);
    return result;
  }
  result[0] = x === 0 ? 1 : -Math.expm1(-2 * x) / (2 * x);
  const ratios = new Float64Array(lMax + 1);
  let ratio = 0;
  for (let l = lMax + 20 + Math.ceil(7 * Math.sqrt(x)); l > 0; l--) {
    ratio = x / (2 * l + 1 + x * ratio);
    if (l <= lMax) ratios[l] = ratio;
  }
  for (let l = 1; l <= lMax; l++) result[l] = result[l - 1]! * ratios[l]!;
  return result;
}

/** exp(−x) i_l(x) without the part in exp(−2x), which is below one rounding error here. */
function modifiedFiniteSum(l: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; k <= l; k++) {
    term *= -((l + k) * (l - k + 1)) / (2 * k * x);
    sum += term;
  }
  return sum / (2 * x);
}

function checkArguments(l: number, x: number, where: string): void {
  if (!Number.isInteger(l) || l < 0) {
    throw new OptionError({ where, problem: `the order l must be a non-negative integer, found ${l}` });
  }
  if (!(x >= 0) || x === Number.POSITIVE_INFINITY) {
    throw new OptionError({ where, problem: `the argument x must be finite and not negative, found ${x}` });
  }
}
