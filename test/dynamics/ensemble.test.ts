import { beforeAll, describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { energyDrift } from "../../src/dynamics/energyDrift.js";
import { type MdRun, mdEnsemble } from "../../src/dynamics/ensemble.js";
import { forceFieldPotential } from "../../src/dynamics/forceFieldPotential.js";
import { md } from "../../src/dynamics/md.js";
import type { MdOptions } from "../../src/dynamics/options.js";
import { kineticEnergy, temperatureOf } from "../../src/dynamics/velocities.js";
import type { ForceFieldModel } from "../../src/model/target/forceField/forceField.js";
import { fitForceField } from "../../src/model/target/forceField/forceField.js";
import { predictForces } from "../../src/model/target/forceField/predict.js";
import { forceFieldUncertainty } from "../../src/model/target/forceField/uncertainty.js";
import { atomicMasses } from "../../src/structure/elements.js";
import type { Frame } from "../../src/structure/frame.js";
import type { Structure } from "../../src/structure/structure.js";
import { frameCount, frameStructure } from "../../src/structure/trajectory.js";
import { expectClose } from "../support/close.js";

describe("the force field of α-quartz from the embedded PBE forces", () => {
  let model: ForceFieldModel;
  let start: Structure;
  let held: readonly Frame[];
  let runs: MdRun[];
  const options = { temperature: 300, runs: 2, steps: 1200, equilibration: 300, between: 200, seed: 4 };

  beforeAll(async () => {
    const quartz = await loadDataset("sio2");
    const frames = quartz.frames.filter((f) => f.forces);
    held = frames.filter((_, i) => i % 5 === 0);
    const training = [...frames.filter((_, i) => i % 5 !== 0), ...quartz.displaced];
    model = await fitForceField(training, { ridge: { kind: "fixed", value: 1e-9 } });
    start = quartz.reference!.structure;
    runs = await mdEnsemble(start, model, { ...options, workers: 2 });
  });

  it("predicts held-out forces within 3 % of their standard deviation", () => {
    const given = held.flatMap((f) => [...f.forces!]);
    const found = held.flatMap((f) => [...predictForces(model, f.structure).forces]);
    const mean = given.reduce((s, f) => s + f, 0) / given.length;
    const error = given.reduce((s, f, k) => s + (f - found[k]!) ** 2, 0);
    const spread = given.reduce((s, f) => s + (f - mean) ** 2, 0);
    expect(given.length).toBeGreaterThan(400);
    expect(Math.sqrt(error / spread)).toBeLessThan(0.03);
  });

  it("knows its error: held-out forces are off by √(σ² + noise²), and σ grows in another cell", async () => {
    let squares = 0;
    let count = 0;
    const largest: number[] = [];
    for (const { structure, forces } of held) {
      const predicted = predictForces(model, structure).forces;
      const uncertainty = forceFieldUncertainty(model, structure);
      largest.push(uncertainty.epistemic.largest);
      forces!.forEach((f, k) => {
        squares += ((predicted[k]! - f) / uncertainty.forces[k]!) ** 2;
        count++;
      });
    }
    expectClose(Math.sqrt(squares / count), 1, { absolute: 0.2 });
    const { reference } = await loadDataset("sio2-vasp-cell");
    const elsewhere = forceFieldUncertainty(model, reference!.structure).epistemic.largest;
    expect(elsewhere).toBeGreaterThan(2 * Math.max(...largest));
  });

  it("keeps the energy within 0.1 meV/atom/ps at 1 fs", () => {
    for (const run of runs) {
      const { drift, fluctuation } = energyDrift(run);
      expect(Math.abs(drift)).toBeLessThan(0.1);
      expect(fluctuation).toBeLessThan(0.5);
    }
  });

  it("gives an ensemble that is the same for any number of workers, with its centre of mass at rest", async () => {
    expect(await mdEnsemble(start, model, { ...options, workers: 0 })).toEqual(runs);
    expect(runs[0]!.trajectory.positions).not.toEqual(runs[1]!.trajectory.positions);
    const masses = atomicMasses(start.species);
    for (const { trajectory, temperature, kineticEnergy: kinetic, potentialEnergy } of runs) {
      expect(frameCount(trajectory)).toBe(301);
      expect(trajectory.timestep).toBe(4);
      const v = trajectory.velocities!.subarray(27 * 100, 27 * 101);
      const momentum = [0, 1, 2].map((a) => masses.reduce((s, m, i) => s + m * v[3 * i + a]!, 0));
      expectClose(momentum, [0, 0, 0], { absolute: 1e-10 });
      expectClose(kinetic[100]!, kineticEnergy(v, masses), { relative: 1e-12 });
      expectClose(temperature[100]!, temperatureOf(kinetic[100]!, 24), { relative: 1e-12 });
      const { energy } = predictForces(model, frameStructure(trajectory, 100));
      expectClose(potentialEnergy[100]!, energy, { relative: 1e-12 });
    }
  });

  it("resumes to the same bits", async () => {
    const run: MdOptions = { ensemble: { kind: "npt", temperature: 300 }, steps: 24, seed: 2 };
    const potential = forceFieldPotential(model);
    const whole = await md(start, potential, run);
    const part = await md(start, potential, { ...run, steps: 11 });
    expect((await md(start, forceFieldPotential(model), { ...run, resume: part.state })).state).toEqual(whole.state);
  });

  it("knows that it does not know a structure far from its data", () => {
    const potential = forceFieldPotential(model);
    const squeezed: Structure = { ...start, positions: start.positions.map((x, k) => x + (k === 9 ? 0.4 : 0)) };
    expect(potential.uncertainty!(squeezed)).toBeGreaterThan(10 * potential.uncertainty!(held[0]!.structure));
  });
});
