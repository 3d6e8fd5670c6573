import { describe, expect, it } from "vitest";
import { featureCount } from "../../src/descriptor/descriptor.js";
import { OptionError } from "../../src/errors.js";
import { random } from "../../src/math/random.js";
import { standardDeviation } from "../../src/math/statistics.js";
import { modelDocument, readModel } from "../../src/model/file/models.js";
import { evaluatePolarizability } from "../../src/model/target/polarizability/evaluate.js";
import { fitPolarizability } from "../../src/model/target/polarizability/polarizability.js";
import { polarizabilityTensor } from "../../src/model/target/polarizability/predict.js";
import { fitPolarization } from "../../src/model/target/polarization/polarization.js";
import type { Frame } from "../../src/structure/frame.js";
import { createStructure } from "../../src/structure/structure.js";
import { toyOxideFrames } from "../support/toyPolarization.js";

const SYMBOLS = ["H", "C", "N", "O", "Si"];

/** Molecules of eight atoms, the first of them of so many species, whose polarizability is a sum over their pairs. */
function molecules(kinds: number, count: number): Frame[] {
  const r = random(kinds);
  return Array.from({ length: count }, () => {
    const positions = Array.from({ length: 8 }, (_, i) =>
      [i & 1, (i >> 1) & 1, i >> 2].map((x) => 1.6 * x + 0.12 * r.normal()),
    );
    const species = positions.map((_, i) => SYMBOLS[i % kinds]!);
    const polarizability = new Float64Array(9);
    positions.forEach((a, i) => {
      positions.forEach((b, j) => {
        if (i === j) return;
        const d = a.map((x, c) => b[c]! - x);
        const square = d[0]! ** 2 + d[1]! ** 2 + d[2]! ** 2;
        const strength = (1 + (i % kinds)) * (1 + (j % kinds)) * Math.exp(-square / 3);
        for (let c = 0; c < 9; c++)
          polarizability[c]! += strength * (d[Math.floor(c / 3)]! * d[c % 3]! + (c % 4 === 0 ? 0.3 : 0));
      });
    });
    return { structure: createStructure({ species, positions }), polarizability };
  });
}

const descriptor = { cutoff: 4, nMax: 4, lMax: 3 };

describe("fits with fewer density channels", () => {
  it("predict five species nearly as well, and the smaller the share that may be lost, the better", async () => {
    const frames = molecules(5, 90);
    const [train, test] = [frames.slice(0, 60), frames.slice(60)];
    const error = async (options: object): Promise<{ rmse: number; features: number }> => {
      const model = await fitPolarizability(train, { descriptor, ...options });
      const { rmse } = await evaluatePolarizability(model, test, { workers: 0 });
      return { rmse: rmse.all, features: featureCount(model.descriptor, 2) };
    };
    const whole = await error({});
    const [few, more] = [await error({ compress: { lost: 1e-2 } }), await error({ compress: { lost: 1e-3 } })];
    // It has learned at all: the mean would miss by the spread of the elements.
    expect(whole.rmse).toBeLessThan(0.5 * standardDeviation(test.flatMap((f) => [...f.polarizability!])));
    // Found: 1430 features and 0.502 Å³; 920 and 0.511 Å³; 522 and 0.537 Å³. Bounds leave room for other rounding.
    expect(more.features).toBeLessThan(0.75 * whole.features);
    expect(few.features).toBeLessThan(0.5 * whole.features);
    expect(more.rmse).toBeLessThan(1.1 * whole.rmse);
    expect(few.rmse).toBeLessThan(1.2 * whole.rmse);
  }, 60_000);

  it("take as many features whatever the number of species: weights grow in proportion to it", async () => {
    const counts = [];
    for (const kinds of [2, 3, 4, 5]) {
      const model = await fitPolarizability(molecules(kinds, 12), { descriptor, compress: { channels: 6 } });
      counts.push(featureCount(model.descriptor, 2));
    }
    expect(new Set(counts).size).toBe(1);
  }, 60_000);

  it("keep them with the model", async () => {
    const frames = molecules(3, 12);
    const model = await fitPolarizability(frames, { descriptor, compress: { lost: 1e-3 } });
    const again = readModel(modelDocument(model), "model");
    if (again.kind !== "polarizability") throw new TypeError(again.kind);
    const { structure } = frames[0]!;
    expect(polarizabilityTensor(again, structure)).toEqual(polarizabilityTensor(model, structure));
    expect(again.training.options).toEqual(model.training.options);
    const polarization = await fitPolarization(toyOxideFrames(4, 5), { descriptor, compress: { channels: 3 } });
    expect(polarization.descriptor.options.compression!.channels).toBe(3);
    await expect(fitPolarizability(frames, { compress: { lost: 2 } })).rejects.toThrow(OptionError);
    await expect(fitPolarizability(frames, { compress: {} })).rejects.toThrow(/channels or lost/);
  }, 60_000);
});
