/** Least squares for the unknowns of a quadratic expansion, with a ridge chosen by leaving frames out. */
import { cholesky, choleskySolve } from "../../math/cholesky.js";
import { symmetricEigen } from "../../math/eigen.js";
import { gemm, gemv, gram, type Matrix, matrix } from "../../math/matrix.js";

/** The equations of one structure. */
export interface QuadraticBlock {
  /** [9, unknowns] */
  readonly rows: Matrix;
  /** [9] */
  readonly targets: Float64Array;
  /** Whether the ridge is judged by leaving this structure out. */
  readonly judged: boolean;
}

export interface QuadraticFit {
  readonly amplitudes: Float64Array;
  /** Relative to the largest eigenvalue of the normal equations. */
  readonly ridge: number;
  /** Directions in the space of unknowns that the equations tell anything about. */
  readonly determined: number;
  /** Root mean square over the components of the judged structures, each left out in turn; absent without any. */
  readonly leaveOneOut?: number;
}

/** Below this part of the largest eigenvalue a direction counts as not determined. */
const DETERMINED = 1e-6;

/** @param ridges at least one; several need judged blocks */
export function fitQuadratic(blocks: readonly QuadraticBlock[], ridges: readonly number[]): QuadraticFit {
  const all = stacked(blocks);
  const n = all.rows.columns;
  const eigen = symmetricEigen(gram(all.rows));
  const top = eigen.values[n - 1]!;
  const determined = eigen.values.reduce((count, v) => count + (v > DETERMINED * top ? 1 : 0), 0);
  const inBasis = gemm(all.rows, eigen.vectors);
  const judged = blocks.flatMap((block, k) => {
    const size = block.rows.rows;
    const values = inBasis.values.subarray(all.first[k]! * n, (all.first[k]! + size) * n);
    return block.judged ? [{ ...block, rows: matrix(size, n, values) }] : [];
  });
  const projected = gemv(inBasis, all.targets, "a");
  let best: { readonly coefficients: Float64Array; readonly ridge: number; readonly error: number } | undefined;
  for (const ridge of ridges) {
    const inverse = eigen.values.map((v) => (top > 0 ? 1 / (Math.max(v, 0) + ridge * top) : 0));
    const coefficients = projected.map((x, k) => x * inverse[k]!);
    const error = judged.length > 0 ? leftOut(judged, coefficients, inverse) : 0;
    if (!best || error < best.error) best = { coefficients, ridge, error };
  }
  const { coefficients, ridge, error } = best!;
  return {
    amplitudes: gemv(eigen.vectors, coefficients),
    ridge,
    determined,
    ...(judged.length > 0 && { leaveOneOut: error }),
  };
}

/** The equations of all blocks below each other. @returns `first` row of each block */
function stacked(blocks: readonly QuadraticBlock[]): {
  readonly rows: Matrix;
  readonly targets: Float64Array;
  readonly first: readonly number[];
} {
  const columns = blocks[0]!.rows.columns;
  const first: number[] = [];
  const count = blocks.reduce((row, b) => {
    first.push(row);
    return row + b.rows.rows;
  }, 0);
  const rows = matrix(count, columns);
  const targets = new Float64Array(count);
  blocks.forEach((b, k) => {
    rows.values.set(b.rows.values, first[k]! * columns);
    targets.set(b.targets, first[k]!);
  });
  return { rows, targets, first };
}

/** Root mean square of (1 − H)⁻¹ r, block by block: the error on each structure of the fit without it, in closed form. */
function leftOut(blocks: readonly QuadraticBlock[], coefficients: Float64Array, inverse: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (const { rows, targets } of blocks) {
    const [m, n] = [rows.rows, rows.columns];
    const weighted = matrix(
      m,
      n,
      rows.values.map((x, p) => x * inverse[p % n]!),
    );
    const hat = gemm(weighted, rows, "b");
    const rest = matrix(
      m,
      m,
      hat.values.map((h, p) => (p % (m + 1) === 0 ? 1 : 0) - h),
    );
    const predicted = gemv(rows, coefficients);
    const residual = matrix(
      m,
      1,
      targets.map((t, r) => t - predicted[r]!),
    );
    count += m;
    for (const e of choleskySolve(cholesky(rest), residual).values) sum += e * e;
  }
  return Math.sqrt(sum / count);
}
