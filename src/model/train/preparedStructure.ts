/** What fitting by kernels needs of one structure, as a thread computes it. */
import { createDescriptor } from "../../descriptor/descriptor.js";
import type { ResolvedDescriptor } from "../../descriptor/options.js";
import { inFrame } from "../../errors.js";
import type { Structure } from "../../structure/structure.js";
import type { TensorOrder } from "../../tensor/cartesian.js";
import type { Basis } from "../basis/basis.js";
import { type BasisData, basisOf } from "../basis/basisOf.js";
import {
  type ByOrder,
  type EnvironmentFeatures,
  environmentFeatures,
  featuresOfOrder,
  structureFeatures,
} from "../basis/environmentFeatures.js";

/** Features of one structure, as {@link PreparedStructures} has them of many. */
export interface PreparedStructure {
  readonly parts: readonly {
    /** [2λ+1, functions] */
    readonly mean: Float64Array;
    /** [species] */
    readonly squares: Float64Array;
  }[];
  /** [species] */
  readonly counts: Float64Array;
  readonly environments?: EnvironmentFeatures;
}

/** What all structures share. */
export interface PreparationSetup {
  readonly descriptor: ResolvedDescriptor;
  readonly bases: ByOrder<BasisData>;
  /** In shared memory. */
  readonly structures: readonly Structure[];
  readonly keepEnvironments: boolean;
}

/** What each thread does; exported for the worker pool. @throws DataError naming the frame */
export function prepare(setup: PreparationSetup): (frame: number) => PreparedStructure {
  const { structures, keepEnvironments } = setup;
  const d = createDescriptor(setup.descriptor);
  const bases = orderedBases(setup.bases).map(([order, data]) => basisOf(d, order, data));
  const orders = bases.map((basis) => basis.order);
  const species = d.options.species.length;
  return (frame) => {
    const s = structures[frame]!;
    const f = inFrame(frame, () => environmentFeatures(d, s, orders));
    const counts = new Float64Array(species);
    for (const kind of f.species) counts[kind]!++;
    const parts = bases.map((basis) => ({
      mean: meanRow(basis, f, s, species),
      squares: squareSums(f, basis.order, species),
    }));
    return { parts, counts, ...(keepEnvironments && { environments: f }) };
  };
}

/** In the order of λ. */
export function orderedBases(bases: ByOrder<BasisData>): [TensorOrder, BasisData][] {
  return Object.entries(bases).map(([order, data]) => [Number(order) as TensorOrder, data]);
}

/** Mean of the basis over the atoms; of plain features from those that are known. */
function meanRow(basis: Basis, f: EnvironmentFeatures, s: Structure, species: number): Float64Array {
  const plain = featuresOfOrder(f, basis.order).length / (f.species.length * (2 * basis.order + 1));
  if (basis.kinds.length === plain * species) return structureFeatures([f], basis.order, species).values;
  return basis.sums(s).map((v) => v / s.species.length);
}

function squareSums(f: EnvironmentFeatures, order: TensorOrder, species: number): Float64Array {
  const sums = new Float64Array(species);
  const values = featuresOfOrder(f, order);
  const width = values.length / f.species.length;
  f.species.forEach((kind, j) => {
    for (let k = j * width; k < (j + 1) * width; k++) sums[kind]! += values[k]! ** 2;
  });
  return sums;
}
