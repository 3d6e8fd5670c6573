import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ShapeError } from "../../src/errors.js";
import { gemm, gemv, gram, identity, type Matrix, matrix, matrixFromRows, transpose } from "../../src/math/matrix.js";
import { random } from "../../src/math/random.js";
import { expectClose } from "../support/close.js";
import { noiseMatrix } from "../support/noise.js";

/** Row i, column j of a product, by its definition. */
function element(a: Matrix, b: Matrix, i: number, j: number): number {
  let sum = 0;
  for (let k = 0; k < a.columns; k++) sum += a.values[i * a.columns + k]! * b.values[k * b.columns + j]!;
  return sum;
}

describe("gemm", () => {
  test("equals Σ a_ik b_kj for any shape and either factor transposed", () => {
    const size = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(size, size, size, (m, n, k) => {
        const [a, b] = [noiseMatrix(m, k, 1), noiseMatrix(k, n, 2)];
        const expected = Float64Array.from({ length: m * n }, (_, ij) => element(a, b, Math.floor(ij / n), ij % n));
        const tolerance = { absolute: 1e-13 * k };
        expectClose(gemm(a, b).values, expected, tolerance);
        expectClose(gemm(transpose(a), b, "a").values, expected, tolerance);
        expectClose(gemm(a, transpose(b), "b").values, expected, tolerance);
        expectClose(gemm(transpose(a), transpose(b), "both").values, expected, tolerance);
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  test("is right in every tile of a product larger than the tiles", () => {
    const [a, b] = [noiseMatrix(700, 1100, 3), noiseMatrix(1100, 1200, 4)];
    const plain = gemm(a, b);
    const twice = gemm(transpose(a), transpose(b), "both");
    const r = random(5);
    for (let draw = 0; draw < 500; draw++) {
      const [i, j] = [r.integer(700), r.integer(1200)];
      const expected = element(a, b, i, j);
      expectClose(plain.values[i * 1200 + j]!, expected, { absolute: 1e-11 });
      expectClose(twice.values[i * 1200 + j]!, expected, { absolute: 1e-11 });
    }
    expect(gemm(a, b).values).toEqual(plain.values);
  });

  test("keeps the unit matrix neutral and empty inner dimensions zero", () => {
    const a = noiseMatrix(20, 30, 6);
    expect(gemm(a, identity(30)).values).toEqual(a.values);
    expect(gemm(matrix(2, 0), matrix(0, 3)).values).toEqual(new Float64Array(6));
  });

  test("names both shapes when they do not fit", () => {
    expect(() => gemm(matrix(2, 3), matrix(4, 5))).toThrow(ShapeError);
    expect(() => gemm(matrix(2, 3), matrix(4, 5), "b")).toThrow(/2 × 3 times 5 × 4/);
    expect(() => matrix(2, 2, new Float64Array(3))).toThrow(/2 × 2 needs 4 values, found 3/);
    expect(() => matrixFromRows([[1, 2], [3]])).toThrow(ShapeError);
  });
});

test("gram is aᵀ a and symmetric; gemv is the product with one column", () => {
  const a = noiseMatrix(50, 40, 7);
  const g = gram(a);
  expectClose(g.values, gemm(transpose(a), a).values, { absolute: 1e-12 });
  expectClose(g.values, transpose(g).values, { absolute: 1e-12 });
  const x = noiseMatrix(40, 1, 8);
  expectClose(gemv(a, x.values), gemm(a, x).values, { absolute: 1e-13 });
  expect(() => gemv(a, new Float64Array(50))).toThrow(/needs a vector of 40, found 50/);
  const y = noiseMatrix(50, 1, 9);
  expectClose(gemv(a, y.values, "a"), gemm(transpose(a), y).values, { absolute: 1e-13 });
});
