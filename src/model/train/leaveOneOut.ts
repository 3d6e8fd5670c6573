/** Errors of a kernel fit on frames that are left out, in closed form. */
import { type CholeskyFactor, cholesky, choleskySolve } from "../../math/cholesky.js";
import { matrix } from "../../math/matrix.js";
import type { SolutionSpace } from "./solutionSpace.js";

/** Left-out frames that the choice of σ² rests on: for more, a solve with every column of the inverse would dominate the fit. */
const LEFT_OUT_AT_MOST = 100;

/** The rows of a fit. */
interface Rows {
  /** Rows per frame. */
  readonly block: number;
  readonly targets: Float64Array;
  /** Groups of frames that are left out together; default each frame alone. */
  readonly groups?: readonly (readonly number[])[];
}

export interface LeftOut {
  /** What the targets of the left-out frames miss, for given dual weights. */
  readonly residuals: (dual: Float64Array) => Float64Array;
  /** The dual weights of the same rows. */
  readonly pick: (dual: Float64Array) => Float64Array;
}

/**
 * What each group of frames misses when it is left out of the fit: e_i = (G_ii)⁻¹ w_i with G = Q(QᵀKQ + σ²)⁻¹Qᵀ and G_ii its block of
 * group i. Since G leaves out the constant exactly, an intercept needs no correction.
 */
export function leftOut({ block, groups, targets }: Rows, space: SolutionSpace, factor: CholeskyFactor): LeftOut {
  const frames = targets.length / block;
  const count = Math.min(frames, LEFT_OUT_AT_MOST);
  const out = groups ?? Array.from({ length: count }, (_, i) => [Math.floor((i * frames) / count)]);
  const rowsOf = out.map((list) => list.flatMap((f) => Array.from({ length: block }, (_, b) => f * block + b)));
  const rows = rowsOf.flat();
  const units = matrix(targets.length, rows.length);
  rows.forEach((row, k) => {
    units.values[row * rows.length + k] = 1;
  });
  const inverse = space.from(choleskySolve(factor, space.to(units)));
  let at = 0;
  const blocks = rowsOf.map((own) => {
    const start = at;
    at += own.length;
    const g = matrix(own.length, own.length);
    own.forEach((row, i) => {
      for (let j = 0; j < own.length; j++)
        g.values[i * own.length + j] = inverse.values[row * rows.length + start + j]!;
    });
    return cholesky(g);
  });
  const pick = (dual: Float64Array): Float64Array => Float64Array.from(rows, (row) => dual[row]!);
  return {
    pick,
    residuals: (dual) =>
      Float64Array.from(
        rowsOf.flatMap((own, g) => {
          const weights = matrix(
            own.length,
            1,
            Float64Array.from(own, (row) => dual[row]!),
          );
          return [...choleskySolve(blocks[g]!, weights).values];
        }),
      ),
  };
}
