import { describe, expect, it } from "vitest";
import { sphericalHarmonics } from "../../src/tensor/sphericalHarmonics.js";
import { expectClose } from "../support/close.js";
import { apply, randomOrthogonal, rotateRows } from "../support/equivariance.js";
import { wignerMatrix } from "../support/wigner.js";

describe("wignerMatrix", () => {
  it("turns the spherical harmonics of a direction into those of the turned direction, proper and improper", () => {
    const v = [0.3, -1.1, 0.7];
    for (const r of randomOrthogonal(20, 3)) {
      const turned = rotateRows(r, v);
      const before = sphericalHarmonics(10, v[0]!, v[1]!, v[2]!);
      const after = sphericalHarmonics(10, turned[0]!, turned[1]!, turned[2]!);
      for (let l = 0; l <= 10; l++) {
        const part = (y: Float64Array) => y.subarray(l * l, (l + 1) ** 2);
        expectClose(apply(wignerMatrix(l, r), part(before)), part(after), { absolute: 2e-13 });
      }
    }
  });

  it("is a representation: D(R·S) = D(R)·D(S), and orthogonal", () => {
    const [r, s] = randomOrthogonal(2, 8) as [Float64Array, Float64Array];
    const product = new Float64Array(9);
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++) for (let k = 0; k < 3; k++) product[3 * i + j]! += r[3 * i + k]! * s[3 * k + j]!;
    const v = Float64Array.from({ length: 9 }, (_, i) => Math.sin(i + 1));
    expectClose(apply(wignerMatrix(4, r), apply(wignerMatrix(4, s), v)), apply(wignerMatrix(4, product), v), {
      absolute: 1e-14,
    });
    expectClose(Math.hypot(...apply(wignerMatrix(4, r), v)), Math.hypot(...v), { relative: 1e-14 });
  });

  it("refuses a matrix that is not orthogonal", () => {
    expect(() => wignerMatrix(2, [1, 0, 0, 0, 2, 0, 0, 0, 1])).toThrow(/not orthogonal/);
    expect(() => wignerMatrix(2, new Float64Array(9).fill(Number.NaN))).toThrow(/not orthogonal/);
    expect(() => wignerMatrix(2, [1, 0])).toThrow(/not orthogonal/);
  });
});
