/** What least squares needs of all its rows, as a value: sums can be added, tested against weights, projected and solved. */
import { ConvergenceError, ShapeError } from "../errors.js";
import { type CholeskyFactor, cholesky, choleskySolve, conditionEstimate } from "./cholesky.js";
import { checkRidge, columnScales, type LeastSquaresSolution } from "./leastSquares.js";
import { gemm, type Matrix, matrix } from "./matrix.js";

/** Sums over rows x with targets y. */
export interface NormalEquations {
  /** Σ xᵀx, symmetric, [columns, columns]. */
  readonly gram: Matrix;
  /** Σ xᵀy, [columns, targets]. */
  readonly moments: Matrix;
  /** Σ y² per target. */
  readonly squares: Float64Array;
  readonly rows: number;
}

/** Sums over the rows of both. @throws ShapeError if columns or targets differ */
export function addNormalEquations(a: NormalEquations, b: NormalEquations): NormalEquations {
  if (a.gram.rows !== b.gram.rows || a.squares.length !== b.squares.length)
    throw new ShapeError(`normal equations of ${a.gram.rows} and ${b.gram.rows} columns cannot be added`);
  const plus = (x: Float64Array, y: Float64Array): Float64Array => {
    const sum = x.slice();
    for (let i = 0; i < sum.length; i++) sum[i]! += y[i]!;
    return sum;
  };
  return {
    gram: matrix(a.gram.rows, a.gram.rows, plus(a.gram.values, b.gram.values)),
    moments: matrix(a.moments.rows, a.moments.columns, plus(a.moments.values, b.moments.values)),
    squares: plus(a.squares, b.squares),
    rows: a.rows + b.rows,
  };
}

/** Σ (y − x·w)² over the rows, per target; rounding below 0 is cut off. @param w [columns, targets] */
export function squaredError({ gram, moments, squares }: NormalEquations, w: Matrix): Float64Array {
  const t = squares.length;
  const gw = gemm(gram, w).values;
  return squares.map((total, k) => {
    let sum = total;
    for (let j = k; j < gw.length; j += t) sum += w.values[j]! * (gw[j]! - 2 * moments.values[j]!);
    return Math.max(0, sum);
  });
}

/**
 * The equations for weights restricted to w = Φᵀ·ω: the reference form of a linear kernel model, where the rows of Φ are the
 * features of reference environments (Schmiedmayer & Kresse 2024, eq. 9).
 * @param phi [references, columns]
 */
export function projectNormalEquations(e: NormalEquations, phi: Matrix): NormalEquations {
  return { ...e, gram: gemm(gemm(phi, e.gram), phi, "b"), moments: gemm(phi, e.moments) };
}

/**
 * Minimises Σ (y − x·w)² + ridge Σ s_j² w_j²; see `LeastSquaresAccumulator.solve` for scaling and ridge.
 * @throws ConvergenceError if the columns are linearly dependent at this ridge
 */
export function solveNormalEquations(
  e: NormalEquations,
  ridge: number,
  scaling: "columns" | "none" = "columns",
): LeastSquaresSolution {
  const { coefficients, factor } = solveAt(e, ridge, scaling);
  const residual = squaredError(e, coefficients);
  return { coefficients, ridge, rows: e.rows, residual, condition: conditionEstimate(factor) };
}

function solveAt(
  e: NormalEquations,
  ridge: number,
  scaling: "columns" | "none",
): { coefficients: Matrix; factor: CholeskyFactor } {
  checkRidge(ridge);
  const n = e.gram.rows;
  const diagonal = Float64Array.from({ length: n }, (_, j) => e.gram.values[j * (n + 1)]!);
  const { scale, penalty } = columnScales(diagonal, scaling, ridge);
  const scaled = matrix(n, n, e.gram.values.slice());
  if (scaling === "columns")
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) scaled.values[i * n + j]! *= scale[i]! * scale[j]!;
  for (let i = 0; i < n; i++) scaled.values[i * (n + 1)]! += penalty[i]!;
  const factor = cholesky(scaled);
  const t = e.squares.length;
  const right = matrix(
    n,
    t,
    e.moments.values.map((v, k) => v * scale[Math.floor(k / t)]!),
  );
  const w = choleskySolve(factor, right);
  w.values.forEach((v, k) => {
    w.values[k] = v * scale[Math.floor(k / t)]!;
  });
  return { coefficients: w, factor };
}

/** One ridge tried on held-out rows. */
export interface RidgeTrial {
  readonly ridge: number;
  /** Root mean square error over the held-out rows, of the first target. */
  readonly validationError: number;
  /** Root mean square error over the rows fitted, of the first target. */
  readonly trainingError: number;
}

/**
 * Solves for each ridge and tests the weights on held-out rows; ridges at which the equations cannot be factored are left out.
 * @throws ConvergenceError if none can be
 */
export function ridgeTrials(
  training: NormalEquations,
  validation: NormalEquations,
  ridges: readonly number[],
  scaling: "columns" | "none" = "columns",
): RidgeTrial[] {
  const trials: RidgeTrial[] = [];
  const rms = (errors: Float64Array, rows: number): number => Math.sqrt(errors[0]! / rows);
  for (const ridge of ridges) {
    try {
      const { coefficients } = solveAt(training, ridge, scaling);
      trials.push({
        ridge,
        validationError: rms(squaredError(validation, coefficients), validation.rows),
        trainingError: rms(squaredError(training, coefficients), training.rows),
      });
    } catch (error) {
      if (!(error instanceof ConvergenceError)) throw error;
    }
  }
  if (trials.length === 0) throw unsolvable(ridges);
  return trials;
}

/** No ridge has made equations positive definite. */
export function unsolvable(ridges: readonly number[]): ConvergenceError {
  return new ConvergenceError({
    where: "choice of the ridge",
    problem: `the equations cannot be factored at any of ${ridges.join(", ")}`,
    advice: "include larger ridges",
  });
}
