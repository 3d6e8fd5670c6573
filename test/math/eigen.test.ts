import { expect, test } from "vitest";
import { DataError, ShapeError } from "../../src/errors.js";
import { symmetricEigen } from "../../src/math/eigen.js";
import { gemm, identity, type Matrix, matrix, matrixFromRows } from "../../src/math/matrix.js";
import { expectClose } from "../support/close.js";
import { noiseMatrix } from "../support/noise.js";

function scaleColumns(a: Matrix, factors: Float64Array): Matrix {
  return matrix(
    a.rows,
    a.columns,
    a.values.map((v, i) => v * factors[i % a.columns]!),
  );
}

test("symmetricEigen of a chain of n equal springs gives 2 − 2 cos(πk/(n+1))", () => {
  const n = 12;
  const chain = matrix(n, n);
  for (let i = 0; i < n; i++) {
    chain.values[i * n + i] = 2;
    if (i > 0) chain.values[i * n + i - 1] = chain.values[(i - 1) * n + i] = -1;
  }
  const { values } = symmetricEigen(chain);
  expectClose(
    values,
    Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos((Math.PI * (k + 1)) / (n + 1))),
    {
      absolute: 1e-14,
    },
  );
});

test("symmetricEigen: A = V Λ Vᵀ with orthonormal V and ascending values", () => {
  const b = noiseMatrix(30, 30, 1);
  const a = gemm(b, b, "b");
  const { values, vectors } = symmetricEigen(a);
  expectClose(gemm(scaleColumns(vectors, values), vectors, "b").values, a.values, { absolute: 1e-11 });
  expectClose(gemm(vectors, vectors, "a").values, identity(30).values, { absolute: 1e-13 });
  expect([...values].sort((x, y) => x - y)).toEqual([...values]);
});

test("decompositions reject matrices that are not square or not finite", () => {
  expect(() => symmetricEigen(matrix(2, 3))).toThrow(ShapeError);
  expect(() =>
    symmetricEigen(
      matrixFromRows([
        [1, Number.NaN],
        [0, 1],
      ]),
    ),
  ).toThrow(DataError);
});
