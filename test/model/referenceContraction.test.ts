import { beforeAll, describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { random } from "../../src/math/random.js";
import type { PolarizabilityOptions } from "../../src/model/target/polarizability/options.js";
import { fitPolarizability } from "../../src/model/target/polarizability/polarizability.js";
import { predictPolarizability, predictTensor, predictTensors } from "../../src/model/target/polarizability/predict.js";
import { fromIrreducible } from "../../src/model/target/polarizability/tensorData.js";
import { predictPart } from "../../src/model/train/kernelFit.js";
import { prepareStructures } from "../../src/model/train/preparedFrames.js";
import type { Frame } from "../../src/structure/frame.js";
import type { Structure } from "../../src/structure/structure.js";
import { trajectory } from "../../src/structure/trajectory.js";
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
    ["ζ = 2", 10, { zeta: 2 }],
    // 63 scalar features, 70 or 140 reference atoms: the references are summed beforehand.
    ["ζ = 2 with more references than features", 70, { zeta: 2 }],
    ["ζ = 3.5", 10, { zeta: 3.5 }],
    ["ζ = 2 with a few reference environments", 20, { zeta: 2, references: { kind: "farthestPoint", count: 9 } }],
  ];
  for (const [name, count, options] of kinds)
    it(`equal the sum over references feature by feature: ${name}`, async () => {
      const model = await fitPolarizability(frames.slice(0, count), { features, ...options });
      const structures = pieces(150);
      const { quantity, descriptor } = model;
      const prepared = await prepareStructures(structures, descriptor, { quantity, keepEnvironments: true });
      const parts = { scalar: predictPart(model.scalar, prepared), traceless: predictPart(model.traceless, prepared) };
      const expected = structures.flatMap((s, i) => [...fromIrreducible(parts, i).map((x) => x * s.species.length)]);
      const found = await predictTensors(model, structures);
      expectClose(
        found.flatMap((t) => [...t]),
        expected,
        { relative: 1e-9, absolute: 1e-10 },
      );
      expect(Math.max(...expected)).toBeGreaterThan(1);
    });

  it("do not depend on which structures are predicted together", async () => {
    const model = await fitPolarizability(frames.slice(0, 10), { features, zeta: 2 });
    const structures = frames.slice(100, 300).map((f) => f.structure);
    const series = await predictPolarizability(model, trajectory(structures, 1));
    expectClose(
      series.values,
      structures.flatMap((s) => [...predictTensor(model, s)]),
      { relative: 1e-12, absolute: 1e-12 },
    );
    expect(await predictPolarizability(model, trajectory(structures, 1))).toEqual(series);
    expect(await predictTensors(model, [])).toEqual([]);
  });
});
