import { beforeAll, describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { OptionError } from "../../src/errors.js";
import { random } from "../../src/math/random.js";
import { evaluatePolarization } from "../../src/model/target/polarization/evaluate.js";
import { type PolarizationSets, polarizationLearningCurve } from "../../src/model/target/polarization/learningCurve.js";
import { fitPolarization } from "../../src/model/target/polarization/polarization.js";
import type { Frame } from "../../src/structure/frame.js";
import { expectClose } from "../support/close.js";

const descriptor = { nMax: 4, lMax: 2 };
let train: PolarizationSets;
let test: PolarizationSets;

beforeAll(async () => {
  const { parts } = await loadDataset("water-dimer");
  const bare = parts.bec!.map(({ polarization: _, ...frame }): Frame => frame);
  const sets = (start: number): PolarizationSets => ({
    bornCharges: bare.slice(start, start + 12),
    polarization: parts.dipoles!.slice(start, start + 20),
  });
  train = sets(0);
  test = sets(30);
});

describe("polarizationLearningCurve", () => {
  it("has at every size the errors of fitPolarization on the same frames", async () => {
    for (const form of [{ kind: "full" }, { kind: "products", equivariants: 8, scalars: 2 }] as const) {
      const model = { descriptor, ridge: { kind: "fixed", value: 1e-8 }, form } as const;
      const {
        points: [whole],
      } = await polarizationLearningCurve(train, test, { from: "both", sizes: [20], model });
      expect(whole!.draws.length).toBe(1);
      const fitted = await fitPolarization([...train.polarization, ...train.bornCharges], model);
      const expected = [
        (await evaluatePolarization(fitted, test.polarization)).polarization!.rmspe,
        (await evaluatePolarization(fitted, test.bornCharges)).bornCharges!.rmspe,
      ];
      // What is left out of the span is a hundredth of the ridge, so the errors differ by less than as much.
      expectClose([whole!.draws[0]!.polarization, whole!.draws[0]!.bornCharges], expected, { relative: 1e-2 });
    }
  });

  it("tests what the test frames have, and needs some", async () => {
    const options = {
      from: "bornCharges",
      sizes: [4],
      draws: 1,
      model: { descriptor, ridge: { kind: "fixed", value: 1e-8 } },
    } as const;
    const [whole, part] = [
      await polarizationLearningCurve(train, test, options),
      await polarizationLearningCurve(train, { ...test, polarization: [] }, options),
    ];
    const { bornCharges } = whole.points[0]!.draws[0]!;
    expect(part.points[0]!.draws[0]).toEqual({ polarization: Number.NaN, bornCharges });
    const none = { polarization: [], bornCharges: [] };
    await expect(polarizationLearningCurve(train, none, options)).rejects.toThrow("no frame to test on");
  });

  it("draws seeded subsets, so many of each size, and the same ones again", async () => {
    const model = { descriptor, ridge: { kind: "fixed", value: 1e-8 } } as const;
    const curve = () =>
      polarizationLearningCurve(train, test, { from: "bornCharges", sizes: [4, 12], draws: 3, model });
    const {
      points: [few, all],
    } = await curve();
    expect([few!.draws.length, all!.draws.length]).toEqual([3, 1]);
    expect(new Set(few!.draws.map((d) => d.bornCharges)).size).toBe(3);
    expect(all!.draws[0]!.bornCharges).toBeLessThan(Math.min(...few!.draws.map((d) => d.bornCharges)));
    expect((await curve()).points).toEqual([few, all]);
    const subset = random(1)
      .sample(12, 4)
      .map((i) => train.bornCharges[i]!);
    const fitted = await fitPolarization(subset, model);
    // The basis is that of the whole set, and so is the factor between ridges in the two bases.
    const rmspe = (await evaluatePolarization(fitted, test.bornCharges)).bornCharges!.rmspe;
    expectClose(few!.draws[1]!.bornCharges, rmspe, { relative: 0.02 });
  });

  it("refuses sizes that cannot be drawn and options it does not know", async () => {
    const curve = (options: object) =>
      polarizationLearningCurve(train, test, { from: "bornCharges", sizes: [4], ...options });
    await expect(curve({ sizes: [13] })).rejects.toThrow(/12 frames/);
    await expect(curve({ sizes: [] })).rejects.toThrow(OptionError);
    await expect(curve({ model: { rigde: 1 } })).rejects.toThrow(/did you mean "ridge"/);
  });
});
