/** Least squares for the unknowns of a quadratic expansion, with a ridge chosen by leaving frames out. */
import { cholesky, choleskySolve } from "../../math/cholesky.js";
import { type SymmetricEigen, symmetricEigen } from "../../math/eigen.js";
import { type Matrix, matrix } from "../../math/matrix.js";

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
  const n = blocks[0]!.rows.columns;
  const gram = matrix(n, n);
  const right = new Float64Array(n);
  for (const { rows, targets } of blocks)
    for (let r = 0; r < rows.rows; r++) {
      const row = rows.values.subarray(r * n, (r + 1) * n);
      for (let i = 0; i < n; i++) {
        if (row[i] === 0) continue;
        right[i]! += row[i]! * targets[r]!;
        for (let j = 0; j < n; j++) gram.values[i * n + j]! += row[i]! * row[j]!;
      }
    }
  const eigen = symmetricEigen(gram);
  const top = eigen.values[n - 1]!;
  const determined = eigen.values.reduce((count, v) => count + (v > DETERMINED * top ? 1 : 0), 0);
  const judged = blocks.filter((b) => b.judged).map((b) => ({ ...b, rows: inBasis(b.rows, eigen) }));
  const projected = apply(eigen, right, true);
  let best: { readonly coefficients: Float64Array; readonly ridge: number; readonly error: number } | undefined;
  for (const ridge of ridges) {
    const inverse = eigen.values.map((v) => (top > 0 ? 1 / (Math.max(v, 0) + ridge * top) : 0));
    const coefficients = projected.map((x, k) => x * inverse[k]!);
    const error = judged.length > 0 ? leftOut(judged, coefficients, inverse) : 0;
    if (!best || error < best.error) best = { coefficients, ridge, error };
  }
  const { coefficients, ridge, error } = best!;
  return {
    amplitudes: apply(eigen, coefficients, false),
    ridge,
    determined,
    ...(judged.length > 0 && { leaveOneOut: error }),
  };
}

/** V·x, or Vᵀ·x. */
function apply({ vectors }: SymmetricEigen, x: Float64Array, transposed: boolean): Float64Array {
  const n = vectors.rows;
  return Float64Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += vectors.values[transposed ? j * n + i : i * n + j]! * x[j]!;
    return sum;
  });
}

function inBasis(rows: Matrix, eigen: SymmetricEigen): Matrix {
  const out = matrix(rows.rows, rows.columns);
  for (let r = 0; r < rows.rows; r++)
    out.values.set(
      apply(eigen, rows.values.subarray(r * rows.columns, (r + 1) * rows.columns), true),
      r * rows.columns,
    );
  return out;
}

/** Root mean square of (1 − H)⁻¹ r, block by block: the error on each structure of the fit without it, in closed form. */
function leftOut(blocks: readonly QuadraticBlock[], coefficients: Float64Array, inverse: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (const { rows, targets } of blocks) {
    const [m, n] = [rows.rows, rows.columns];
    const rest = matrix(m, m);
    const residual = matrix(m, 1);
    for (let a = 0; a < m; a++) {
      residual.values[a] = targets[a]!;
      for (let k = 0; k < n; k++) residual.values[a]! -= rows.values[a * n + k]! * coefficients[k]!;
      for (let b = 0; b < m; b++) {
        let hat = 0;
        for (let k = 0; k < n; k++) hat += rows.values[a * n + k]! * inverse[k]! * rows.values[b * n + k]!;
        rest.values[a * m + b] = (a === b ? 1 : 0) - hat;
      }
    }
    for (const e of choleskySolve(cholesky(rest), residual).values) sum += e * e;
    count += m;
  }
  return Math.sqrt(sum / count);
}
