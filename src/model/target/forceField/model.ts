/** A fitted force field and the options of its fit. */
import type { Descriptor } from "../../../descriptor/descriptor.js";
import type { DescriptorOptions } from "../../../descriptor/options.js";
import type { Matrix } from "../../../math/matrix.js";
import type { RidgeTrial } from "../../../math/normalEquations.js";
import type { RunOptions } from "../../../progress.js";
import type { ForceFieldKernel } from "../../basis/kernelBasis.js";

/** How much a row of each kind weighs in the fit. A weight of 0 leaves the data out. */
export interface ForceFieldWeights {
  /** Of the energy per atom, eV; default 10: 1 meV/atom then counts as much as 10 meV/Å. */
  readonly energy: number;
  /** Of each force component, eV/Å; default 1. */
  readonly forces: number;
  /** Of each component of the virial per atom Vσ/N, eV; default 2: in quartz 0.06 GPa then counts as much as 10 meV/Å. */
  readonly stress: number;
}

/**
 * How many weights there are: `primal`, one per feature and central species (default), or `reference`, one for each of so many
 * environments per species (fewer where there are fewer distinct ones), chosen by farthest-point sampling among those of the
 * training frames. `zeta` is the power of their kernel: 1 (default) restricts the linear model to the span of their features; with a
 * whole number from 2 to 10 the energy of an atom is Σ_B ω_B (x̂·x̂_B)^zeta, x̂ the features divided by their length.
 */
export type ForceFieldForm =
  | { readonly kind: "primal" }
  | { readonly kind: "reference"; readonly environments: number; readonly zeta?: number };

export interface ForceFieldOptions extends RunOptions {
  /** Settings of the descriptor other than the defaults; species default to those of the frames. */
  readonly descriptor?: Partial<DescriptorOptions>;
  readonly weights?: Partial<ForceFieldWeights>;
  readonly form?: ForceFieldForm;
  /** Relative ridge; a list is searched on held-out frames. Default 1e-13 … 1e-3, two per decade. */
  readonly ridge?: number | readonly number[];
  /** Held-out frames for the search: fraction (default 0.2) and seed (default 1). */
  readonly validation?: { readonly fraction?: number; readonly seed?: number };
  /** Default `cholesky`; `qr` checks it. */
  readonly solver?: "cholesky" | "qr";
}

/** E = Σ_j [D⁰(X_j)·w_{J(j)} + e_{J(j)}], or with a kernel E = Σ_j [Σ_B ω_B k(X_j, X_B)^ζ + e_{J(j)}]; see `fitForceField`. */
export interface ForceFieldModel {
  readonly kind: "forceField";
  readonly descriptor: Descriptor;
  /** [species, features]; with a kernel one per reference environment. */
  readonly weights: Float64Array;
  /** Of the reference form with `zeta` above 1. */
  readonly kernel?: ForceFieldKernel;
  /** e_J, eV per atom, in the order of the descriptor's species. */
  readonly energies: Float64Array;
  readonly training: ForceFieldTraining;
  /** What the error estimates need; absent after a QR fit with a given ridge, or where a file was written without it. */
  readonly posterior?: Posterior;
}

/** How a model was fitted; plain data. */
export interface ForceFieldTraining {
  readonly frames: number;
  readonly weights: ForceFieldWeights;
  readonly form: ForceFieldForm;
  readonly ridge: number;
  readonly trials: readonly RidgeTrial[];
  readonly condition: number;
}

/**
 * The Gaussian distribution of the weights given the training data: ω ~ N(ω̂, noise² A⁻¹), where A = XᵀX + ridge is the
 * precision in units of the noise and w = Φᵀω.
 */
export interface Posterior {
  /** Lower Cholesky factor of A, [n, n]. */
  readonly lower: Matrix;
  /** Φ, [n, columns]; absent in the primal form, where n is the number of columns. */
  readonly projection?: Matrix;
  /** Mean of the functions of an environment over the training atoms of each species, [columns − species]. */
  readonly mean: Float64Array;
  /** Root mean square error of a weighted row: on held-out frames where the ridge was searched, else on the training frames. */
  readonly noise: number;
}

/** Two- and three-body features of S sec. II.C and ref. 20, with a three-body part of shorter range. */
export const FORCE_FIELD_DESCRIPTOR = {
  cutoff: 5,
  nMax: 8,
  lMax: 4,
  smearing: 0.5,
  twoBody: { cutoff: 6, nMax: 12 },
} as const satisfies Omit<DescriptorOptions, "species">;
