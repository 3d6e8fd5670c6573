/** The features of a structure's atoms that kernels compare, and their mean over a structure. */
import type { Descriptor } from "../../descriptor/descriptor.js";
import { featuresAround } from "../../descriptor/evaluate.js";
import { environmentsOf } from "../../descriptor/knownEnvironments.js";
import { type Matrix, matrix } from "../../math/matrix.js";
import type { Structure } from "../../structure/structure.js";
import type { TensorOrder } from "../../tensor/cartesian.js";

/** Something for every order λ that is needed. */
export type ByOrder<T> = Readonly<Partial<Record<TensorOrder, T>>>;

/** Features of every atom of one structure. */
export interface EnvironmentFeatures {
  /** Index of each atom's species in the descriptor's list, length n. */
  readonly species: Int32Array;
  /** Per order, [n, 2λ+1, K]; λ = 0 is always there. */
  readonly orders: ByOrder<Float64Array>;
}

/** Features of the orders asked for and of λ = 0. @throws DataError for a species that the descriptor does not list */
export function environmentFeatures(d: Descriptor, s: Structure, orders: readonly TensorOrder[]): EnvironmentFeatures {
  const symbols = d.options.species;
  const around = environmentsOf(d, s);
  const all = [...new Set<TensorOrder>([0, ...orders])];
  return {
    species: Int32Array.from(s.species, (symbol) => symbols.indexOf(symbol)),
    orders: Object.fromEntries(all.map((order) => [order, featuresAround(d, s, order, around).values])),
  };
}

/** The features of order λ, [n, 2λ+1, K]. */
export function featuresOfOrder(f: EnvironmentFeatures, order: TensorOrder): Float64Array {
  return f.orders[order]!;
}

/** Number of features per atom and component. */
export function featureWidth(f: EnvironmentFeatures, order: TensorOrder): number {
  return featuresOfOrder(f, order).length / (f.species.length * (2 * order + 1));
}

/**
 * Mean over the atoms of each structure, species by species: row (structure, μ), column (species, feature). The product of two
 * such rows is the linear structure kernel: the mean of the atomic kernel over all pairs of atoms, zero between species.
 * @returns [structures · (2λ+1), species · K]
 */
export function structureFeatures(
  structures: readonly EnvironmentFeatures[],
  order: TensorOrder,
  species: number,
): Matrix {
  const m = 2 * order + 1;
  const count = structures[0] ? featureWidth(structures[0], order) : 0;
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

/** One atom of a structure as a structure of its own. */
export function singleAtom(f: EnvironmentFeatures, j: number): EnvironmentFeatures {
  const n = f.species.length;
  const own = Object.entries(f.orders).map(([order, values]) => {
    const width = values.length / n;
    return [order, values.slice(j * width, (j + 1) * width)];
  });
  return { species: f.species.slice(j, j + 1), orders: Object.fromEntries(own) };
}
