import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { featureCount } from "../../src/descriptor/descriptor.js";
import { featuresOf } from "../../src/descriptor/evaluate.js";
import { FormatError, OptionError } from "../../src/errors.js";
import { cholesky, choleskySolve, logDeterminant } from "../../src/math/cholesky.js";
import { gemm, matrix, transpose } from "../../src/math/matrix.js";
import { random } from "../../src/math/random.js";
import { basisOf } from "../../src/model/basis/basisOf.js";
import { uncertaintyCoverage } from "../../src/model/coverage.js";
import { loadModel, saveModel } from "../../src/model/file/models.js";
import type { ForceFieldModel } from "../../src/model/target/forceField/forceField.js";
import { FORCE_FIELD, fitForceField } from "../../src/model/target/forceField/forceField.js";
import { predictForces } from "../../src/model/target/forceField/predict.js";
import { selectConfigurations } from "../../src/model/target/forceField/select.js";
import { forceFieldUncertainty } from "../../src/model/target/forceField/uncertainty.js";
import { columnCount, type RowSpace } from "../../src/model/train/linearTarget.js";
import { supercell } from "../../src/structure/cell.js";
import type { Frame } from "../../src/structure/frame.js";
import type { Structure } from "../../src/structure/structure.js";
import { expectClose } from "../support/close.js";
import { quartz } from "../support/crystals.js";
import { computedFrames, jitteredQuartz, randomForceField, SMALL } from "../support/forceFields.js";

const truth = randomForceField();
const sigma = 0.05;
const rng = random(8);
/** Noise of one standard deviation per weighted row: energies of 9 atoms have weight 10/9. */
const noisy = computedFrames(
  truth,
  Array.from({ length: 10 }, (_, k) => jitteredQuartz(k)),
).map((f) => ({
  structure: f.structure,
  energy: f.energy! + (9 / 10) * sigma * rng.normal(),
  forces: f.forces!.map((x) => x + sigma * rng.normal()),
}));
const options = { descriptor: SMALL, ridge: { kind: "fixed", value: 1e-12 } } as const;
const candidates = Array.from({ length: 12 }, (_, k) => jitteredQuartz(50 + k, 0.02 + 0.02 * k));

/** The columns of a force field's equations. */
function spaceOf({ descriptor: d, basis }: ForceFieldModel): RowSpace {
  const directions = [Float64Array.of(1, 0), Float64Array.of(0, 1)];
  return { basis: basisOf(d, 0, basis), constants: { fixed: new Float64Array(2), directions } };
}

/** Weighted rows of energy and forces, by the route that training takes. */
function rowsOf(model: ForceFieldModel, s: Structure) {
  const frame: Frame = { structure: s, energy: 0, forces: new Float64Array(s.positions.length) };
  const parts: Float64Array[] = [];
  const space = spaceOf(model);
  FORCE_FIELD.rows(space, [frame], model.training.weights, {})(frame, (rows) => parts.push(rows));
  const values = Float64Array.from(parts.flatMap((p) => [...p]));
  return matrix(values.length / columnCount(space), columnCount(space), values);
}

describe("error estimate of a force field", () => {
  it("is calibrated: errors of a fit to noisy data are as large as it says", async () => {
    const model = await fitForceField(noisy, options);
    // the training error is smaller than the noise by the share of rows that weights use up
    expect(model.posterior!.noise).toBeGreaterThan(0.4 * sigma);
    expect(model.posterior!.noise).toBeLessThan(sigma);
    const scale = sigma / model.posterior!.noise;
    let squares = 0;
    let count = 0;
    for (const { structure, forces } of computedFrames(
      truth,
      Array.from({ length: 40 }, (_, k) => jitteredQuartz(200 + k)),
    )) {
      const predicted = predictForces(model, structure);
      // The truth has no noise.
      const deviations = forceFieldUncertainty(model, structure).epistemic.forces;
      forces!.forEach((f, k) => {
        squares += ((predicted.forces[k]! - f) / (scale * deviations[k]!)) ** 2;
        count++;
      });
    }
    // One draw of the noise: some 60 to 140 independent weights, so √(mean z²) is 1 ± 0.1.
    expectClose(Math.sqrt(squares / count), 1, { absolute: 0.25 });
  });

  it("of the energies of atoms is calibrated on held-out frames, and shows which atom is unfamiliar", async () => {
    // The ridge that stands for what is known of the weights of the truth: variance 1 around 0.
    const columns = Array.from({ length: columnCount(spaceOf(truth)) }, () => 0);
    for (const { structure } of noisy) {
      const rows = rowsOf(truth, structure);
      rows.values.forEach((v, k) => {
        columns[k % rows.columns]! += v * v;
      });
    }
    const model = await fitForceField(noisy, {
      ...options,
      ridge: { kind: "fixed", value: sigma ** 2 / Math.max(...columns) },
    });
    const scale = sigma / model.posterior!.noise;
    const d = truth.descriptor;
    const count = featureCount(d, 0);
    const kindOf = (symbol: string): number => d.options.species.indexOf(symbol);
    /** What the fit has wrong in the energy of each atom. */
    const mistakes = (s: Structure): Float64Array => {
      const { values } = featuresOf(d, s, 0);
      return Float64Array.from(s.species, (symbol, atom) => {
        let sum = 0;
        for (let k = 0, w = kindOf(symbol) * count; k < count; k++, w++)
          sum += (model.weights[w]! - truth.weights[w]!) * values[atom * count + k]!;
        return sum;
      });
    };
    const mean = [0, 0];
    const counts = [0, 0];
    for (const { structure } of noisy)
      mistakes(structure).forEach((e, atom) => {
        mean[kindOf(structure.species[atom]!)]! += e;
        counts[kindOf(structure.species[atom]!)]!++;
      });
    let squares = 0;
    const fresh = Array.from({ length: 40 }, (_, k) => jitteredQuartz(200 + k));
    for (const s of fresh) {
      const { atoms } = forceFieldUncertainty(model, s);
      mistakes(s).forEach((e, atom) => {
        const kind = kindOf(s.species[atom]!);
        squares += ((e - mean[kind]! / counts[kind]!) / (scale * atoms[atom]!)) ** 2;
      });
    }
    // One draw of the noise, as for forces.
    expectClose(Math.sqrt(squares / (9 * fresh.length)), 1, { absolute: 0.25 });

    const s = jitteredQuartz(77, 0.05);
    const moved = { ...s, positions: s.positions.map((x, k) => (k === 12 ? x + 0.6 : x)) };
    const [before, after] = [s, moved].map((x) => forceFieldUncertainty(model, x).atoms) as [
      Float64Array,
      Float64Array,
    ];
    const growth = after.map((e, atom) => e / before[atom]!);
    expect(growth[4]).toBe(Math.max(...growth));
    expect(growth[4]).toBeGreaterThan(3);
  });

  it("equals noise·√(x (XᵀX + ridge)⁻¹ xᵀ) formed from all rows", async () => {
    const model = await fitForceField(noisy, { ...options, ridge: { kind: "fixed", value: 1e-6 } });
    const x = noisy.map((f) => rowsOf(model, f.structure));
    const all = matrix(
      x.reduce((n, m) => n + m.rows, 0),
      x[0]!.columns,
      Float64Array.from(x.flatMap((m) => [...m.values])),
    );
    const precision = gemm(all, all, "a");
    const n = precision.rows;
    const largest = Math.max(...Array.from({ length: n }, (_, i) => precision.values[i * (n + 1)]!));
    for (let i = 0; i < n; i++) precision.values[i * (n + 1)]! += 1e-6 * largest;
    const factor = cholesky(precision);
    // 72 atoms are more than are estimated at a time.
    for (const structure of [candidates[5]!, supercell(jitteredQuartz(3), [2, 2, 2])]) {
      const atoms = structure.species.length;
      const rows = rowsOf(model, structure);
      const covariance = gemm(rows, choleskySolve(factor, transpose(rows)));
      const expected = (r: number): number =>
        model.posterior!.noise * Math.sqrt(covariance.values[r * (rows.rows + 1)]!);
      const all = forceFieldUncertainty(model, structure);
      const found = all.epistemic;
      expectClose(found.energy, (expected(0) * atoms) / 10, { relative: 1e-6 });
      const forces = Array.from({ length: 3 * atoms }, (_, k) => expected(k + 1));
      expectClose(found.forces, forces, { relative: 1e-6 });
      // With the noise of a row over its weight: 10 over the atoms for energies, 1 for forces.
      const { noise } = model.posterior!;
      expectClose(all.energy, Math.hypot(found.energy, (noise * atoms) / 10), { relative: 1e-12 });
      expectClose(all.forces[7]!, Math.hypot(found.forces[7]!, noise), { relative: 1e-12 });
      expect(all.largest).toBeGreaterThan(found.largest);
      const perAtom = Array.from({ length: atoms }, (_, i) => Math.hypot(...found.forces.slice(3 * i, 3 * i + 3)));
      expect(found.largest).toBe(Math.max(...perAtom));
    }
  });

  it("grows away from the training data and shrinks when a structure is learned", async () => {
    const model = await fitForceField(noisy, options);
    const [near, far] = [jitteredQuartz(77, 0.1), jitteredQuartz(77, 0.3)];
    expect(forceFieldUncertainty(model, far).epistemic.largest).toBeGreaterThan(
      2 * forceFieldUncertainty(model, near).epistemic.largest,
    );
    const more = await fitForceField([...noisy, ...computedFrames(truth, [far])], options);
    const scale = model.posterior!.noise / more.posterior!.noise;
    expect(scale * forceFieldUncertainty(more, far).epistemic.largest).toBeLessThan(
      0.5 * forceFieldUncertainty(model, far).epistemic.largest,
    );
  });

  it("exists in the reference form, too, and says so where it does not", async () => {
    const model = await fitForceField(noisy, { ...options, form: { kind: "sparse", references: 10 } });
    expect(model.posterior!.lower.rows).toBe(22);
    expect(forceFieldUncertainty(model, candidates[0]!).energy).toBeGreaterThan(0);
    const plain = await fitForceField(noisy, { ...options, solver: "qr" });
    expect(() => forceFieldUncertainty(plain, candidates[0]!)).toThrow(OptionError);
  });
});

it("errors of noisy data are within the error bars, of energies and of forces", async () => {
  const model = await fitForceField(noisy, options);
  const fresh = computedFrames(
    truth,
    Array.from({ length: 30 }, (_, k) => jitteredQuartz(300 + k)),
  ).map((f) => ({
    ...f,
    energy: f.energy! + (9 / 10) * sigma * rng.normal(),
    forces: f.forces!.map((x) => x + sigma * rng.normal()),
  }));
  const { energy, forces } = await uncertaintyCoverage(model, fresh);
  expect([energy!.values, forces!.values]).toEqual([30, 30 * 27]);
  // The noise is that of training rows, smaller than the truth by what the weights use up: 0.4 to 1 of it, as above.
  expect(forces!.scale).toBeGreaterThan(0.9);
  expect(forces!.scale).toBeLessThan(2);
  expect(forces!.twoSigma).toBeGreaterThan(0.7);
  expect(energy!.twoSigma).toBeGreaterThan(0.6);
  await expect(uncertaintyCoverage(model, [{ structure: quartz() }])).rejects.toThrow(
    /no frame has an energy or forces/,
  );
});

describe("selectConfigurations", () => {
  it("chooses what plain greedy search by ½ ln det(1 + R A⁻¹ Rᵀ) chooses, with falling gains", async () => {
    const model = await fitForceField(noisy, options);
    const before = forceFieldUncertainty(model, candidates[0]!);
    const found = await selectConfigurations(model, candidates, 4);
    // What would be learned is not learned yet.
    expect(forceFieldUncertainty(model, candidates[0]!)).toEqual(before);
    const lower = model.posterior!.lower;
    let precision = gemm(lower, lower, "b");
    const chosen: number[] = [];
    for (const { gain, index } of found) {
      const gains = candidates.map((s, i) => {
        if (chosen.includes(i)) return -1;
        const rows = rowsOf(model, s);
        const inside = gemm(rows, choleskySolve(cholesky(precision), transpose(rows)));
        for (let k = 0; k < inside.rows; k++) inside.values[k * (inside.rows + 1)]! += 1;
        return logDeterminant(cholesky(inside)) / 2;
      });
      expect(index).toBe(gains.indexOf(Math.max(...gains)));
      expectClose(gain, gains[index]!, { relative: 1e-6 });
      chosen.push(index);
      const rows = rowsOf(model, candidates[index]!);
      const added = gemm(rows, rows, "a").values;
      precision = matrix(
        precision.rows,
        precision.columns,
        precision.values.map((v, k) => v + added[k]!),
      );
    }
    for (let k = 1; k < found.length; k++) expect(found[k]!.gain).toBeLessThanOrEqual(found[k - 1]!.gain);
  });

  it("takes a copy of a chosen structure last", async () => {
    const model = await fitForceField(noisy, options);
    const some = [candidates[11]!, candidates[11]!, candidates[10]!, candidates[9]!];
    const order = (await selectConfigurations(model, some, 4)).map(({ index }) => index);
    expect(order[0]).toBe(0);
    expect(order[3]).toBe(1);
  });

  it("refuses a count that is no count, and can be interrupted", async () => {
    const model = await fitForceField(noisy, options);
    await expect(selectConfigurations(model, candidates, 13)).rejects.toThrow(/from 1 to 12/);
    await expect(selectConfigurations(model, candidates, 2, { signal: AbortSignal.abort() })).rejects.toThrow(
      /interrupted/,
    );
  });
});

describe("force-field files", () => {
  const folder = mkdtempSync(join(tmpdir(), "spectensor-forceField-"));

  it("give the same bits of energy, forces, stress and error estimate", async () => {
    for (const form of [{ kind: "full" }, { kind: "sparse", references: 8 }] as const) {
      const model = await fitForceField(noisy, { ...options, form });
      const path = join(folder, `${form.kind}.json.gz`);
      await saveModel(path, model, { posterior: "keep" });
      const read = await loadModel(path, "forceField");
      expect(predictForces(read, quartz())).toEqual(predictForces(model, quartz()));
      expect(forceFieldUncertainty(read, quartz())).toEqual(forceFieldUncertainty(model, quartz()));
      expect(read.training).toEqual(model.training);
    }
  });

  it("leave the error estimate out unless asked, and are small then", async () => {
    const model = await fitForceField(noisy, options);
    const path = join(folder, "small.json");
    await saveModel(path, model);
    const read = await loadModel(path, "forceField");
    expect(read.posterior).toBeUndefined();
    expect(statSync(path).size).toBeLessThan(8 * 1.4 * model.weights.length + 5000);
    await expect(selectConfigurations(read, [quartz()], 1)).rejects.toThrow(/error estimate/);
  });

  it("are refused when of another kind, cut short or inconsistent", async () => {
    const path = join(folder, "whole.json");
    await saveModel(path, await fitForceField(noisy, options));
    const text = readFileSync(path, "utf8");
    const damaged = [
      text.slice(0, 900),
      text.replace('"kind": "forceField"', '"kind": "polarization"'),
      text.replace('"nMax": 3', '"nMax": 4'),
      text.replace('"nMax": 3', '"nMax": 9999'),
      text.replace('"ridge"', '"rigde"'),
    ];
    for (const content of damaged) {
      expect(content).not.toBe(text);
      writeFileSync(join(folder, "damaged.json"), content);
      await expect(loadModel(join(folder, "damaged.json"), "forceField")).rejects.toThrow(FormatError);
    }
  });
});
