import { describe, expect, it } from "vitest";
import { AbortedError, DataError, OptionError } from "../../src/errors.js";
import { gemv, matrix } from "../../src/math/matrix.js";
import { random } from "../../src/math/random.js";
import { basisOf } from "../../src/model/basis/basisOf.js";
import { evaluateForceField } from "../../src/model/target/forceField/evaluate.js";
import type { ForceFieldModel } from "../../src/model/target/forceField/forceField.js";
import {
  FORCE_FIELD,
  fitForceField,
  speciesEnergies,
  strainRows,
} from "../../src/model/target/forceField/forceField.js";
import { predictForces } from "../../src/model/target/forceField/predict.js";
import type { Progress } from "../../src/progress.js";
import { createStructure, type Structure } from "../../src/structure/structure.js";
import { expectClose } from "../support/close.js";
import { quartz } from "../support/crystals.js";
import { randomOrthogonal, rotateRows, rotateStructure } from "../support/equivariance.js";
import { gradient } from "../support/finiteDifference.js";
import { computedFrames, jitteredQuartz, randomForceField, SMALL } from "../support/forceFields.js";

const truth = randomForceField();
const structures = Array.from({ length: 12 }, (_, k) => jitteredQuartz(k));
const frames = computedFrames(truth, structures);
const fresh = computedFrames(truth, [jitteredQuartz(100), jitteredQuartz(101, 0.15)]);

describe("prediction of a force field", () => {
  it("gives forces that are minus the numerical gradient of the energy", () => {
    const full = randomForceField(2, { cutoff: 5, nMax: 8, lMax: 4, twoBody: { cutoff: 6, nMax: 12 } });
    for (const model of [truth, full]) {
      const s = jitteredQuartz(5);
      const { forces } = predictForces(model, s);
      const numerical = gradient((positions) => predictForces(model, { ...s, positions }).energy, s.positions);
      const scale = Math.hypot(...forces) / Math.sqrt(forces.length);
      // 1e-7 of the forces' size; rounding of E ≈ −2900 eV over the step is 1e-9 eV/Å.
      expectClose(
        numerical.map((g) => -g),
        forces,
        { absolute: 1e-7 * scale },
      );
    }
  });

  it("gives a symmetric stress that is the derivative with respect to strain, and rows that agree with it", () => {
    const s = jitteredQuartz(6);
    const { stress } = predictForces(truth, s);
    const volume = 4.9134 ** 2 * (Math.sqrt(3) / 2) * 5.4052;
    const strained = (e: Float64Array): number => {
      const turn = (x: Float64Array): Float64Array =>
        x.map((v, k) => v + [0, 1, 2].reduce((sum, b) => sum + e[3 * (k % 3) + b]! * x[k - (k % 3) + b]!, 0));
      return predictForces(truth, { ...s, positions: turn(s.positions), cell: turn(s.cell!) }).energy;
    };
    const scale = Math.max(...stress!.map(Math.abs));
    const numerical = gradient(strained, new Float64Array(9)).map((g) => g / volume);
    expectClose(stress!, numerical, { absolute: 1e-7 * scale });
    for (const [a, b] of [
      [1, 3],
      [2, 6],
      [5, 7],
    ] as const)
      expectClose(stress![a]!, stress![b]!, { absolute: 1e-12 });

    const { weights } = truth;
    const space = {
      basis: basisOf(truth.descriptor, 0, truth.basis),
      constants: { fixed: truth.constants, directions: [] },
    };
    const rows = matrix(6, weights.length, strainRows(space, s));
    const voigt = [0, 4, 8, 5, 2, 1].map((k) => volume * stress![k]!);
    expectClose(gemv(rows, weights), voigt, { absolute: 1e-11 * volume * scale });
  });

  it("keeps the energy and turns forces and stress with the structure", () => {
    const s = jitteredQuartz(7);
    const one = predictForces(truth, s);
    for (const r of randomOrthogonal(2, 3)) {
      const other = predictForces(truth, rotateStructure(s, r));
      expectClose(other.energy, one.energy, { relative: 1e-12 });
      expectClose(other.forces, rotateRows(r, one.forces), { absolute: 1e-9 });
      const half = rotateRows(r, one.stress!);
      const transposed = half.map((_, k) => half[3 * (k % 3) + Math.floor(k / 3)]!);
      expectClose(other.stress!, rotateRows(r, transposed), { absolute: 1e-9 });
    }
  });

  it("names a species that it does not know", () => {
    const s = { ...quartz(), species: quartz().species.map((x, i) => (i === 4 ? "N" : x)) };
    expect(() => predictForces(truth, s)).toThrow(/atom 4.*species N.*O, Si/);
  });
});

describe("fit of a force field", () => {
  const errors = (model: ForceFieldModel): { energy: number; forces: number } => {
    const found = fresh.map(({ structure, energy, forces }) => {
      const p = predictForces(model, structure);
      return { energy: p.energy - energy!, forces: p.forces.map((f, k) => f - forces![k]!) };
    });
    return {
      energy: Math.max(...found.map((f) => Math.abs(f.energy))),
      forces: Math.max(...found.flatMap((f) => [...f.forces].map(Math.abs))),
    };
  };

  it("finds a force field of its own form again, from energies and forces, from stresses as well, and by QR", async () => {
    for (const options of [
      {},
      { weights: { stress: 0 } },
      { solver: "qr", ridge: { kind: "fixed", value: 1e-13 } },
    ] as const) {
      const { energy, forces } = errors(
        await fitForceField(frames, { descriptor: SMALL, ridge: { kind: "fixed", value: 1e-13 }, ...options }),
      );
      // forces are up to 50 eV/Å; the ridge and the squared condition of the normal equations leave some 1e-6 of them
      expect(forces).toBeLessThan(2e-4);
      expect(energy).toBeLessThan(2e-4);
    }
  });

  it("learns from forces alone up to a constant, and from stresses alone", async () => {
    const forcesOnly = frames.map(({ structure, forces }) => ({ structure, forces: forces! }));
    expect(
      errors(await fitForceField(forcesOnly, { descriptor: SMALL, ridge: { kind: "fixed", value: 1e-13 } })).forces,
    ).toBeLessThan(2e-4);
    const many = computedFrames(
      truth,
      Array.from({ length: 60 }, (_, k) => jitteredQuartz(k)),
    );
    const stressOnly = many.map(({ structure, stress }) => ({ structure, stress: stress! }));
    const model = await fitForceField(stressOnly, { descriptor: SMALL, ridge: { kind: "fixed", value: 1e-13 } });
    const p = predictForces(model, fresh[0]!.structure);
    expectClose(p.stress!, fresh[0]!.stress!, { absolute: 1e-3 * Math.max(...fresh[0]!.stress!.map(Math.abs)) });
  });

  it("hands on rows whose product with the weights is what the model predicts", () => {
    const weights = { energy: 3, forces: 0.5, stress: 2 };
    const all = Float64Array.from([...truth.weights, ...truth.constants]);
    const base = Float64Array.of(-1, -2);
    const [frame] = frames;
    const directions = [Float64Array.of(1, 0), Float64Array.of(0, 1)];
    const space = { basis: basisOf(truth.descriptor, 0, truth.basis), constants: { fixed: base, directions } };
    FORCE_FIELD.rows(
      space,
      frames,
      weights,
      {},
    )(frame!, (rows, targets) => {
      const shifted = all.map((w, k) => (k >= truth.weights.length ? w - base[k - truth.weights.length]! : w));
      const product = gemv(matrix(targets.length, all.length, rows), shifted);
      expectClose(product, targets, { absolute: 1e-6 * Math.max(1, ...targets.map(Math.abs)) });
    });
  });

  it("gives every species its energy where compositions differ", () => {
    const d = truth.descriptor;
    const some = (species: string[]): Structure =>
      createStructure({ species, positions: species.map((_, i) => [9 * i, 0, 0]) });
    const list = [["O"], ["O", "O", "Si"], ["Si", "Si"], ["O", "Si"]].map((species) => ({
      structure: some(species),
      energy: species.reduce((e, x) => e + (x === "O" ? -432 : -115), 0),
    }));
    expectClose(speciesEnergies(d, list), [-432, -115], { relative: 1e-9 });
    expectClose(speciesEnergies(d, []), [0, 0], {});
  });

  it("comes to the primal form as the reference environments come to span the features", async () => {
    // 96 environments of Si, the rarer species, for 71 features
    const many = computedFrames(
      truth,
      Array.from({ length: 32 }, (_, k) => jitteredQuartz(k)),
    );
    const found: number[] = [];
    for (const references of [5, 20, 96]) {
      const form = { kind: "sparse", references } as const;
      // QR, because Φ squares the condition of the features
      found.push(
        errors(
          await fitForceField(many, { descriptor: SMALL, form, ridge: { kind: "fixed", value: 1e-20 }, solver: "qr" }),
        ).forces,
      );
    }
    expect(found[0]).toBeGreaterThan(0.1);
    expect(found[1]).toBeLessThan(0.5 * found[0]!);
    expect(found[2]).toBeLessThan(1e-3);
  });

  it("chooses the ridge on held-out frames", async () => {
    const rng = random(3);
    const noisy = frames.map((f) => ({ ...f, forces: f.forces!.map((x) => x + 0.5 * rng.normal()) }));
    const { training } = await fitForceField(noisy, {
      descriptor: SMALL,
      ridge: { kind: "validation", values: [1e-13, 1e-8, 1e-5, 1] },
    });
    expect(training.trials.map((t) => t.ridge)).toEqual([1e-13, 1e-8, 1e-5, 1]);
    const best = Math.min(...training.trials.map((t) => t.validationError));
    expect(training.trials.find((t) => t.ridge === training.ridge)!.validationError).toBe(best);
    expect(training.ridge).toBeLessThan(1);
  });

  it("says what is wrong with options and data", async () => {
    const attempt = (options: object, data = frames) => fitForceField(data, options);
    await expect(attempt({ ridg: 1 })).rejects.toThrow(/did you mean "ridge"/);
    await expect(attempt({ weights: { energi: 1 } })).rejects.toThrow(/did you mean "energy"/);
    await expect(attempt({ weights: { forces: -1 } })).rejects.toThrow(OptionError);
    await expect(attempt({ form: { kind: "dual" } })).rejects.toThrow(/known kinds: full, sparse, products/);
    await expect(attempt({ descriptor: { nMx: 3 } })).rejects.toThrow(/did you mean "nMax"/);
    await expect(attempt({}, [{ structure: quartz() }])).rejects.toThrow(DataError);
    await expect(attempt({ signal: AbortSignal.abort() })).rejects.toThrow(AbortedError);
  });
});

describe("evaluation of a force field", () => {
  it("gives root mean square errors in meV/atom, meV/Å and GPa, and leaves out what frames lack", async () => {
    const shifted = fresh.map((f) => ({
      structure: f.structure,
      energy: f.energy! + 0.09,
      forces: f.forces!.map((x, k) => x + (k % 2 ? 0.02 : -0.02)),
      stress: f.stress!.map((x) => x + 0.01),
    }));
    const found = await evaluateForceField(truth, shifted);
    expect(found.frames).toBe(2);
    expectClose(found.energy!, 10, { relative: 1e-6 });
    expectClose(found.forces!, 20, { relative: 1e-9 });
    expectClose(found.stress!, 1.602177, { relative: 1e-6 });
    const values = shifted.flatMap((f) => [...f.forces]);
    const mean = values.reduce((a, b) => a + b) / values.length;
    const deviation = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length);
    expectClose(found.relativeForces!, 0.02 / deviation, { relative: 1e-6 });
    const [{ structure: s, forces }] = shifted as [(typeof shifted)[0]];
    expect(Object.keys(await evaluateForceField(truth, [{ structure: s, forces }]))).toEqual([
      "frames",
      "forces",
      "relativeForces",
    ]);
    await expect(evaluateForceField(truth, [{ structure: s }])).rejects.toThrow(DataError);
  });

  it("reports frames, stops when aborted, and refuses options it does not know", async () => {
    const seen: Progress[] = [];
    const found = await evaluateForceField(truth, fresh, { onProgress: (p) => seen.push(p) });
    expect(found).toEqual(await evaluateForceField(truth, fresh));
    expect(seen.at(-1)).toEqual({ label: "evaluating", done: 2, total: 2, unit: "frames" });
    const before = seen.length;
    const controller = new AbortController();
    const stopped = evaluateForceField(truth, fresh, {
      signal: controller.signal,
      onProgress: (p) => {
        seen.push(p);
        controller.abort();
      },
    });
    await expect(stopped).rejects.toThrow(AbortedError);
    expect(seen.length).toBe(before + 1);
    await expect(evaluateForceField(truth, fresh, { onprogress: () => {} } as never)).rejects.toThrow(/"onProgress"/);
  });
});
