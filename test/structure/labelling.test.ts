import { describe, expect, it } from "vitest";
import { linearResponse } from "../../src/model/linearResponse/linearResponse.js";
import { linearResponseTensor } from "../../src/model/linearResponse/predict.js";
import { align } from "../../src/structure/alignment.js";
import { atomicMasses } from "../../src/structure/elements.js";
import { labelledAligner, labellings } from "../../src/structure/labelling.js";
import { rotateTensor } from "../../src/structure/rotateTensor.js";
import { createStructure, type Structure } from "../../src/structure/structure.js";
import { expectClose, largestDifference } from "../support/close.js";
import { randomOrthogonal, rotateStructure } from "../support/equivariance.js";
import { ammonia, distorted, lopsided, methane, methanol, water } from "../support/molecules.js";
import { displacedFrames, toyFrame, toyPolarizability } from "../support/toyTensors.js";

const argon = (n: number) =>
  createStructure({
    species: new Array(n).fill("Ar"),
    positions: Array.from({ length: n }, (_, i) => [4 * i, i * i, 0]),
  });
const reordered = (s: Structure, p: readonly number[]): Structure => ({
  ...s,
  positions: Float64Array.from(p.flatMap((i) => [...s.positions.subarray(3 * i, 3 * i + 3)])),
});
/** Hydrogens 2, 3 and 4 turned about the bond from 0 to 1, which lies along x. */
const turnedMethyl = (s: Structure, angle: number): Structure => {
  const positions = s.positions.slice();
  for (const h of [2, 3, 4]) {
    const [y, z] = [s.positions[3 * h + 1]!, s.positions[3 * h + 2]!];
    positions[3 * h + 1] = Math.cos(angle) * y - Math.sin(angle) * z;
    positions[3 * h + 2] = Math.sin(angle) * y + Math.cos(angle) * z;
  }
  return { ...s, positions };
};

describe("labellings of a molecule", () => {
  it.each([
    // Permutations of like atoms over the rotations of the point group.
    ["water", water, 2 / 2],
    ["methane", methane, 24 / 12],
    ["ammonia", ammonia, 6 / 3],
    ["methanol", methanol, 6 / 1],
    ["six different atoms", lopsided, 2],
    ["five argon atoms on a bent line", argon(5), 120],
  ])("of %s are its permutations without its rotations", (_, s, count) => {
    const { permutations, complete } = labellings(s);
    expect(permutations.length).toBe(count);
    expect(complete).toBe(true);
    expect([...permutations[0]!]).toEqual([...s.species.keys()]);
  });

  it("are not searched without bound", async () => {
    for (const n of [9, 60]) {
      const { permutations, complete } = labellings(argon(n));
      expect([permutations.length, complete]).toEqual([1, false]);
    }
    const s = argon(9);
    expect(
      (await linearResponse(toyFrame(s), displacedFrames(s, 0.01), { frame: { kind: "eckart" } })).warnings,
    ).toEqual([expect.stringMatching(/too many ways to exchange like atoms/)]);
  });

  it("are left alone only where no other lies nearer", () => {
    const masses = atomicMasses(methanol.species);
    const distance = (s: Structure) =>
      align(methanol, s, masses).displacements.reduce((sum, d, p) => sum + masses[Math.floor(p / 3)]! * d * d, 0);
    const closest = labelledAligner(methanol);
    for (let seed = 1; seed <= 40; seed++) {
      const s = turnedMethyl(distorted(methanol, 0.15, seed), (seed * Math.PI) / 20);
      const least = Math.min(...labellings(methanol).permutations.map((p) => distance(reordered(s, [...p]))));
      expect(distance({ ...s, positions: closest(s).positions })).toBeCloseTo(least, 10);
    }
  });
});

describe("linear response of a molecule that leaves its well", () => {
  const kinds = ["eckart", "internal"] as const;

  it.each(kinds)("does not know like atoms apart: %s", async (kind) => {
    for (const [s, p] of [
      [methanol, [0, 1, 3, 2, 4, 5]],
      [methanol, [0, 1, 4, 2, 3, 5]],
      [ammonia, [0, 2, 1, 3]],
      [methane, [0, 2, 1, 3, 4]],
    ] as const) {
      const model = await linearResponse(toyFrame(s), displacedFrames(s, 0.01), { frame: { kind } });
      for (const by of [0.01, 0.15]) {
        const bent = distorted(s, by, 5);
        expectClose(linearResponseTensor(model, reordered(bent, p)), linearResponseTensor(model, bent), {
          absolute: 1e-12,
        });
      }
    }
  });

  it.each(kinds)("is right to first order in every well of a methyl group: %s", async (kind) => {
    const model = await linearResponse(toyFrame(methanol), displacedFrames(methanol, 1e-3), { frame: { kind } });
    for (const well of [1, 2]) {
      const error = (by: number) => {
        const moved = distorted(turnedMethyl(methanol, (well * 2 * Math.PI) / 3), by, 3);
        return largestDifference(linearResponseTensor(model, moved), toyPolarizability(moved).value);
      };
      // Our methyl group is threefold to 0.01 Å only, which alone makes an error of first order in that.
      expect(error(0.02)).toBeLessThan(0.05);
      expect(error(0)).toBeLessThan(0.02);
    }
  });

  it.each(kinds)("follows an inverted umbrella: %s", async (kind) => {
    const model = await linearResponse(toyFrame(ammonia), displacedFrames(ammonia, 1e-3), { frame: { kind } });
    const mirror = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, -1);
    const bent = distorted(ammonia, 0.05, 4);
    const inverted = rotateStructure(bent, mirror);
    for (const r of randomOrthogonal(4, 3))
      expectClose(
        linearResponseTensor(model, rotateStructure(inverted, r)),
        rotateTensor(r, rotateTensor(mirror, linearResponseTensor(model, bent))),
        { absolute: 1e-10 },
      );
  });
});
