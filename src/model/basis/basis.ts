/** The functions of its environment that the energy of an atom is linear in, and their derivatives. */
import { type Descriptor, featureCount } from "../../descriptor/descriptor.js";
import { designRows } from "../../descriptor/designRows.js";
import { featuresOf } from "../../descriptor/evaluate.js";
import type { Structure } from "../../structure/structure.js";

/** E = Σ_j φ(X_j)·w + Σ_J N_J e_J: the functions φ. */
export interface EnergyBasis {
  readonly descriptor: Descriptor;
  /** Number of functions over all central species; those of other species than the atom's are 0. */
  readonly size: number;
  /** Functions of the k-th species are first[k] … first[k + 1] − 1. */
  readonly first: readonly number[];
  /** φ of every atom, [atoms, size]. */
  readonly values: (s: Structure) => Float64Array;
  /** ∂(Σ_j φ(X_j))/∂x in blocks of whole atoms, [atoms, 3, size]; a block is valid during the call only. */
  readonly derivatives: (s: Structure, consume: (rows: Float64Array, firstAtom: number) => void) => void;
  /** The weights that a model keeps, from those of φ. */
  readonly modelWeights: (w: Float64Array) => Float64Array;
}

/** The features themselves: φ(X_j) = D⁰(X_j) in the columns of the species of j. */
export function featureBasis(d: Descriptor): EnergyBasis {
  const count = featureCount(d, 0);
  const size = d.options.species.length * count;
  return {
    descriptor: d,
    size,
    first: Array.from({ length: d.options.species.length + 1 }, (_, k) => k * count),
    values: (s) => {
      const features = featuresOf(d, s, 0).values;
      const values = new Float64Array(s.species.length * size);
      s.species.forEach((symbol, atom) => {
        const own = features.subarray(atom * count, (atom + 1) * count);
        values.set(own, atom * size + d.options.species.indexOf(symbol) * count);
      });
      return values;
    },
    derivatives: (s, consume) => designRows(d, s, 0, ({ values, firstAtom }) => consume(values, firstAtom)),
    modelWeights: (w) => w,
  };
}

/** Σ_j φ(X_j), [size]. */
export function basisSums(basis: EnergyBasis, s: Structure): Float64Array {
  const sums = new Float64Array(basis.size);
  basis.values(s).forEach((v, k) => {
    sums[k % basis.size]! += v;
  });
  return sums;
}

/** Mean of φ over the atoms of each species, [size]. */
export function meanEnvironments(basis: EnergyBasis, structures: Iterable<Structure>): Float64Array {
  const mean = new Float64Array(basis.size);
  const counts = new Float64Array(basis.descriptor.options.species.length);
  for (const s of structures) {
    basisSums(basis, s).forEach((v, k) => {
      mean[k]! += v;
    });
    for (const symbol of s.species) counts[basis.descriptor.options.species.indexOf(symbol)]!++;
  }
  counts.forEach((n, kind) => {
    for (let k = basis.first[kind]!; k < basis.first[kind + 1]!; k++) mean[k]! /= Math.max(1, n);
  });
  return mean;
}
