/** A fitted polarization model and the options of its fit. */
import type { Descriptor } from "../../../descriptor/descriptor.js";
import type { DescriptorOptions } from "../../../descriptor/options.js";
import type { RunOptions } from "../../../progress.js";
import type { TrainingTrial } from "../../train/primal.js";
import type { ValidationOptions } from "../../train/validation.js";
import type { SpeciesCharges } from "./speciesCharges.js";

/** Which data enter the fit, and how much a row of each weighs; a weight of 0 leaves the data out. */
export interface TargetWeights {
  /** Default 1. */
  readonly bornCharges: number;
  /** Default 10 where frames have a dipole or polarization (S, Fig. 1). */
  readonly polarization: number;
}

/**
 * What the weights stand for. `primal` (default): one per feature and central species. `reference`: the span of the features of so many
 * reference environments per species found by farthest-point sampling (S eq. 9); of a list of numbers the best on held-out
 * frames is taken. `products`: the primal ones, and products of the leading principal components of these vectors (default 60 per
 * species) and of the scalar features of the same atom (default 10): higher body orders, for smaller errors at more cost.
 */
export type PolarizationForm =
  | { readonly kind: "primal" }
  | { readonly kind: "reference"; readonly environments: number | readonly number[] }
  | { readonly kind: "products"; readonly vectors?: number; readonly scalars?: number };

export interface PolarizationOptions extends RunOptions {
  /** Settings of the descriptor other than the defaults; species default to those of the frames. */
  readonly descriptor?: Partial<DescriptorOptions>;
  /** Default `{ kind: "fit" }`. */
  readonly charges?: SpeciesCharges;
  readonly weights?: Partial<TargetWeights>;
  /**
   * `absolute` (default without a cell) takes P as it is; `differences` (default with a cell) takes it relative to the first frame
   * that has one, since P of a crystal is known up to a constant. Positions and P must then be on one branch.
   */
  readonly polarization?: "absolute" | "differences";
  readonly form?: PolarizationForm;
  /** Relative ridge; a list is searched on held-out frames. Default 1e-13 … 1e-3, two per decade. */
  readonly ridge?: number | readonly number[];
  /** Held-out frames for the search. Default cross-validation in 5 parts, or as many as there are frames. */
  readonly validation?: ValidationOptions;
  /** Default `cholesky`; `qr` checks it. */
  readonly solver?: "cholesky" | "qr";
}

/** Σ_q (D⁰(X)·a_q − o_q) (D^α(X)·b_q), a sum of products of scalar and vector features of one atom. */
export interface ProductTerms {
  /** Number of products. */
  readonly count: number;
  /** a, [count, species, scalar features] */
  readonly scalars: Float64Array;
  /** o, [count, species] */
  readonly offsets: Float64Array;
  /** b, [count, species, vector features], e·Å */
  readonly vectors: Float64Array;
}

/** P_α = Σ_j D^α(X_j)·w_{J(j)} + Σ_i Q_{J(i)} x_{iα}, and Σ_j of products of features where there are any; see `fitPolarization`. */
export interface PolarizationModel {
  readonly kind: "polarization";
  readonly descriptor: Descriptor;
  /** [species, features] */
  readonly weights: Float64Array;
  readonly products?: ProductTerms;
  /** Q_J, e, in the order of the descriptor's species. */
  readonly charges: Float64Array;
  readonly training: PolarizationTraining;
}

/** How a model was fitted; plain data. */
export interface PolarizationTraining {
  readonly frames: number;
  readonly bornChargeFrames: number;
  readonly polarizationFrames: number;
  readonly weights: TargetWeights;
  readonly charges: SpeciesCharges;
  /** With the number of environments that was chosen. */
  readonly form:
    | { readonly kind: "primal" }
    | { readonly kind: "reference"; readonly environments: number }
    | { readonly kind: "products"; readonly vectors: number; readonly scalars: number };
  readonly ridge: number;
  /** Ridges, and numbers of environments by their place in the list, that were tried on held-out frames. */
  readonly trials: readonly TrainingTrial[];
  readonly condition: number;
  /** Largest |Σ_J N_J Q_J| over the training compositions, e; Σ_i Z*_i of a prediction is this times the unit matrix. */
  readonly excessCharge: number;
  /** What a user should know, e.g. a likely transposition of the training Z*. */
  readonly warnings: readonly string[];
}

/**
 * Settings of S for λ = 1, with near neighbors counting for more, which lowers errors of Z* in cross-validation on the training part of
 * the water dimer by 4 %. Other cutoffs from 4.5 to 7 Å, n of 5 to 8, l of 2 to 4 or smearings change them by no more than 6 %. Species are
 * filled in from the data.
 */
export const POLARIZATION_DESCRIPTOR = {
  cutoff: 5.5,
  nMax: 6,
  lMax: 3,
  smearing: 0.5,
  radialScaling: { kind: "inversePower", scale: 2, exponent: 3 },
  twoBody: {},
} as const satisfies Omit<DescriptorOptions, "species">;
