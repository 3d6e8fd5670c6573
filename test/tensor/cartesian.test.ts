import { describe, expect, it } from "vitest";
import { irreducibleToSymmetric, symmetricToIrreducible, VECTOR_AXES } from "../../src/tensor/cartesian.js";
import { sphericalHarmonics } from "../../src/tensor/sphericalHarmonics.js";
import { expectClose } from "../support/close.js";
import { apply, randomOrthogonal, rotateRows } from "../support/equivariance.js";
import { wignerMatrix } from "../support/wigner.js";

const t = Float64Array.of(1.3, 0.35, 0.15, 0.35, -0.4, -0.8, 0.15, -0.8, 2.2);
const irreducible = (v: ArrayLike<number>) => Float64Array.from(VECTOR_AXES, (axis) => v[axis]!);

describe("Cartesian and irreducible tensors", () => {
  it("vectors are (y, z, x), in the order of Y_1", () => {
    const r = [0.6, -0.48, 0.64];
    const y = sphericalHarmonics(1, r[0]!, r[1]!, r[2]!).subarray(1);
    expectClose(
      y,
      irreducible(r).map((v) => v * Math.sqrt(3 / (4 * Math.PI))),
      { absolute: 1e-15 },
    );
  });

  it("the 1 + 5 map of symmetric tensors keeps the Frobenius norm and is invertible", () => {
    const { scalar, traceless } = symmetricToIrreducible(t);
    expectClose(
      scalar ** 2 + traceless.reduce((a, b) => a + b * b, 0),
      t.reduce((a, b) => a + b * b, 0),
      {
        relative: 1e-14,
      },
    );
    expectClose(irreducibleToSymmetric({ scalar, traceless }), t, { absolute: 1e-15 });
  });

  it("r rᵀ has the components of Y_2 in the same order and with one common positive factor", () => {
    const r = [0.6, -0.48, 0.64];
    const outer = r.flatMap((a) => r.map((b) => a * b));
    const y = sphericalHarmonics(2, r[0]!, r[1]!, r[2]!).subarray(4);
    const factor = Math.sqrt((8 * Math.PI) / 15);
    expectClose(
      symmetricToIrreducible(outer).traceless,
      y.map((v) => v * factor),
      { absolute: 1e-15 },
    );
  });

  it("both parts turn with Wigner matrices, for proper and improper rotations", () => {
    for (const r of randomOrthogonal(10, 4)) {
      // R t Rᵀ: rotate rows, transpose, rotate rows (t is symmetric).
      const half = rotateRows(r, t);
      const turned = rotateRows(
        r,
        [0, 3, 6, 1, 4, 7, 2, 5, 8].map((i) => half[i]!),
      );
      const before = symmetricToIrreducible(t);
      const after = symmetricToIrreducible(turned);
      expectClose(after.scalar, before.scalar, { relative: 1e-14 });
      expectClose(after.traceless, apply(wignerMatrix(2, r), before.traceless), { absolute: 1e-14 });
      const v = [0.2, -1, 0.5];
      expectClose(irreducible(rotateRows(r, v)), apply(wignerMatrix(1, r), irreducible(v)), {
        absolute: 1e-15,
      });
    }
  });

  it("names a wrong length", () => {
    expect(() => symmetricToIrreducible([1, 2])).toThrow(/2 numbers, expected 9/);
  });
});
