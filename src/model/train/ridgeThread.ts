/** One ridge tried on one group of held-out frames, as a thread does it. */
import { ConvergenceError } from "../../errors.js";
import { type NormalEquations, type RidgeTrial, ridgeTrials } from "../../math/normalEquations.js";
import { toSharedDoubles } from "../../parallel/sharedDoubles.js";

/** What is tried. */
export interface RidgeItem {
  /** Sums over the frames that are fitted and over those that are held out, in shared memory. */
  readonly training: NormalEquations;
  readonly validation: NormalEquations;
  readonly ridge: number;
}

/** What each thread does; exported for the worker pool. Nothing comes out where the equations cannot be factored. */
export function prepare(): (item: RidgeItem) => RidgeTrial | undefined {
  return ({ training, validation, ridge }) => {
    try {
      return ridgeTrials(training, validation, [ridge], "none")[0];
    } catch (error) {
      if (error instanceof ConvergenceError) return undefined;
      throw error;
    }
  };
}

/** The same sums where all threads see them. */
export function sharedEquations({ gram, moments, squares, rows }: NormalEquations): NormalEquations {
  return {
    gram: { ...gram, values: toSharedDoubles(gram.values) },
    moments: { ...moments, values: toSharedDoubles(moments.values) },
    squares,
    rows,
  };
}
