/**
 * Kernel ridge regression with one block of rows per frame: (K + σ²I) w = y, its leave-one-frame-out errors in closed
 * form, and the choice of σ² by them.
 */
import { ConvergenceError, DataError } from "../../errors.js";
import { type CholeskyFactor, cholesky, choleskySolve } from "../../math/cholesky.js";
import { gemv, type Matrix, matrix } from "../../math/matrix.js";
import { breathe, type RunOptions, throwIfAborted } from "../../progress.js";

/** How the regularisation σ² is chosen, relative to the mean diagonal element of the kernel matrix. */
export type RidgeChoice =
  /** Least squared leave-one-frame-out error, plus the squared error on validation frames if there are any. Default range 1e-8 … 1. */
  | { readonly kind: "leaveOneOut"; readonly least?: number; readonly greatest?: number }
  /** One given value for each order of the tensor. */
  | { readonly kind: "fixed"; readonly scalar: number; readonly traceless: number };

/** Left-out frames that the choice of σ² rests on: for more, a solve with every column of the inverse would dominate the fit. */
const LEFT_OUT_AT_MOST = 100;

/** One candidate value and its error. */
export interface RidgePoint {
  /** σ² relative to the mean diagonal of the kernel matrix. */
  readonly ridge: number;
  /** Mean squared error per frame: left-out training frames and validation frames together. */
  readonly error: number;
}

/** Training data of one order λ. */
export interface RidgeProblem {
  /** Kernel between the training rows, [n·m, n·m], symmetric. */
  readonly kernel: Matrix;
  /** Targets, [n, m]. */
  readonly targets: Float64Array;
  /** Rows per frame, m = 2λ+1. */
  readonly block: number;
  /** Whether a constant is fitted as well, unpenalised (λ = 0: the mean is removed and restored). */
  readonly intercept: boolean;
  /** Frames held out for choosing σ². */
  readonly validation?: {
    /** Kernel between validation and training rows, [v·m, n·m]. */
    readonly kernel: Matrix;
    /** [v, m] */
    readonly targets: Float64Array;
    /** [v, m], goes with `first`. */
    readonly first?: Float64Array;
  };
  /** A first step t, [n, m]: y − f·t is fitted, f in [0, 1] chosen along with σ². */
  readonly first?: Float64Array;
}

/** A solution of (K + σ²I) w = y. */
export interface RidgeSolution {
  /** f, by which the first step is multiplied before it is subtracted; 1 if there is none. */
  readonly firstStepWeight: number;
  /** Dual weights w, [n·m]; they sum to zero where there is an intercept. */
  readonly dual: Float64Array;
  /** Constant to be added to Σ_i w_i k(x, i); 0 without intercept. */
  readonly intercept: number;
  /** σ² relative to the mean diagonal of the (centred) kernel. */
  readonly ridge: number;
  /** The same in the unit of the kernel. */
  readonly noise: number;
  /** Leave-one-frame-out residuals, [n, m]; of 100 evenly spaced frames if there are more. */
  readonly leaveOneOut: Float64Array;
  /** Every value tried with its error, by increasing σ². */
  readonly curve: readonly RidgePoint[];
}

/**
 * Solves for a series of σ² and keeps the solution with the least error.
 * With an intercept, kernel and targets are centred on the training mean, which is the same as an unpenalised constant. The errors are
 * linear in the weight f of a first step, so that its best value for each σ² is known in closed form.
 * @param range σ² from `least` to `greatest` (relative to the mean diagonal): decades first, then half decades about the best
 * @throws DataError with fewer than two frames
 * @throws ConvergenceError if no σ² gives a positive definite matrix; AbortedError when interrupted
 */
export async function solveRidge(
  problem: RidgeProblem,
  range: { readonly least: number; readonly greatest: number },
  run: RunOptions = {},
): Promise<RidgeSolution> {
  const frames = problem.targets.length / problem.block;
  if (frames < 2)
    throw new DataError({ where: "ridge", problem: `${frames} training frames`, advice: "give at least two" });
  const centre = centred(problem);
  // A kernel that vanishes (every frame alike) leaves only the constant; any scale will do for σ².
  const scale = meanDiagonal(centre.kernel) || 1;
  const tried = new Map<number, Attempt>();
  const { least, greatest } = range;
  const decades = Math.max(0, Math.round(Math.log10(greatest / least)));
  let done = 0;
  const attempt = async (ridge: number): Promise<void> => {
    const result = tried.has(ridge) ? undefined : attemptRidge(problem, centre, ridge, ridge * scale);
    if (result) tried.set(ridge, result);
    run.onProgress?.({ label: "ridge", done: ++done, total: decades > 0 ? decades + 3 : 1, unit: "values" });
    await breathe();
    throwIfAborted(run.signal, "choosing the ridge");
  };
  for (let i = 0; i <= decades; i++) await attempt(least * 10 ** i);
  const first = bestOf(tried);
  if (first && decades > 0)
    for (const ridge of [first.ridge * Math.sqrt(0.1), first.ridge * Math.sqrt(10)])
      if (ridge > least && ridge < greatest) await attempt(ridge);
  const best = bestOf(tried);
  if (!best)
    throw new ConvergenceError({
      where: "ridge",
      problem: `the kernel matrix is not positive definite for σ² up to ${greatest} of its mean diagonal`,
      advice: "give a larger ridge or remove frames that occur twice",
    });
  const curve = [...tried.values()].map(({ ridge, error }) => ({ ridge, error })).sort((a, b) => a.ridge - b.ridge);
  const { error: _, ...solution } = best;
  return { ...solution, curve };
}

/** The kernel with the mean removed where there is an intercept. */
interface Centred {
  readonly intercept: boolean;
  readonly kernel: Matrix;
  readonly columnMeans: Float64Array;
}

function centred({ kernel, intercept }: Pick<RidgeProblem, "kernel" | "intercept">): Centred {
  if (!intercept) return { intercept, kernel, columnMeans: new Float64Array(kernel.rows) };
  return { intercept, kernel: centredKernel(kernel), columnMeans: columnMeans(kernel) };
}

/** Weights of the kernel expansion Σ_i w_i k(·, i) + constant. */
interface Expansion {
  readonly dual: Float64Array;
  readonly constant: number;
}

/** Dual weights and constant for a given σ² in the unit of the kernel. @throws ConvergenceError if σ² is too small */
export function solveWithNoise(
  problem: Pick<RidgeProblem, "kernel" | "targets" | "intercept">,
  noise: number,
): Expansion {
  const centre = centred(problem);
  return expand(centre, factorise(centre, noise), problem.targets);
}

function factorise({ kernel }: Centred, noise: number): CholeskyFactor {
  const shifted = matrix(kernel.rows, kernel.rows, kernel.values.slice());
  for (let i = 0; i < kernel.rows; i++) shifted.values[i * kernel.rows + i]! += noise;
  return cholesky(shifted);
}

function expand(centre: Centred, factor: CholeskyFactor, targets: Float64Array): Expansion {
  const size = targets.length;
  const mean = centre.intercept ? targets.reduce((s, y) => s + y, 0) / size : 0;
  const right = targets.map((y) => y - mean);
  const dual = choleskySolve(factor, matrix(size, 1, right)).values;
  // In exact arithmetic the sum is zero; what rounding leaves of it would be multiplied by the large constant part of the kernel.
  const sum = centre.intercept ? dual.reduce((s, w) => s + w, 0) : 0;
  for (let i = 0; i < size; i++) dual[i]! -= sum / size;
  return { dual, constant: mean - dot(centre.columnMeans, dual) };
}

interface Attempt extends Omit<RidgeSolution, "curve"> {
  readonly error: number;
}

function bestOf(tried: ReadonlyMap<number, Attempt>): Attempt | undefined {
  let best: Attempt | undefined;
  for (const attempt of tried.values()) if (!best || attempt.error < best.error) best = attempt;
  return best;
}

/** `undefined` where rounding makes the matrix lose its positive definiteness. */
function attemptRidge(problem: RidgeProblem, centre: Centred, ridge: number, noise: number): Attempt | undefined {
  try {
    return solveOne(problem, centre, ridge, noise);
  } catch (error) {
    if (error instanceof ConvergenceError) return undefined;
    throw error;
  }
}

function solveOne(problem: RidgeProblem, centre: Centred, ridge: number, noise: number): Attempt {
  const { block, validation, targets, first } = problem;
  const factor = factorise(centre, noise);
  const leaveOut = leftOut(factor, block, problem.intercept ? noise : undefined);
  const respond = (y: Float64Array, held: Float64Array | undefined): Response => {
    const { dual, constant } = expand(centre, factor, y);
    const leaveOneOut = leaveOut(dual);
    const known = validation && gemv(validation.kernel, dual);
    const validated = known?.map((p, i) => held![i]! - constant - p) ?? new Float64Array(0);
    return { dual, constant: Float64Array.of(constant), leaveOneOut, validated };
  };
  let response = respond(targets, validation?.targets);
  let firstStepWeight = 1;
  if (first) {
    const step = respond(first, validation?.first);
    const square = sumOfProducts(step, step);
    if (square > 0) firstStepWeight = Math.min(1, Math.max(0, sumOfProducts(response, step) / square));
    response = subtract(response, step, firstStepWeight);
  }
  const { dual, constant, leaveOneOut, validated } = response;
  const error = (sumOfProducts(response, response) * block) / (leaveOneOut.length + validated.length);
  return { firstStepWeight, dual, intercept: constant[0]!, ridge, noise, leaveOneOut, error };
}

/** What a fit gives for some targets; all of it is linear in them. */
interface Response {
  readonly dual: Float64Array;
  readonly constant: Float64Array;
  /** Errors on left-out training frames. */
  readonly leaveOneOut: Float64Array;
  /** Errors on validation frames. */
  readonly validated: Float64Array;
}

function sumOfProducts(a: Response, b: Response): number {
  return dot(a.leaveOneOut, b.leaveOneOut) + dot(a.validated, b.validated);
}

function subtract(a: Response, b: Response, factor: number): Response {
  const part = (key: keyof Response): Float64Array => a[key].map((x, i) => x - factor * b[key][i]!);
  return {
    dual: part("dual"),
    constant: part("constant"),
    leaveOneOut: part("leaveOneOut"),
    validated: part("validated"),
  };
}

/**
 * What each frame's targets miss when it is left out of the fit: e_i = (G_ii)⁻¹ w_i with G = (K + σ²I)⁻¹ and G_ii its
 * block of frame i. An unpenalised constant takes 1/(n σ²) off G_ii (one row per frame).
 * @param noise σ² where a constant is fitted
 * @returns the residuals for given dual weights
 */
function leftOut(factor: CholeskyFactor, block: number, noise?: number): (dual: Float64Array) => Float64Array {
  const size = factor.lower.rows;
  const frames = size / block;
  const count = Math.min(frames, LEFT_OUT_AT_MOST);
  const starts = Array.from({ length: count }, (_, i) => block * Math.floor((i * frames) / count));
  const units = matrix(size, count * block);
  starts.forEach((start, i) => {
    for (let b = 0; b < block; b++) units.values[(start + b) * units.columns + i * block + b] = 1;
  });
  const inverse = choleskySolve(factor, units);
  const blocks = starts.map((start, f) => {
    const own = matrix(block, block);
    for (let i = 0; i < block; i++)
      for (let j = 0; j < block; j++)
        own.values[i * block + j] = inverse.values[(start + i) * inverse.columns + f * block + j]!;
    if (noise !== undefined) own.values[0]! -= 1 / (size * noise);
    return cholesky(own);
  });
  return (dual) => {
    const residuals = new Float64Array(count * block);
    starts.forEach((start, f) => {
      const own = matrix(block, 1, dual.slice(start, start + block));
      residuals.set(choleskySolve(blocks[f]!, own).values, f * block);
    });
    return residuals;
  };
}

/** HKH with H = I − 11ᵀ/n. */
function centredKernel(k: Matrix): Matrix {
  const means = columnMeans(k);
  const grand = means.reduce((s, m) => s + m, 0) / means.length;
  const values = k.values.map((v, p) => v - means[p % k.columns]! - means[Math.floor(p / k.columns)]! + grand);
  return matrix(k.rows, k.columns, values);
}

function columnMeans(k: Matrix): Float64Array {
  return gemv(k, new Float64Array(k.rows).fill(1 / k.rows), "a");
}

function meanDiagonal(k: Matrix): number {
  let sum = 0;
  for (let i = 0; i < k.rows; i++) sum += k.values[i * k.columns + i]!;
  return sum / k.rows;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
