import { beforeAll, describe, expect, it } from "vitest";
import { type Dataset, loadDataset } from "../../src/dataset/load.js";
import { OptionError } from "../../src/errors.js";
import { linearResponse } from "../../src/model/linearResponse/linearResponse.js";
import { splitDisplaced } from "../../src/model/linearResponse/splitDisplaced.js";
import type { TensorEvaluation } from "../../src/model/target/polarizability/evaluation.js";
import {
  polarizabilityLearningCurve,
  smallestPerDraw,
  smallestTrainingSet,
} from "../../src/model/target/polarizability/learningCurve.js";
import type { Candidate } from "../../src/model/target/polarizability/polarizability.js";
import { searchPolarizability } from "../../src/model/target/polarizability/selection.js";
import { medianScore, scorePoints } from "../../src/model/train/learningCurve.js";
import { splitFrames, validationSize } from "../../src/model/train/split.js";

const features = { cutoff: 4, nMax: 4, lMax: 3 };
let water: Dataset;

beforeAll(async () => {
  water = await loadDataset("h2o");
});

describe("smallest training set", () => {
  it("is the smallest whatever the order of the sizes, draw by draw and by the medians", () => {
    const point = (train: number, ...scores: readonly number[]) => ({
      train,
      validation: 1,
      draws: scores.map((r2) => ({ r2: { a: r2, gamma2: r2 } }) as TensorEvaluation),
    });
    const points = [point(20, 0.95, 0.9, 0.1), point(5, 0.9, 0.2, 0.1), point(10, 0.91, 0.85, 0.1)];
    for (const order of [points, [...points].reverse(), [points[1]!, points[2]!, points[0]!]]) {
      const curve = { method: "x", test: 1, points: order };
      expect([...smallestPerDraw(curve)]).toEqual([5, 10, Number.POSITIVE_INFINITY]);
      expect(smallestTrainingSet(curve)).toBe(10);
    }
  });
});

describe("split", () => {
  it("is disjoint, seeded, nested in N_t, with N_t : N_v = 5 : 1 and 400 test frames", () => {
    const a = splitFrames(1000, { train: 20, seed: 3 });
    expect([a.train.length, a.validation.length, a.test.length]).toEqual([20, 4, 400]);
    expect(new Set([...a.train, ...a.validation, ...a.test]).size).toBe(424);
    expect(splitFrames(1000, { train: 20, seed: 3 })).toEqual(a);
    expect(splitFrames(1000, { train: 20, seed: 4 })).not.toEqual(a);
    const b = splitFrames(1000, { train: 50, seed: 3 });
    expect(b.train.slice(0, 20)).toEqual(a.train);
    expect(b.test).toEqual(a.test);
    expect([5, 10, 440].map(validationSize)).toEqual([1, 2, 88]);
    // Where fewer than 400 remain, all of them are tested; asked for by number they are the same.
    const [small, large] = [splitFrames(300, { train: 20 }), splitFrames(300, { train: 50 })];
    expect([small.test.length, large.test.length]).toEqual([276, 240]);
    expect(large.test.every((i) => small.test.includes(i))).toBe(true);
    expect(splitFrames(300, { train: 20, test: 240 }).test).toEqual(large.test);
  });

  it("refuses more frames than there are", () => {
    expect(() => splitFrames(100, { train: 80, test: 30 })).toThrow(/126 training, validation and test frames/);
    expect(() => splitFrames(100, { train: 1 })).toThrow(OptionError);
  });
});

describe("model selection", () => {
  it("keeps the candidate with the least recorded error", async () => {
    const frames = water.frames.filter((_, i) => i % 60 === 0);
    const candidates: Candidate[] = [
      { descriptor: { ...features, cutoff: 1.2 }, form: { kind: "full", zeta: 1 } },
      { descriptor: features, form: { kind: "full", zeta: 1 } },
      { descriptor: features, form: { kind: "full", zeta: 2 } },
    ];
    const model = await searchPolarizability(frames.slice(0, 12), {
      validation: { kind: "frames", frames: frames.slice(12, 15) },
      candidates,
    });
    const errors = model.training.selection!.map((s) => s.error);
    expect(errors).toHaveLength(3);
    // Within 1.2 Å no atom sees more than one bond, so nothing of the angle.
    expect(errors[0]).toBeGreaterThan(10 * errors[1]!);
    expect(model.training.selection!.find((s) => s.chosen)!.error).toBe(Math.min(...errors));
    expect(model.descriptor.options.cutoff).toBe(4);
    expect(model.parts[0].curve.length).toBeGreaterThan(5);
  });
});

describe("learning curve", () => {
  it("falls with the number of frames, and Δ-ML needs no more of them than direct-ML", async () => {
    const lrm = await linearResponse(water.reference!, water.displaced);
    const options = { sizes: [3, 6, 12], draws: 4, test: 100, model: { descriptor: features } };
    const frames = water.frames.filter((_, i) => i % 4 === 0);
    const direct = await polarizabilityLearningCurve(frames, options);
    const delta = await polarizabilityLearningCurve(frames, { ...options, firstStep: lrm });
    for (const curve of [direct, delta]) {
      const rmse = curve.points.map((p) => medianScore(p, (e) => e.rmse.a));
      expect(rmse[2]).toBeLessThan(rmse[0]!);
      expect(curve.points.map((p) => [p.train, p.validation, p.draws.length])).toEqual([
        [3, 1, 4],
        [6, 1, 4],
        [12, 2, 4],
      ]);
    }
    expect(smallestTrainingSet(delta)!).toBeLessThanOrEqual(smallestTrainingSet(direct)!);
    expect(smallestTrainingSet(direct, 1.5)).toBeUndefined();
    // The same bits on any number of threads, also where the features of every atom are needed.
    const square = {
      sizes: [6],
      draws: 3,
      test: 20,
      model: { descriptor: features, form: { kind: "full", zeta: 2 } },
    } as const;
    const alone = await polarizabilityLearningCurve(frames, { ...square, firstStep: lrm, workers: 0 });
    for (const workers of [2, 3])
      expect(await polarizabilityLearningCurve(frames, { ...square, firstStep: lrm, workers })).toEqual(alone);
    // Mean and median are told apart: of 1, 2, 3, 10 they are 4 and 2.5, and the quartiles lie 1.75 and 4.75 up.
    const four = { train: 5, validation: 1, draws: [1, 10, 2, 3] };
    const points = scorePoints({ method: "x", test: 1, points: [four] }, (v) => v);
    expect(points).toEqual({ sizes: [5], mean: [4], median: [2.5], spread: [1.5] });
  });
});

describe("displaced structures", () => {
  it("finds the reference among displaced structures by label or by its position in the middle", () => {
    const mixed = [...water.displaced.slice(0, 7), water.reference!, ...water.displaced.slice(7)];
    const bare = mixed.map((f) => ({ structure: f.structure, polarizability: f.polarizability! }));
    expect(splitDisplaced(bare).reference).toBe(bare[7]);
    const labelled = bare.map((f, i) => ({ ...f, info: { label: i === 2 ? "eq" : "x" } }));
    expect(splitDisplaced(labelled).reference).toBe(labelled[2]);
  });
});
