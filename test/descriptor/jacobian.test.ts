import { describe, expect, it } from "vitest";
import { contract, gradient } from "../../src/descriptor/contract.js";
import { createDescriptor, featureCount } from "../../src/descriptor/descriptor.js";
import { featuresOf } from "../../src/descriptor/evaluate.js";
import { type CentreDerivatives, featureJacobian } from "../../src/descriptor/jacobian.js";
import type { Structure } from "../../src/structure/structure.js";
import type { TensorOrder } from "../../src/tensor/cartesian.js";
import { expectClose } from "../support/close.js";
import { uniform } from "../support/uniform.js";
import { designMatrix, small, smallCrystal, smallMolecule } from "./support.js";

const d = createDescriptor({ ...small, twoBody: { cutoff: 4.2, nMax: 4 } });
const orders = [0, 1, 2] as const;

function jacobian(s: Structure, order: TensorOrder, blockBytes = 32e6): CentreDerivatives[] {
  const all: CentreDerivatives[] = [];
  featureJacobian(
    d,
    s,
    order,
    ({ firstAtom, derivatives }) => {
      expect(firstAtom).toBe(all.length);
      all.push(...derivatives.map(({ centres, values }) => ({ centres, values: values.slice() })));
    },
    { blockBytes },
  );
  return all;
}

describe("featureJacobian", () => {
  it.each(orders)(
    "is the numerical derivative of every feature of order %i with respect to every position",
    (order) => {
      for (const s of [smallMolecule(), smallCrystal()]) {
        const size = (2 * order + 1) * featureCount(d, order);
        const count = featureCount(d, order);
        const step = 1e-5;
        jacobian(s, order).forEach(({ centres, values }, atom) => {
          for (let axis = 0; axis < 3; axis++) {
            const [up, down] = [step, -step].map((h) => {
              const positions = s.positions.slice();
              positions[3 * atom + axis]! += h;
              return featuresOf(d, { ...s, positions }, order).values;
            }) as [Float64Array, Float64Array];
            const numerical = up.map((v, k) => (v - down[k]!) / (2 * step));
            const found = new Float64Array(numerical.length);
            centres.forEach((centre, k) => {
              for (let f = 0; f < size; f++) {
                const m = Math.floor(f / count);
                found[centre * size + f] = values[((k * (2 * order + 1) + m) * 3 + axis) * count + (f % count)]!;
              }
            });
            expectClose(found, numerical, { absolute: 1e-7 });
          }
        });
      }
    },
  );

  it.each(orders)("of order %i summed over the centres of a species is designRows", (order) => {
    const s = smallCrystal();
    const count = featureCount(d, order);
    const lines = 3 * (2 * order + 1);
    const columns = d.options.species.length * count;
    const derivatives = jacobian(s, order);
    const values = designMatrix(d, s, order);
    const sums = new Float64Array(values.length);
    derivatives.forEach(({ centres, values: own }, atom) => {
      centres.forEach((centre, k) => {
        const kind = d.options.species.indexOf(s.species[centre]!);
        for (let r = 0; r < lines; r++)
          for (let f = 0; f < count; f++)
            sums[(atom * lines + r) * columns + kind * count + f]! += own[(k * lines + r) * count + f]!;
      });
    });
    expectClose(sums, values, { absolute: 1e-12 });
  });

  it("gives the same bits in blocks of any size, and leaves out centres beyond the cutoff", () => {
    const s = smallCrystal();
    const all = jacobian(s, 1);
    expect(jacobian(s, 1, 1)).toEqual(all);
    expect(jacobian(s, 1, 8 * all[0]!.values.length + 8)).toEqual(all);
    const far = { ...smallMolecule(), positions: smallMolecule().positions.map((x, k) => (k < 9 ? x : x + 10)) };
    expect(jacobian(far, 0).map(({ centres }) => [...centres])).toEqual([
      [0, 1, 2],
      [0, 1, 2],
      [0, 1, 2],
      [3, 4],
      [3, 4],
    ]);
  });

  it("refuses normalized descriptors and unknown options", () => {
    const unit = createDescriptor({ ...small, normalization: { kind: "unit" } });
    expect(() => featureJacobian(unit, smallCrystal(), 0, () => undefined)).toThrow(/normalized/);
    const wrong = { blokBytes: 1 } as object;
    expect(() => featureJacobian(d, smallCrystal(), 0, () => undefined, wrong)).toThrow(/did you mean "blockBytes"/);
  });
});

describe("weights per atom", () => {
  it.each(orders)("of order %i give Σ_i D(i)·w_i and its gradient", (order) => {
    const s = smallCrystal();
    const count = featureCount(d, order);
    const components = 2 * order + 1;
    const next = uniform(4);
    const values = Float64Array.from({ length: s.species.length * count }, () => next() - 0.5);
    const weights = { order, values, per: "atom" } as const;
    const g = gradient(d, s, weights);
    expectClose(contract(d, s, weights).atoms, g.atoms, { absolute: 1e-12 });
    const features = featuresOf(d, s, order).values;
    g.atoms.forEach((value, k) => {
      const atom = Math.floor(k / components);
      let sum = 0;
      for (let f = 0; f < count; f++) sum += features[k * count + f]! * values[atom * count + f]!;
      expectClose(value, sum, { absolute: 1e-11 });
    });
    const positions = new Float64Array(g.positions.length);
    jacobian(s, order).forEach(({ centres, values: own }, atom) => {
      centres.forEach((centre, k) => {
        for (let r = 0; r < 3 * components; r++)
          for (let f = 0; f < count; f++)
            positions[(Math.floor(r / 3) * s.species.length + atom) * 3 + (r % 3)]! +=
              own[(k * 3 * components + r) * count + f]! * values[centre * count + f]!;
      });
    });
    expectClose(g.positions, positions, { absolute: 1e-11 });
  });

  it("must be as many as atoms", () => {
    const values = new Float64Array(3 * featureCount(d, 0));
    expect(() => contract(d, smallCrystal(), { order: 0, values, per: "atom" })).toThrow(/expected 7 atoms × /);
  });
});
