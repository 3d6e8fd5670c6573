/** One fit of a learning curve and its errors, as a thread does it. */
import { type Matrix, matrix } from "../../../math/matrix.js";
import { type NormalEquations, squaredError } from "../../../math/normalEquations.js";
import { random } from "../../../math/random.js";
import { toSharedDoubles } from "../../../parallel/sharedDoubles.js";
import type { Validation } from "../../train/options.js";
import { trainPrimal } from "../../train/primal.js";

/** RMSPE on the test frames, RMSE over the standard deviation of the reference components; 0.01 is 1 %, NaN where no test frame has it. */
export interface PolarizationLearningErrors {
  readonly polarization: number;
  readonly bornCharges: number;
}

/** Weighted rows of several frames. */
export interface StackedRows {
  readonly rows: Matrix;
  readonly targets: Float64Array;
  /** First row of each frame, and the number of rows. */
  readonly first: readonly number[];
}

/** Sums over the rows of test frames. */
export interface TestSums {
  readonly equations: NormalEquations;
  /** Standard deviation of the reference values. */
  readonly deviation: number;
}

/** What all fits share. */
export interface LearningSetup {
  /** Of each kind of training frame, in shared memory. */
  readonly rows: readonly StackedRows[];
  readonly columns: number;
  readonly ridges: readonly number[];
  readonly validation: Validation;
  /** For P and for Z*. */
  readonly tests: readonly (TestSums | undefined)[];
}

/** A random subset of the training frames. */
export interface LearningDraw {
  readonly size: number;
  readonly seed: number;
}

/** The same rows where all threads see them. */
export function sharedRows({ rows, targets, first }: StackedRows): StackedRows {
  return { rows: { ...rows, values: toSharedDoubles(rows.values) }, targets: toSharedDoubles(targets), first };
}

/** What each thread does; exported for the worker pool. */
export function prepare(setup: LearningSetup): (draw: LearningDraw) => Promise<PolarizationLearningErrors> {
  return (draw) => fitDraw(setup, draw);
}

async function fitDraw(
  { rows: all, columns, ridges, validation, tests }: LearningSetup,
  { size, seed }: LearningDraw,
): Promise<PolarizationLearningErrors> {
  const chosen = all.flatMap((r) => {
    const count = r.first.length - 1;
    const drawn = random(seed).sample(count, Math.min(size, count));
    return drawn.map((frame) => [r, frame] as const);
  });
  const { weights } = await trainPrimal(
    {
      columns,
      frames: chosen.length,
      rowCount: (k) => {
        const [{ first }, frame] = chosen[k]!;
        return first[frame + 1]! - first[frame]!;
      },
      rowsOf: (k, add) => {
        const [{ rows, targets, first }, frame] = chosen[k]!;
        const [start, end] = [first[frame]!, first[frame + 1]!];
        add(rows.values.subarray(start * rows.columns, end * rows.columns), targets.subarray(start, end));
      },
    },
    { ridge: { kind: "validation", values: ridges }, validation },
  );
  const [polarization, bornCharges] = tests.map((t) => (t ? relativeError(t, weights) : Number.NaN));
  return { polarization: polarization!, bornCharges: bornCharges! };
}

function relativeError({ equations, deviation }: TestSums, weights: Float64Array): number {
  const [sum] = squaredError(equations, matrix(weights.length, 1, weights));
  return Math.sqrt(sum! / equations.rows) / deviation;
}
