import { describe, expect, it } from "vitest";
import { clebschGordan, couplings } from "../../src/tensor/clebschGordan.js";
import { expectClose } from "../support/close.js";
import { apply, randomOrthogonal } from "../support/equivariance.js";
import { referenceData } from "../support/reference.js";
import { uniform } from "../support/uniform.js";
import { wignerMatrix } from "../support/wigner.js";

interface CouplingReference {
  readonly real_coupling_lambda1: { readonly rows: number[][] };
}
const reference = referenceData<CouplingReference>("sph_cg");

describe("clebschGordan", () => {
  it("is orthonormal for every coupling with l ≤ 10", () => {
    for (const [l1, l2, l3] of [
      [0, 0, 0],
      [1, 1, 2],
      [3, 2, 1],
      [10, 10, 0],
      [10, 9, 1],
      [10, 10, 2],
      [10, 10, 20],
      [4, 3, 2],
      [10, 10, 10],
    ] as const) {
      const c = clebschGordan(l1, l2, l3);
      const n = 2 * l3 + 1;
      for (let a = 0; a < n; a++)
        for (let b = 0; b < n; b++) {
          let dot = 0;
          for (let p = 0; p < c.length; p += n) dot += c[p + a]! * c[p + b]!;
          expectClose(dot, a === b ? 1 : 0, { absolute: 2e-14 });
        }
    }
  });

  it("couples to l3 = 0 with (−1)^l/√(2l+1) on the diagonal", () => {
    for (let l = 0; l <= 10; l++) {
      const list = couplings(l, l, 0);
      expect(list.length).toBe(2 * l + 1);
      for (const { m1, m2, value } of list) {
        expect(m1).toBe(m2);
        expectClose(value, (l % 2 === 0 ? 1 : -1) / Math.sqrt(2 * l + 1), { absolute: 1e-15 });
      }
    }
  });

  it("vanishes outside the triangle", () => {
    expect(clebschGordan(1, 1, 3).every((v) => v === 0)).toBe(true);
    expect(clebschGordan(4, 1, 2).every((v) => v === 0)).toBe(true);
  });

  it.skipIf(!reference)("agrees with another code's coupling l′ ⊗ 1 → l to 1e-13", () => {
    const rows = reference!.real_coupling_lambda1.rows;
    expect(rows.length).toBeGreaterThan(100);
    for (const [lambda, lp, l, mu, mp, m, value] of rows as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ][]) {
      const c = clebschGordan(lp, lambda, l);
      const i = ((mp + lp) * (2 * lambda + 1) + mu + lambda) * (2 * l + 1) + m + l;
      expectClose(c[i]!, value, { absolute: 1e-13 });
    }
  });

  it("turns products into tensors of order l3 under rotations; with inversion for even sums", () => {
    const next = uniform(11);
    for (const [l1, l2, l3] of [
      [1, 1, 0],
      [1, 1, 1],
      [2, 1, 1],
      [3, 4, 1],
      [2, 2, 2],
      [4, 2, 2],
      [5, 4, 2],
      [6, 6, 2],
    ] as const) {
      const u = Float64Array.from({ length: 2 * l1 + 1 }, () => next() - 0.5);
      const v = Float64Array.from({ length: 2 * l2 + 1 }, () => next() - 0.5);
      const couple = (a: Float64Array, b: Float64Array): Float64Array => {
        const t = new Float64Array(2 * l3 + 1);
        for (const { m1, m2, m3, value } of couplings(l1, l2, l3)) t[m3 + l3]! += value * a[m1 + l1]! * b[m2 + l2]!;
        return t;
      };
      randomOrthogonal(10, 12).forEach((r, i) => {
        if ((l1 + l2 + l3) % 2 === 1 && i % 2 === 1) return;
        const turned = couple(apply(wignerMatrix(l1, r), u), apply(wignerMatrix(l2, r), v));
        expectClose(turned, apply(wignerMatrix(l3, r), couple(u, v)), { absolute: 1e-13 });
      });
    }
  });

  it("refuses negative degrees", () => {
    expect(() => clebschGordan(-1, 1, 1)).toThrow(/degree -1/);
  });
});
