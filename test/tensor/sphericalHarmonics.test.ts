import { describe, expect, it } from "vitest";
import { sphericalHarmonics, sphericalHarmonicsGradient } from "../../src/tensor/sphericalHarmonics.js";
import { expectClose } from "../support/close.js";
import { jacobian } from "../support/finiteDifference.js";
import { referenceData } from "../support/reference.js";
import { uniform } from "../support/uniform.js";

interface HarmonicsReference {
  readonly directions: number[][];
  readonly lmax: number;
  readonly Y_lm: { readonly values: number[][] };
  readonly dY_lm_tangential: { readonly values: number[][][] };
}
const reference = referenceData<HarmonicsReference>("sph_cg");

describe("sphericalHarmonics", () => {
  it("has the convention √(3/4π)(y, z, x) for l = 1", () => {
    const y = sphericalHarmonics(1, 3, -6, 2);
    const f = Math.sqrt(3 / (4 * Math.PI)) / 7;
    expectClose(y, [Math.sqrt(1 / (4 * Math.PI)), -6 * f, 2 * f, 3 * f], { absolute: 1e-15 });
  });

  it.skipIf(!reference)("agrees with another code up to l = 4, values and gradients, to 1e-13", () => {
    reference!.directions.forEach(([x, y, z], d) => {
      const { values, gradients } = sphericalHarmonicsGradient(reference!.lmax, x!, y!, z!);
      expectClose(
        values,
        reference!.Y_lm.values.map((v) => v[d]!),
        { absolute: 1e-13 },
      );
      expectClose(
        gradients,
        reference!.dY_lm_tangential.values.flatMap((v) => v[d]!),
        { absolute: 1e-13 },
      );
    });
  });

  it("is orthonormal up to l = 12, integrated by a product rule that is exact for these degrees", () => {
    const lMax = 12;
    const size = (lMax + 1) ** 2;
    const gram = new Float64Array(size * size);
    const { nodes, weights } = gaussLegendre(lMax + 1);
    const turns = 2 * lMax + 1;
    nodes.forEach((z, i) => {
      const s = Math.sqrt(1 - z * z);
      for (let k = 0; k < turns; k++) {
        const phi = (2 * Math.PI * (k + 0.3)) / turns;
        const y = sphericalHarmonics(lMax, s * Math.cos(phi), s * Math.sin(phi), z);
        const w = (weights[i]! * 2 * Math.PI) / turns;
        for (let a = 0; a < size; a++) for (let b = 0; b < size; b++) gram[a * size + b]! += w * y[a]! * y[b]!;
      }
    });
    const identity = Float64Array.from(gram, (_, i) => (i % (size + 1) === 0 ? 1 : 0));
    expectClose(gram, identity, { absolute: 1e-13 });
  });

  it("has the gradient that finite differences give, for vectors of any length and at the poles", () => {
    const next = uniform(5);
    const vectors = [
      [0, 0, 2],
      [0, 0, -0.7],
      [1.3, 0, 0],
    ].concat(Array.from({ length: 10 }, () => [next() - 0.5, next() - 0.5, next() - 0.5].map((v) => 4 * v)));
    for (const v of vectors) {
      const { gradients } = sphericalHarmonicsGradient(10, v[0]!, v[1]!, v[2]!);
      expectClose(
        gradients,
        jacobian((x) => sphericalHarmonics(10, x[0]!, x[1]!, x[2]!), v, 1e-3),
        {
          absolute: 2e-6,
        },
      );
    }
  });

  it("obeys the addition theorem: Σ_m Y_lm² = (2l+1)/4π", () => {
    const y = sphericalHarmonics(15, 0.2, -0.9, 0.4);
    for (let l = 0; l <= 15; l++) {
      const sum = y.subarray(l * l, (l + 1) ** 2).reduce((a, b) => a + b * b, 0);
      expectClose(sum, (2 * l + 1) / (4 * Math.PI), { relative: 1e-13 });
    }
  });

  it("refuses the zero vector, NaN and a fractional degree", () => {
    expect(() => sphericalHarmonics(2, 0, 0, 0)).toThrow(/no direction/);
    expect(() => sphericalHarmonics(2, Number.NaN, 0, 1)).toThrow(/no direction/);
    expect(() => sphericalHarmonics(1.5, 0, 0, 1)).toThrow(/lMax is 1.5/);
  });
});

/** Gauss–Legendre nodes and weights by Newton's method, written out here so that the test stands on its own. */
function gaussLegendre(n: number): { nodes: number[]; weights: number[] } {
  const nodes: number[] = [];
  const weights: number[] = [];
  for (let i = 0; i < n; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 0;
    for (let iteration = 0; iteration < 50; iteration++) {
      let [p, before] = [1, 0];
      for (let l = 1; l <= n; l++) [p, before] = [((2 * l - 1) * x * p - (l - 1) * before) / l, p];
      slope = (n * (x * p - before)) / (x * x - 1);
      const step = p / slope;
      x -= step;
      if (Math.abs(step) < 1e-16) break;
    }
    nodes.push(x);
    weights.push(2 / ((1 - x * x) * slope * slope));
  }
  return { nodes, weights };
}
