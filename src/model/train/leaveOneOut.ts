/** Errors of a kernel fit on frames that are left out, in closed form. */
import { type CholeskyFactor, cholesky, choleskySolve } from "../../math/cholesky.js";
import { type BlockColumns, inverseBlocks } from "../../math/inverseBlocks.js";
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
 * group i, ZᵀZ with L Z = Qᵀ times the group's unit vectors. Since G leaves out the constant exactly, an intercept needs no correction.
 */
export function leftOut({ block, groups, targets }: Rows, space: SolutionSpace, factor: CholeskyFactor): LeftOut {
  const frames = targets.length / block;
  const count = Math.min(frames, LEFT_OUT_AT_MOST);
  const out = groups ?? Array.from({ length: count }, (_, i) => [Math.floor((i * frames) / count)]);
  const rowsOf = out.map((list) => list.flatMap((f) => Array.from({ length: block }, (_, b) => f * block + b)));
  const rows = rowsOf.flat();
  const blocks = inverseBlocks(factor, unitColumns(rowsOf, targets.length, space)).map(cholesky);
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

/** Columns that are solved for at a time. */
const SOLVED_AT_ONCE = 64;

/** Qᵀ times the unit vectors of the groups' rows, whole groups at a time. */
function* unitColumns(
  rowsOf: readonly (readonly number[])[],
  length: number,
  space: SolutionSpace,
): Generator<BlockColumns, void, void> {
  for (let from = 0; from < rowsOf.length; ) {
    const widths: number[] = [];
    const rows: number[] = [];
    while (from < rowsOf.length && rows.length < SOLVED_AT_ONCE) {
      const own = rowsOf[from++]!;
      rows.push(...own);
      widths.push(own.length);
    }
    const units = matrix(length, rows.length);
    rows.forEach((row, k) => {
      units.values[row * rows.length + k] = 1;
    });
    yield { columns: space.to(units), widths };
  }
}
