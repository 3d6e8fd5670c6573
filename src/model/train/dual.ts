/**
 * Kernel ridge regression with one block of rows per frame: (K + σ²I) w = y, the errors on left-out frames in closed form, and the
 * choice of σ² by them.
 */
import { ConvergenceError, DataError } from "../../errors.js";
import { type CholeskyFactor, cholesky, choleskySolve } from "../../math/cholesky.js";
import { dot, gemv, type Matrix, matrix } from "../../math/matrix.js";
import { mean } from "../../math/statistics.js";
import { breathe, type RunOptions, throwIfAborted } from "../../progress.js";
import { type LeftOut, leftOut } from "./leaveOneOut.js";
import { type Calibration, type NestedTrial, nestedCalibration, nestedTrial, type Solved } from "./nestedErrors.js";
import { type SolutionSpace, solutionSpace } from "./solutionSpace.js";

/**
 * Least σ² over the size of the rounding errors in the kernel times √n, their spectral norm: below it the closed form and refits disagree
 * by more than 1e-6.
 */
const ROUNDING_MARGIN = 16;

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
  /** Size of the errors of the kernel's elements; default that of rounding its largest element. */
  readonly rounding?: number;
  /** Targets, [n, m]. */
  readonly targets: Float64Array;
  /** Rows per frame, m = 2λ+1. */
  readonly block: number;
  /** Whether a constant is fitted as well, unpenalized (λ = 0, one row per frame: the mean is removed and restored). */
  readonly intercept: boolean;
  /** Groups of frames that are left out together; default each frame alone. */
  readonly groups?: readonly (readonly number[])[];
  /** Whose errors σ² is chosen by; default of left-out and of validation frames. */
  readonly chosenBy?: "all" | "validation";
  /** Whether the errors of left-out frames are to scale error estimates; about twice the work. Default false. */
  readonly calibrated?: boolean;
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
  /** Residuals of left-out frames, [frames, m], in the order of the groups; of 100 evenly spaced frames where there are more and no groups. */
  readonly leaveOneOut: Float64Array;
  /** Errors of left-out frames that had no say in the choice of σ² and f; of a problem that is to be calibrated. */
  readonly calibration?: Calibration;
  /** Every value tried with its error, by increasing σ². */
  readonly curve: readonly RidgePoint[];
}

/** Values of σ² to try, relative to the mean diagonal: decades from `least` to `greatest`, then half decades about the best; or a list. */
export type RidgeRange = { readonly least: number; readonly greatest: number } | { readonly values: readonly number[] };

/**
 * Solves for a series of σ² and keeps the solution with the least error.
 * A constant is left free by solving in the space orthogonal to it, so that no difference of large numbers stands for a left-out error.
 * The errors are linear in the weight f of a first step, so that its best value for each σ² is known in closed form.
 * @param range values below what the kernel's rounding gives a meaning to are raised to that
 * @throws DataError with fewer than two frames
 * @throws ConvergenceError if no σ² gives a positive definite matrix; AbortedError when interrupted
 */
export async function solveRidge(
  problem: RidgeProblem,
  range: RidgeRange,
  run: RunOptions = {},
): Promise<RidgeSolution> {
  const frames = problem.targets.length / problem.block;
  if (frames < 2)
    throw new DataError({ where: "ridge", problem: `${frames} training frames`, advice: "give at least two" });
  const space = solutionSpace(problem.kernel, problem.intercept);
  // A kernel that vanishes (every frame alike) leaves only the constant; any scale will do for σ².
  const scale = meanDiagonal(space.kernel, problem.kernel.rows) || 1;
  const floor = (ROUNDING_MARGIN * Math.sqrt(problem.kernel.rows) * roundingOf(problem)) / scale;
  /** Errors of what was tried; of the solutions only the best is kept. */
  const tried = new Map<number, number>();
  const nested: NestedTrial[] = [];
  const given = "values" in range ? range.values : [range.least, range.greatest];
  const least = Math.max(Math.min(...given), floor);
  const greatest = Math.max(...given, least);
  const decades = "values" in range ? 0 : Math.max(0, Math.round(Math.log10(greatest / least)));
  const candidates =
    "values" in range
      ? range.values.map((v) => Math.max(v, floor))
      : Array.from({ length: decades + 1 }, (_, i) => least * 10 ** i);
  let done = 0;
  const attempt = async (ridge: number): Promise<Attempt | undefined> => {
    const result = tried.has(ridge) ? undefined : attemptRidge(problem, space, ridge, ridge * scale);
    if (result) tried.set(ridge, result.error);
    if (result?.nested) nested.push(result.nested);
    run.onProgress?.({
      label: "ridge",
      done: ++done,
      total: candidates.length + (decades > 0 ? 2 : 0),
      unit: "values",
    });
    await breathe();
    throwIfAborted(run.signal, "choosing the ridge");
    return result;
  };
  let best: Attempt | undefined;
  for (const ridge of candidates) best = better(best, await attempt(ridge));
  const first = best?.ridge;
  if (first !== undefined && decades > 0)
    for (const ridge of [first * Math.sqrt(0.1), first * Math.sqrt(10)])
      if (ridge > least && ridge < greatest) best = better(best, await attempt(ridge));
  if (!best)
    throw new ConvergenceError({
      where: "ridge",
      problem: `the kernel matrix is not positive definite for σ² up to ${greatest} of its mean diagonal`,
      advice: "give a larger ridge or remove frames that occur twice",
    });
  const curve = [...tried].map(([ridge, error]) => ({ ridge, error })).sort((a, b) => a.ridge - b.ridge);
  const { error: _, factor, nested: __, leaveOut = leftOut(problem, space, factor), ...solution } = best;
  const leaveOneOut = leaveOut.residuals(solution.dual);
  const calibration = problem.calibrated && nestedCalibration(nested, best, leaveOneOut.length);
  return { ...solution, leaveOneOut, ...(calibration && { calibration }), curve };
}

/** Size of the errors of the kernel's elements. */
function roundingOf({ kernel, rounding }: RidgeProblem): number {
  return rounding ?? Number.EPSILON * kernel.values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
}

/** Weights of the kernel expansion Σ_i w_i k(·, i) + constant. */
export interface Expansion {
  readonly dual: Float64Array;
  readonly constant: number;
}

/** Dual weights and constant for a given σ² in the unit of the kernel. @throws ConvergenceError if σ² is too small */
export function solveWithNoise(
  problem: Pick<RidgeProblem, "kernel" | "targets" | "intercept">,
  noise: number,
): Expansion {
  const space = solutionSpace(problem.kernel, problem.intercept);
  return expand(problem, space, factorise(space, noise), problem.targets);
}

function factorise({ kernel }: SolutionSpace, noise: number): CholeskyFactor {
  const shifted = matrix(kernel.rows, kernel.rows, kernel.values.slice());
  for (let i = 0; i < kernel.rows; i++) shifted.values[i * kernel.rows + i]! += noise;
  return cholesky(shifted);
}

function expand(
  { kernel, intercept }: Pick<RidgeProblem, "kernel" | "intercept">,
  space: SolutionSpace,
  factor: CholeskyFactor,
  targets: Float64Array,
): Expansion {
  const dual = space.from(choleskySolve(factor, space.to(matrix(targets.length, 1, targets)))).values;
  if (!intercept) return { dual, constant: 0 };
  // In exact arithmetic the sum is zero; what rounding leaves of it would be multiplied by the large constant part of a kernel.
  const sum = mean(dual);
  for (let i = 0; i < dual.length; i++) dual[i]! -= sum;
  return { dual, constant: mean(targets) - mean(gemv(kernel, dual)) };
}

interface Attempt extends Omit<RidgeSolution, "curve" | "leaveOneOut" | "calibration"> {
  readonly error: number;
  readonly factor: CholeskyFactor;
  /** Known where σ² is chosen by it. */
  readonly leaveOut?: LeftOut;
  readonly nested?: NestedTrial;
}

/** The one with the smaller error, the first of equals. */
function better(a: Attempt | undefined, b: Attempt | undefined): Attempt | undefined {
  return a && b ? (b.error < a.error ? b : a) : (a ?? b);
}

/** `undefined` where rounding makes the matrix lose its positive definiteness. */
function attemptRidge(problem: RidgeProblem, space: SolutionSpace, ridge: number, noise: number): Attempt | undefined {
  try {
    return solveOne(problem, space, ridge, noise);
  } catch (error) {
    if (error instanceof ConvergenceError) return undefined;
    throw error;
  }
}

function solveOne(problem: RidgeProblem, space: SolutionSpace, ridge: number, noise: number): Attempt {
  const { block, validation, targets, first } = problem;
  const factor = factorise(space, noise);
  const leaveOut = problem.chosenBy === "validation" ? undefined : leftOut(problem, space, factor);
  const respond = (y: Float64Array, held: Float64Array | undefined): Response => {
    const { dual, constant } = expand(problem, space, factor, y);
    const known = validation && gemv(validation.kernel, dual);
    const validated = known?.map((p, i) => held![i]! - constant - p) ?? [];
    const errors = Float64Array.from([...(leaveOut?.residuals(dual) ?? []), ...validated]);
    return { dual, constant: Float64Array.of(constant), errors, validated: Float64Array.from(validated) };
  };
  const whole = respond(targets, validation?.targets);
  const step = first && respond(first, validation?.first);
  let response = whole;
  let firstStepWeight = 1;
  if (step) {
    const square = dot(step.errors, step.errors);
    if (square > 0) firstStepWeight = Math.min(1, Math.max(0, dot(response.errors, step.errors) / square));
    response = subtract(response, step, firstStepWeight);
  }
  const { dual, constant, errors } = response;
  const error = (dot(errors, errors) * block) / errors.length;
  const nest = (): NestedTrial => {
    const { rowsOf } = leaveOut ?? leftOut(problem, space, factor);
    return nestedTrial(ridge, rowsOf, space, factor, leaveOut !== undefined, whole, step);
  };
  const solution = { firstStepWeight, dual, intercept: constant[0]!, ridge, noise };
  return {
    ...{ ...solution, error, factor },
    ...(leaveOut && { leaveOut }),
    ...(problem.calibrated && { nested: nest() }),
  };
}

/** What a fit gives for some targets; all of it is linear in them. */
interface Response extends Solved {
  readonly constant: Float64Array;
  /** On frames that σ² is chosen by: left-out training frames, validation frames. */
  readonly errors: Float64Array;
  readonly validated: Float64Array;
}

function subtract(a: Response, b: Response, factor: number): Response {
  const part = (key: keyof Response): Float64Array => a[key].map((x, i) => x - factor * b[key][i]!);
  return { dual: part("dual"), constant: part("constant"), errors: part("errors"), validated: part("validated") };
}

/** Mean diagonal of the kernel without the constant, over n rows. */
function meanDiagonal(k: Matrix, n: number): number {
  let sum = 0;
  for (let i = 0; i < k.rows; i++) sum += k.values[i * k.columns + i]!;
  return sum / n;
}
