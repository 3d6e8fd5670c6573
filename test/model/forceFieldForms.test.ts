import { expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { evaluateForceField } from "../../src/model/target/forceField/evaluate.js";
import { fitForceField } from "../../src/model/target/forceField/forceField.js";

it.each([
  { kind: "full" },
  { kind: "products", equivariants: 6, scalars: 3 },
  { kind: "sparse", references: 100, zeta: 2 },
] as const)("a force field of every form learns energies, forces and stresses: $kind", async (form) => {
  const { selected = [] } = (await loadDataset("water")).parts;
  const frames = selected.slice(0, 4);
  expect(frames.every((f) => f.energy !== undefined && f.forces && f.stress)).toBe(true);
  const descriptor = { cutoff: 4, nMax: 3, lMax: 2 };
  const model = await fitForceField(frames, { descriptor, form, ridge: { kind: "fixed", value: 1e-8 } });
  const { forces = Number.NaN } = await evaluateForceField(model, frames);
  const squares = frames.flatMap((f) => Array.from(f.forces!, (v) => (1000 * v) ** 2));
  const spread = Math.sqrt(squares.reduce((a, b) => a + b, 0) / squares.length);
  expect(forces).toBeLessThan(spread / 2);
});
