/** Cholesky factorisation of symmetric positive-definite matrices, and what follows from it. */
import { ConvergenceError, ShapeError } from "../errors.js";
import { factorSolver } from "./factorSolver.js";
import { withLinalgKernels } from "./linalgKernels.js";
import { type Matrix, matrix } from "./matrix.js";

/** A = L Lᵀ. */
export interface CholeskyFactor {
  /** L, lower triangular; zeros above the diagonal. */
  readonly lower: Matrix;
  /** Largest column sum of |A|, for {@link conditionEstimate}. */
  readonly norm: number;
}

/**
 * Factors a symmetric positive-definite matrix. Only its lower triangle is read.
 * @throws ShapeError unless it is square
 * @throws ConvergenceError naming the row whose pivot is not positive (also for NaN)
 */
export function cholesky(a: Matrix): CholeskyFactor {
  const n = a.rows;
  if (n !== a.columns) {
    throw new ShapeError({ where: "cholesky", problem: `expected a square matrix, found ${n} × ${a.columns}` });
  }
  return withLinalgKernels(({ arena, exports }) => {
    const work = arena.reserve(exports.workBytes());
    const pointer = arena.reserveDoubles(n * n);
    arena.doubles(pointer, n * n).set(a.values);
    checkPivot(exports.cholesky(n, pointer, n, work), n);
    const values = arena.doubles(pointer, n * n).slice();
    for (let i = 0; i < n; i++) values.fill(0, i * n + i + 1, (i + 1) * n);
    return { lower: matrix(n, n, values), norm: symmetricNorm(a) };
  });
}

/**
 * @param failed 0, or the one-based number of the pivot that is not positive
 * @throws ConvergenceError unless it is 0
 */
export function checkPivot(failed: number, n: number): void {
  if (failed === 0) return;
  throw new ConvergenceError({
    where: `row ${failed - 1} of ${n}`,
    problem: "the matrix is not positive definite",
    advice: "columns are linearly dependent or values are not finite: raise the ridge or remove duplicate columns",
  });
}

/**
 * Solves A X = B.
 * @param b n × m
 * @returns X, n × m
 * @throws ShapeError unless B has n rows
 */
export function choleskySolve({ lower }: Pick<CholeskyFactor, "lower">, b: Matrix): Matrix {
  return withLinalgKernels((kernels) => factorSolver(lower, kernels).solve(b));
}

/** ln det A = 2 Σ ln L_ii. */
export function logDeterminant({ lower }: CholeskyFactor): number {
  let sum = 0;
  for (let i = 0; i < lower.rows; i++) sum += Math.log(lower.values[i * lower.rows + i]!);
  return 2 * sum;
}

/** Estimate of the condition number ‖A‖₁ ‖A⁻¹‖₁, see {@link estimateNorm}. */
export function conditionEstimate(factor: CholeskyFactor): number {
  const n = factor.lower.rows;
  return withLinalgKernels((kernels) => {
    const { solve } = factorSolver(factor.lower, kernels);
    return factor.norm * estimateNorm(n, (b) => solve(matrix(n, 1, b)).values);
  });
}

/**
 * Estimate of ‖M‖₁ of a symmetric matrix from a handful of products with it; a lower bound, seldom off by more than 3
 * (Hager's method as in Higham, ACM Trans. Math. Softw. 14, 381 (1988)).
 * @param apply x ↦ M x; must not keep x
 */
export function estimateNorm(n: number, apply: (x: Float64Array) => Float64Array): number {
  if (n === 0) return 0;
  const sum = (x: Float64Array): number => x.reduce((s, v) => s + Math.abs(v), 0);
  let x = new Float64Array(n).fill(1 / n);
  let estimate = 0;
  for (let step = 0; step < 5; step++) {
    const y = apply(x);
    if (sum(y) <= estimate) break;
    estimate = sum(y);
    const z = apply(y.map((v) => (v >= 0 ? 1 : -1)));
    const best = z.reduce((k, v, i) => (Math.abs(v) > Math.abs(z[k]!) ? i : k), 0);
    if (step > 0 && x[best] === 1) break;
    x = new Float64Array(n);
    x[best] = 1;
  }
  // A second lower bound, for the matrices that mislead the iteration.
  const alternating = Float64Array.from({ length: n }, (_, i) => (i % 2 ? -1 : 1) * (1 + i / Math.max(n - 1, 1)));
  return Math.max(estimate, (2 * sum(apply(alternating))) / (3 * n));
}

/** ‖A‖₁ = ‖A‖∞: largest column sum of |A|, read from the lower triangle. */
function symmetricNorm(a: Matrix): number {
  const n = a.rows;
  const sums = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = Math.abs(a.values[i * n + j]!);
      sums[i]! += value;
      if (i !== j) sums[j]! += value;
    }
  }
  return sums.reduce((largest, value) => Math.max(largest, value), 0);
}
