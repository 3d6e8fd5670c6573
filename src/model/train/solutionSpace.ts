/** Kernel systems with an unpenalized constant, solved in the space orthogonal to it. */
import { gemv, type Matrix, matrix, norm } from "../../math/matrix.js";

/** Where weights are looked for: everywhere, or orthogonal to the constant. */
export interface SolutionSpace {
  /** QᵀKQ, Q an orthonormal basis of the space as columns. */
  readonly kernel: Matrix;
  /** Qᵀ times each column of a matrix. */
  readonly to: (m: Matrix) => Matrix;
  /** Q times each column. */
  readonly from: (m: Matrix) => Matrix;
}

/** @param constantFree whether the constant vector is left out */
export function solutionSpace(kernel: Matrix, constantFree: boolean): SolutionSpace {
  if (!constantFree) return { kernel, to: (m) => m, from: (m) => m };
  const n = kernel.rows;
  // H = I − 2vvᵀ sends the constant to the first axis; Q is H without its first column.
  const v = new Float64Array(n).fill(1 / Math.sqrt(n));
  v[0]! += 1;
  const length = norm(v);
  for (let i = 0; i < n; i++) v[i]! /= length;
  const reflect = (m: Matrix): Matrix => {
    const along = gemv(m, v, "a");
    return matrix(
      m.rows,
      m.columns,
      m.values.map((x, p) => x - 2 * v[Math.floor(p / m.columns)]! * along[p % m.columns]!),
    );
  };
  const to = (m: Matrix): Matrix => matrix(n - 1, m.columns, reflect(m).values.slice(m.columns));
  const from = (m: Matrix): Matrix => {
    const whole = matrix(n, m.columns);
    whole.values.set(m.values, m.columns);
    return reflect(whole);
  };
  const half = to(kernel);
  const flipped = matrix(n, n - 1);
  for (let i = 0; i < n - 1; i++) for (let j = 0; j < n; j++) flipped.values[j * (n - 1) + i] = half.values[i * n + j]!;
  return { kernel: to(flipped), to, from };
}
