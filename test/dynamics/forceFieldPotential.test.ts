import { expect, it } from "vitest";
import { environments, nearerThan } from "../../src/descriptor/environments.js";
import { forceFieldPotential } from "../../src/dynamics/forceFieldPotential.js";
import { random } from "../../src/math/random.js";
import { predictForces } from "../../src/model/target/forceField/predict.js";
import type { Structure } from "../../src/structure/structure.js";
import { jitteredQuartz, randomForceField } from "../support/forceFields.js";

it("gives the bits of a structure alone, whatever was asked before: small steps, jumps, another cell, fewer atoms", () => {
  const model = randomForceField(3);
  const potential = forceFieldPotential(model);
  const next = random(4);
  let s: Structure = jitteredQuartz(5);
  const step = (size: number): Structure => ({ ...s, positions: s.positions.map((x) => x + size * next.normal()) });
  const scaled = (by: number): Structure => ({ ...s, cell: s.cell!.map((x) => by * x) });
  const cases = [
    ...Array.from({ length: 30 }, () => () => step(0.02)),
    () => step(0.4),
    () => scaled(1.01),
    () => scaled(0.99),
    () => step(0.01),
    () => ({ ...s, species: s.species.slice(1), positions: s.positions.slice(3) }),
  ];
  for (const change of cases) {
    s = change();
    expect(potential.evaluate(s)).toEqual(predictForces(model, s));
  }
});

it("environments within a smaller radius are the first neighbors of each group", () => {
  const s = jitteredQuartz(6);
  const wide = environments(s, ["O", "Si"], 5.5);
  for (const cutoff of [1, 3.2, 4.7, 5.5])
    expect(nearerThan(wide, cutoff)).toEqual(environments(s, ["O", "Si"], cutoff));
});
