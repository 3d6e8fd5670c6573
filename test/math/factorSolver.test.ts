import { expect, test } from "vitest";
import { ShapeError } from "../../src/errors.js";
import { cholesky, choleskySolve } from "../../src/math/cholesky.js";
import { factorSolver } from "../../src/math/factorSolver.js";
import { gemm, matrix } from "../../src/math/matrix.js";
import { expectClose } from "../support/close.js";
import { noiseMatrix } from "../support/noise.js";

test.each([1, 7, 130])("one factor of %i rows serves right-hand sides of any width in turn", (n) => {
  const noise = noiseMatrix(n, n + 3, n);
  const factor = cholesky(gemm(noise, noise, "b"));
  const { forward, solve } = factorSolver(factor.lower);
  for (const m of [1, 40, 3]) {
    const b = noiseMatrix(n, m, m);
    expectClose(gemm(factor.lower, forward(b)).values, b.values, { absolute: 1e-10 });
    expect(solve(b)).toEqual(choleskySolve(factor, b));
  }
  expect(() => solve(matrix(n + 1, 1))).toThrow(ShapeError);
});
