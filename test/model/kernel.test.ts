import { beforeAll, describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { createDescriptor, type Descriptor } from "../../src/descriptor/descriptor.js";
import { random } from "../../src/math/random.js";
import {
  type EnvironmentFeatures,
  environmentFeatures,
  featuresOfOrder,
} from "../../src/model/basis/environmentFeatures.js";
import { structureKernel } from "../../src/model/basis/structureKernel.js";
import { expectClose, largestDifference } from "../support/close.js";
import { rotateStructure } from "../support/equivariance.js";
import { wignerMatrix } from "../support/wigner.js";

let d: Descriptor;
let all: EnvironmentFeatures[];
let structures: Awaited<ReturnType<typeof loadDataset>>["frames"];
const scales = Float64Array.of(1.3, 0.7);

beforeAll(async () => {
  d = createDescriptor({ species: ["H", "O"], cutoff: 3, nMax: 2, lMax: 2 });
  structures = (await loadDataset("h2o")).frames.filter((_, i) => i % 4 === 0);
  all = structures.map((f) => environmentFeatures(d, f.structure, [2]));
});

describe("λ-SOAP structure kernel", () => {
  it("is the mean over all pairs of atoms of one species of k^λ (k⁰)^(ζ−1)", () => {
    const [a, b] = [all[0]!, all[9]!];
    const k0 = featuresOfOrder(a, 0).length / 3;
    const k2 = featuresOfOrder(a, 2).length / 15;
    const dot = (x: Float64Array, y: Float64Array): number => x.reduce((s, v, i) => s + v * y[i]!, 0);
    const scalar = (f: EnvironmentFeatures, j: number) => featuresOfOrder(f, 0).subarray(j * k0, (j + 1) * k0);
    const tensor = (f: EnvironmentFeatures, j: number, mu: number) =>
      featuresOfOrder(f, 2).subarray((5 * j + mu) * k2, (5 * j + mu + 1) * k2);
    for (const zeta of [1, 2, 3.5]) {
      const k = structureKernel([a], [b], { order: 2, zeta, scales });
      for (let mu = 0; mu < 5; mu++)
        for (let nu = 0; nu < 5; nu++) {
          let sum = 0;
          for (let i = 0; i < 3; i++)
            for (let j = 0; j < 3; j++) {
              if (a.species[i] !== b.species[j]) continue;
              const [x, y] = [scalar(a, i), scalar(b, j)];
              const similarity = dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
              const scale = scales[a.species[i]!]! ** 2;
              sum += (scale * dot(tensor(a, i, mu), tensor(b, j, nu)) * similarity ** (zeta - 1)) / 9;
            }
          expectClose(k.values[5 * mu + nu]!, sum, { absolute: 1e-12, relative: 1e-10 });
        }
    }
  });

  it("of a turned structure is the turned kernel: K(Rx, y) = 𝒟(R) K(x, y)", () => {
    const r = random(4).rotation();
    const turned = environmentFeatures(d, rotateStructure(structures[0]!.structure, r), [2]);
    const wigner = wignerMatrix(2, r);
    for (const zeta of [1, 2]) {
      const plain = structureKernel([all[0]!], [all[5]!], { order: 2, zeta, scales }).values;
      const after = structureKernel([turned], [all[5]!], { order: 2, zeta, scales }).values;
      const expected = Float64Array.from({ length: 25 }, (_, p) => {
        let sum = 0;
        for (let m = 0; m < 5; m++) sum += wigner[5 * Math.floor(p / 5) + m]! * plain[5 * m + (p % 5)]!;
        return sum;
      });
      expectClose(after, expected, { absolute: 1e-10 });
    }
  });

  it("is the same whether one half is mirrored or both are computed, over blocks of atoms", () => {
    expect(3 * all.length).toBeGreaterThan(500);
    for (const order of [0, 2] as const) {
      const mirrored = structureKernel(all, all, { order, zeta: 2, scales });
      const full = structureKernel(all, [...all], { order, zeta: 2, scales });
      expect(largestDifference(mirrored.values, full.values)).toBeLessThan(1e-12);
    }
  });
});
