/** Diagonal blocks of Bᵀ A⁻¹ B from a Cholesky factor, without the rest of the inverse. */
import type { CholeskyFactor } from "./cholesky.js";
import { withLinalgKernels } from "./linalgKernels.js";
import { type Matrix, matrix } from "./matrix.js";

/** Some columns of B, and how many of them belong to each block. */
export interface BlockColumns {
  readonly columns: Matrix;
  readonly widths: readonly number[];
}

/**
 * The blocks ZᵀZ with L Z = B, A = L Lᵀ: half of what a solution with A takes, and less where columns begin with zeros, which stay zeros.
 * @param parts columns of B, a part at a time
 */
export function inverseBlocks({ lower }: Pick<CholeskyFactor, "lower">, parts: Iterable<BlockColumns>): Matrix[] {
  const n = lower.rows;
  return withLinalgKernels(({ arena, exports }) => {
    const work = arena.reserve(exports.workBytes());
    const l = arena.reserveDoubles(n * n);
    arena.doubles(l, n * n).set(lower.values);
    const blocks: Matrix[] = [];
    for (const { columns, widths } of parts) {
      const mark = arena.mark();
      const m = columns.columns;
      let zeros = 0;
      while (zeros < n * m && columns.values[zeros] === 0) zeros++;
      const start = Math.floor(zeros / m);
      const rows = n - start;
      const b = arena.reserveDoubles(rows * m);
      arena.doubles(b, rows * m).set(columns.values.subarray(start * m));
      exports.solveLower(rows, m, l + 8 * start * (n + 1), n, 1, b, m, work);
      blocks.push(...diagonalBlocks(arena.doubles(b, rows * m), m, widths));
      arena.release(mark);
    }
    return blocks;
  });
}

/** The diagonal blocks of ZᵀZ. @param z row-major, rows of m */
function diagonalBlocks(z: Float64Array, m: number, widths: readonly number[]): Matrix[] {
  let first = 0;
  return widths.map((width) => {
    const block = matrix(width, width);
    let row = first;
    while (row < z.length && z.subarray(row, row + width).every((v) => v === 0)) row += m;
    for (; row < z.length; row += m)
      for (let i = 0; i < width; i++)
        for (let j = 0; j <= i; j++) block.values[i * width + j]! += z[row + i]! * z[row + j]!;
    for (let i = 0; i < width; i++)
      for (let j = 0; j < i; j++) block.values[j * width + i] = block.values[i * width + j]!;
    first += width;
    return block;
  });
}
