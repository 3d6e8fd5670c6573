import { beforeAll, describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { random } from "../../src/math/random.js";
import { predictStructures } from "../../src/model/stream/predictStructures.js";
import type { PolarizabilityOptions } from "../../src/model/target/polarizability/options.js";
import { fitPolarizability } from "../../src/model/target/polarizability/polarizability.js";
import { polarizabilityTensor } from "../../src/model/target/polarizability/predict.js";
import { predictPolarizability } from "../../src/model/target/polarizability/predictSeries.js";
import { tensorOf } from "../../src/model/target/polarizability/tensorData.js";
import { predictPart } from "../../src/model/train/kernelFit.js";
import { prepareStructures } from "../../src/model/train/preparedFrames.js";
import type { Frame } from "../../src/structure/frame.js";
import type { Structure } from "../../src/structure/structure.js";
import { createTrajectory } from "../../src/structure/trajectory.js";
import { expectClose } from "../support/close.js";

const features = { cutoff: 4, nMax: 3, lMax: 2, smearing: 0.5 };
let frames: readonly Frame[];

beforeAll(async () => {
  ({ frames } = await loadDataset("h2o"));
});

/** Water and what is left of it without one of its atoms: structures of different size and composition. */
function pieces(count: number): Structure[] {
  const r = random(4);
  return frames.slice(500, 500 + count).map(({ structure: s }) => {
    const kept = [0, 1, 2].filter((atom) => atom !== r.integer(6));
    return {
      ...s,
      species: kept.map((atom) => s.species[atom]!),
      positions: Float64Array.from(kept.flatMap((atom) => [...s.positions.subarray(3 * atom, 3 * atom + 3)])),
    };
  });
}

describe("predictions of non-linear kernels, many structures at once", () => {
  const kinds: [string, number, PolarizabilityOptions][] = [
    ["ζ = 2", 10, { form: { kind: "full", zeta: 2 } }],
    // 63 scalar features, 70 or 140 reference atoms: the references are summed beforehand.
    ["ζ = 2 with more references than features", 70, { form: { kind: "full", zeta: 2 } }],
    ["ζ = 3.5", 10, { form: { kind: "full", zeta: 3.5 } }],
    ["ζ = 2 with a few reference environments", 20, { form: { kind: "sparse", references: 5, zeta: 2 } }],
  ];
  for (const [name, count, options] of kinds)
    it(`equal the sum over references feature by feature: ${name}`, async () => {
      const model = await fitPolarizability(frames.slice(0, count), { descriptor: features, ...options });
      const structures = pieces(150);
      const bases = Object.fromEntries(model.parts.map((p) => [p.order, p.basis]));
      const prepared = await prepareStructures(structures, {
        descriptor: model.descriptor,
        bases,
        keepEnvironments: true,
      });
      const [scalar, traceless] = model.parts.map((p) => predictPart(p, prepared));
      const parts = { 0: scalar!, 2: traceless! };
      const expected = structures.flatMap((s, i) => [...tensorOf(parts, i).map((x) => x * s.species.length)]);
      const found: number[] = [];
      for await (const { polarizability } of predictStructures(model, structures, structures.length, { workers: 0 }))
        found.push(...polarizability!);
      expectClose(found, expected, { relative: 1e-9, absolute: 1e-10 });
      expect(Math.max(...expected)).toBeGreaterThan(1);
    });

  it("do not depend on which structures are predicted together", async () => {
    const model = await fitPolarizability(frames.slice(0, 10), {
      descriptor: features,
      form: { kind: "full", zeta: 2 },
    });
    const structures = frames.slice(100, 300).map((f) => f.structure);
    const series = await predictPolarizability(model, createTrajectory(structures, 1));
    expectClose(
      series.values,
      structures.flatMap((s) => [...polarizabilityTensor(model, s)]),
      { relative: 1e-12, absolute: 1e-12 },
    );
    expect(await predictPolarizability(model, createTrajectory(structures, 1))).toEqual(series);
  });
});
