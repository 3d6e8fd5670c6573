/** Small structures and descriptors for the tests of this folder. */
import { expect } from "vitest";
import type { FeatureWeights } from "../../src/descriptor/contract.js";
import { type Descriptor, featureCount } from "../../src/descriptor/descriptor.js";
import { designRows } from "../../src/descriptor/designRows.js";
import type { DescriptorOptions } from "../../src/descriptor/options.js";
import { createStructure, type Structure } from "../../src/structure/structure.js";
import type { TensorOrder } from "../../src/tensor/cartesian.js";
import { uniform } from "../support/uniform.js";

/** Seven atoms of three species in a triclinic cell, far smaller than twice the cutoff. */
export function smallCrystal(seed = 1): Structure {
  const next = uniform(seed);
  const cell = [4.1, 0.2, -0.3, 0.9, 3.8, 0.4, -0.5, 0.7, 4.4];
  const fractional = [
    [0.05, 0.1, 0.0],
    [0.5, 0.45, 0.1],
    [0.1, 0.55, 0.5],
    [0.55, 0.0, 0.55],
    [0.8, 0.3, 0.35],
    [0.3, 0.8, 0.8],
    [0.75, 0.75, 0.75],
  ];
  const positions = fractional.map((f) =>
    [0, 1, 2].map((c) => f[0]! * cell[c]! + f[1]! * cell[3 + c]! + f[2]! * cell[6 + c]! + 0.1 * (next() - 0.5)),
  );
  return createStructure({ species: ["Zr", "O", "O", "Zr", "O", "H", "O"], positions, cell });
}

/** A free molecule of five atoms. */
export function smallMolecule(): Structure {
  return createStructure({
    species: ["O", "H", "H", "O", "H"],
    positions: [
      [0.05, -0.02, 0.12],
      [0.03, 0.8, -0.44],
      [-0.06, -0.74, -0.51],
      [1.9, 0.4, 1.6],
      [2.4, 1.2, 1.4],
    ],
  });
}

export const small: DescriptorOptions = { species: ["H", "O", "Zr"], cutoff: 3.5, nMax: 3, lMax: 3, smearing: 0.45 };

export const withTwoBody: DescriptorOptions = { ...small, twoBody: { cutoff: 4.5, nMax: 4 } };

/** Reproducible weights between -0.5 and 0.5. */
export function randomWeights(d: Descriptor, order: TensorOrder, seed = 3): FeatureWeights {
  const next = uniform(seed);
  const length = d.options.species.length * featureCount(d, order);
  return { order, values: Float64Array.from({ length }, () => next() - 0.5) };
}

/** The blocks of `designRows` below each other, [atoms, 2λ+1, 3, columns]. */
export function designMatrix(d: Descriptor, s: Structure, order: TensorOrder): Float64Array {
  const blocks: Float64Array[] = [];
  let atoms = 0;
  designRows(d, s, order, (block) => {
    expect(block.firstAtom).toBe(atoms);
    atoms += block.atoms;
    blocks.push(block.values.slice());
  });
  return Float64Array.from(blocks.flatMap((values) => [...values]));
}
