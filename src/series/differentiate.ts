/** Time derivatives of evenly spaced signals, and what each scheme does to a frequency. */
import { ShapeError } from "../errors.js";
import { inverseRealFft, realFft } from "../math/fft.js";
import { type Alternatives, kinds, readOptions } from "../options/record.js";

/**
 * - `forward`: (x[k+1] − x[k])/Δt, the derivative at the middle of each interval; one value fewer.
 * - `central`: (x[k+1] − x[k−1])/2Δt at the inner frames; two values fewer.
 * - `spectral`: Fourier derivative after removing the straight line through the end points; as many values. Exact for a
 *   signal whose remainder continues periodically, with ringing near the ends otherwise.
 */
export type DerivativeScheme =
  | { readonly kind: "forward" }
  | { readonly kind: "central" }
  | { readonly kind: "spectral" };

export const DERIVATIVE_SCHEME = kinds({
  forward: {},
  central: {},
  spectral: {},
} satisfies Alternatives<DerivativeScheme>);

/**
 * Time derivative of one signal.
 * @param x evenly spaced values
 * @param timestep fs
 * @returns derivative in the unit of x per fs; its length depends on the scheme
 * @throws ShapeError for fewer than three values; OptionError for an unknown scheme
 */
export function differentiate(x: Float64Array, timestep: number, scheme: DerivativeScheme): Float64Array {
  readOptions(DERIVATIVE_SCHEME, scheme, "differentiate");
  const n = x.length;
  if (n < 3) throw new ShapeError(`a time derivative needs at least 3 frames, found ${n}`);
  if (scheme.kind === "forward") return Float64Array.from({ length: n - 1 }, (_, k) => (x[k + 1]! - x[k]!) / timestep);
  if (scheme.kind === "central")
    return Float64Array.from({ length: n - 2 }, (_, k) => (x[k + 2]! - x[k]!) / (2 * timestep));
  const period = n - 1;
  const slope = (x[period]! - x[0]!) / period;
  const { re, im } = realFft(Float64Array.from({ length: period }, (_, k) => x[k]! - x[0]! - slope * k));
  for (let k = 0; k < re.length; k++) {
    // The Nyquist component of an even period has no derivative on the grid.
    const omega = 2 * k === period ? 0 : (2 * Math.PI * k) / (period * timestep);
    const r = re[k]!;
    re[k] = -omega * im[k]!;
    im[k] = omega * r;
  }
  const periodic = inverseRealFft({ re, im }, period);
  return Float64Array.from({ length: n }, (_, k) => periodic[k % period]! + slope / timestep);
}

/**
 * Gain of a scheme: the amplitude of the computed derivative of exp(iωt), 1/fs. The exact one is ω; `forward` gives
 * ω·sinc(ωΔt/2) = 2 sin(ωΔt/2)/Δt, `central` ω·sinc(ωΔt) = sin(ωΔt)/Δt.
 * @param omega angular frequency, rad/fs
 * @param timestep fs
 */
export function derivativeGain(scheme: DerivativeScheme, omega: number, timestep: number): number {
  if (scheme.kind === "forward") return (2 * Math.sin((omega * timestep) / 2)) / timestep;
  if (scheme.kind === "central") return Math.sin(omega * timestep) / timestep;
  return omega;
}
