import { OptionError, ShapeError } from "../errors.js";
import type { Structure } from "../structure/structure.js";
import type { TensorOrder } from "../tensor/cartesian.js";
import { type Descriptor, layoutOf } from "./descriptor.js";
import type { ContractionJob, Derivatives } from "./engine.js";
import { featuresAround } from "./evaluate.js";
import type { Expansion } from "./expansion.js";
import { environmentsOf, type KnownEnvironments } from "./knownEnvironments.js";

/** Weights of a linear model in the features of one order. */
export interface FeatureWeights {
  readonly order: TensorOrder;
  /** One weight per central species (or atom) and feature, [species, featureCount(d, order)]. */
  readonly values: Float64Array;
  /** Whether every species (default) or every atom of the structure has weights of its own. */
  readonly per?: "species" | "atom";
}

/** A linear model's prediction for one structure. */
export interface Contraction {
  /** Σ_i D^μ(i)·w_species(i), μ = −λ … λ. */
  readonly value: Float64Array;
  /** The summands, [atoms, 2λ+1]. */
  readonly atoms: Float64Array;
}

/** A {@link Contraction} with its derivatives. */
export interface ContractionGradient extends Contraction {
  /** ∂value_μ/∂x_iβ, [2λ+1, atoms, 3], per Å. */
  readonly positions: Float64Array;
  /** ∂value_μ/∂ε_αβ when positions and cell become (1 + ε)·x, [2λ+1, 3, 3]. */
  readonly strain: Float64Array;
}

/**
 * Σ_i D(i)·w for one or several lists of weights, never storing features; density expansions are shared between the lists.
 * @throws ShapeError if the number of weights is not species (or atoms) × features
 * @throws DataError for a species that the descriptor does not know, coincident atoms, a malformed structure
 */
export function contract(d: Descriptor, s: Structure, weights: readonly FeatureWeights[]): Contraction[];
export function contract(d: Descriptor, s: Structure, weights: FeatureWeights): Contraction;
export function contract(
  d: Descriptor,
  s: Structure,
  weights: FeatureWeights | readonly FeatureWeights[],
): Contraction | Contraction[] {
  const found = contractAround(d, s, isList(weights) ? weights : [weights], environmentsOf(d, s));
  return isList(weights) ? found : found[0]!;
}

/** {@link contract} where the structure's environments are known already. */
export function contractAround(
  d: Descriptor,
  s: Structure,
  weights: readonly FeatureWeights[],
  around: KnownEnvironments,
): Contraction[] {
  weights.forEach((w) => {
    checkWeights(d, s, w);
  });
  if (d.options.normalization.kind === "unit") return weights.map((w) => contractFeatures(d, s, w, around));
  const runs = weights.map((w) => start(d, s, w, false));
  run(d, runs, around);
  return runs.map(({ atoms, components }) => ({ atoms, value: sumRows(atoms, components) }));
}

/**
 * As {@link contract}, with the derivatives with respect to all positions and to strain by one reverse pass: the cost is a few
 * contractions, whatever the number of atoms.
 * @throws OptionError for a descriptor with normalization
 */
export function gradient(d: Descriptor, s: Structure, weights: readonly FeatureWeights[]): ContractionGradient[];
export function gradient(d: Descriptor, s: Structure, weights: FeatureWeights): ContractionGradient;
export function gradient(
  d: Descriptor,
  s: Structure,
  weights: FeatureWeights | readonly FeatureWeights[],
): ContractionGradient | ContractionGradient[] {
  refuseNormalized(d, "gradient");
  const found = gradientAround(d, s, isList(weights) ? weights : [weights], environmentsOf(d, s));
  return isList(weights) ? found : found[0]!;
}

/** {@link gradient} where the structure's environments are known already, for a descriptor without normalization. */
export function gradientAround(
  d: Descriptor,
  s: Structure,
  weights: readonly FeatureWeights[],
  around: KnownEnvironments,
): ContractionGradient[] {
  weights.forEach((w) => {
    checkWeights(d, s, w);
  });
  const runs = weights.map((w) => start(d, s, w, true));
  run(d, runs, around);
  return runs.map(({ atoms, components, derivatives }) => ({
    atoms,
    value: sumRows(atoms, components),
    ...derivatives!,
  }));
}

/** Derivatives of normalized features are not offered. @throws OptionError */
export function refuseNormalized(d: Descriptor, where: string): void {
  if (d.options.normalization.kind !== "none")
    throw new OptionError({
      where,
      problem: "derivatives of normalized features are not available",
      advice: 'use normalization: { kind: "none" }',
    });
}

interface Run {
  readonly weights: FeatureWeights;
  readonly components: number;
  readonly atoms: Float64Array;
  readonly derivatives?: Derivatives;
}

function start(d: Descriptor, s: Structure, weights: FeatureWeights, differentiate: boolean): Run {
  const { components } = layoutOf(d, weights.order);
  const atoms = new Float64Array(s.species.length * components);
  if (!differentiate) return { weights, components, atoms };
  const positions = new Float64Array(components * s.positions.length);
  return { weights, components, atoms, derivatives: { positions, strain: new Float64Array(9 * components) } };
}

/** Does all runs, one expansion after the other. */
function run(d: Descriptor, runs: readonly Run[], around: KnownEnvironments): void {
  const jobs = new Map<Expansion, ContractionJob[]>();
  for (const { weights, atoms, derivatives } of runs) {
    const layout = layoutOf(d, weights.order);
    for (const part of layout.parts) {
      const { species } = around(part.expansion);
      const list = weights.per === "atom" ? species.map((_, atom) => atom) : species;
      const job = { part, features: layout.count, weights: weights.values, list, atoms };
      jobs.set(part.expansion, [...(jobs.get(part.expansion) ?? []), derivatives ? { ...job, derivatives } : job]);
    }
  }
  for (const [expansion, shared] of jobs) d.plan.engine.contract(expansion, around(expansion), shared);
}

function contractFeatures(
  d: Descriptor,
  s: Structure,
  weights: FeatureWeights,
  around: KnownEnvironments,
): Contraction {
  const { components, count, values } = featuresAround(d, s, weights.order, around);
  const atoms = new Float64Array(s.species.length * components);
  s.species.forEach((symbol, atom) => {
    const row = (weights.per === "atom" ? atom : d.options.species.indexOf(symbol)) * count;
    for (let m = 0; m < components; m++) {
      let sum = 0;
      for (let k = 0; k < count; k++) sum += values[(atom * components + m) * count + k]! * weights.values[row + k]!;
      atoms[atom * components + m] = sum;
    }
  });
  return { atoms, value: sumRows(atoms, components) };
}

function sumRows(atoms: Float64Array, components: number): Float64Array {
  const value = new Float64Array(components);
  for (let i = 0; i < atoms.length; i++) value[i % components]! += atoms[i]!;
  return value;
}

function checkWeights(d: Descriptor, s: Structure, { order, values, per = "species" }: FeatureWeights): void {
  const { count } = layoutOf(d, order);
  const lists = per === "atom" ? s.species.length : d.options.species.length;
  if (values.length !== lists * count)
    throw new ShapeError({
      where: `weights of order ${order}`,
      problem: `${values.length} weights, expected ${lists} ${per === "atom" ? "atoms" : "species"} × ${count} features = ${lists * count}`,
    });
}

function isList(weights: FeatureWeights | readonly FeatureWeights[]): weights is readonly FeatureWeights[] {
  return Array.isArray(weights);
}
