/** Errors of a kernel fit on frames that are left out, in closed form. */
import { type CholeskyFactor, cholesky, choleskySolve } from "../../math/cholesky.js";
import { type BlockColumns, inverseBlocks } from "../../math/inverseBlocks.js";
import { matrix } from "../../math/matrix.js";
import type { SolutionSpace } from "./solutionSpace.js";

/** Left-out frames that the choice of σ² rests on: for more, a solve with every column of the inverse would dominate the fit. */
const LEFT_OUT_AT_MOST = 100;

/** As many of a list as are left out, evenly spaced. */
export function someOf<T>(all: readonly T[]): T[] {
  const count = Math.min(all.length, LEFT_OUT_AT_MOST);
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]!);
}

/** The rows of a fit. */
interface Rows {
  /** Rows per frame. */
  readonly block: number;
  readonly targets: Float64Array;
  /** Groups of frames that are left out together; default each frame alone. */
  readonly groups?: readonly (readonly number[])[];
}

export interface LeftOut {
  /** Rows of each group. */
  readonly rowsOf: readonly (readonly number[])[];
  /** What the targets of the left-out frames miss, for given dual weights. */
  readonly residuals: (dual: Float64Array) => Float64Array;
}

/**
 * What each group of frames misses when it is left out of the fit: e_i = (G_ii)⁻¹ w_i with G = Q(QᵀKQ + σ²)⁻¹Qᵀ and G_ii its block of
 * group i, ZᵀZ with L Z = Qᵀ times the group's unit vectors. Since G leaves out the constant exactly, an intercept needs no correction.
 */
export function leftOut({ block, groups, targets }: Rows, space: SolutionSpace, factor: CholeskyFactor): LeftOut {
  const frames = targets.length / block;
  const out = groups ?? someOf(Array.from({ length: frames }, (_, i) => [i]));
  const rowsOf = out.map((list) => list.flatMap((f) => Array.from({ length: block }, (_, b) => f * block + b)));
  const blocks = inverseBlocks(factor, unitColumns(rowsOf, targets.length, space)).map(cholesky);
  return {
    rowsOf,
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
