import { describe, expect, it } from "vitest";
import { contract, gradient } from "../../src/descriptor/contract.js";
import { createDescriptor, type Descriptor, descriptorWith, featureCount } from "../../src/descriptor/descriptor.js";
import { designRows } from "../../src/descriptor/designRows.js";
import { featuresOf } from "../../src/descriptor/evaluate.js";
import { featureJacobian } from "../../src/descriptor/jacobian.js";
import type { DescriptorOptions } from "../../src/descriptor/options.js";
import { referenceEngine } from "../../src/descriptor/referenceEngine.js";
import { strainJacobian } from "../../src/descriptor/strainJacobian.js";
import { createStructure, type Structure } from "../../src/structure/structure.js";
import { expectClose } from "../support/close.js";
import { uniform } from "../support/uniform.js";
import { designMatrix, small, smallCrystal, smallMolecule } from "./support.js";

/** Every number that a descriptor gives for a structure. */
function everything(d: Descriptor, s: Structure): Float64Array[] {
  const results: Float64Array[] = [];
  for (const order of [0, 1, 2] as const) {
    const next = uniform(9);
    const length = d.options.species.length * featureCount(d, order);
    const weights = { order, values: Float64Array.from({ length }, () => next() - 0.5) };
    const g = gradient(d, s, weights);
    results.push(featuresOf(d, s, order).values, contract(d, s, weights).atoms, g.atoms, g.positions, g.strain);
    results.push(designMatrix(d, s, order));
    featureJacobian(d, s, order, ({ derivatives }) => {
      for (const { values } of derivatives) results.push(values.slice());
    });
    strainJacobian(d, s, order, (_, rows) => results.push(rows.slice()));
  }
  return results;
}

const lone = createStructure({ species: ["O"], positions: [[0, 0, 0]] });
const dimer = createStructure({
  species: ["H", "O"],
  positions: [
    [0, 0, 0],
    [0.3, 0.5, 0.8],
  ],
});

describe("the kernels give what the plain formulas give, to 1e-12 of the largest number", () => {
  const cases: [string, DescriptorOptions, Structure][] = [
    ["a crystal", small, smallCrystal()],
    ["a molecule with two-body part", { ...small, twoBody: { nMax: 5, cutoff: 2.7 } }, smallMolecule()],
    ["the central atom counted", { ...small, centralAtom: true, twoBody: {} }, smallMolecule()],
    ["odd numbers of channels", { ...small, species: ["O", "H", "Zr", "Pb", "I"], nMax: 5, lMax: 2 }, smallCrystal()],
    ["one channel", { species: ["H", "O"], cutoff: 2, nMax: 1, lMax: 1, twoBody: {} }, smallMolecule()],
    ["l = 0 only", { ...small, lMax: 0, twoBody: {} }, smallMolecule()],
    ["the largest lMax", { ...small, nMax: 2, lMax: 10 }, smallMolecule()],
    ["the largest nMax", { species: ["H", "O"], cutoff: 3, nMax: 20, lMax: 3 }, dimer],
    [
      "another basis without cutoff function",
      { ...small, basis: { kind: "gto" }, cutoffFunction: { kind: "none" } },
      smallCrystal(),
    ],
    ["a lone atom", { ...small, twoBody: {} }, lone],
  ];

  it.each(cases)("%s", (_, options, s) => {
    const kernels = everything(createDescriptor(options), s);
    const plain = everything(
      descriptorWith(options, () => referenceEngine),
      s,
    );
    expect(kernels.length).toBe(plain.length);
    plain.forEach((expected, i) => {
      const scale = expected.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-300);
      expectClose(kernels[i]!, expected, { absolute: 1e-12 * scale });
    });
  });

  it("and the same bits again, also with other work in between", () => {
    const d = createDescriptor({ ...small, twoBody: { cutoff: 4 } });
    const [s, other] = [smallCrystal(), smallMolecule()];
    const first = everything(d, s);
    const weights = { order: 1, values: new Float64Array(3 * featureCount(d, 1)).fill(1) } as const;
    let block = 0;
    const rows: Float64Array[] = [];
    designRows(
      d,
      s,
      1,
      ({ values }) => {
        rows.push(values.slice());
        gradient(d, block++ % 2 === 0 ? other : s, weights);
      },
      { blockBytes: 1 },
    );
    expect(everything(d, s)).toEqual(first);
    expect(Float64Array.from(rows.flatMap((r) => [...r]))).toEqual(first[5 + 2 * s.species.length + 6]!);
  });

  it("up to the last number below the cutoff, where r/step may round to the end of the table", () => {
    for (let i = 0; i < 40; i++) {
      const cutoff = 3 + 0.05 * i;
      const options: DescriptorOptions = { species: ["H"], cutoff, nMax: 2, lMax: 1, cutoffFunction: { kind: "none" } };
      const s = createStructure({
        species: ["H", "H"],
        positions: [
          [0, 0, 0],
          [cutoff * (1 - 2 ** -53), 0, 0],
        ],
      });
      const kernels = featuresOf(createDescriptor(options), s, 0).values;
      const plain = featuresOf(
        descriptorWith(options, () => referenceEngine),
        s,
        0,
      ).values;
      expect(kernels[0]).not.toBe(0);
      expectClose(kernels, plain, { absolute: 1e-12 });
    }
  });
});
