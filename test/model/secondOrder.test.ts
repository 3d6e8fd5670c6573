import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { DataError, OptionError } from "../../src/errors.js";
import { matrix } from "../../src/math/matrix.js";
import { loadModel, saveModel } from "../../src/model/file/models.js";
import { type LinearResponse, linearResponse } from "../../src/model/linearResponse/linearResponse.js";
import { predictTensor } from "../../src/model/predict.js";
import { fitQuadratic } from "../../src/model/secondOrder/quadraticFit.js";
import { type SecondOrderResponse, secondOrderResponse } from "../../src/model/secondOrder/secondOrder.js";
import { evaluateTensors } from "../../src/model/target/polarizability/evaluation.js";
import { polarizabilityLearningCurve } from "../../src/model/target/polarizability/learningCurve.js";
import { fitDelta } from "../../src/model/target/polarizability/polarizability.js";
import type { Frame } from "../../src/structure/frame.js";
import { rotateTensor } from "../../src/structure/rotateTensor.js";
import type { Structure } from "../../src/structure/structure.js";
import { symmetry } from "../../src/structure/symmetry.js";
import { expectClose } from "../support/close.js";
import { aln, nacl, quartz, silicon } from "../support/crystals.js";
import { randomOrthogonal, rotateStructure } from "../support/equivariance.js";
import { water } from "../support/molecules.js";
import { localFit, quadraticToy, shaken, singles } from "../support/quadraticToy.js";
import { displacedFrames, toyFrame } from "../support/toyTensors.js";
import { uniform } from "../support/uniform.js";

const crystals = [
  ["quartz", quartz(), 1.8],
  ["rock salt", nacl(), 4.1],
  ["AlN", aln(), 2.5],
  ["silicon", silicon(), 2.5],
] as const;

describe("secondOrderResponse", () => {
  it.each(crystals)("is exact where the tensor is quadratic in differences: %s", async (_, s, cutoff) => {
    const toy = quadraticToy(s, cutoff);
    const model = await localFit(s, cutoff);
    for (const seed of [101, 102]) {
      const unseen = toy(shaken(s, 0.3, seed));
      // The toy's second-order part is of order 1; what is left is the ridge times the condition of the equations.
      expectClose(predictTensor(model, unseen.structure), unseen.polarizability!, { absolute: 1e-6 });
    }
  });

  it.each(crystals)("has the toy's own second derivative of every atom: %s", async (_, s) => {
    const model = await secondOrderResponse(toyFrame(s), displacedFrames(s, 1e-3), {
      ridge: { kind: "fixed", value: 1e-10 },
    });
    const linear = await linearResponse(toyFrame(s), displacedFrames(s, 1e-3));
    const worst = (m: typeof model | typeof linear): number =>
      Math.max(
        ...displacedFrames(s, 1e-2).flatMap((f) => [
          ...predictTensor(m, f.structure).map((x, p) => Math.abs(x - f.polarizability![p]!)),
        ]),
      );
    // What second order leaves is the toy's third derivative, of order 10: 1e-6/6 of it; what first order leaves is its second, 1e-4/2.
    expect(worst(model)).toBeLessThan(5e-6);
    expect(worst(linear)).toBeGreaterThan(5e-5);
  });

  it("finds mixed derivatives of two atoms from frames, as differences give them", async () => {
    const s = silicon();
    const frames = Array.from({ length: 60 }, (_, k) => toyFrame(shaken(s, 0.02, k + 1)));
    const model = await secondOrderResponse(toyFrame(s), displacedFrames(s, 5e-3), {
      terms: { kind: "pairs", cutoff: 4.5 },
      frames,
    });
    const h = 1e-2;
    const mixed = (tensor: (s: Structure) => Float64Array, p: number, q: number): Float64Array => {
      const at = (a: number, b: number) =>
        tensor({ ...s, positions: s.positions.map((x, k) => x + (k === p ? a * h : 0) + (k === q ? b * h : 0)) });
      const [pp, pm, mp, mm] = [at(1, 1), at(1, -1), at(-1, 1), at(-1, -1)];
      return pp.map((x, k) => (x - pm[k]! - mp[k]! + mm[k]!) / (4 * h * h));
    };
    let [error, size] = [0, 0];
    for (const [p, q] of [
      [0, 10],
      [1, 13],
      [4, 20],
      [9, 22],
      [2, 12],
    ] as const) {
      const exact = mixed((x) => toyFrame(x).polarizability!, p, q);
      mixed((x) => predictTensor(model, x), p, q).forEach((x, k) => {
        error += (x - exact[k]!) ** 2;
        size += exact[k]! ** 2;
      });
    }
    // Terms are symmetric in the two displacements of a pair, which a sum over pairs is; frames of 0.02 Å carry 1 % of third order.
    expect(Math.sqrt(error / size)).toBeLessThan(0.05);
  });

  it("turns with the crystal, and obeys its space group", async () => {
    const s = quartz();
    const options = { terms: { kind: "pairs", cutoff: 2.8 } } as const;
    const frames = Array.from({ length: 6 }, (_, k) => toyFrame(shaken(s, 0.1, k + 1)));
    const model = await secondOrderResponse(toyFrame(s), displacedFrames(s, 0.01), { ...options, frames });
    const x = shaken(s, 0.2, 77);
    const value = predictTensor(model, x);
    for (const { rotation, translation, permutation } of symmetry(s).operations) {
      const positions = new Float64Array(x.positions.length);
      permutation.forEach((to, i) => {
        for (let a = 0; a < 3; a++)
          positions[3 * to + a] =
            translation[a]! + [0, 1, 2].reduce((sum, b) => sum + rotation[3 * a + b]! * x.positions[3 * i + b]!, 0);
      });
      expectClose(predictTensor(model, { ...x, positions }), rotateTensor(rotation, value), { absolute: 1e-10 });
    }
    const [rotation] = randomOrthogonal(1, 5);
    const turn = (f: Frame) => toyFrame(rotateStructure(f.structure, rotation!));
    const turned = await secondOrderResponse(turn(toyFrame(s)), displacedFrames(s, 0.01).map(turn), {
      ...options,
      frames: frames.map(turn),
    });
    expectClose(predictTensor(turned, rotateStructure(x, rotation!)), rotateTensor(rotation!, value), {
      absolute: 1e-8,
    });
  });

  it("does not notice a shift of the whole crystal, nor atoms put back into the cell", async () => {
    const s = nacl();
    for (const terms of [{ kind: "atoms" }, { kind: "pairs", cutoff: 2.9 }] as const) {
      const model = await secondOrderResponse(toyFrame(s), displacedFrames(s, 0.01), { terms });
      const x = shaken(s, 0.2, 3);
      const moved = { ...x, positions: x.positions.map((v, p) => v + [1.1, -0.4, 7][p % 3]!) };
      expectClose(predictTensor(model, moved), predictTensor(model, x), { absolute: 1e-11 });
    }
  });

  it("says what the calculations leave open", async () => {
    const s = silicon();
    const model = await secondOrderResponse(toyFrame(s), displacedFrames(s, 0.01, [0]));
    // Td at the atom: C₁₁, C₁₂ and C₄₄, of which displacements along the axes tell two.
    expect(model.quality).toMatchObject({ unknowns: 3, determined: 2 });
    expect(model.warnings.at(-1)).toMatch(/^1 of 3 second derivatives are not determined/);
  });

  it("refuses molecules, terms without pairs and frames without tensors", async () => {
    await expect(secondOrderResponse(toyFrame(water), displacedFrames(water, 0.01))).rejects.toThrow(OptionError);
    const s = nacl();
    const pairs = { terms: { kind: "pairs", cutoff: 1 } } as const;
    await expect(secondOrderResponse(toyFrame(s), displacedFrames(s, 0.01), pairs)).rejects.toThrow(/raise the cutoff/);
    await expect(
      secondOrderResponse(toyFrame(s), displacedFrames(s, 0.01), { frames: [{ structure: s }] }),
    ).rejects.toThrow(DataError);
  });
});

it("thirteen calculations of quartz foretell its thermal tensors where first order does not", async () => {
  const { reference, displaced, frames } = await loadDataset("sio2");
  const truth = Float64Array.from(frames.flatMap((f) => [...f.dielectric!]));
  const r2 = (model: LinearResponse | SecondOrderResponse) =>
    evaluateTensors(truth, Float64Array.from(frames.flatMap((f) => [...predictTensor(model, f.structure)]))).r2;
  const first = r2(await linearResponse(reference!, displaced, { quantity: "dielectric" }));
  const second = r2(await secondOrderResponse(reference!, displaced));
  expect(first.a).toBeLessThan(0.7);
  expect(first.gamma2).toBeLessThan(0.8);
  expect(second.a).toBeGreaterThan(0.9);
  expect(second.gamma2).toBeGreaterThan(0.88);
});

it("leave-one-out in closed form is that of refits", () => {
  const next = uniform(8);
  const blocks = Array.from({ length: 7 }, (_, k) => ({
    rows: matrix(
      9,
      12,
      Float64Array.from({ length: 108 }, () => next() - 0.5),
    ),
    targets: Float64Array.from({ length: 9 }, () => next() - 0.5),
    judged: k > 1,
  }));
  const ridge = 1e-3;
  const whole = fitQuadratic(blocks, [ridge]);
  // The ridge is relative to the largest eigenvalue, which changes with the block left out: made absolute by a block that holds it.
  const gram = Array.from({ length: 144 }, (_, p) =>
    blocks.reduce((sum, { rows }) => {
      for (let r = 0; r < 9; r++) sum += rows.values[r * 12 + Math.floor(p / 12)]! * rows.values[r * 12 + (p % 12)]!;
      return sum;
    }, 0),
  );
  let top = Float64Array.from({ length: 12 }, () => next());
  let norm = 1;
  for (let k = 0; k < 2000; k++) {
    const y = Float64Array.from({ length: 12 }, (_, i) => top.reduce((s, x, j) => s + gram[12 * i + j]! * x, 0));
    norm = Math.hypot(...y);
    top = y.map((x) => x / norm);
  }
  const penalty = Math.sqrt(ridge * norm);
  let sum = 0;
  for (const left of blocks.filter((b) => b.judged)) {
    const rest = blocks.filter((b) => b !== left);
    const identity = {
      rows: matrix(
        12,
        12,
        Float64Array.from({ length: 144 }, (_, p) => (p % 13 === 0 ? penalty : 0)),
      ),
      targets: new Float64Array(12),
      judged: false,
    };
    const { amplitudes } = fitQuadratic([...rest, identity], [1e-15]);
    for (let r = 0; r < 9; r++) {
      const predicted = amplitudes.reduce((s, x, k) => s + x * left.rows.values[12 * r + k]!, 0);
      sum += (left.targets[r]! - predicted) ** 2;
    }
  }
  expect(whole.leaveOneOut).toBeCloseTo(Math.sqrt(sum / 45), 10);
});

describe("as a first step", () => {
  it("leaves Δ-ML nothing to learn where it is exact, is made anew for every draw, and is saved with the model", async () => {
    const s = quartz();
    const toy = quadraticToy(s, 1.8);
    const frames = Array.from({ length: 30 }, (_, k) => toy(shaken(s, 0.1, k + 1)));
    const make = (training: readonly Frame[]) =>
      secondOrderResponse(toy(s), singles(s, 0.02, toy), {
        terms: { kind: "pairs", cutoff: 1.8 },
        frames: training,
        ridge: { kind: "fixed", value: 1e-13 },
      });
    const curve = await polarizabilityLearningCurve(frames, {
      sizes: [10],
      draws: 2,
      firstStep: make,
      model: { firstStepScale: { kind: "fixed" } },
    });
    expect(curve.method).toBe("Δ-ML");
    for (const e of curve.points[0]!.draws) expect(Math.min(e.r2.a, e.r2.gamma2)).toBeGreaterThan(1 - 1e-6);
    const step = await make(frames);
    const delta = await fitDelta(step, frames.slice(0, 10));
    const folder = mkdtempSync(join(tmpdir(), "spectensor-second-"));
    for (const model of [step, delta]) {
      await saveModel(join(folder, "model.json"), model);
      const back = await loadModel(join(folder, "model.json"), "secondOrder", "polarizability");
      const x = shaken(s, 0.1, 99);
      expectClose(predictTensor(back, x), predictTensor(model, x), { absolute: 1e-13 });
    }
  });
});
