/** Options that mean the same in every fit: descriptor, form, ridge, held-out frames, error estimate. */
import { z } from "zod";
import type { DescriptorOptions } from "../../descriptor/options.js";
import { type Alternatives, type Fields, kinds } from "../../options/record.js";
import { integer, list, number, plainList, plainObject, positive, THREAD_FIELDS } from "../../options/values.js";
import type { ThreadOptions } from "../../progress.js";
import type { Frame } from "../../structure/frame.js";
import { COMPRESSION, type Compression } from "./fitDescriptor.js";

/** Settings of a descriptor other than the defaults; species default to those of the frames. */
export type DescriptorSettings = Partial<DescriptorOptions>;

/**
 * How many weights there are. `full` (default): one per feature and central species, or with `zeta` above 1 the power of the kernel with
 * every atom of the training frames. `sparse`: the span of so many reference environments per central species (fewer where there are fewer
 * distinct ones), chosen by farthest-point sampling; of a list of numbers the best on held-out frames is taken. `products`: the features,
 * and products of their leading principal components (default 60 per species) with those of the scalar features of the same atom
 * (default 10): higher body orders, for smaller errors at more cost. `zeta` is the power of the kernel, 1 (linear) unless given.
 */
export type Form =
  | { readonly kind: "full"; readonly zeta?: number }
  | { readonly kind: "sparse"; readonly references: number | readonly number[]; readonly zeta?: number }
  | { readonly kind: "products"; readonly equivariants?: number; readonly scalars?: number };

/** How the regularization is chosen; its size is relative to that of the equations. */
export type Ridge =
  /** Least squared error of frames left out one at a time, and of those held out by `validation`. Searched from `least` to `greatest`. */
  | { readonly kind: "leaveOneOut"; readonly least?: number; readonly greatest?: number }
  /** Least squared error of the frames held out by `validation`, among `values`. */
  | { readonly kind: "validation"; readonly values?: readonly number[] }
  /** A given number, or one for each irreducible part of the quantity. */
  | { readonly kind: "fixed"; readonly value: number | readonly number[] };

/** Which frames are held out of a fit to choose between settings; drawn at random in a seeded order unless given. */
export type Validation =
  | { readonly kind: "frames"; readonly frames: readonly Frame[] }
  /** A part of the frames, once. Default fraction 0.2, seed 1. */
  | { readonly kind: "fraction"; readonly fraction?: number; readonly seed?: number }
  /** The frames cut into so many parts, each held out in turn (cross-validation). Default 5 folds, or as many as there are frames; seed 1. */
  | { readonly kind: "folds"; readonly folds?: number; readonly seed?: number };

/** How errors of the model are estimated. */
export type Uncertainty =
  | { readonly kind: "none" }
  /**
   * Models fitted to random subsets of the training frames; their spread is scaled to the errors on the frames that each left out
   * (Musil, Willatt, Langovoy and Ceriotti, J. Chem. Theory Comput. 15, 906 (2019)). Defaults: 8 members, fraction 0.6 of the frames, seed 0.
   * Fewer than four members are warned of. Intervals take Student's t for one degree of freedom less than members.
   */
  | { readonly kind: "committee"; readonly members?: number; readonly fraction?: number; readonly seed?: number }
  /** Variance of the Gaussian process, or of the Bayesian linear model, that the fit is the mean of. */
  | { readonly kind: "variance" };

/** How much of a first step is taken. */
export type FirstStepScale =
  /**
   * y − f·y_first is learnt with f in [0, 1] chosen along with the ridge by the error on left-out training frames and validation
   * frames, per order. f = 1 is Grumet et al., f = 0 direct-ML, so that a poor first step does no harm.
   */
  | { readonly kind: "chosen" }
  /** y − y_first is learnt (Grumet et al. 2024). */
  | { readonly kind: "fixed" }
  /** y − (1+b) y_first is learnt with b fitted along with the kernel part, per order, normal about 0 with this standard deviation; default 1. */
  | { readonly kind: "fitted"; readonly deviation?: number };

/** Options of every fit. */
export interface CommonFitOptions extends ThreadOptions {
  readonly descriptor?: DescriptorSettings;
  /**
   * Fewer density channels, found on the frames of the fit and kept with the model: features then no longer grow with the square of the number
   * of species; see `compressChannels`. Default none.
   */
  readonly compress?: Compression;
  /** Default `{ kind: "full" }`. */
  readonly form?: Form;
  readonly ridge?: Ridge;
  readonly validation?: Validation;
  readonly uncertainty?: Uncertainty;
}

const zeta = number({ atLeast: 1, atMost: 100 }).optional();
const references = integer({ atLeast: 1 });
const ridgeValue = number({ atLeast: 0, atMost: 1e6 });
const searched = positive();
const seed = integer({ atLeast: 0 }).optional();

const FORMS = {
  full: { zeta },
  sparse: { references: z.union([references, list(references)]), zeta },
  products: { equivariants: integer({ atLeast: 1 }).optional(), scalars: integer({ atLeast: 1 }).optional() },
} satisfies Alternatives<Form>;
export const FORM = kinds(FORMS);
/** Forms whose functions are known before the fit. */
export const PLANNED_FORM = kinds({ full: FORMS.full, products: FORMS.products });

export const RIDGE = kinds({
  leaveOneOut: { least: searched.optional(), greatest: searched.optional() },
  validation: { values: list(ridgeValue).optional() },
  fixed: { value: z.union([ridgeValue, list(ridgeValue)]) },
} satisfies Alternatives<Ridge>);

export const VALIDATION = kinds({
  frames: { frames: plainList<Frame>("a list of frames") },
  fraction: { fraction: number({ above: 0, below: 1 }).optional(), seed },
  folds: { folds: integer({ atLeast: 2 }).optional(), seed },
} satisfies Alternatives<Validation>);

export const UNCERTAINTY = kinds({
  none: {},
  committee: {
    members: integer({ atLeast: 2, atMost: 1000 }).optional(),
    fraction: number({ above: 0, below: 1 }).optional(),
    seed,
  },
  variance: {},
} satisfies Alternatives<Uncertainty>);

/** Fields of {@link CommonFitOptions}, to be spread into the record of a target. */
export const FIT_FIELDS = {
  descriptor: plainObject<DescriptorSettings>("an object with settings of the descriptor").optional(),
  compress: COMPRESSION.optional(),
  form: FORM.optional(),
  ridge: RIDGE.optional(),
  validation: VALIDATION.optional(),
  uncertainty: UNCERTAINTY.optional(),
  ...THREAD_FIELDS,
} satisfies Fields<CommonFitOptions>;

/** A value searched at the end of its range: there may be a better one beyond. @param values tried, in order */
export function edgeWarning(what: string, best: number, values: readonly number[]): string[] {
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  if (least === greatest || (best !== least && best !== greatest)) return [];
  const end = best === least ? "least" : "greatest";
  return [
    `the best ${what}, ${best.toPrecision(2)}, is the ${end} of those tried: a wider range may hold a better one`,
  ];
}
