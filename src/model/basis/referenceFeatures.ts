/** The sparse form of a linear model: weights in the span of the features of chosen environments. */
import { type Descriptor, featureCount } from "../../descriptor/descriptor.js";
import { featuresOf } from "../../descriptor/evaluate.js";
import { selectEnvironments } from "../../descriptor/sparsify.js";
import { type Matrix, matrix, rowOf } from "../../math/matrix.js";
import type { RunOptions } from "../../progress.js";
import type { Structure } from "../../structure/structure.js";
import type { TensorOrder } from "../../tensor/cartesian.js";

/** Features of reference environments, 2λ+1 rows for each. */
export interface ReferenceFeatures {
  /** Φ, [(2λ+1)·environments, species·features]; each row is zero outside its own central species. */
  readonly phi: Matrix;
  /** Place of each row's environment in the order of choice within its species, so that the rows below n are the choice of n. */
  readonly rank: Int32Array;
}

/**
 * Features of the environments that farthest-point sampling on the rotation-invariant kernel picks (Schmiedmayer and
 * Kresse 2024, eq. 9 and below).
 * @param count environments per central species; fewer where there are fewer distinct ones
 */
export async function referenceFeatures(
  d: Descriptor,
  order: TensorOrder,
  structures: readonly Structure[],
  count: number,
  run: RunOptions = {},
): Promise<ReferenceFeatures> {
  const chosen = await selectEnvironments(d, structures, { count, ...run });
  const features = featureCount(d, order);
  const components = 2 * order + 1;
  const total = chosen.reduce((n, list) => n + list.length, 0);
  const phi = matrix(components * total, d.options.species.length * features);
  const rank = new Int32Array(components * total);
  const known = new Map<number, Float64Array>();
  let row = 0;
  chosen.forEach((list, kind) => {
    list.forEach(({ structure, atom }, place) => {
      const values = known.get(structure) ?? featuresOf(d, structures[structure]!, order).values;
      known.set(structure, values);
      for (let m = 0; m < components; m++, row++) {
        const from = (components * atom + m) * features;
        phi.values.set(values.subarray(from, from + features), row * phi.columns + kind * features);
        rank[row] = place;
      }
    });
  });
  return { phi, rank };
}

/**
 * An orthonormal basis of the rows by Gram–Schmidt in their order, so that the basis of the first n environments is part of that
 * of more; rows that add nothing are left out. In it a penalty on the coefficients is one on the weights themselves, |Φᵀω|²,
 * which is the ridge of kernel regression, and the form turns into the primal one once the span is complete.
 */
export function orthonormalReferences({ phi, rank }: ReferenceFeatures): ReferenceFeatures {
  const { columns, values } = phi;
  const basis: { row: Float64Array; first: number; last: number; rank: number }[] = [];
  for (let r = 0; r < phi.rows; r++) {
    const row = values.slice(r * columns, (r + 1) * columns);
    const first = row.findIndex((v) => v !== 0);
    if (first < 0) continue;
    const last = row.findLastIndex((v) => v !== 0) + 1;
    const length = norm(row, first, last);
    // Twice, because once leaves what rounding brought back.
    for (let pass = 0; pass < 2; pass++) for (const b of basis) removeProjection(row, b.row, b.first, b.last);
    const rest = norm(row, first, last);
    if (rest < 1e-11 * length) continue;
    for (let k = first; k < last; k++) row[k]! /= rest;
    basis.push({ row, first, last, rank: rank[r]! });
  }
  const all = matrix(basis.length, columns);
  basis.forEach(({ row }, r) => {
    all.values.set(row, r * columns);
  });
  return { phi: all, rank: Int32Array.from(basis, (b) => b.rank) };
}

/** The rows of the first `count` environments of each species. */
export function firstReferences({ phi, rank }: ReferenceFeatures, count: number): Matrix {
  const kept = Array.from(rank.keys()).filter((r) => rank[r]! < count);
  const result = matrix(kept.length, phi.columns);
  kept.forEach((from, r) => {
    result.values.set(rowOf(phi, from), r * phi.columns);
  });
  return result;
}

function norm(row: Float64Array, first: number, last: number): number {
  let sum = 0;
  for (let k = first; k < last; k++) sum += row[k]! * row[k]!;
  return Math.sqrt(sum);
}

function removeProjection(row: Float64Array, unit: Float64Array, first: number, last: number): void {
  let dot = 0;
  for (let k = first; k < last; k++) dot += row[k]! * unit[k]!;
  if (dot !== 0) for (let k = first; k < last; k++) row[k]! -= dot * unit[k]!;
}
