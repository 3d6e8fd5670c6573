/**
 * Windows as functions of the distance from their centre, with derivatives, so that a time derivative can be moved from
 * the data onto the window without error. All are even and exactly symmetric.
 */
import { type Alternatives, kinds, readOptions } from "../options/record.js";
import { positive } from "../options/values.js";
import { angularToWavenumber, wavenumberToAngular } from "../units/frequency.js";

/** Tapers of a record in time: 1 in its middle, falling to 0 at both ends (`none` is 1 throughout). */
export type Taper = { readonly kind: "none" } | { readonly kind: "hann" } | { readonly kind: "blackman" };

/**
 * Windows of a correlation function over lag: 1 at lag 0. `gaussian` and `lorentzian` turn a sharp line into a line of
 * that shape with full width at half maximum `width`, cm⁻¹; the Lorentzian is exp(−δt) with δ = π c width
 * (Schmiedmayer & Kresse 2024, eq. 3).
 */
export type LagWindow =
  | Taper
  | { readonly kind: "gaussian"; readonly width: number }
  | { readonly kind: "lorentzian"; readonly width: number };

const TAPERS = { none: {}, hann: {}, blackman: {} } satisfies Alternatives<Taper>;
export const taperOption = kinds(TAPERS);
export const lagWindowOption = kinds({
  ...TAPERS,
  gaussian: { width: positive("cm⁻¹") },
  lorentzian: { width: positive("cm⁻¹") },
} satisfies Alternatives<LagWindow>);

/** Value and first two derivatives with respect to time at distance t ≥ 0 from the centre. */
export interface WindowFunction {
  value(t: number): number;
  first(t: number): number;
  second(t: number): number;
}

/**
 * @param extent distance from the centre to the edge, fs
 * @throws OptionError for an unknown kind or a width that is not positive
 */
export function windowFunction(window: LagWindow, extent: number): WindowFunction {
  readOptions(lagWindowOption, window, "window");
  switch (window.kind) {
    case "none":
      return { value: () => 1, first: () => 0, second: () => 0 };
    case "hann":
      return cosines([0.5, 0.5], extent);
    case "blackman":
      return cosines([0.42, 0.5, 0.08], extent);
    case "gaussian": {
      // exp(−t²/2s²) ↔ Gaussian line of standard deviation 1/s; FWHM = 2√(2 ln 2)/s.
      const s = (2 * Math.sqrt(2 * Math.LN2)) / wavenumberToAngular(window.width);
      const value = (t: number): number => Math.exp((-t * t) / (2 * s * s));
      return {
        value,
        first: (t) => (-t / (s * s)) * value(t),
        second: (t) => ((t * t) / (s * s) - 1) * (value(t) / (s * s)),
      };
    }
    case "lorentzian": {
      const delta = wavenumberToAngular(window.width) / 2;
      const value = (t: number): number => Math.exp(-delta * t);
      return { value, first: (t) => -delta * value(t), second: (t) => delta * delta * value(t) };
    }
  }
}

/** Σ c_k cos(kπt/extent), zero outside. */
function cosines(c: readonly number[], extent: number): WindowFunction {
  const q = Math.PI / extent;
  const sum = (t: number, term: (k: number) => number): number =>
    t > extent ? 0 : c.reduce((s, ck, k) => s + ck * term(k), 0);
  return {
    value: (t) => sum(t, (k) => Math.cos(k * q * t)),
    first: (t) => sum(t, (k) => -k * q * Math.sin(k * q * t)),
    second: (t) => sum(t, (k) => -k * q * k * q * Math.cos(k * q * t)),
  };
}

/**
 * Full width at half maximum, cm⁻¹, of the line that an endless cosine becomes: of the transform of the window, or of its
 * square where the window tapers the data (`power` 2).
 * @param extent distance from centre to edge, fs
 */
export function lineWidth(w: WindowFunction, extent: number, power: 1 | 2): number {
  const points = 2048;
  const t = Float64Array.from({ length: points }, (_, i) => ((i + 0.5) / points) * extent);
  const weight = t.map((x) => w.value(x));
  const shape = (omega: number): number => {
    let sum = 0;
    for (let i = 0; i < points; i++) sum += weight[i]! * Math.cos(omega * t[i]!);
    return sum ** power;
  };
  const half = shape(0) / 2;
  let high = Math.PI / (16 * extent);
  while (shape(high) > half) high *= 2;
  let low = 0;
  for (let i = 0; i < 24; i++) {
    const middle = (low + high) / 2;
    if (shape(middle) > half) low = middle;
    else high = middle;
  }
  return 2 * angularToWavenumber(high);
}
