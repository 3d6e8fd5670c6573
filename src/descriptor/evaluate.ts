import type { Structure } from "../structure/structure.js";
import type { TensorOrder } from "../tensor/cartesian.js";
import { type Descriptor, layoutOf } from "./descriptor.js";
import { environmentsOf, type KnownEnvironments } from "./knownEnvironments.js";

/** Features of every atom of a structure. */
export interface Features {
  readonly order: TensorOrder;
  readonly atoms: number;
  /** 2λ+1 */
  readonly components: number;
  /** Features per component. */
  readonly count: number;
  /** [atoms, components, count] */
  readonly values: Float64Array;
}

/**
 * Features of order λ of every atom. Neighbors are all atoms and periodic images within the cutoff; an atom without neighbors
 * has features 0 (unless it counts itself).
 * @throws DataError for a species that the descriptor does not know, coincident atoms, a malformed structure
 */
export function featuresOf(d: Descriptor, s: Structure, order: TensorOrder): Features {
  return featuresAround(d, s, order, environmentsOf(d, s));
}

/** {@link featuresOf} where the structure's environments are known already. */
export function featuresAround(d: Descriptor, s: Structure, order: TensorOrder, around: KnownEnvironments): Features {
  const layout = layoutOf(d, order);
  const atoms = s.species.length;
  const values = new Float64Array(atoms * layout.components * layout.count);
  for (const part of layout.parts) d.plan.engine.features(part, around(part.expansion), layout.count, values);
  const features = { order, atoms, components: layout.components, count: layout.count, values };
  if (d.options.normalization.kind === "unit") normalize(features);
  return features;
}

/**
 * Features summed over the atoms of each central species, the coefficients of a linear model's value: weights·sums is what
 * `contract` returns.
 * @returns [components, species, count]
 */
export function featureSums(d: Descriptor, s: Structure, order: TensorOrder): Float64Array {
  return featureSumsAround(d, s, order, environmentsOf(d, s));
}

/** {@link featureSums} where the structure's environments are known already. */
export function featureSumsAround(
  d: Descriptor,
  s: Structure,
  order: TensorOrder,
  around: KnownEnvironments,
): Float64Array {
  const { components, count, values } = featuresAround(d, s, order, around);
  const kinds = d.options.species.length;
  const sums = new Float64Array(components * kinds * count);
  s.species.forEach((symbol, atom) => {
    const kind = d.options.species.indexOf(symbol);
    for (let m = 0; m < components; m++) {
      const from = (atom * components + m) * count;
      const to = (m * kinds + kind) * count;
      for (let k = 0; k < count; k++) sums[to + k]! += values[from + k]!;
    }
  });
  return sums;
}

/** Divides each atom's features by their length over all components; returns the lengths, 0 for an atom without neighbors. */
export function normalize(f: Features): Float64Array {
  const size = f.components * f.count;
  return Float64Array.from({ length: f.atoms }, (_, atom) => {
    const row = f.values.subarray(atom * size, (atom + 1) * size);
    let square = 0;
    for (let k = 0; k < size; k++) square += row[k]! * row[k]!;
    const length = Math.sqrt(square);
    if (length > 0) for (let k = 0; k < size; k++) row[k]! /= length;
    return length;
  });
}
