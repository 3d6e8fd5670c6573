import type { Environments } from "./environments.js";
import type { Expansion } from "./expansion.js";
import type { FeaturePart } from "./features.js";

/** A contraction of one part's features with weights. */
export interface ContractionJob {
  readonly part: FeaturePart;
  /** Features per atom in all, the stride of the weights. */
  readonly features: number;
  /** [lists, features] */
  readonly weights: Float64Array;
  /** The list of each atom; the very array of the environments' species for a list per species. */
  readonly list: Int32Array;
  /** Σ_k D^μ_k(i)·w_k is added here, [atoms, 2λ+1]. */
  readonly atoms: Float64Array;
  /** If given, the derivatives of the sum over atoms are added here. */
  readonly derivatives?: Derivatives;
}

/** Derivatives of the components of a sum over atoms. */
export interface Derivatives {
  /** [2λ+1, atoms, 3] */
  readonly positions: Float64Array;
  /** [2λ+1, 3, 3] */
  readonly strain: Float64Array;
}

/** Adds to `out`, [2λ+1, 3, species·features], the derivatives of the part's summed features with respect to one atom. */
export type AtomRows = (atom: number, out: Float64Array) => void;

/**
 * Adds the derivatives of the part's features of every centre with respect to one atom to `target(centre)`, [2λ+1, 3, features].
 * Only the atom itself and its neighbors are asked for.
 */
export type CentreRows = (atom: number, target: (centre: number) => Float64Array) => void;

/** Adds the derivatives of the part's features of one centre with respect to strain to `out`, [2λ+1, 3, 3, features]. */
export type StrainRows = (centre: number, out: Float64Array) => void;

/**
 * The numerical work of a descriptor, done once in plain TypeScript (`referenceEngine`) and once in WebAssembly (`kernelEngine`), with the
 * same results up to rounding. Features and contractions are of the environments' centres alone, derivatives for training of all atoms.
 */
export interface Engine {
  /** Writes the part's features into `out`, [atoms, 2λ+1, features]; other parts' columns stay as they are. */
  features(part: FeaturePart, e: Environments, features: number, out: Float64Array): void;
  /** Contractions that share one expansion. */
  contract(expansion: Expansion, e: Environments, jobs: readonly ContractionJob[]): void;
  /** Prepares the derivatives of all features and calls `use` once with a function that gives them atom by atom. */
  design(part: FeaturePart, e: Environments, features: number, use: (rows: AtomRows) => void): void;
  /** As `design`, centre by centre instead of summed. */
  jacobian(part: FeaturePart, e: Environments, features: number, use: (rows: CentreRows) => void): void;
  /** Prepares the derivatives with respect to strain and calls `use` once with a function that gives them centre by centre. */
  strain(part: FeaturePart, e: Environments, features: number, use: (rows: StrainRows) => void): void;
}
