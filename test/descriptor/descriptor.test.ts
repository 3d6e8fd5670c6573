import { describe, expect, it } from "vitest";
import { contract, gradient } from "../../src/descriptor/contract.js";
import { createDescriptor, featureCount, featureLabels } from "../../src/descriptor/descriptor.js";
import { designRows } from "../../src/descriptor/designRows.js";
import { featureSums, featuresOf } from "../../src/descriptor/evaluate.js";
import { createStructure, type Structure } from "../../src/structure/structure.js";
import type { TensorOrder } from "../../src/tensor/cartesian.js";
import { expectClose } from "../support/close.js";
import { apply, randomOrthogonal, rotateStructure } from "../support/equivariance.js";
import { jacobian } from "../support/finiteDifference.js";
import { wignerMatrix } from "../support/wigner.js";
import { randomWeights, small, smallCrystal, smallMolecule, withTwoBody } from "./support.js";

const orders: readonly TensorOrder[] = [0, 1, 2];

/** Rows [μ, k] of one atom turned: D^λ acts on μ. */
function turned(values: Float64Array, components: number, matrix: Float64Array): Float64Array {
  const count = values.length / components;
  const out = new Float64Array(values.length);
  for (let k = 0; k < count; k++) {
    const column = Float64Array.from({ length: components }, (_, m) => values[m * count + k]!);
    apply(matrix, column).forEach((v, m) => {
      out[m * count + k] = v;
    });
  }
  return out;
}

describe("number and labels of features", () => {
  it("counts unique pairs only: 432 for 2 species, n 6, l ≤ 3, λ = 1 and 952 for n 8, l ≤ 6, λ = 0", () => {
    expect(featureCount(createDescriptor({ species: ["Zr", "O"], cutoff: 5.5, nMax: 6, lMax: 3 }), 1)).toBe(432);
    expect(featureCount(createDescriptor({ species: ["H", "O"], cutoff: 5, nMax: 8, lMax: 6 }), 0)).toBe(952);
  });

  it.each(orders)("λ = %i: no two columns are equal up to a factor", (order) => {
    const d = createDescriptor({ ...small, nMax: 2, twoBody: {} });
    const { values, count, components, atoms } = featuresOf(d, smallCrystal(), order);
    const column = (k: number) => Float64Array.from({ length: atoms * components }, (_, i) => values[i * count + k]!);
    const columns = Array.from({ length: count }, (_, k) => column(k)).filter((c) => Math.hypot(...c) > 0);
    for (let i = 0; i < columns.length; i++)
      for (let j = 0; j < i; j++) {
        const dot = columns[i]!.reduce((sum, v, k) => sum + v * columns[j]![k]!, 0);
        expect(Math.abs(dot) / Math.hypot(...columns[i]!) / Math.hypot(...columns[j]!)).toBeLessThan(1 - 1e-9);
      }
  });

  it("labels every feature by species, n and l", () => {
    const d = createDescriptor(withTwoBody);
    for (const order of orders) {
      const labels = featureLabels(d, order);
      expect(labels.length).toBe(featureCount(d, order));
      expect(labels[5]).toEqual({ body: 2, first: { species: "O", n: 1, l: order }, scale: 1 });
      for (const { body, first, second } of labels.filter((x) => x.body === 3)) {
        expect(body).toBe(3);
        expect((first.l + second!.l + order) % 2).toBe(0);
        expect(Math.abs(first.l - second!.l)).toBeLessThanOrEqual(order);
      }
    }
  });
});

describe.each(orders)("symmetry of the features, λ = %i", (order) => {
  const d = createDescriptor(withTwoBody);

  it("turn with the Wigner matrix under 100 random rotations with and without inversion, to 1e-10", () => {
    const s = smallMolecule();
    const f = featuresOf(d, s, order);
    const size = f.components * f.count;
    for (const r of randomOrthogonal(100, 17)) {
      const matrix = wignerMatrix(order, r);
      const g = featuresOf(d, rotateStructure(s, r), order);
      for (let atom = 0; atom < f.atoms; atom++) {
        const row = [atom * size, (atom + 1) * size] as const;
        expectClose(g.values.subarray(...row), turned(f.values.subarray(...row), f.components, matrix), {
          absolute: 1e-10,
        });
      }
    }
  });

  it("turn with the crystal when cell and atoms are rotated", () => {
    const s = smallCrystal();
    const f = featureSums(d, s, order);
    for (const r of randomOrthogonal(4, 5))
      expectClose(featureSums(d, rotateStructure(s, r), order), turned(f, 2 * order + 1, wignerMatrix(order, r)), {
        absolute: 1e-10,
      });
  });

  it("permuting atoms permutes rows exactly", () => {
    const s = smallCrystal();
    const permutation = [4, 2, 6, 0, 5, 1, 3];
    const t = createStructure({
      species: permutation.map((i) => s.species[i]!),
      positions: permutation.map((i) => [...s.positions.subarray(3 * i, 3 * i + 3)]),
      cell: s.cell!,
    });
    const [f, g] = [featuresOf(d, s, order), featuresOf(d, t, order)];
    const size = f.components * f.count;
    permutation.forEach((from, to) => {
      expect(g.values.subarray(to * size, (to + 1) * size)).toEqual(f.values.subarray(from * size, (from + 1) * size));
    });
  });

  it("do not depend on translation, wrapping, the choice of an equivalent cell, or a supercell", () => {
    const s = smallCrystal();
    const f = featuresOf(d, s, order);
    const moved = s.positions.map((x, i) => x + [0.7, -2.3, 11.1][i % 3]!);
    expectClose(featuresOf(d, { ...s, positions: moved }, order).values, f.values, { absolute: 1e-10 });
    const wrapped = s.positions.slice();
    for (let c = 0; c < 3; c++) {
      wrapped[6 + c]! += 2 * s.cell![c]! - s.cell![3 + c]!;
      wrapped[15 + c]! -= 3 * s.cell![6 + c]!;
    }
    expectClose(featuresOf(d, { ...s, positions: wrapped }, order).values, f.values, { absolute: 1e-10 });
    const sheared = s.cell!.slice();
    for (let c = 0; c < 3; c++) {
      sheared[3 + c]! += s.cell![c]!;
      sheared[6 + c]! -= 2 * s.cell![3 + c]!;
    }
    expectClose(featuresOf(d, { ...s, cell: sheared }, order).values, f.values, { absolute: 1e-10 });
    const doubled = createStructure({
      species: [...s.species, ...s.species],
      positions: [...s.positions, ...s.positions.map((x, i) => x + s.cell![3 + (i % 3)]!)],
      cell: s.cell!.map((x, i) => (i >= 3 && i < 6 ? 2 * x : x)),
    });
    expectClose(featuresOf(d, doubled, order).values, [...f.values, ...f.values], { absolute: 1e-10 });
  });
});

describe.each(orders)("contraction and derivatives, λ = %i", (order) => {
  const d = createDescriptor(withTwoBody);
  const weights = randomWeights(d, order);
  const components = 2 * order + 1;

  it.each([
    ["crystal", smallCrystal()],
    ["molecule", smallMolecule()],
  ] as const)("%s: contract is the scalar product of features and weights, per atom and summed", (_, s) => {
    const { value, atoms } = contract(d, s, weights);
    const f = featuresOf(d, s, order);
    const expected = new Float64Array(f.atoms * components);
    s.species.forEach((symbol, atom) => {
      const kind = d.options.species.indexOf(symbol);
      for (let m = 0; m < components; m++)
        for (let k = 0; k < f.count; k++)
          expected[atom * components + m]! +=
            f.values[(atom * components + m) * f.count + k]! * weights.values[kind * f.count + k]!;
    });
    expectClose(atoms, expected, { absolute: 1e-11 });
    const sums = featureSums(d, s, order);
    const columns = weights.values.length;
    for (let m = 0; m < components; m++) {
      const dot = weights.values.reduce((sum, w, k) => sum + w * sums[m * columns + k]!, 0);
      expectClose(value[m]!, dot, { absolute: 1e-11 });
    }
  });

  it.each([
    ["crystal", smallCrystal()],
    ["molecule", smallMolecule()],
  ] as const)("%s: gradient equals central differences to 1e-6 relative, and sums to 0", (_, s) => {
    const { positions, value } = gradient(d, s, weights);
    const numeric = jacobian((x) => contract(d, { ...s, positions: x }, weights).value, s.positions, 2e-4);
    const scale = Math.max(...numeric.map(Math.abs));
    expectClose(positions, numeric, { absolute: 1e-6 * scale });
    expectClose(value, contract(d, s, weights).value, { absolute: 1e-12 });
    for (let m = 0; m < components; m++)
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let i = 0; i < s.species.length; i++) sum += positions[3 * (m * s.species.length + i) + c]!;
        expectClose(sum, 0, { absolute: 1e-12 * scale });
      }
  });

  it("strain derivative equals finite strain of cell and positions", () => {
    const s = smallCrystal();
    const strained = (e: Float64Array): Structure => {
      const strain = (v: Float64Array) =>
        v.map((_, i) => {
          const at = i - (i % 3);
          const row = 3 * (i % 3);
          return v[i]! + e[row]! * v[at]! + e[row + 1]! * v[at + 1]! + e[row + 2]! * v[at + 2]!;
        });
      return { ...s, positions: strain(s.positions), cell: strain(s.cell!) };
    };
    const { strain } = gradient(d, s, weights);
    const numeric = jacobian((e) => contract(d, strained(e), weights).value, new Float64Array(9), 5e-4);
    expectClose(strain, numeric, { absolute: 1e-6 * Math.max(...numeric.map(Math.abs)) });
  });

  it.each([
    ["crystal", smallCrystal(), 1],
    ["molecule", smallMolecule(), 1e9],
  ] as const)("%s: design rows times weights are the gradient, in any block size", (_, s, blockBytes) => {
    const { positions } = gradient(d, s, weights);
    const n = s.species.length;
    let atoms = 0;
    designRows(
      d,
      s,
      order,
      (block) => {
        expect(block.firstAtom).toBe(atoms);
        expect(block.columns).toBe(weights.values.length);
        atoms += block.atoms;
        for (let row = 0; row < block.rows; row++) {
          const values = block.values.subarray(row * block.columns, (row + 1) * block.columns);
          const dot = weights.values.reduce((sum, w, k) => sum + w * values[k]!, 0);
          const atom = block.firstAtom + Math.floor(row / (3 * components));
          const m = Math.floor(row / 3) % components;
          expectClose(dot, positions[3 * (m * n + atom) + (row % 3)]!, { absolute: 1e-11 });
        }
      },
      { blockBytes },
    );
    expect(atoms).toBe(n);
  });
});

describe("several weight lists at once", () => {
  it("give what each gives alone", () => {
    const d = createDescriptor(withTwoBody);
    const s = smallCrystal();
    const weights = [randomWeights(d, 0, 1), randomWeights(d, 2, 2)];
    const both = gradient(d, s, weights);
    weights.forEach((w, i) => {
      const alone = gradient(d, s, w);
      expectClose(both[i]!.positions, alone.positions, { absolute: 1e-13 });
      expectClose(both[i]!.strain, alone.strain, { absolute: 1e-12 });
      expectClose(contract(d, s, weights)[i]!.value, alone.value, { absolute: 1e-13 });
    });
  });
});

describe("smoothness", () => {
  it.each(["cosine", "polynomial"] as const)("an atom passes the %s cutoff without a kink", (kind) => {
    const d = createDescriptor({ ...small, cutoffFunction: { kind }, twoBody: {} });
    const weights = randomWeights(d, 0);
    const at = (x: number): number =>
      contract(
        d,
        createStructure({
          species: ["O", "H", "H"],
          positions: [
            [0, 0, 0],
            [0.9, 0, 0.2],
            [x, 0.1, 0],
          ],
        }),
        weights,
      ).value[0]!;
    const step = 1e-3;
    const seconds = Array.from({ length: 200 }, (_, i) => {
      const x = 3.4 + i * step;
      return (at(x + step) - 2 * at(x) + at(x - step)) / step ** 2;
    });
    const before = Math.max(...seconds.slice(0, 80).map(Math.abs));
    expect(Math.max(...seconds.map(Math.abs))).toBeLessThan(2 * before);
    expect(before).toBeGreaterThan(1e-4);
  });

  it("without cutoff function the features jump: the test above can fail", () => {
    const d = createDescriptor({ ...small, cutoffFunction: { kind: "none" } });
    const at = (x: number) =>
      featuresOf(
        d,
        createStructure({
          species: ["O", "H"],
          positions: [
            [0, 0, 0],
            [x, 0, 0],
          ],
        }),
        0,
      ).values[0]!;
    expect(Math.abs(at(3.4999) - at(3.5001))).toBeGreaterThan(1e-6);
  });
});
