import { expect, test } from "vitest";
import { cholesky, choleskySolve } from "../../src/math/cholesky.js";
import { type BlockColumns, inverseBlocks } from "../../src/math/inverseBlocks.js";
import { gemm, type Matrix, matrix, matrixFromRows } from "../../src/math/matrix.js";
import { expectClose } from "../support/close.js";
import { noiseMatrix } from "../support/noise.js";

/** Columns of noise that begin with zeros, one more block of them for each block. */
function staircase(n: number, widths: readonly number[], zeros: number): BlockColumns {
  const total = widths.reduce((s, w) => s + w, 0);
  const columns = noiseMatrix(n, total, 7);
  let first = 0;
  for (const [k, width] of widths.entries()) {
    for (let row = 0; row < Math.min(n, zeros * (k + 1)); row++)
      columns.values.fill(0, row * total + first, row * total + first + width);
    first += width;
  }
  return { columns, widths };
}

function columnsOf(m: Matrix, first: number, count: number): Matrix {
  return matrixFromRows(
    Array.from({ length: m.rows }, (_, i) => m.values.subarray(i * m.columns + first, i * m.columns + first + count)),
  );
}

test.each([
  [1, [1], 0],
  [5, [2, 1], 0],
  [64, [3, 1, 5], 7],
  [130, [40, 1, 2, 30], 30],
  // A block of zeros alone.
  [6, [2, 2], 3],
])("blocks of Bᵀ A⁻¹ B of size %i are those of a solution with A", (n, widths, zeros) => {
  const noise = noiseMatrix(n, n, 3);
  const a = gemm(noise, noise, "b");
  for (let i = 0; i < n; i++) a.values[i * n + i]! += n;
  const factor = cholesky(a);
  const part = staircase(n, widths, zeros);
  const twice = inverseBlocks(factor, [part, part]);
  expect(twice).toHaveLength(2 * widths.length);
  let first = 0;
  for (const [k, width] of widths.entries()) {
    const b = columnsOf(part.columns, first, width);
    const expected = gemm(b, choleskySolve(factor, b), "a");
    expectClose(twice[k]!.values, expected.values, { absolute: 1e-13 });
    expect(twice[k + widths.length]).toEqual(twice[k]);
    first += width;
  }
});

test("no columns have no blocks", () => {
  expect(inverseBlocks(cholesky(matrix(1, 1, Float64Array.of(4))), [])).toEqual([]);
});
