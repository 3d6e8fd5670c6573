/** How a spectral density is estimated, and of what. */
import { type Alternatives, kinds } from "../options/record.js";
import { number, oneOf, positive } from "../options/values.js";
import type { Normalization } from "./correlation.js";
import { type LagWindow, lagWindowOption, type Taper, taperOption } from "./window.js";

/**
 * - `periodogram`: squared modulus of the Fourier transform of the tapered record; never negative. `taper` default hann.
 *   With taper none it equals the transform of the biased correlation (Wiener–Khinchin).
 * - `correlation`: transform of the windowed correlation up to `maxLag` fs (default: the whole record). `window` default
 *   gaussian of 10 cm⁻¹; `normalization` default biased, with which none, gaussian and lorentzian windows keep an
 *   autocorrelation's spectrum from being negative.
 *
 * `padding` (default 2) lengthens the record with zeros to at least so many record lengths (then to a power of two);
 * 1 keeps the natural grid.
 */
export type Estimator =
  | { readonly kind: "periodogram"; readonly taper?: Taper; readonly padding?: number }
  | {
      readonly kind: "correlation";
      readonly window?: LagWindow;
      readonly maxLag?: number;
      readonly normalization?: Normalization;
      readonly padding?: number;
    };

const padding = number({ atLeast: 1, atMost: 64 }).default(2);
export const estimatorOption = kinds({
  periodogram: { taper: taperOption.default({ kind: "hann" }), padding },
  correlation: {
    window: lagWindowOption.default({ kind: "gaussian", width: 10 }),
    maxLag: positive("fs").optional(),
    normalization: oneOf(["biased", "unbiased"]).default("biased"),
    padding,
  },
} satisfies Alternatives<Estimator>);

/**
 * What the density is of, and from what:
 * - `value`: of x, its mean over the record removed;
 * - `rate`: of ẋ given as such, its mean kept;
 * - `derivative`: of ẋ, from x, by moving the derivative onto window and exponential: exact for the windowed record;
 * - `cross`: of ẋ, from the cross-correlation of x with ẋ.
 */
export type DensityInput =
  | { readonly kind: "value" | "rate" | "derivative"; readonly signals: readonly Float64Array[] }
  | { readonly kind: "cross"; readonly signals: readonly Float64Array[]; readonly rates: readonly Float64Array[] };

/** What an estimator returns. */
export interface RawDensity {
  /** cm⁻¹, from 0 to the Nyquist wavenumber 1/(2cΔt). */
  readonly wavenumbers: Float64Array;
  /** One per signal: unit of the signal (or its rate) squared, times cm. */
  readonly values: readonly Float64Array[];
  /** Full width at half maximum of an endless, undamped oscillation, cm⁻¹. */
  readonly resolution: number;
}
