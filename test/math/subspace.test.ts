import { describe, expect, it } from "vitest";
import { OptionError, ShapeError } from "../../src/errors.js";
import { symmetricEigen } from "../../src/math/eigen.js";
import { gemm, identity, type Matrix, matrix } from "../../src/math/matrix.js";
import { gramSpan, leadingEigenvectors, orthonormalRows } from "../../src/math/subspace.js";
import { expectClose } from "../support/close.js";
import { noiseMatrix } from "../support/noise.js";

/** Rows whose Gram matrix has eigenvalues that fall by `factor` from one to the next, in random directions. */
function decaying(rows: number, columns: number, factor: number): Matrix {
  const turn = orthonormalRows(noiseMatrix(columns, columns, 5));
  const left = orthonormalRows(noiseMatrix(columns, rows, 6));
  turn.values.forEach((v, p) => {
    turn.values[p] = v * factor ** (Math.floor(p / columns) / 2);
  });
  return gemm(left, turn, "a");
}

describe("orthonormalRows", () => {
  it("are orthonormal, span the same and are no more than the rank", () => {
    const a = gemm(noiseMatrix(9, 4, 1), noiseMatrix(4, 20, 2));
    const q = orthonormalRows(a);
    expect([q.rows, q.columns]).toEqual([4, 20]);
    expectClose(gemm(q, q, "b").values, identity(4).values, { absolute: 1e-14 });
    expectClose(gemm(gemm(a, q, "b"), q).values, a.values, { absolute: 1e-12 });
  });
});

describe("leadingEigenvectors", () => {
  it("are those of the full decomposition, largest first, and fewer where the rank is lower", () => {
    const x = decaying(60, 40, 0.5);
    const gram = gemm(x, x, "a");
    const { values, vectors } = leadingEigenvectors(gram, 6);
    const full = symmetricEigen(gram);
    expectClose(values, [...full.values].reverse().slice(0, 6), { relative: 1e-12 });
    for (let r = 0; r < 6; r++) {
      let overlap = 0;
      for (let i = 0; i < 40; i++) overlap += vectors.values[r * 40 + i]! * full.vectors.values[i * 40 + 39 - r]!;
      expectClose(Math.abs(overlap), 1, { absolute: 1e-12 });
    }
    const poor = noiseMatrix(3, 40, 3);
    expect(leadingEigenvectors(gemm(poor, poor, "a"), 6).vectors.rows).toBe(3);
  });

  it("refuses what is not square or not a count", () => {
    expect(() => leadingEigenvectors(matrix(2, 3), 1)).toThrow(ShapeError);
    expect(() => leadingEigenvectors(matrix(2, 2), 0)).toThrow(OptionError);
  });
});

describe("gramSpan", () => {
  it("is orthonormal and leaves no more than the tolerance outside, with about as many vectors as eigenvalues above it", () => {
    const x = decaying(90, 60, 0.4);
    const gram = gemm(x, x, "a");
    for (const tolerance of [1e-4, 1e-8, 1e-12]) {
      const q = gramSpan(gram, tolerance);
      expectClose(gemm(q, q, "b").values, identity(q.rows).values, { absolute: 1e-13 });
      const inside = gemm(gemm(x, q, "b"), q);
      const outside = x.values.reduce((s, v, p) => s + (v - inside.values[p]!) ** 2, 0);
      const largest = Math.max(...Array.from({ length: 60 }, (_, i) => gram.values[61 * i]!));
      // Every one of the 60 columns may leave as much; the span of pivot columns is a little worse than the best.
      expect(outside).toBeLessThan(60 * tolerance * largest);
      const above = symmetricEigen(gram).values.filter((v) => v > tolerance * largest).length;
      expect(Math.abs(q.rows - above)).toBeLessThanOrEqual(3);
    }
    expect(() => gramSpan(matrix(2, 3), 1e-9)).toThrow(ShapeError);
  });
});
