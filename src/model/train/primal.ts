/**
 * Training of models that are linear in their weights, from rows streamed frame by frame: the polarization from Born charges
 * (Schmiedmayer & Kresse 2024, eqs. 9-10), the force field from energies and forces (their sec. II.C). Memory does not grow
 * with the number of frames.
 */
import { OptionError } from "../../errors.js";
import type { LeastSquaresSolution } from "../../math/leastSquares.js";
import type { Matrix } from "../../math/matrix.js";
import { gemm } from "../../math/matrix.js";
import {
  addNormalEquations,
  type NormalEquations,
  projectNormalEquations,
  type RidgeTrial,
  solveNormalEquations,
  unsolvable,
} from "../../math/normalEquations.js";
import { qrAccumulator } from "../../math/qrAccumulator.js";
import { parallelStream } from "../../parallel/parallelStream.js";
import type { RunOptions } from "../../progress.js";
import { eachFrameRows, type RowSource } from "./frameRows.js";
import { groupSums } from "./groupSums.js";
import type { Ridge, Validation } from "./options.js";
import { prepare, type RidgeItem, sharedEquations } from "./ridgeThread.js";
import { type FoldTrials, meanTrials, partition } from "./validation.js";

/** Where the rows of a training set come from. */
export interface TrainingRows extends RowSource {
  /** Training frames. */
  readonly frames: number;
  /** Frames after these that are only held out to choose between settings, default 0. */
  readonly heldOut?: number;
  /** Roughly how many rows a frame has. */
  readonly rowCount: (frame: number) => number;
}

export interface LinearTrainingOptions extends RunOptions {
  /**
   * Relative to the largest sum of squares of any column: features of high n and l are small because the density is smooth, and
   * scaling every column to the same norm would throw that knowledge away (on the water dimer it triples the error). A searched one is
   * chosen on held-out frames, then all training frames are fitted with it. Default: by validation among 1e-13 … 1e-3, two per decade.
   */
  readonly ridge?: Ridge;
  /** Default `{ kind: "folds" }`. */
  readonly validation?: Validation;
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
export async function trainPrimal(source: TrainingRows, options: LinearTrainingOptions = {}): Promise<LinearFit> {
  const { ridge = { kind: "validation" }, validation = { kind: "folds" }, solver = "cholesky" } = options;
  const { frames, heldOut = 0 } = source;
  if (frames === 0) throw new OptionError({ where: "training", problem: "no training frames" });
  const ridges = ridgeList(ridge);
  const projections = candidates(options.projection);
  const search = ridges.length > 1 || projections.length > 1;
  const { groups, held } = search
    ? partition(frames, heldOut, ridge.kind, validation)
    : { groups: [[...Array(frames).keys()]], held: [] };

  const sums = solver === "qr" && !search ? undefined : await collect(source, groups, options);
  const trials = search ? await tryAll(sums!, held, ridges, projections, { ...options, ...source }) : [];
  const best = trials.reduce<TrainingTrial | undefined>(
    (least, t) => (least && least.validationError <= t.validationError ? least : t),
    undefined,
  );
  const chosen = best?.ridge ?? ridges[0]!;
  const projection = projections[best?.projection ?? 0];
  // Frames given to hold out are not trained on.
  const equations = (search && heldOut > 0 ? sums?.slice(0, 1) : sums)?.reduce(addNormalEquations);
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

/** The values to try, one where it is fixed. */
function ridgeList(ridge: Ridge): readonly number[] {
  if (ridge.kind === "fixed") {
    if (typeof ridge.value === "number") return [ridge.value];
    if (ridge.value.length === 1) return ridge.value;
    throw new OptionError({
      where: "ridge",
      problem: `${ridge.value.length} fixed values for a quantity of one part`,
      advice: "give a number",
    });
  }
  const { least = 0, greatest = Number.POSITIVE_INFINITY } = ridge.kind === "leaveOneOut" ? ridge : {};
  const values = (ridge.kind === "validation" && ridge.values) || DEFAULT_RIDGES;
  const list = values.filter((r) => r >= least && r <= greatest);
  if (list.length > 0) return list;
  throw new OptionError({ where: "ridge", problem: "no values to try", advice: "give a wider range" });
}

function candidates(projection: LinearTrainingOptions["projection"]): readonly (Matrix | undefined)[] {
  return Array.isArray(projection) ? (projection as readonly Matrix[]) : [projection as Matrix | undefined];
}

function projected(e: NormalEquations, projection: Matrix | undefined): NormalEquations {
  return projection ? projectNormalEquations(e, projection) : e;
}

/** Every ridge with every projection, on each group that is held out; on threads where rows are. */
async function tryAll(
  groups: readonly NormalEquations[],
  held: readonly number[],
  ridges: readonly number[],
  projections: readonly (Matrix | undefined)[],
  { threads, onProgress, signal }: RunOptions & Pick<TrainingRows, "threads">,
): Promise<TrainingTrial[]> {
  const solutions = projections.flatMap((p, projection) => held.map((test) => ({ p, projection, test })));
  const equationsOf = ({ p, test }: (typeof solutions)[number]): Omit<RidgeItem, "ridge"> => ({
    training: sharedEquations(projected(groups.filter((_, g) => g !== test).reduce(addNormalEquations), p)),
    validation: sharedEquations(projected(groups[test]!, p)),
  });
  async function* items(): AsyncGenerator<RidgeItem, void, void> {
    for (const solution of solutions) {
      const equations = equationsOf(solution);
      for (const ridge of ridges) yield { ...equations, ridge };
    }
  }
  const trials = parallelStream<RidgeItem, RidgeTrial | undefined>({
    workerModule: new URL("./ridgeThread.js", import.meta.url),
    shared: () => undefined,
    here: prepare,
    items: items(),
    itemName: "",
    label: "choosing the ridge",
    // Equations of two groups at a time at most.
    ahead: 2,
    ...(threads ? threads.workers !== undefined && { workers: threads.workers } : { workers: 0 }),
    ...(signal && { signal }),
  });
  const folds: FoldTrials[] = [];
  let tried: (RidgeTrial | undefined)[] = [];
  for await (const trial of trials) {
    tried.push(trial);
    if (tried.length < ridges.length) continue;
    const solution = solutions[folds.length]!;
    const found = tried.filter((t) => t !== undefined);
    if (found.length === 0) throw unsolvable(ridges);
    folds.push({ rows: groups[solution.test]!.rows, trials: found });
    tried = [];
    onProgress?.({ label: "choosing the ridge", done: folds.length, total: solutions.length, unit: "solutions" });
  }
  return projections.flatMap((_, projection) => {
    const own = folds.filter((_, k) => solutions[k]!.projection === projection);
    return meanTrials(ridges, own).map((t) => (projections.length > 1 ? { ...t, projection } : t));
  });
}

/** The sums over the rows of each group of frames. */
export async function collect(
  source: TrainingRows,
  groups: readonly (readonly number[])[],
  options: RunOptions,
): Promise<NormalEquations[]> {
  const total = groups.reduce((sum, g) => sum + g.length, 0);
  return groupSums(source, groups, reporter(total, options), options);
}

async function solveByQr(
  source: TrainingRows,
  ridge: number,
  projection: Matrix | undefined,
  options: RunOptions,
): Promise<LeastSquaresSolution> {
  const { columns, frames, targets = 1 } = source;
  const accumulator = qrAccumulator({ columns: projection?.rows ?? columns, targets, scaling: "none" });
  const all = [...Array(frames).keys()];
  await eachFrameRows(source, all, onRows, reporter(frames, options), options);
  return accumulator.solve(ridge);

  function onRows(_: number, values: Float64Array, y: Float64Array): void {
    const block = { rows: y.length / targets, columns, values };
    accumulator.add(projection ? gemm(block, projection, "b").values : values, y);
  }
}

function reporter(total: number, { onProgress }: RunOptions): (done: number) => void {
  return (done) => onProgress?.({ label: "training rows", done, total, unit: "frames" });
}
