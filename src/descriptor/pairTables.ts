import type { FeaturePart } from "./features.js";
import type { DescriptorKernels } from "./kernelMemory.js";

/**
 * Two-body features of order 0 are linear in functions of a distance, so with weights they are one function for each central species and
 * species of the neighbor, whatever the number of radial functions: f(r) = Σ_n w_n h_n(r) Y_00. The functions of the last weights are kept.
 */
export interface PairTables {
  /** Pointer to the functions of a central species, for pairTerm. */
  readonly of: (kind: number) => number;
  /** Σ_n w_n of what a central atom of that species adds itself. */
  readonly centre: (kind: number) => number;
}

/** Reserves memory for the functions of a part. @returns a function that fills it for weights [species, features] */
export function placePairTables(
  { arena }: DescriptorKernels,
  part: FeaturePart,
): (weights: Float64Array, features: number) => PairTables {
  const { species, width } = part.expansion;
  const kinds = species.length;
  const knots = species[0]!.table.intervals + 1;
  const size = 2 * knots * kinds;
  const pointer = arena.reserveDoubles(size * kinds);
  const centres = new Float64Array(kinds);
  const known = new Float64Array(kinds * part.count);
  let filled = false;
  const y00 = Math.sqrt(0.25 / Math.PI);

  function fill(kind: number, own: Float64Array): void {
    const target = arena.doubles(pointer + 8 * kind * size, size);
    species.forEach(({ offset, table }, s) => {
      const { channels, values, slopes, step } = table;
      for (let knot = 0, to = 2 * s * knots; knot < knots; knot++, to += 2) {
        let value = 0;
        let slope = 0;
        for (let n = 0, from = knot * channels; n < width; n++, from++) {
          value += own[offset + n]! * values[from]!;
          slope += own[offset + n]! * slopes[from]!;
        }
        target[to] = y00 * value;
        target[to + 1] = y00 * step * slope;
      }
    });
    const { centre, offset } = species[kind]!;
    centres[kind] = centre ? centre.reduce((sum, v, n) => sum + own[offset + n]! * v, 0) : 0;
  }

  const tables: PairTables = { of: (kind) => pointer + 8 * kind * size, centre: (kind) => centres[kind]! };
  return (weights, features) => {
    for (let kind = 0; kind < kinds; kind++) {
      const from = kind * features + part.offset;
      const own = weights.subarray(from, from + part.count);
      const before = known.subarray(kind * part.count, (kind + 1) * part.count);
      if (filled && own.every((w, n) => Object.is(w, before[n]))) continue;
      before.set(own);
      fill(kind, own);
    }
    filled = true;
    return tables;
  };
}
