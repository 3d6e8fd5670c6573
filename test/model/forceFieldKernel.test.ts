import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { featuresOf } from "../../src/descriptor/evaluate.js";
import { mdEnsemble } from "../../src/dynamics/ensemble.js";
import { FormatError, OptionError } from "../../src/errors.js";
import { gemv } from "../../src/math/matrix.js";
import { loadModel, saveModel } from "../../src/model/file/models.js";
import { evaluateForceField } from "../../src/model/target/forceField/evaluate.js";
import type { ForceFieldModel } from "../../src/model/target/forceField/forceField.js";
import { fitForceField } from "../../src/model/target/forceField/forceField.js";
import { predictForces } from "../../src/model/target/forceField/predict.js";
import { selectConfigurations } from "../../src/model/target/forceField/select.js";
import { forceFieldUncertainty } from "../../src/model/target/forceField/uncertainty.js";
import { createStructure } from "../../src/structure/structure.js";
import { expectClose } from "../support/close.js";
import { randomOrthogonal, rotateRows, rotateStructure } from "../support/equivariance.js";
import { gradient } from "../support/finiteDifference.js";
import { computedFrames, jitteredQuartz, randomForceField, SMALL } from "../support/forceFields.js";

const form = (references: number, zeta: number) => ({ kind: "sparse", references, zeta }) as const;
const jittered = (first: number, count: number) => Array.from({ length: count }, (_, k) => jitteredQuartz(first + k));
const frames = computedFrames(randomForceField(), jittered(0, 12));
const fitted = (references: number, zeta: number, ridge = 1e-9) =>
  fitForceField(frames, { descriptor: SMALL, form: form(references, zeta), ridge: { kind: "fixed", value: ridge } });

/** What the model has of its kernel. */
function kernelOf({ basis }: ForceFieldModel) {
  if (basis.kind !== "kernel") throw new Error("no kernel");
  return basis;
}

/** Σ_j Σ_B ω_B (x̂·x̂_B)^ζ + Σ_j e_J, term by term. */
function energyOf(model: ForceFieldModel, s = jitteredQuartz(60)): number {
  const { descriptor: d, weights, constants } = model;
  const kernel = kernelOf(model);
  const { values, count } = featuresOf(d, s, 0);
  let energy = 0;
  s.species.forEach((symbol, atom) => {
    const x = values.subarray(atom * count, (atom + 1) * count);
    const kind = d.options.species.indexOf(symbol);
    let start = kernel.references.slice(0, kind).reduce((n, r) => n + r.rows, 0);
    energy += constants[kind]!;
    for (const k of gemv(kernel.references[kind]!, x))
      energy += weights[start++]! * (k / Math.hypot(...x)) ** kernel.zeta;
  });
  return energy;
}

describe("a force field with a non-linear kernel", () => {
  it.each([2, 3])("of power %i has the energy Σ ω (x̂·x̂_B)^ζ, forces −∂E/∂x and stress ∂E/∂ε", async (zeta) => {
    const model = await fitted(15, zeta);
    expect(kernelOf(model).references.map((r) => r.rows)).toEqual([15, 15]);
    expect(model.weights.length).toBe(30);
    const s = jitteredQuartz(60);
    const { energy, forces, stress } = predictForces(model, s);
    expectClose(energy, energyOf(model), { relative: 1e-12 });
    // Without the energies of free atoms, whose last digits are those of the small forces times the step.
    const free = { ...model, constants: new Float64Array(2) };
    const step = 3e-4;
    const numerical = gradient((positions) => predictForces(free, { ...s, positions }).energy, s.positions, step);
    const scale = Math.hypot(...forces) / Math.sqrt(forces.length);
    expectClose(
      numerical.map((g) => -g),
      forces,
      { absolute: 1e-7 * scale },
    );
    const strained = (e: Float64Array): number => {
      const turn = (x: Float64Array): Float64Array =>
        x.map((v, k) => v + [0, 1, 2].reduce((sum, b) => sum + e[3 * (k % 3) + b]! * x[k - (k % 3) + b]!, 0));
      return predictForces(free, { ...s, positions: turn(s.positions), cell: turn(s.cell!) }).energy;
    };
    const volume = 4.9134 ** 2 * (Math.sqrt(3) / 2) * 5.4052;
    const largest = Math.max(...stress!.map(Math.abs));
    expectClose(
      gradient(strained, new Float64Array(9), step).map((g) => g / volume),
      stress!,
      { absolute: 1e-7 * largest },
    );
  });

  it("learns a force field of its own form from energies, forces and stresses to its last digits", async () => {
    const truth = await fitted(12, 2);
    // The environments of the truth are those that farthest-point sampling finds again in the frames it was made from.
    const own = computedFrames(truth, jittered(0, 12));
    for (const weights of [{}, { energy: 0, stress: 0 }, { stress: 0 }]) {
      const model = await fitForceField(own, {
        descriptor: SMALL,
        form: form(12, 2),
        ridge: { kind: "fixed", value: 1e-14 },
        weights,
      });
      const { forces, energy } = await evaluateForceField(model, computedFrames(truth, jittered(30, 3)));
      expect(forces!).toBeLessThan(1e-2); // meV/Å of some 10 eV/Å
      if (!("energy" in weights)) expect(energy!).toBeLessThan(1e-2);
    }
  });

  it("keeps the energy and turns the forces with the structure", async () => {
    const model = await fitted(15, 2);
    const s = jitteredQuartz(61);
    const one = predictForces(model, s);
    for (const r of randomOrthogonal(2, 3)) {
      const other = predictForces(model, rotateStructure(s, r));
      expectClose(other.energy, one.energy, { relative: 1e-12 });
      expectClose(other.forces, rotateRows(r, one.forces), { absolute: 1e-9 });
    }
  });

  it("gives an atom without neighbors, which has no direction x̂, the energy e_J and no force", async () => {
    const model = await fitted(5, 2);
    const lone = createStructure({ species: ["O"], positions: [[0, 0, 0]] });
    const { energy, forces } = predictForces(model, lone);
    expect([energy, ...forces].map((v) => v + 0)).toEqual([model.constants[0], 0, 0, 0]);
    expect(forceFieldUncertainty(model, lone).epistemic.forces.every((x) => x === 0)).toBe(true);
  });

  it("leaves out environments that are copies of others", async () => {
    const twice = [...frames.slice(0, 2), ...frames.slice(0, 2)];
    const model = await fitForceField(twice, {
      descriptor: SMALL,
      form: form(50, 2),
      ridge: { kind: "fixed", value: 1e-9 },
    });
    expect(kernelOf(model).references.map((r) => r.rows)).toEqual([12, 6]);
    expect(model.training.form).toEqual(form(50, 2));
  });

  it("agrees with QR, and has error estimates that grow away from the data and choose configurations", async () => {
    const model = await fitted(10, 2, 1e-8);
    const qr = await fitForceField(frames, {
      descriptor: SMALL,
      form: form(10, 2),
      ridge: { kind: "fixed", value: 1e-8 },
      solver: "qr",
    });
    const s = jitteredQuartz(62);
    expectClose(predictForces(qr, s).forces, predictForces(model, s).forces, { absolute: 1e-5 });
    const [near, far] = [jitteredQuartz(63, 0.05), jitteredQuartz(63, 0.3)];
    const largest = (x: typeof near): number => forceFieldUncertainty(model, x).epistemic.largest;
    expect(largest(far)).toBeGreaterThan(2 * largest(near));
    const [first] = await selectConfigurations(model, [near, far, near], 1);
    expect(first!.index).toBe(1);
  });

  it("gives the same trajectories for any number of workers", async () => {
    const model = await fitted(10, 2);
    const options = { temperature: 20, runs: 2, steps: 20, timestep: 0.2, equilibration: 4, between: 2 };
    const [one, two] = [
      await mdEnsemble(jitteredQuartz(1, 0.02), model, { ...options, workers: 1 }),
      await mdEnsemble(jitteredQuartz(1, 0.02), model, { ...options, workers: 2 }),
    ];
    expect(two).toEqual(one);
  });

  it("is read from a file with the same bits, and refused when damaged", async () => {
    const model = await fitted(8, 2);
    const path = join(mkdtempSync(join(tmpdir(), "spectensor-kernel-")), "model.json");
    await saveModel(path, model, { posterior: "keep" });
    const read = await loadModel(path, "forceField");
    const s = jitteredQuartz(64);
    expect(predictForces(read, s)).toEqual(predictForces(model, s));
    expect(forceFieldUncertainty(read, s)).toEqual(forceFieldUncertainty(model, s));
    expect(read.training).toEqual(model.training);
    const text = readFileSync(path, "utf8");
    const damaged = [
      text.replace(/"zeta": 2/, '"zeta": 2.5'),
      text.replace(/"zeta": 2/, '"zeta": 1'),
      text.replace(/"references": \[\s*8,\s*8\s*\]/, '"references": [8, 9]'),
      text.replace(/"references": \[\s*8,\s*8\s*\]/, '"references": [16]'),
    ];
    for (const content of damaged) {
      expect(content).not.toBe(text);
      writeFileSync(path, content);
      await expect(loadModel(path, "forceField")).rejects.toThrow(FormatError);
    }
  });

  it("says which powers there are", async () => {
    for (const zeta of [0, 2.5, 11, Number.NaN]) await expect(fitted(5, zeta)).rejects.toThrow(OptionError);
    await expect(fitted(0, 2)).rejects.toThrow(/references/);
    const wrong = { kind: "sparse", references: 5, zetta: 2 } as never;
    await expect(fitForceField(frames, { descriptor: SMALL, form: wrong })).rejects.toThrow(/did you mean "zeta"/);
  });
});

it("fits quartz better with the square of the kernel than with the kernel itself, at equal data and references", async () => {
  const all = (await loadDataset("sio2")).frames.filter((f) => f.forces);
  const train = Array.from({ length: 40 }, (_, k) => all[2 * k]!);
  const held = all.slice(100).filter((_, k) => k % 4 === 0);
  const error = async (zeta: number): Promise<number> => {
    const model = await fitForceField(train, { form: form(100, zeta) });
    return (await evaluateForceField(model, held)).relativeForces!;
  };
  const [linear, square] = [await error(1), await error(2)];
  expect(square).toBeLessThan(linear);
  expect(linear).toBeLessThan(0.02);
});
