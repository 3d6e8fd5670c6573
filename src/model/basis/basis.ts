/** The functions of its environment that what an atom contributes is linear in, for any order λ, and their derivatives. */
import { contract, gradientAround } from "../../descriptor/contract.js";
import { type Descriptor, featureCount } from "../../descriptor/descriptor.js";
import { designRowsAround } from "../../descriptor/designRows.js";
import { featureSumsAround, featuresOf } from "../../descriptor/evaluate.js";
import { environmentsOf, type KnownEnvironments } from "../../descriptor/knownEnvironments.js";
import { strainJacobian } from "../../descriptor/strainJacobian.js";
import type { Structure } from "../../structure/structure.js";
import type { TensorOrder } from "../../tensor/cartesian.js";

/** v_m = Σ_j φ_m(X_j)·w: the functions φ, each of one central species. */
export interface Basis {
  readonly descriptor: Descriptor;
  readonly order: TensorOrder;
  /** Species of each function, as an index into the descriptor's list; functions of other species than the atom's are 0. */
  readonly kinds: Int32Array;
  /** φ of every atom, [atoms, 2λ+1, functions]. */
  readonly values: (s: Structure) => Float64Array;
  /** Σ_j φ(X_j), [2λ+1, functions]. */
  readonly sums: (s: Structure, around?: KnownEnvironments) => Float64Array;
  /** ∂(Σ_j φ(X_j))/∂x in blocks of whole atoms, [atoms, 2λ+1, 3, functions]; a block is valid during the call only. */
  readonly derivatives: (
    s: Structure,
    consume: (rows: Float64Array, firstAtom: number) => void,
    around?: KnownEnvironments,
  ) => void;
  /** ∂(Σ_j φ(X_j))/∂ε [3, 3, functions]; of every basis of scalars, and of no other. */
  readonly strains?: (s: Structure, around?: KnownEnvironments) => Float64Array;
  /** The weights that a model keeps, from those of φ. */
  readonly modelWeights: (w: Float64Array) => Float64Array;
  /** v for a model's weights, [2λ+1]. */
  readonly value: (weights: Float64Array, s: Structure) => Float64Array;
  /** v and its derivatives for a model's weights. */
  readonly response: (weights: Float64Array, s: Structure, around?: KnownEnvironments) => BasisResponse;
}

/** A value and its derivatives. */
export interface BasisResponse {
  /** [2λ+1] */
  readonly value: Float64Array;
  /** [2λ+1, atoms, 3], per Å */
  readonly positions: Float64Array;
  /** With respect to strain, [2λ+1, 3, 3]. */
  readonly strain: Float64Array;
}

/** The features themselves: φ(X_j) = D^λ(X_j) in the columns of the species of j. */
export function featureBasis(d: Descriptor, order: TensorOrder): Basis {
  const count = featureCount(d, order);
  const size = d.options.species.length * count;
  return {
    descriptor: d,
    order,
    kinds: Int32Array.from({ length: size }, (_, c) => Math.floor(c / count)),
    values: (s) => {
      const { values, components } = featuresOf(d, s, order);
      const all = new Float64Array(s.species.length * components * size);
      s.species.forEach((symbol, atom) => {
        const kind = d.options.species.indexOf(symbol);
        for (let m = 0, row = atom * components; m < components; m++, row++)
          all.set(values.subarray(row * count, (row + 1) * count), row * size + kind * count);
      });
      return all;
    },
    sums: (s, around = environmentsOf(d, s)) => featureSumsAround(d, s, order, around),
    derivatives: (s, consume, around = environmentsOf(d, s)) =>
      designRowsAround(d, s, order, around, ({ values, firstAtom }) => consume(values, firstAtom)),
    ...(order === 0 && { strains: (s: Structure, around?: KnownEnvironments) => featureStrains(d, s, count, around) }),
    modelWeights: (w) => w,
    value: (weights, s) => contract(d, s, { order, values: weights }).value,
    response: (weights, s, around = environmentsOf(d, s)) =>
      gradientAround(d, s, [{ order, values: weights }], around)[0]!,
  };
}

/** Derivatives of the summed scalar features with respect to strain, [3, 3, species × features]. */
function featureStrains(d: Descriptor, s: Structure, count: number, around?: KnownEnvironments): Float64Array {
  const size = d.options.species.length * count;
  const sums = new Float64Array(9 * size);
  const add = (centre: number, rows: Float64Array): void => {
    const start = d.options.species.indexOf(s.species[centre]!) * count;
    for (let p = 0; p < 9; p++) for (let k = 0; k < count; k++) sums[p * size + start + k]! += rows[p * count + k]!;
  };
  strainJacobian(d, s, 0, add, around);
  return sums;
}

/** Mean of φ over the atoms of each species, for a basis of scalars, [functions]. */
export function meanEnvironments(basis: Basis, structures: readonly Structure[]): Float64Array {
  const mean = new Float64Array(basis.kinds.length);
  const counts = new Float64Array(basis.descriptor.options.species.length);
  for (const s of structures) {
    basis.sums(s).forEach((v, k) => {
      mean[k]! += v;
    });
    for (const symbol of s.species) counts[basis.descriptor.options.species.indexOf(symbol)]!++;
  }
  return mean.map((v, k) => v / Math.max(1, counts[basis.kinds[k]!]!));
}
