/** Solutions with one Cholesky factor again and again. */
import { ShapeError } from "../errors.js";
import { type LinalgKernels, newLinalgKernels } from "./linalgKernels.js";
import { type Matrix, matrix } from "./matrix.js";

/** Solutions with A = L Lᵀ for right-hand sides B of n × m; both throw ShapeError unless B has n rows. */
export interface FactorSolver {
  /** L⁻¹B */
  readonly forward: (b: Matrix) => Matrix;
  /** A⁻¹B */
  readonly solve: (b: Matrix) => Matrix;
}

/**
 * Keeps a factor where the kernels work, for many right-hand sides in turn: one of some thousand columns takes longer to copy than to use.
 * @param lower L, n × n; its upper triangle is not read
 * @param kernels in whose memory it stays, default some of its own
 */
export function factorSolver(lower: Matrix, { arena, exports }: LinalgKernels = newLinalgKernels()): FactorSolver {
  const n = lower.rows;
  const work = arena.reserve(exports.workBytes());
  const l = arena.reserveDoubles(n * n);
  arena.doubles(l, n * n).set(lower.values);
  const using =
    (steps: readonly ("solveLower" | "solveLowerTransposed")[]) =>
    (b: Matrix): Matrix => {
      const m = b.columns;
      if (b.rows !== n)
        throw new ShapeError({
          where: "choleskySolve",
          problem: `right-hand side has ${b.rows} rows, the matrix ${n}`,
        });
      const mark = arena.mark();
      try {
        const x = arena.reserveDoubles(n * m);
        arena.doubles(x, n * m).set(b.values);
        for (const step of steps) exports[step](n, m, l, n, 1, x, m, work);
        return matrix(n, m, arena.doubles(x, n * m).slice());
      } finally {
        arena.release(mark);
      }
    };
  return { forward: using(["solveLower"]), solve: using(["solveLower", "solveLowerTransposed"]) };
}
