import { describe, expect, test } from "vitest";
import { ConvergenceError, ShapeError } from "../../src/errors.js";
import { cholesky, choleskySolve, conditionEstimate, logDeterminant } from "../../src/math/cholesky.js";
import { symmetricEigen } from "../../src/math/eigen.js";
import { gemm, identity, type Matrix, matrix, matrixFromRows } from "../../src/math/matrix.js";
import { expectClose } from "../support/close.js";
import { noiseMatrix } from "../support/noise.js";

/** A Aᵀ + n, positive definite. */
function positive(n: number, seed: number): Matrix {
  const a = noiseMatrix(n, n, seed);
  const product = gemm(a, a, "b");
  for (let i = 0; i < n; i++) product.values[i * n + i]! += n;
  return product;
}

/** Symmetric with the given eigenvalues. */
function withSpectrum(values: readonly number[], seed: number): Matrix {
  const n = values.length;
  const { vectors } = symmetricEigen(gemm(noiseMatrix(n, n, seed), identity(n)));
  const scaled = matrix(
    n,
    n,
    vectors.values.map((v, i) => v * values[i % n]!),
  );
  return gemm(scaled, vectors, "b");
}

describe("cholesky", () => {
  test("has the closed form of a 3 × 3 matrix", () => {
    const a = matrixFromRows([
      [4, 12, -16],
      [12, 37, -43],
      [-16, -43, 98],
    ]);
    expectClose(cholesky(a).lower.values, [2, 0, 0, 6, 1, 0, -8, 5, 3], { absolute: 1e-13 });
    expectClose(logDeterminant(cholesky(a)), Math.log(36), { relative: 1e-14 });
  });

  test.each([1, 2, 3, 95, 96, 97, 193, 300])("of size %i: L Lᵀ = A, and solutions satisfy A X = B", (n) => {
    const a = positive(n, n);
    const factor = cholesky(a);
    const tolerance = { absolute: 1e-13 * n * n };
    expectClose(gemm(factor.lower, factor.lower, "b").values, a.values, tolerance);
    const b = noiseMatrix(n, 4, 2);
    expectClose(gemm(a, choleskySolve(factor, b)).values, b.values, tolerance);
  });

  test("reads the lower triangle only", () => {
    const a = positive(30, 4);
    const spoiled = matrix(
      30,
      30,
      a.values.map((v, i) => (i % 30 > Math.floor(i / 30) ? Number.NaN : v)),
    );
    expect(cholesky(spoiled)).toEqual(cholesky(a));
  });

  test("estimates the condition number in the 1-norm within a factor of three, never above it", () => {
    for (const exponent of [0, 2, 5, 9]) {
      const n = 40;
      const a = withSpectrum(
        Array.from({ length: n }, (_, i) => 10 ** ((-exponent * i) / (n - 1))),
        6,
      );
      const factor = cholesky(a);
      const inverse = choleskySolve(factor, identity(n));
      const norm = (m: Matrix): number =>
        Math.max(
          ...Array.from({ length: n }, (_, j) => m.values.reduce((s, v, i) => s + (i % n === j ? Math.abs(v) : 0), 0)),
        );
      const exact = norm(a) * norm(inverse);
      const estimate = conditionEstimate(factor);
      expect(estimate).toBeLessThanOrEqual(exact * (1 + 1e-6));
      expect(estimate).toBeGreaterThan(exact / 3);
    }
  });

  test("names the row at which a matrix proves not positive definite, NaN included", () => {
    const a = identity(10);
    a.values[55] = -1;
    expect(() => cholesky(a)).toThrow(ConvergenceError);
    expect(() => cholesky(a)).toThrow(/row 5 of 10.*not positive definite.*ridge/);
    a.values[55] = Number.NaN;
    expect(() => cholesky(a)).toThrow(ConvergenceError);
    expect(() => cholesky(matrix(2, 3))).toThrow(ShapeError);
    expect(() => choleskySolve(cholesky(identity(3)), matrix(2, 1))).toThrow(ShapeError);
  });
});
