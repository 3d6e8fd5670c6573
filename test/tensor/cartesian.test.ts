import { describe, expect, it } from "vitest";
import {
  irreducibleToSymmetric,
  irreducibleToVector,
  symmetricFromComponents,
  symmetricToComponents,
  symmetricToIrreducible,
  vectorToIrreducible,
} from "../../src/tensor/cartesian.js";
import { sphericalHarmonics } from "../../src/tensor/sphericalHarmonics.js";
import { wignerMatrix } from "../../src/tensor/wigner.js";
import { expectClose } from "../support/close.js";
import { apply, randomOrthogonal, rotateRows } from "../support/equivariance.js";

const t = symmetricFromComponents([1.3, -0.4, 2.2, 0.35, -0.8, 0.15], "xx yy zz xy yz zx");

describe("Cartesian and irreducible tensors", () => {
  it("vectors are (y, z, x) and return unchanged", () => {
    expect([...vectorToIrreducible([1, 2, 3])]).toEqual([2, 3, 1]);
    expect([...irreducibleToVector(vectorToIrreducible([1, 2, 3]))]).toEqual([1, 2, 3]);
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
      expectClose(vectorToIrreducible(rotateRows(r, v)), apply(wignerMatrix(1, r), vectorToIrreducible(v)), {
        absolute: 1e-15,
      });
    }
  });

  it("lists six components in every known order and reads them back", () => {
    for (const order of ["xx yy zz xy yz zx", "xx yy zz yz xz xy", "xx xy xz yy yz zz", "xx yy zz xy xz yz"] as const) {
      expect([...symmetricFromComponents(symmetricToComponents(t, order), order)]).toEqual([...t]);
    }
    expect([...symmetricToComponents(t, "xx xy xz yy yz zz")]).toEqual([1.3, 0.35, 0.15, -0.4, -0.8, 2.2]);
  });

  it("names what is wrong with an order or a length", () => {
    expect(() => symmetricToComponents(t, "xx yy zz xy" as "xx yy zz xy yz zx")).toThrow(/known: xx yy zz/);
    expect(() => vectorToIrreducible([1, 2])).toThrow(/2 numbers, expected 3/);
  });
});
