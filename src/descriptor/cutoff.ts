import { type Alternatives, kinds } from "../options/record.js";
import { number, positive } from "../options/values.js";

/** How the weight of a neighbor falls to zero at the cutoff radius. */
export type CutoffFunction =
  /** ½(1 + cos(πr/r_c)), Behler and Parrinello, Phys. Rev. Lett. 98, 146401 (2007). */
  | { readonly kind: "cosine" }
  /** 1 up to r_c − width (Å), then half a cosine. */
  | { readonly kind: "shiftedCosine"; readonly width: number }
  /** 1 − (p+1)(p+2)/2·x^p + p(p+2)·x^(p+1) − p(p+1)/2·x^(p+2) with x = r/r_c, twice differentiable at r_c; default p = 6. */
  | { readonly kind: "polynomial"; readonly exponent?: number }
  /** 1 up to r_c: features jump when an atom crosses the cutoff. */
  | { readonly kind: "none" };

/** How neighbors count less with distance inside the cutoff. */
export type RadialScaling =
  | { readonly kind: "none" }
  /** 1/(1 + (r/scale)^exponent); scale in Å. Willatt, Musil and Ceriotti, Phys. Chem. Chem. Phys. 20, 29661 (2018). */
  | { readonly kind: "inversePower"; readonly scale: number; readonly exponent: number };

export const cutoffOption = kinds({
  cosine: {},
  shiftedCosine: { width: positive("Å") },
  polynomial: { exponent: number({ atLeast: 2, atMost: 50 }).optional() },
  none: {},
} satisfies Alternatives<CutoffFunction>);
export const scalingOption = kinds({
  none: {},
  inversePower: { scale: positive("Å"), exponent: number({ atLeast: 1, below: 50 }) },
} satisfies Alternatives<RadialScaling>);

/** A function value with its derivative. */
export interface ValueAndSlope {
  readonly value: number;
  readonly slope: number;
}

/** Weight of a neighbor at distance 0 ≤ r ≤ r_c (Å) with its derivative. */
export function evaluateCutoff(f: CutoffFunction, r: number, cutoff: number): ValueAndSlope {
  if (f.kind === "none") return { value: 1, slope: 0 };
  if (r >= cutoff) return { value: 0, slope: 0 };
  switch (f.kind) {
    case "cosine":
      return halfCosine(r, cutoff);
    case "shiftedCosine":
      return r <= cutoff - f.width ? { value: 1, slope: 0 } : halfCosine(r - cutoff + f.width, f.width);
    case "polynomial": {
      const p = f.exponent ?? 6;
      const x = r / cutoff;
      const low = x ** (p - 1);
      return {
        value: 1 - low * x * (((p + 1) * (p + 2)) / 2 - p * (p + 2) * x + ((p * (p + 1)) / 2) * x * x),
        slope: (-(p * (p + 1) * (p + 2)) / 2 / cutoff) * low * (1 - x) ** 2,
      };
    }
  }
}

/** Factor of the radial scaling at distance r (Å) with its derivative. */
export function evaluateScaling(f: RadialScaling, r: number): ValueAndSlope {
  if (f.kind === "none") return { value: 1, slope: 0 };
  const below = (r / f.scale) ** (f.exponent - 1) / f.scale;
  const value = 1 / (1 + below * r);
  return { value, slope: -f.exponent * below * value * value };
}

function halfCosine(x: number, width: number): ValueAndSlope {
  const phase = (Math.PI * x) / width;
  return { value: 0.5 * (1 + Math.cos(phase)), slope: ((-0.5 * Math.PI) / width) * Math.sin(phase) };
}
