import { describe, expect, it } from "vitest";
import { createDescriptor } from "../../src/descriptor/descriptor.js";
import { curPivots, farthestPoints, selectEnvironments } from "../../src/descriptor/sparsify.js";
import { AbortedError } from "../../src/errors.js";
import { gemm, matrixFromRows } from "../../src/math/matrix.js";
import { expectClose } from "../support/close.js";
import { randomOrthogonal, rotateStructure } from "../support/equivariance.js";
import { uniform } from "../support/uniform.js";
import { small, smallCrystal, smallMolecule } from "./support.js";

describe("farthestPoints", () => {
  it("on a line takes one end, the other end, then the middle", async () => {
    const { indices, scores } = await farthestPoints(matrixFromRows([[0], [1], [2], [4], [9], [10.5]]), 4);
    expect([...indices]).toEqual([5, 0, 3, 2]);
    expect([...scores]).toEqual([Number.POSITIVE_INFINITY, 10.5, 4, 2]);
  });

  it("never takes a duplicate and ends when nothing new is left", async () => {
    const rows = matrixFromRows([
      [1, 2],
      [1, 2],
      [3, 1],
      [1, 2],
      [3, 1],
    ]);
    expect((await farthestPoints(rows, 5)).indices.length).toBe(2);
  });

  it("covers better than random choice: smaller largest distance to the chosen", async () => {
    const next = uniform(4);
    const points = Array.from({ length: 300 }, () => [next(), next() ** 4, next()]);
    const { indices } = await farthestPoints(matrixFromRows(points), 12);
    const radius = (chosen: number[]) =>
      Math.max(
        ...points.map((p) => Math.min(...chosen.map((i) => Math.hypot(...p.map((x, c) => x - points[i]![c]!))))),
      );
    const random = Math.min(
      ...Array.from({ length: 20 }, () => radius(Array.from({ length: 12 }, () => Math.floor(300 * next())))),
    );
    expect(radius([...indices])).toBeLessThan(random);
  });

  it("says what a wrong count or start is", async () => {
    const rows = matrixFromRows([[1], [2]]);
    await expect(farthestPoints(rows, 3)).rejects.toThrow(/count is 3, expected an integer from 1 to 2/);
    await expect(farthestPoints(rows, 1, { first: 2 })).rejects.toThrow(/first is 2, the rows are 0 to 1/);
  });
});

describe("curPivots", () => {
  it("spans everything with as many choices as the rank, and then ends", () => {
    const next = uniform(6);
    const basis = Array.from({ length: 3 }, () => Array.from({ length: 8 }, () => next() - 0.5));
    const rows = Array.from({ length: 20 }, () => {
      const f = basis.map(() => next() - 0.5);
      return basis[0]!.map((_, k) => f.reduce((sum, x, b) => sum + x * basis[b]![k]!, 0));
    });
    const all = matrixFromRows(rows);
    expect(curPivots(gemm(all, all, "b"), 10).indices.length).toBe(3);
  });

  it("takes the longest of orthogonal rows first", () => {
    const rows = matrixFromRows([
      [0, 1, 0],
      [0, 0, 3],
      [2, 0, 0],
    ]);
    const { indices, scores } = curPivots(gemm(rows, rows, "b"), 3);
    expect([...indices]).toEqual([1, 2, 0]);
    expectClose(scores, [1, 1, 1], { absolute: 1e-9 });
  });

  it("refuses a matrix that is not square", () => {
    expect(() => curPivots(matrixFromRows([[1, 2]]), 1)).toThrow(/expected a square matrix, found 1 × 2/);
  });
});

describe.each(["farthestPoints", "cur"] as const)("selectEnvironments by %s", (kind) => {
  const d = createDescriptor(small);
  const frames = [smallCrystal(1), smallMolecule(), smallCrystal(2), smallCrystal(1)];

  it("chooses distinct environments of each species", async () => {
    const chosen = await selectEnvironments(d, frames, { count: 3, method: { kind } });
    expect(chosen.map((list) => list.length)).toEqual([3, 3, 3]);
    chosen.forEach((list, s) => {
      for (const { structure, atom } of list) expect(frames[structure]!.species[atom]).toBe(d.options.species[s]);
      expect(new Set(list.map(({ structure, atom }) => `${structure % 3} ${atom}`)).size).toBe(3);
    });
  });

  it("chooses the same after rotating some frames", async () => {
    const [r] = randomOrthogonal(1, 2);
    const distinct = frames.slice(0, 3);
    const turned = distinct.map((s, i) => (i % 2 === 0 ? s : rotateStructure(s, r!)));
    expect(await selectEnvironments(d, turned, { count: 2, method: { kind } })).toEqual(
      await selectEnvironments(d, distinct, { count: 2, method: { kind } }),
    );
  });

  it("reports progress and can be interrupted", async () => {
    const labels = new Set<string>();
    const watched = {
      count: 2,
      method: { kind },
      onProgress: ({ label }: { label: string }) => void labels.add(label),
    };
    await selectEnvironments(d, frames, watched);
    expect([...labels]).toEqual(["features", "choosing environments"]);
    const stop = new AbortController();
    const stopped = { ...watched, signal: stop.signal, onProgress: () => stop.abort() };
    await expect(selectEnvironments(d, frames, stopped)).rejects.toThrow(AbortedError);
  });

  it("gives nothing for a species that does not occur", async () => {
    const wide = createDescriptor({ ...small, species: ["H", "O", "Zr", "Pb"] });
    expect((await selectEnvironments(wide, frames, { count: 2, method: { kind } }))[3]).toEqual([]);
  });
});
