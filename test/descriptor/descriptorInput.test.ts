import { describe, expect, it } from "vitest";
import { contract, gradient } from "../../src/descriptor/contract.js";
import { createDescriptor } from "../../src/descriptor/descriptor.js";
import { designRows } from "../../src/descriptor/designRows.js";
import { featureSums, featuresOf } from "../../src/descriptor/evaluate.js";
import type { DescriptorOptions } from "../../src/descriptor/options.js";
import { createStructure } from "../../src/structure/structure.js";
import type { TensorOrder } from "../../src/tensor/cartesian.js";
import { expectClose } from "../support/close.js";
import { randomWeights, small, smallCrystal, withTwoBody } from "./support.js";

const orders: readonly TensorOrder[] = [0, 1, 2];

describe("degenerate input", () => {
  const d = createDescriptor({ species: ["H", "O"], cutoff: 4, nMax: 2, lMax: 2, twoBody: {} });
  const isolated = createStructure({ species: ["H"], positions: [[1, 2, 3]] });

  it("an isolated atom has features 0, and its own density where it counts itself", () => {
    for (const order of orders) {
      expect(featuresOf(d, isolated, order).values.every((v) => v === 0)).toBe(true);
      expect(gradient(d, isolated, randomWeights(d, order)).positions.every((v) => v === 0)).toBe(true);
    }
    const { twoBody: _, ...threeBody } = d.options;
    const self = createDescriptor({ ...threeBody, centralAtom: true });
    expect(featuresOf(self, isolated, 0).values.some((v) => v > 0)).toBe(true);
    expect(featuresOf(self, isolated, 1).values.every((v) => v === 0)).toBe(true);
    const unit = createDescriptor({ ...d.options, normalization: { kind: "unit" } });
    expect(featuresOf(unit, isolated, 0).values.every((v) => v === 0)).toBe(true);
  });

  it("no atoms give no rows and value 0", () => {
    const nothing = createStructure({ species: [], positions: [] });
    expect(featuresOf(d, nothing, 1).values.length).toBe(0);
    const g = gradient(d, nothing, randomWeights(d, 1));
    expect([...g.value]).toEqual([0, 0, 0]);
    expect(g.positions.length).toBe(0);
    designRows(d, nothing, 1, () => expect.fail("no block expected"));
  });

  it("coincident atoms, malformed cells and unknown species are named", () => {
    const twice = createStructure({
      species: ["H", "O"],
      positions: [
        [0, 0, 0],
        [0, 0, 0],
      ],
    });
    expect(() => featuresOf(d, twice, 0)).toThrow(/atoms 0 \(H\) and 1 \(O\) coincide/);
    const flat = { ...isolated, cell: new Float64Array(9), periodic: [true, true, true] } as const;
    expect(() => featuresOf(d, flat, 0)).toThrow(/cell volume is 0/);
    const broken = { ...flat, cell: new Float64Array(9).fill(Number.NaN) };
    expect(() => contract(d, broken, randomWeights(d, 0))).toThrow(/cell volume is NaN/);
    const helium = createStructure({
      species: ["H", "He"],
      positions: [
        [0, 0, 0],
        [2, 0, 0],
      ],
    });
    expect(() => featuresOf(d, helium, 0)).toThrow(/atom 1: species He is not among.*\(H, O\)/);
  });

  it("a cutoff larger than ten cells sums every image", () => {
    const tiny = createStructure({ species: ["H"], positions: [[0, 0, 0]], cell: [0.9, 0, 0, 0, 0.9, 0, 0, 0, 0.9] });
    const wide = createDescriptor({ species: ["H"], cutoff: 9.1, nMax: 1, lMax: 0, twoBody: {} });
    // A simple cubic lattice doubled along every axis is the same crystal.
    const images = [0, 1].flatMap((i) => [0, 1].flatMap((j) => [0, 1].map((k) => [0.9 * i, 0.9 * j, 0.9 * k])));
    const eight = createStructure({
      species: images.map(() => "H"),
      positions: images,
      cell: tiny.cell!.map((x) => 2 * x),
    });
    const one = featuresOf(wide, tiny, 0).values;
    expect(one[0]).toBeGreaterThan(10);
    expectClose(featuresOf(wide, eight, 0).values.subarray(0, 2), one, { relative: 1e-10 });
  });

  it("wrong options and weights are refused with what would be right", () => {
    const base = { species: ["H"], cutoff: 4, nMax: 2, lMax: 2 };
    expect(() => createDescriptor({ ...base, cutof: 3 } as DescriptorOptions)).toThrow(/did you mean "cutoff"/);
    expect(() => createDescriptor({ ...base, species: [] })).toThrow(/no species/);
    expect(() => createDescriptor({ ...base, species: ["H", "H"] })).toThrow(/listed twice/);
    expect(() => createDescriptor({ ...base, nMax: 21 })).toThrow(/nMax is 21, expected a whole number from 1 to 20/);
    expect(() => createDescriptor({ ...base, lMax: 2.5 })).toThrow(/lMax is 2.5/);
    expect(() => createDescriptor({ ...base, cutoff: Number.NaN })).toThrow(/cutoff is NaN/);
    expect(() => createDescriptor({ ...base, smearing: 0 })).toThrow(/smearing is 0/);
    expect(() => createDescriptor({ ...base, basis: { kind: "gtos" } as never })).toThrow(
      /unknown kind "gtos".*known kinds: bessel/,
    );
    expect(() => createDescriptor({ ...base, cutoffFunction: { kind: "shiftedCosine", width: 9 } })).toThrow(
      /width is 9 Å/,
    );
    expect(() => createDescriptor({ ...base, twoBody: { lMax: 3 } as never })).toThrow(/unknown option "lMax"/);
    expect(() => contract(d, isolated, { order: 0, values: new Float64Array(3) })).toThrow(
      /3 weights, expected 2 species/,
    );
    expect(() => featuresOf(d, isolated, 3 as TensorOrder)).toThrow(/tensor order 3/);
    const unit = createDescriptor({ ...base, normalization: { kind: "unit" } });
    expect(() => gradient(unit, isolated, randomWeights(unit, 0))).toThrow(/derivatives of normalized features/);
  });
});

describe("options", () => {
  it("survive JSON: the copy gives the same bits", () => {
    const d = createDescriptor({ ...withTwoBody, radialScaling: { kind: "inversePower", scale: 2, exponent: 4 } });
    const copy = createDescriptor(JSON.parse(JSON.stringify(d.options)));
    expect(featuresOf(copy, smallCrystal(), 1)).toEqual(featuresOf(d, smallCrystal(), 1));
  });

  it("unit normalization gives every atom with neighbors length 1 over all components", () => {
    const d = createDescriptor({ ...small, normalization: { kind: "unit" } });
    const weights = randomWeights(d, 2);
    const f = featuresOf(d, smallCrystal(), 2);
    const size = f.components * f.count;
    for (let i = 0; i < f.atoms; i++)
      expectClose(Math.hypot(...f.values.subarray(i * size, (i + 1) * size)), 1, { absolute: 1e-14 });
    const { value } = contract(d, smallCrystal(), weights);
    const sums = featureSums(d, smallCrystal(), 2);
    for (let m = 0; m < 5; m++)
      expectClose(
        value[m]!,
        weights.values.reduce((sum, w, k) => sum + w * sums[m * weights.values.length + k]!, 0),
        { absolute: 1e-13 },
      );
  });
});
