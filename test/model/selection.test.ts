import { beforeAll, describe, expect, it } from "vitest";
import { type Dataset, loadDataset } from "../../src/dataset/load.js";
import { OptionError } from "../../src/errors.js";
import { linearResponse } from "../../src/model/linearResponse/linearResponse.js";
import { runPolarizabilityExperiment, splitDisplaced } from "../../src/model/target/polarizability/experiment.js";
import {
  learningCurve,
  medianScore,
  smallestTrainingSet,
} from "../../src/model/target/polarizability/learningCurve.js";
import { searchPolarizability } from "../../src/model/target/polarizability/selection.js";
import { splitFrames, validationSize } from "../../src/model/train/split.js";

const features = { cutoff: 4, nMax: 4, lMax: 3 };
let water: Dataset;

beforeAll(async () => {
  water = await loadDataset("h2o");
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
  });

  it("refuses more frames than there are", () => {
    expect(() => splitFrames(100, { train: 80, test: 30 })).toThrow(/126 training, validation and test frames/);
    expect(() => splitFrames(100, { train: 1 })).toThrow(OptionError);
  });
});

describe("model selection", () => {
  it("keeps the candidate with the least recorded error", async () => {
    const frames = water.frames.filter((_, i) => i % 60 === 0);
    const candidates = [
      { features: { ...features, cutoff: 1.2 }, zeta: 1 },
      { features, zeta: 1 },
      { features, zeta: 2 },
    ];
    const model = await searchPolarizability(frames.slice(0, 12), { validation: frames.slice(12, 15), candidates });
    const errors = model.selection!.map((s) => s.error);
    expect(errors).toHaveLength(3);
    // Within 1.2 Å no atom sees more than one bond, so nothing of the angle.
    expect(errors[0]).toBeGreaterThan(10 * errors[1]!);
    expect(model.selection!.find((s) => s.chosen)!.error).toBe(Math.min(...errors));
    expect(model.descriptor.options.cutoff).toBe(4);
    expect(model.scalar.curve.length).toBeGreaterThan(5);
  });
});

describe("learning curve", () => {
  it("falls with the number of frames, and Δ-ML needs no more of them than direct-ML", async () => {
    const lrm = linearResponse(water.reference!, water.displaced);
    const options = { sizes: [3, 6, 12], draws: 4, test: 100, model: { features } };
    const frames = water.frames.filter((_, i) => i % 4 === 0);
    const direct = await learningCurve(frames, options);
    const delta = await learningCurve(frames, { ...options, firstStep: lrm });
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
  });
});

describe("experiment", () => {
  it("reports test errors, settings, time and memory as plain data", async () => {
    const { report } = await runPolarizabilityExperiment({
      method: "delta",
      frames: water.frames,
      displaced: [...water.displaced, water.reference!],
      train: 10,
      test: 50,
      seed: 1,
      options: { features },
    });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(report).toMatchObject({
      method: "Δ-ML",
      train: 10,
      validation: 2,
      quantity: "polarizability",
      test: { frames: 50 },
    });
    expect(report.test.r2.a).toBeGreaterThan(0.9);
    expect(report.seconds).toBeGreaterThan(0);
    expect(report.peakMemoryMB).toBeGreaterThan(10);
  });

  it("finds the reference among displaced structures by label or by its position in the middle", () => {
    const mixed = [...water.displaced.slice(0, 7), water.reference!, ...water.displaced.slice(7)];
    const bare = mixed.map((f) => ({ structure: f.structure, polarizability: f.polarizability! }));
    expect(splitDisplaced(bare).reference).toBe(bare[7]);
    const labelled = bare.map((f, i) => ({ ...f, info: { label: i === 2 ? "eq" : "x" } }));
    expect(splitDisplaced(labelled).reference).toBe(labelled[2]);
  });

  it("asks for displaced structures when Δ-ML has none", async () => {
    const task = { method: "delta", frames: water.frames, train: 5 } as const;
    await expect(runPolarizabilityExperiment(task)).rejects.toThrow(/displaced/);
  });
});
