import { describe, expect, it } from "vitest";
import { compressChannels } from "../../src/descriptor/compressChannels.js";
import { gradient } from "../../src/descriptor/contract.js";
import { createDescriptor, featureCount } from "../../src/descriptor/descriptor.js";
import type { DescriptorOptions } from "../../src/descriptor/options.js";
import { strainJacobian } from "../../src/descriptor/strainJacobian.js";
import type { Basis } from "../../src/model/basis/basis.js";
import { kernelBasis, kernelReferences } from "../../src/model/basis/kernelBasis.js";
import { productBasis } from "../../src/model/basis/productBasis.js";
import { productFactors } from "../../src/model/basis/productFactors.js";
import type { Structure } from "../../src/structure/structure.js";
import { expectClose } from "../support/close.js";
import { uniform } from "../support/uniform.js";
import { small, smallCrystal } from "./support.js";

describe("strainJacobian", () => {
  const cases: [string, () => Promise<DescriptorOptions>][] = [
    ["three bodies", async () => small],
    [
      "two-body part with its own cutoff, central atom",
      async () => ({ ...small, twoBody: { cutoff: 4 }, centralAtom: true }),
    ],
    [
      "compressed channels",
      async () => {
        const compression = await compressChannels(createDescriptor(small), [smallCrystal(2)], { channels: 5 });
        return { ...small, compression };
      },
    ],
  ];

  it.each(cases)("times weights is the strain derivative of the reverse pass: %s", async (_, options) => {
    const d = createDescriptor(await options());
    const s = smallCrystal();
    for (const order of [0, 1, 2] as const) {
      const next = uniform(5);
      const count = featureCount(d, order);
      const values = Float64Array.from({ length: d.options.species.length * count }, () => next() - 0.5);
      const sum = new Float64Array(9 * (2 * order + 1));
      strainJacobian(d, s, order, (centre, rows) => {
        const start = d.options.species.indexOf(s.species[centre]!) * count;
        for (let p = 0; p < sum.length; p++)
          for (let k = 0; k < count; k++) sum[p]! += rows[p * count + k]! * values[start + k]!;
        if (order === 0)
          for (const [ab, ba] of [
            [1, 3],
            [2, 6],
            [5, 7],
          ] as const)
            expectClose(rows.subarray(ab * count, (ab + 1) * count), rows.subarray(ba * count, (ba + 1) * count), {
              absolute: 1e-12 * Math.max(...rows.map(Math.abs)),
            });
      });
      const { strain } = gradient(d, s, { order, values });
      expectClose(sum, strain, { absolute: 1e-12 * Math.max(...strain.map(Math.abs)) });
    }
  });

  it("is the strain of a kernel's functions by the chain rule", () => {
    const d = createDescriptor(small);
    const s = smallCrystal();
    const chosen = d.options.species.map((symbol) =>
      [...s.species.keys()].filter((i) => s.species[i] === symbol).map((atom) => ({ structure: 0, atom })),
    );
    const other = { ...s, positions: s.positions.map((x, k) => x + 0.05 * Math.sin(k)) };
    const basis = kernelBasis(d, kernelReferences(d, [other], chosen, 3));
    expectStrain(basis, s);
  });

  it("is the strain of products by the product rule", async () => {
    const d = createDescriptor(small);
    const frames = [1, 2, 3].map((seed) => smallCrystal(seed));
    const factors = await productFactors(d, 0, frames, { equivariants: 4, scalars: 3 });
    expectStrain(productBasis(d, 0, factors), smallCrystal(4));
  });

  /** The rows of a basis times weights against the reverse pass of the same model. */
  function expectStrain(basis: Basis, s: Structure): void {
    const next = uniform(6);
    const w = Float64Array.from(basis.kinds, () => next() - 0.5);
    const rows = basis.strains!(s);
    const sum = Float64Array.from({ length: 9 }, (_, p) => w.reduce((t, x, c) => t + x * rows[p * w.length + c]!, 0));
    const { strain } = basis.response(basis.modelWeights(w), s);
    expect(Math.max(...strain.map(Math.abs))).toBeGreaterThan(1e-3);
    expectClose(sum, strain, { absolute: 1e-9 * Math.max(...strain.map(Math.abs)) });
  }
});
