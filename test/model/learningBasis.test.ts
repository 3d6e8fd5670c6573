import { describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { evaluateTensors } from "../../src/model/target/polarizability/evaluation.js";
import { polarizabilityLearningCurve } from "../../src/model/target/polarizability/learningCurve.js";
import { fitDelta, fitPolarizability } from "../../src/model/target/polarizability/polarizability.js";
import { polarizabilityTensor } from "../../src/model/target/polarizability/predict.js";
import { splitFrames } from "../../src/model/train/split.js";

describe("a learning curve whose fits find functions or channels of their own", () => {
  it.each([
    ["products", { form: { kind: "products", equivariants: 6, scalars: 4 } }],
    ["compress", { compress: { lost: 1e-2 } }],
  ] as const)("finds them on frames of the fit alone, as the same fit by itself does: %s", async (_, settings) => {
    const { frames: all } = await loadDataset("h2o");
    const frames = all.filter((_, i) => i % 50 === 0).slice(0, 20);
    const model = { descriptor: { cutoff: 3, nMax: 3, lMax: 2 }, ...settings };
    const step = { name: "constant", predict: () => Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1) };
    for (const firstStep of [undefined, step, () => step]) {
      const curve = await polarizabilityLearningCurve(frames, {
        ...{ sizes: [8], draws: 1, test: 6, model, workers: 0 },
        ...(firstStep && { firstStep }),
      });
      const draw = splitFrames(frames.length, { train: 8, test: 6, seed: 0 });
      const pick = (list: readonly number[]) => list.map((i) => frames[i]!);
      const options = { ...model, validation: { kind: "frames", frames: pick(draw.validation) } } as const;
      const trained = pick(draw.train);
      const own = await (firstStep ? fitDelta(step, trained, options) : fitPolarizability(trained, options));
      const flat = (tensors: Float64Array[]) => Float64Array.from(tensors.flatMap((t) => [...t]));
      const expected = evaluateTensors(
        flat(pick(draw.test).map((f) => f.polarizability!)),
        flat(pick(draw.test).map((f) => polarizabilityTensor(own, f.structure))),
      );
      expect(curve.points[0]!.draws[0]!.rmse.all / expected.rmse.all).toBeCloseTo(1, 6);
    }
  });
});
