import { describe, expect, test } from "vitest";
import { ConvergenceError, DataError, OptionError, ShapeError } from "../../src/errors.js";
import { cholesky, choleskySolve } from "../../src/math/cholesky.js";
import { gramAccumulator } from "../../src/math/gramAccumulator.js";
import type { AccumulatorOptions, LeastSquaresAccumulator } from "../../src/math/leastSquares.js";
import { referenceLinalgKernels } from "../../src/math/linalgReference.js";
import { gemm, gram, type Matrix, matrix } from "../../src/math/matrix.js";
import { qrAccumulator } from "../../src/math/qrAccumulator.js";
import { expectClose } from "../support/close.js";
import { noiseMatrix } from "../support/noise.js";

const methods = { gramAccumulator, qrAccumulator };

/** Rows whose columns differ in size by six orders but contribute alike to the targets, which carry some noise. */
function problem(rows: number, columns: number, targets: number): { x: Matrix; y: Matrix } {
  const x = noiseMatrix(rows, columns, 1);
  const y = gemm(x, noiseMatrix(columns, targets, 2));
  for (let i = 0; i < x.values.length; i++) x.values[i]! *= 10 ** ((6 * (i % columns)) / columns - 3);
  const error = noiseMatrix(rows, targets, 3);
  for (let i = 0; i < y.values.length; i++) y.values[i]! += 0.1 * error.values[i]!;
  return { x, y };
}

/** Adds the rows in blocks of the given size. */
function feed(accumulator: LeastSquaresAccumulator, x: Matrix, y: Matrix, size: number): LeastSquaresAccumulator {
  for (let i = 0; i < x.rows; i += size) {
    const end = Math.min(i + size, x.rows);
    accumulator.add(
      x.values.subarray(i * x.columns, end * x.columns),
      y.values.subarray(i * y.columns, end * y.columns),
    );
  }
  return accumulator;
}

/** (S XᵀX S + penalty) (w/S) = S Xᵀy, written out. */
function direct(x: Matrix, y: Matrix, ridge: number, scaling: "columns" | "none"): Float64Array {
  const n = x.columns;
  const g = gram(x);
  const squares = Array.from({ length: n }, (_, j) => g.values[j * n + j]!);
  const penalty = squares.map((s) => ridge * (scaling === "columns" ? s : Math.max(...squares)));
  for (let j = 0; j < n; j++) g.values[j * n + j]! += penalty[j]!;
  return choleskySolve(cholesky(g), gemm(x, y, "a")).values;
}

describe.each(Object.entries(methods))("%s", (_, accumulator) => {
  test("recovers exact weights from rows without noise, two targets at once", () => {
    const x = noiseMatrix(700, 60, 4);
    const w = noiseMatrix(60, 2, 5);
    const solution = feed(accumulator({ columns: 60, targets: 2 }), x, gemm(x, w), 100).solve(0);
    expectClose(solution.coefficients.values, w.values, { absolute: 1e-12 });
    expectClose(solution.residual, [0, 0], { absolute: 1e-9 });
    expect(solution.rows).toBe(700);
  });

  test.each(["columns", "none"] as const)(
    "minimises the stated sum with scaling %s, for several ridges in any order",
    (scaling) => {
      const { x, y } = problem(500, 20, 2);
      const a = feed(accumulator({ columns: 20, targets: 2, scaling }), x, y, 77);
      for (const ridge of [1e-3, 1e-6, 0.1]) {
        const solution = a.solve(ridge);
        expectClose(solution.coefficients.values, direct(x, y, ridge, scaling), { relative: 1e-7, absolute: 1e-9 });
        const fitted = gemm(x, solution.coefficients);
        const residual = [0, 1].map((t) =>
          y.values.reduce((s, v, i) => (i % 2 === t ? s + (v - fitted.values[i]!) ** 2 : s), 0),
        );
        expectClose(solution.residual, residual, { relative: 1e-8 });
      }
    },
  );

  test("gives the same bits however the rows are cut into blocks", () => {
    const { x, y } = problem(600, 30, 1);
    const [one, ...others] = [600, 1, 7, 256, 299].map((size) =>
      feed(accumulator({ columns: 30 }), x, y, size).solve(1e-8),
    );
    for (const other of others) expect(other).toEqual(one);
  });

  test("takes more rows after solving", () => {
    const { x, y } = problem(600, 30, 1);
    const whole = feed(accumulator({ columns: 30 }), x, y, 600).solve(1e-6);
    const a = accumulator({ columns: 30 });
    feed(a, matrix(250, 30, x.values.slice(0, 7500)), matrix(250, 1, y.values.slice(0, 250)), 250).solve(1e-2);
    feed(a, matrix(350, 30, x.values.slice(7500)), matrix(350, 1, y.values.slice(250)), 100);
    const solution = a.solve(1e-6);
    expectClose(solution.coefficients.values, whole.coefficients.values, { relative: 1e-9, absolute: 1e-12 });
    expect(solution.rows).toBe(600);
  });

  test("gives a column of zeros the weight 0, and shares the weight of equal columns through the ridge", () => {
    const x = noiseMatrix(50, 4, 6);
    for (let i = 0; i < 50; i++) {
      x.values[4 * i + 1] = 0;
      x.values[4 * i + 3] = x.values[4 * i]!;
    }
    const y = gemm(x, matrix(4, 1, Float64Array.of(1, 9, 2, 2)));
    const a = feed(accumulator({ columns: 4 }), x, y, 50);
    expectClose(a.solve(1e-10).coefficients.values, [1.5, 0, 2, 1.5], { absolute: 1e-4 });
    expect(() => a.solve(0)).toThrow(ConvergenceError);
    expectClose(a.solve(1e-10).coefficients.values, [1.5, 0, 2, 1.5], { absolute: 1e-4 });
  });

  test("equals its TypeScript route to 1e-12 of the weights' size", () => {
    const { x, y } = problem(400, 25, 2);
    const [wasm, plain] = [undefined, referenceLinalgKernels()].map((kernels) => {
      const options = { columns: 25, targets: 2, scaling: "columns" as const };
      return feed(accumulator(kernels ? { ...options, kernels } : options), x, y, 100).solve(1e-9);
    });
    expectClose(wasm!.coefficients.values, plain!.coefficients.values, { relative: 1e-11, absolute: 1e-12 });
    expectClose(wasm!.condition, plain!.condition, { relative: 1e-9 });
  });

  test("estimates the condition number of what was solved", () => {
    const { x, y } = problem(2000, 20, 1);
    const a = feed(accumulator({ columns: 20 }), x, y, 500);
    // Independent columns, scaled to norm 1: close to the unit matrix, and the closer the larger the ridge.
    expect(a.solve(0).condition).toBeGreaterThan(1);
    expect(a.solve(0).condition).toBeLessThan(5);
    expect(a.solve(100).condition).toBeLessThan(1.1);
  });

  test("rejects rows that do not fit or are not finite, adding nothing", () => {
    const a = accumulator({ columns: 3 });
    expect(() => a.add(new Float64Array(7), new Float64Array(2))).toThrow(ShapeError);
    expect(() => a.add(new Float64Array(6), new Float64Array(3))).toThrow(ShapeError);
    a.add(Float64Array.of(1, 2, 3), Float64Array.of(1));
    expect(() => a.add(Float64Array.of(1, 2, 3, 4, Number.NaN, 6), Float64Array.of(1, 2))).toThrow(DataError);
    expect(() => a.add(Float64Array.of(1, 2, 3, 4, Number.NaN, 6), Float64Array.of(1, 2))).toThrow(/row 2, column 1/);
    expect(a.rows).toBe(1);
    expect(() => a.solve(-1)).toThrow(OptionError);
    expect(() => accumulator({ columns: 0 })).toThrow(OptionError);
  });
});

test("QR keeps the digits that the normal equations lose: Läuchli's columns (1, ε, 0, …), (1, 0, ε, …)", () => {
  const epsilon = 1e-7;
  const rows = [
    [1, 1, 1],
    [epsilon, 0, 0],
    [0, epsilon, 0],
    [0, 0, epsilon],
  ];
  const x = matrix(4, 3, Float64Array.from(rows.flat()));
  const w = matrix(3, 1, Float64Array.of(1, 2, 3));
  const y = gemm(x, w);
  const error = (accumulator: (options: AccumulatorOptions) => LeastSquaresAccumulator): number => {
    const { values } = feed(accumulator({ columns: 3 }), x, y, 4).solve(0).coefficients;
    return Math.max(...values.map((v, i) => Math.abs(v - w.values[i]!)));
  };
  expect(error(qrAccumulator)).toBeLessThan(1e-8);
  expect(error(gramAccumulator)).toBeGreaterThan(1e-5);
});

test("Gram and QR agree on a thousand rows of 300 columns", () => {
  const { x, y } = problem(1000, 300, 3);
  const [a, b] = [gramAccumulator, qrAccumulator].map((method) =>
    feed(method({ columns: 300, targets: 3 }), x, y, 128).solve(1e-8),
  );
  expectClose(a!.coefficients.values, b!.coefficients.values, { relative: 1e-9, absolute: 1e-10 });
  expectClose(a!.residual, b!.residual, { relative: 1e-7 });
  // Both are estimates, of the same number.
  expectClose(a!.condition, b!.condition, { relative: 0.5 });
});
