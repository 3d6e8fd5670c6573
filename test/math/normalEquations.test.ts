import { describe, expect, it } from "vitest";
import { ConvergenceError } from "../../src/errors.js";
import { gramAccumulator } from "../../src/math/gramAccumulator.js";
import { gemm, matrix } from "../../src/math/matrix.js";
import {
  addNormalEquations,
  projectNormalEquations,
  ridgeTrials,
  solveNormalEquations,
  squaredError,
} from "../../src/math/normalEquations.js";
import { packedLength, unpackEquations } from "../../src/math/packedEquations.js";
import { random } from "../../src/math/random.js";
import { expectClose } from "../support/close.js";

const rng = random(11);
const normal = (n: number): Float64Array => Float64Array.from({ length: n }, () => rng.normal());
const [columns, count] = [12, 400];
const rows = normal(count * columns);
const targets = normal(count);

function accumulate(from: number, to: number) {
  const a = gramAccumulator({ columns });
  a.add(rows.subarray(from * columns, to * columns), targets.subarray(from, to));
  return a;
}

describe("normal equations", () => {
  it("give the accumulator's own solution and residual, before and after it has solved", () => {
    const a = accumulate(0, count);
    const before = a.normalEquations();
    const direct = a.solve(1e-6);
    expect(a.normalEquations()).toEqual(before);
    const solution = solveNormalEquations(before, 1e-6);
    expectClose(solution.coefficients.values, direct.coefficients.values, { absolute: 1e-13 });
    expectClose(solution.residual, direct.residual, { relative: 1e-12 });
    expect(solution.rows).toBe(count);
  });

  it("of two halves add up to those of all rows", () => {
    const sum = addNormalEquations(accumulate(0, 150).normalEquations(), accumulate(150, count).normalEquations());
    const all = accumulate(0, count).normalEquations();
    expectClose(sum.gram.values, all.gram.values, { absolute: 1e-12 });
    expectClose(sum.moments.values, all.moments.values, { absolute: 1e-12 });
    expect(sum.rows).toBe(all.rows);
  });

  it.each([1, 2])(
    "drained into others with %i targets are added, to the bit, and the accumulator begins anew",
    (several) => {
      const all = normal(count * several);
      const y = (from: number, to: number): Float64Array => all.subarray(from * several, to * several);
      const piece = (from: number, to: number) => {
        const a = gramAccumulator({ columns, targets: several });
        a.add(rows.subarray(from * columns, to * columns), y(from, to));
        return a;
      };
      const [one, two] = [piece(0, 150).normalEquations(), piece(150, count).normalEquations()];
      const packed = new Float64Array(packedLength(columns, several));
      const again = piece(0, 150);
      again.solve(1e-3);
      again.drain(packed);
      expect(again.rows).toBe(0);
      expect(unpackEquations(packed, columns, several)).toEqual(one);
      again.add(rows.subarray(150 * columns), y(150, count));
      again.drain(packed);
      expect(unpackEquations(packed, columns, several)).toEqual(addNormalEquations(one, two));
    },
  );

  it("give the squared error of any weights, as the rows themselves do", () => {
    const w = matrix(columns, 1, normal(columns));
    const predicted = gemm(matrix(count, columns, rows), w).values;
    const expected = targets.reduce((s, y, i) => s + (y - predicted[i]!) ** 2, 0);
    expectClose(squaredError(accumulate(0, count).normalEquations(), w), [expected], { relative: 1e-12 });
  });

  it("projected on Φ are those of the rows times Φᵀ; on a basis of the whole space nothing changes", () => {
    const phi = matrix(5, columns, normal(5 * columns));
    const e = accumulate(0, count).normalEquations();
    const a = gramAccumulator({ columns: 5 });
    a.add(gemm(matrix(count, columns, rows), phi, "b").values, targets);
    expectClose(projectNormalEquations(e, phi).gram.values, a.normalEquations().gram.values, { absolute: 1e-10 });
    const basis = matrix(columns, columns, normal(columns * columns));
    const w = gemm(basis, solveNormalEquations(projectNormalEquations(e, basis), 0).coefficients, "a").values;
    expectClose(w, solveNormalEquations(e, 0).coefficients.values, { absolute: 1e-9 });
  });

  it("choose a ridge by held-out rows: none is needed for exact data, a large one for pure noise", () => {
    const w = matrix(columns, 1, normal(columns));
    const exact = gemm(matrix(count, columns, rows), w).values;
    const sums = (y: Float64Array, from: number, to: number) => {
      const a = gramAccumulator({ columns });
      a.add(rows.subarray(from * columns, to * columns), y.subarray(from, to));
      return a.normalEquations();
    };
    const best = (y: Float64Array): number =>
      ridgeTrials(sums(y, 0, 40), sums(y, 40, count), [1e-12, 1e-4, 1, 100]).reduce((a, b) =>
        b.validationError < a.validationError ? b : a,
      ).ridge;
    expect(best(exact)).toBe(1e-12);
    expect(best(targets)).toBe(100);
  });

  it("with equal columns need a ridge, and say so", () => {
    const twice = Float64Array.from({ length: 2 * count }, (_, k) => rows[Math.floor(k / 2)]!);
    const a = gramAccumulator({ columns: 2 });
    a.add(twice, targets);
    const e = a.normalEquations();
    expect(() => solveNormalEquations(e, 0)).toThrow(ConvergenceError);
    expect(() => ridgeTrials(e, e, [0])).toThrow(/include larger ridges/);
    expect(ridgeTrials(e, e, [0, 1e-6])).toHaveLength(1);
  });
});
