/** The features of a structure's atoms that λ-SOAP kernels compare, and their mean over a structure. */
import type { Descriptor } from "../../descriptor/descriptor.js";
import { featuresAround } from "../../descriptor/evaluate.js";
import { environmentsOf } from "../../descriptor/knownEnvironments.js";
import { type Matrix, matrix } from "../../math/matrix.js";
import type { Structure } from "../../structure/structure.js";

/** Orders of the irreducible parts of a symmetric tensor. */
export type SymmetricTensorOrder = 0 | 2;
export const ORDERS: readonly SymmetricTensorOrder[] = [0, 2];

/** Features of every atom of one structure. */
export interface EnvironmentFeatures {
  /** Index of each atom's species in the descriptor's list, length n. */
  readonly species: Int32Array;
  /** λ = 0, [n, K₀] */
  readonly scalar: Float64Array;
  /** λ = 2, [n, 5, K₂] */
  readonly traceless: Float64Array;
}

/** Features of both orders. @throws DataError for a species that the descriptor does not list */
export function environmentFeatures(descriptor: Descriptor, s: Structure): EnvironmentFeatures {
  const symbols = descriptor.options.species;
  const species = Int32Array.from(s.species, (symbol) => symbols.indexOf(symbol));
  const around = environmentsOf(descriptor, s);
  return {
    species,
    scalar: featuresAround(descriptor, s, 0, around).values,
    traceless: featuresAround(descriptor, s, 2, around).values,
  };
}

/** The features of order λ, [n, 2λ+1, K]. */
export function featuresOfOrder(f: EnvironmentFeatures, order: SymmetricTensorOrder): Float64Array {
  return order === 0 ? f.scalar : f.traceless;
}

/** Number of features per atom and component. */
export function featureCount(f: EnvironmentFeatures, order: SymmetricTensorOrder): number {
  return featuresOfOrder(f, order).length / (f.species.length * (2 * order + 1));
}

/**
 * Mean over the atoms of each structure, species by species: row (structure, μ), column (species, feature). The product of two
 * such rows is the linear structure kernel: the mean of the atomic kernel over all pairs of atoms, zero between species.
 * @returns [structures · (2λ+1), species · K]
 */
export function structureFeatures(
  structures: readonly EnvironmentFeatures[],
  order: SymmetricTensorOrder,
  species: number,
): Matrix {
  const m = 2 * order + 1;
  const count = structures[0] ? featureCount(structures[0], order) : 0;
  const columns = species * count;
  const out = matrix(structures.length * m, columns);
  structures.forEach((f, a) => {
    const values = featuresOfOrder(f, order);
    const n = f.species.length;
    for (let j = 0; j < n; j++)
      for (let mu = 0; mu < m; mu++) {
        const to = (a * m + mu) * columns + f.species[j]! * count;
        const from = (j * m + mu) * count;
        for (let k = 0; k < count; k++) out.values[to + k]! += values[from + k]! / n;
      }
  });
  return out;
}
