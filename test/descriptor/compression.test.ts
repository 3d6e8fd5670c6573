import { describe, expect, it } from "vitest";
import { compressChannels, keptVariance } from "../../src/descriptor/compressChannels.js";
import { gradient } from "../../src/descriptor/contract.js";
import { createDescriptor, descriptorWith, featureCount, featureLabels } from "../../src/descriptor/descriptor.js";
import { featuresOf } from "../../src/descriptor/evaluate.js";
import { referenceEngine } from "../../src/descriptor/referenceEngine.js";
import { AbortedError } from "../../src/errors.js";
import { expectClose } from "../support/close.js";
import { apply, randomOrthogonal, rotateStructure } from "../support/equivariance.js";
import { uniform } from "../support/uniform.js";
import { wignerMatrix } from "../support/wigner.js";
import { designMatrix, small, smallCrystal, smallMolecule } from "./support.js";

const full = createDescriptor(small);
const frames = [smallCrystal(1), smallCrystal(2), smallMolecule()];

describe("compressChannels", () => {
  it("pca with all channels is an orthogonal change of basis: the same kernels", async () => {
    const compression = await compressChannels(full, frames, { channels: 9 });
    const d = createDescriptor({ ...small, compression });
    for (const order of [0, 1, 2] as const) {
      const [a, b] = [featuresOf(full, frames[0]!, order), featuresOf(d, frames[0]!, order)];
      expect(b.count).toBe(a.count);
      const kernel = ({ values, components, count }: typeof a, i: number, j: number): number => {
        let sum = 0;
        for (let k = 0; k < components * count; k++)
          sum += values[i * components * count + k]! * values[j * components * count + k]!;
        return sum;
      };
      for (let i = 0; i < 7; i++)
        for (let j = 0; j < 7; j++) expectClose(kernel(b, i, j), kernel(a, i, j), { relative: 1e-11, absolute: 1e-12 });
    }
  });

  it("keeps the most variance that any projection can: more channels, more of it, up to all", async () => {
    const kept: number[][] = [];
    for (const channels of [1, 3, 6, 9])
      kept.push(await keptVariance(full, frames, await compressChannels(full, frames, { channels })));
    const cur = await keptVariance(full, frames, await compressChannels(full, frames, { channels: 3, kind: "cur" }));
    for (let l = 0; l <= 3; l++) {
      for (let i = 1; i < 4; i++) expect(kept[i]![l]).toBeGreaterThanOrEqual(kept[i - 1]![l]!);
      expectClose(kept[3]![l]!, 1, { absolute: 1e-12 });
      expect(kept[1]![l]).toBeGreaterThan(cur[l]!);
    }
  });

  it("chooses the fewest channels that lose no more than was allowed", async () => {
    for (const lost of [0.2, 1e-3]) {
      const chosen = await compressChannels(full, frames, { lost });
      const fewer = await compressChannels(full, frames, { channels: chosen.channels - 1 });
      expect(Math.max(...(await keptVariance(full, frames, chosen)).map((k) => 1 - k))).toBeLessThanOrEqual(lost);
      expect(Math.max(...(await keptVariance(full, frames, fewer)).map((k) => 1 - k))).toBeGreaterThan(lost);
      expect(chosen).toEqual(await compressChannels(full, frames, { channels: chosen.channels }));
    }
    await expect(compressChannels(full, frames, {})).rejects.toThrow(/either channels or lost/);
    await expect(compressChannels(full, frames, { channels: 2, lost: 0.1 })).rejects.toThrow(/either channels or lost/);
  });

  it("cur keeps original channels: its features are a subset of the full ones", async () => {
    const compression = await compressChannels(full, frames, { channels: 4, kind: "cur" });
    for (const m of compression.matrices) expect(m.filter((x) => x === 1).length).toBe(4);
    const d = createDescriptor({ ...small, compression });
    const [a, b] = [featuresOf(full, frames[2]!, 1), featuresOf(d, frames[2]!, 1)];
    const values = new Set([...a.values].map((v) => Math.abs(v).toPrecision(9)));
    for (const v of b.values) if (Math.abs(v) > 1e-9) expect(values.has(Math.abs(v).toPrecision(9))).toBe(true);
  });

  it("compressed features are fewer, labelled by channel, equivariant, and differentiable by both engines alike", async () => {
    const compression = await compressChannels(full, frames, { channels: 4 });
    const options = { ...small, compression, centralAtom: true, twoBody: {} };
    const d = createDescriptor(options);
    const plain = descriptorWith(options, () => referenceEngine);
    expect(featureCount(d, 1)).toBe(9 + 3 * 16);
    expect(featureLabels(d, 1).at(-1)).toEqual({
      body: 3,
      first: { n: 3, l: 2 },
      second: { n: 3, l: 3 },
      scale: Math.SQRT2,
    });
    const s = smallMolecule();
    const next = uniform(2);
    for (const order of [0, 1, 2] as const) {
      const weights = {
        order,
        values: Float64Array.from({ length: 3 * featureCount(d, order) }, () => next() - 0.5),
      };
      const g = gradient(d, s, weights);
      const h = gradient(plain, s, weights);
      expectClose(g.positions, h.positions, { absolute: 1e-11 });
      expectClose(g.strain, h.strain, { absolute: 1e-11 });
      for (const r of randomOrthogonal(4, 8))
        expectClose(gradient(d, rotateStructure(s, r), weights).value, apply(wignerMatrix(order, r), g.value), {
          absolute: 1e-11,
        });
      const rows = designMatrix(d, s, order);
      const columns = weights.values.length;
      expect(rows.length).toBe(5 * (2 * order + 1) * 3 * columns);
      for (let row = 0; row * columns < rows.length; row++) {
        const [atom, m] = [Math.floor(row / 3 / (2 * order + 1)), Math.floor(row / 3) % (2 * order + 1)];
        const dot = weights.values.reduce((sum, w, k) => sum + w * rows[row * columns + k]!, 0);
        expectClose(dot, g.positions[3 * (m * 5 + atom) + (row % 3)]!, { absolute: 1e-11 });
      }
    }
  });

  it("refuses matrices that do not fit and too many channels", async () => {
    const compression = await compressChannels(full, frames, { channels: 4 });
    expect(() => createDescriptor({ ...small, lMax: 2, compression })).toThrow(
      /expected 3 matrices of 4 × 9 finite numbers/,
    );
    await expect(compressChannels(full, frames, { channels: 10 })).rejects.toThrow(
      /channels is 10, expected an integer from 1 to 9/,
    );
    const compressed = createDescriptor({ ...small, compression });
    await expect(compressChannels(compressed, frames, { channels: 2 })).rejects.toThrow(/already/);
  });

  it("tells how far it is and stops when asked to", async () => {
    const done: number[] = [];
    await compressChannels(full, frames, { channels: 2, onProgress: (p) => done.push(p.done) });
    expect(done).toEqual([1, 2, 3]);
    const stop = new AbortController();
    const stopped = compressChannels(full, frames, {
      channels: 2,
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await expect(stopped).rejects.toThrow(AbortedError);
  });
});
