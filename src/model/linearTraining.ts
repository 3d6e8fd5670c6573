/**
 * Training of models that are linear in their weights, from rows streamed frame by frame: the polarization from Born charges
 * (Schmiedmayer & Kresse 2024, eqs. 9-10), the force field from energies and forces (their sec. II.C). Memory does not grow
 * with the number of frames.
 */
import { OptionError } from "../errors.js";
import { gramAccumulator } from "../math/gramAccumulator.js";
import type { LeastSquaresSolution } from "../math/leastSquares.js";
import type { Matrix } from "../math/matrix.js";
import { gemm } from "../math/matrix.js";
import {
  addNormalEquations,
  type NormalEquations,
  projectNormalEquations,
  type RidgeTrial,
  ridgeTrials,
  solveNormalEquations,
} from "../math/normalEquations.js";
import { qrAccumulator } from "../math/qrAccumulator.js";
import { random } from "../math/random.js";
import { breathe, type RunOptions, throwIfAborted } from "../progress.js";

/** Where the rows of a training set come from. */
export interface TrainingRows {
  readonly columns: number;
  readonly frames: number;
  /** Targets per row, default 1: the first is fitted, the others are only fitted to see how well they could be. */
  readonly targets?: number;
  /** Hands every weighted row of one frame, with its weighted targets, to `add`, in one or several blocks. */
  readonly rowsOf: (frame: number, add: (rows: Float64Array, targets: Float64Array) => void) => void;
}

export interface LinearTrainingOptions extends RunOptions {
  /**
   * Relative to the largest sum of squares of any column: features of high n and l are small because the density is smooth, and
   * scaling every column to the same norm would throw that knowledge away (on the water dimer it triples the error). A list is
   * searched on held-out frames, then all frames are fitted with the best. Default: 1e-13 … 1e-3, two per decade.
   */
  readonly ridge?: number | readonly number[];
  /** Held-out frames for the choice of the ridge. Default every fifth of the frames in a seeded order (`fraction` 0.2, `seed` 1). */
  readonly validation?: { readonly fraction?: number; readonly seed?: number };
  /** `cholesky` (default) factors the normal equations; `qr` the rows themselves, slower and accurate at any ridge. */
  readonly solver?: "cholesky" | "qr";
  /** Φ where the weights are restricted to Φᵀω, see projectNormalEquations; of several the best on the held-out frames is taken. */
  readonly projection?: Matrix | readonly Matrix[];
}

/** A ridge, and with several projections one of them, tried on held-out frames. */
export interface TrainingTrial extends RidgeTrial {
  /** Index of the projection, where there were several. */
  readonly projection?: number;
}

/** Weights and how they were found. */
export interface LinearFit {
  /** [columns] */
  readonly weights: Float64Array;
  readonly ridge: number;
  /** What was tried, with errors on held-out frames; empty where the ridge and one projection at most were given. */
  readonly trials: readonly TrainingTrial[];
  /** The projection used, where there was one. */
  readonly projection?: Matrix;
  /** Root mean square of the weighted rows' errors over everything fitted, per target. */
  readonly trainingErrors: readonly number[];
  /** Estimated condition number of what was solved. */
  readonly condition: number;
  readonly rows: number;
  /** Sums over all rows, where they were formed (not by the QR route with a given ridge). */
  readonly equations?: NormalEquations;
}

/** Two per decade, 1e-13 … 1e-3. */
export const DEFAULT_RIDGES: readonly number[] = Array.from({ length: 21 }, (_, k) => 10 ** (-13 + k / 2));

/**
 * Fits the weights.
 * @throws OptionError if there is nothing to fit or too few frames to hold some out
 * @throws ConvergenceError if the equations cannot be solved at the ridge asked for
 * @throws AbortedError if `signal` is aborted
 */
export async function trainLinear(source: TrainingRows, options: LinearTrainingOptions = {}): Promise<LinearFit> {
  const { ridge = DEFAULT_RIDGES, solver = "cholesky" } = options;
  if (source.frames === 0) throw new OptionError({ where: "training", problem: "no training frames" });
  const ridges = typeof ridge === "number" ? [ridge] : ridge;
  const projections = candidates(options.projection);
  const search = typeof ridge !== "number" || projections.length > 1;
  const held = search ? heldOut(source.frames, options.validation) : new Set<number>();

  const sums = solver === "qr" && !search ? undefined : await collect(source, held, options);
  const trials = search ? tryAll(sums!.fitted, sums!.held!, ridges, projections) : [];
  const best = trials.reduce<TrainingTrial | undefined>(
    (least, t) => (least && least.validationError <= t.validationError ? least : t),
    undefined,
  );
  const chosen = best?.ridge ?? ridges[0]!;
  const projection = projections[best?.projection ?? 0];
  const equations = sums && (sums.held ? addNormalEquations(sums.fitted, sums.held) : sums.fitted);
  const solution =
    solver === "qr"
      ? await solveByQr(source, chosen, projection, options)
      : solveNormalEquations(projected(equations!, projection), chosen, "none");
  const all = projection ? gemm(projection, solution.coefficients, "a") : solution.coefficients;
  const weights = Float64Array.from({ length: all.rows }, (_, j) => all.values[j * all.columns]!);
  return {
    weights,
    ridge: chosen,
    trials,
    ...(projection && { projection }),
    trainingErrors: Array.from(solution.residual, (r) => Math.sqrt(r / solution.rows)),
    condition: solution.condition,
    rows: solution.rows,
    ...(equations && { equations }),
  };
}

function candidates(projection: LinearTrainingOptions["projection"]): readonly (Matrix | undefined)[] {
  return projection === undefined || "values" in projection ? [projection as Matrix | undefined] : projection;
}

function projected(e: NormalEquations, projection: Matrix | undefined): NormalEquations {
  return projection ? projectNormalEquations(e, projection) : e;
}

/** Every ridge with every projection. */
function tryAll(
  fitted: NormalEquations,
  held: NormalEquations,
  ridges: readonly number[],
  projections: readonly (Matrix | undefined)[],
): TrainingTrial[] {
  return projections.flatMap((p, projection) =>
    ridgeTrials(projected(fitted, p), projected(held, p), ridges, "none").map((t) =>
      projections.length > 1 ? { ...t, projection } : t,
    ),
  );
}

/** Every frame's rows, summed into those to fit and those held out. */
async function collect(
  source: TrainingRows,
  held: ReadonlySet<number>,
  options: LinearTrainingOptions,
): Promise<{ readonly fitted: NormalEquations; readonly held?: NormalEquations }> {
  const { columns, targets = 1 } = source;
  const fitted = gramAccumulator({ columns, targets });
  const others = held.size > 0 ? gramAccumulator({ columns, targets }) : undefined;
  await eachFrame(source, options, (frame) => {
    source.rowsOf(frame, (held.has(frame) ? others! : fitted).add);
  });
  return { fitted: fitted.normalEquations(), ...(others && { held: others.normalEquations() }) };
}

async function solveByQr(
  source: TrainingRows,
  ridge: number,
  projection: Matrix | undefined,
  options: RunOptions,
): Promise<LeastSquaresSolution> {
  const { targets = 1 } = source;
  const accumulator = qrAccumulator({ columns: projection?.rows ?? source.columns, targets });
  await eachFrame(source, options, (frame) => {
    source.rowsOf(frame, (values, y) => {
      const block = { rows: y.length / targets, columns: source.columns, values };
      accumulator.add(projection ? gemm(block, projection, "b").values : values, y);
    });
  });
  return accumulator.solve(ridge);
}

async function eachFrame(source: TrainingRows, options: RunOptions, work: (frame: number) => void): Promise<void> {
  for (let frame = 0; frame < source.frames; frame++) {
    throwIfAborted(options.signal, "collecting training rows");
    work(frame);
    options.onProgress?.({ label: "training rows", done: frame + 1, total: source.frames, unit: "frames" });
    await breathe();
  }
}

function heldOut(frames: number, validation: LinearTrainingOptions["validation"]): ReadonlySet<number> {
  const { fraction = 0.2, seed = 1 } = validation ?? {};
  const count = Math.max(1, Math.round(fraction * frames));
  if (!(fraction > 0 && fraction < 1) || count >= frames)
    throw new OptionError({
      where: "training",
      problem: `cannot hold out ${count} of ${frames} frames to choose the ridge`,
      advice: "give one ridge as a number, or more frames",
    });
  return new Set(random(seed).sample(frames, count));
}
