import { describe, expect, it } from "vitest";
import { contract, gradient } from "../../src/descriptor/contract.js";
import { createDescriptor, featureCount } from "../../src/descriptor/descriptor.js";
import { contractFrames } from "../../src/descriptor/frames.js";
import { createTrajectory } from "../../src/structure/trajectory.js";
import { uniform } from "../support/uniform.js";
import { small, smallCrystal } from "./support.js";

const d = createDescriptor(small);
const frames = Array.from({ length: 9 }, (_, i) => smallCrystal(i));
const weights = ([1, 2] as const).map((order) => {
  const next = uniform(order);
  return { order, values: Float64Array.from({ length: 3 * featureCount(d, order) }, () => next() - 0.5) };
});

describe("contractFrames", () => {
  it("gives for any number of workers the bits of each frame alone", async () => {
    for (const workers of [1, 2, 3]) {
      const [vectors, tensors] = await contractFrames(d, createTrajectory(frames), weights, {
        workers,
        derivatives: true,
      });
      frames.forEach((s, f) => {
        const alone = gradient(d, s, weights);
        expect(vectors!.values.slice(3 * f, 3 * f + 3)).toEqual(alone[0]!.value);
        expect(tensors!.values.slice(5 * f, 5 * f + 5)).toEqual(alone[1]!.value);
        expect(tensors!.positions!.slice(105 * f, 105 * (f + 1))).toEqual(alone[1]!.positions);
      });
      const [plain] = await contractFrames(d, createTrajectory(frames), weights, { workers });
      expect(plain!.positions).toBeUndefined();
      expect(plain!.values.slice(6, 9)).toEqual(contract(d, frames[2]!, weights[0]!).value);
    }
  });

  it("names the frame that cannot be done, reports progress, and stops when told to", async () => {
    const broken = createTrajectory(frames);
    broken.positions.set(broken.positions.subarray(21 * 4, 21 * 4 + 3), 21 * 4 + 3);
    await expect(contractFrames(d, broken, weights, { workers: 2 })).rejects.toThrow(
      /frame 4: .*atoms 0 \(Zr\) and 1 \(O\) coincide/,
    );
    const seen: number[] = [];
    await contractFrames(d, createTrajectory(frames), weights, {
      workers: 1,
      onProgress: ({ done }) => seen.push(done),
    });
    expect(seen.at(-1)).toBe(9);
    await expect(
      contractFrames(d, createTrajectory(frames), weights, { workers: 1, signal: AbortSignal.abort() }),
    ).rejects.toThrow(/interrupted/);
  });
});
