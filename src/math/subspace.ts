/** Subspaces that matter: orthonormal rows, the span of a Gram matrix, its leading eigenvectors. For large matrices of low numerical rank. */
import { OptionError, ShapeError } from "../errors.js";
import { cholesky } from "./cholesky.js";
import { symmetricEigen } from "./eigen.js";
import { withLinalgKernels } from "./linalgKernels.js";
import { dot, gemm, type Matrix, matrix } from "./matrix.js";
import { random } from "./random.js";

/**
 * An orthonormal basis of the rows by Gram–Schmidt in their order, twice; rows that add less than `tolerance` of their length are left out.
 * @returns at most as many rows as there were
 */
export function orthonormalRows({ rows, columns, values }: Matrix, tolerance = 1e-11): Matrix {
  const basis: Float64Array[] = [];
  for (let r = 0; r < rows; r++) {
    const row = values.slice(r * columns, (r + 1) * columns);
    const length = Math.sqrt(dot(row, row));
    for (let pass = 0; pass < 2; pass++)
      for (const unit of basis) {
        const part = dot(row, unit);
        for (let k = 0; k < columns; k++) row[k]! -= part * unit[k]!;
      }
    const rest = Math.sqrt(dot(row, row));
    if (rest > tolerance * length) basis.push(row.map((v) => v / rest));
  }
  const result = matrix(basis.length, columns);
  basis.forEach((row, r) => {
    result.values.set(row, r * columns);
  });
  return result;
}

/** The largest eigenvalues of a matrix and their eigenvectors. */
export interface LeadingEigen {
  /** Descending. */
  readonly values: Float64Array;
  /** Orthonormal eigenvectors as rows. */
  readonly vectors: Matrix;
}

/**
 * Eigenvectors of the largest eigenvalues of a symmetric positive semi-definite matrix by subspace iteration with a few more vectors
 * than asked for (Halko, Martinsson and Tropp, SIAM Rev. 53, 217 (2011), algorithm 4.4). Meant for principal components: eigenvalues that
 * are far apart are exact to rounding, a cluster at the end of the list comes out as some of its members.
 * @param count fewer are returned where the rank is lower
 * @throws ShapeError unless the matrix is square
 * @throws OptionError unless count is a positive integer
 */
export function leadingEigenvectors(a: Matrix, count: number): LeadingEigen {
  checkSquare(a, "leadingEigenvectors");
  if (!(Number.isInteger(count) && count >= 1))
    throw new OptionError({ where: "leadingEigenvectors", problem: `count is ${count}, expected a positive integer` });
  const size = Math.min(a.rows, count + Math.max(10, Math.ceil(count / 4)));
  const { normal } = random(1);
  let q = matrix(
    size,
    a.rows,
    Float64Array.from({ length: size * a.rows }, () => normal()),
  );
  for (let iteration = 0; iteration < 8; iteration++) q = orthonormalRows(gemm(q, a));
  const { values, vectors } = symmetricEigen(gemm(gemm(q, a), q, "b"));
  const order = [...values.keys()].reverse().slice(0, count);
  const kept = order.filter((k) => values[k]! > 1e-14 * values[values.length - 1]!);
  const turn = matrix(kept.length, q.rows);
  kept.forEach((k, r) => {
    for (let i = 0; i < q.rows; i++) turn.values[r * q.rows + i] = vectors.values[i * q.rows + k]!;
  });
  return { values: Float64Array.from(kept, (k) => values[k]!), vectors: gemm(turn, q) };
}

/**
 * An orthonormal basis of what a Gram matrix spans up to a tolerance: Cholesky factorisation with diagonal pivoting, stopped where no
 * diagonal element of the rest exceeds the tolerance (Higham, Accuracy and Stability of Numerical Algorithms, sec. 10.3). Least squares
 * with a ridge well above the tolerance have the same solution within this span, at the price of its dimension.
 * @param tolerance relative to the largest diagonal element, at least 1e-16
 * @returns basis vectors as rows
 * @throws ShapeError unless the matrix is square
 */
export function gramSpan(gram: Matrix, tolerance: number): Matrix {
  checkSquare(gram, "gramSpan");
  const n = gram.rows;
  const rest = Float64Array.from({ length: n }, (_, i) => gram.values[i * (n + 1)]!);
  const least = Math.max(1e-16, tolerance) * rest.reduce((most, v) => Math.max(most, v), 0);
  /** Row i holds the elements L_ik / L_kk, at most 1 in size, which keeps the columns well conditioned. */
  const lower = new Float64Array(n * n);
  const scales: number[] = [];
  for (let k = 0; k < n; k++) {
    const pivot = rest.reduce((best, v, i) => (v > rest[best]! ? i : best), 0);
    if (!(rest[pivot]! > least)) break;
    const own = Float64Array.from(scales, (s, p) => s * lower[pivot * n + p]!);
    scales.push(rest[pivot]!);
    for (let i = 0; i < n; i++) {
      if (rest[i] === Number.NEGATIVE_INFINITY) continue;
      let value = gram.values[pivot * n + i]!;
      for (let p = 0; p < k; p++) value -= own[p]! * lower[i * n + p]!;
      lower[i * n + k] = value / scales[k]!;
      rest[i]! -= value * lower[i * n + k]!;
    }
    rest[pivot] = Number.NEGATIVE_INFINITY;
  }
  const span = matrix(scales.length, n);
  for (let k = 0; k < span.rows; k++) for (let i = 0; i < n; i++) span.values[k * n + i] = lower[i * n + k]!;
  return orthonormalized(orthonormalized(span));
}

/** R⁻ᵀX with RᵀR = XXᵀ; once loses digits with the square of the condition number, twice does not. */
function orthonormalized(x: Matrix): Matrix {
  const { lower } = cholesky(gemm(x, x, "b"));
  return withLinalgKernels(({ arena, exports }) => {
    const work = arena.reserve(exports.workBytes());
    const l = arena.reserveDoubles(lower.values.length);
    const q = arena.reserveDoubles(x.values.length);
    arena.doubles(l, lower.values.length).set(lower.values);
    arena.doubles(q, x.values.length).set(x.values);
    exports.solveLower(x.rows, x.columns, l, x.rows, 1, q, x.columns, work);
    return matrix(x.rows, x.columns, arena.doubles(q, x.values.length).slice());
  });
}

function checkSquare(a: Matrix, where: string): void {
  if (a.rows !== a.columns)
    throw new ShapeError({ where, problem: `expected a square matrix, found ${a.rows} × ${a.columns}` });
}
