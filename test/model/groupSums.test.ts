import { expect, it } from "vitest";
import { AbortedError, DataError } from "../../src/errors.js";
import { gramAccumulator } from "../../src/math/gramAccumulator.js";
import { random } from "../../src/math/random.js";
import { groupSums } from "../../src/model/train/groupSums.js";
import { expectClose } from "../support/close.js";

const columns = 7;
/** Rows of frame f: one more than f mod 5, times 60. */
const count = (f: number): number => 60 * (1 + (f % 5));
const rowsOf = (f: number, add: (rows: Float64Array, targets: Float64Array) => void): void => {
  const rng = random(f);
  const normal = (n: number): Float64Array => Float64Array.from({ length: n }, () => rng.normal());
  // In two blocks, as derivatives of atoms come.
  const half = count(f) / 2;
  for (let block = 0; block < 2; block++) add(normal(half * columns), normal(half));
};
const source = { columns, rowsOf, rowCount: count };
const groups = [[3, 1, 4, 10, 5, 9, 2], [6], [], [0, 7, 8]];

it("sums of groups are those of their rows, and every frame is told of", async () => {
  const done: number[] = [];
  const sums = await groupSums(source, groups, (k) => done.push(k), {});
  expect(sums).toHaveLength(groups.length);
  for (const [g, frames] of groups.entries()) {
    const all = gramAccumulator({ columns });
    for (const f of frames) rowsOf(f, all.add);
    const expected = all.normalEquations();
    expectClose(sums[g]!.gram.values, expected.gram.values, { absolute: 1e-10 });
    expectClose(sums[g]!.moments.values, expected.moments.values, { absolute: 1e-10 });
    expect(sums[g]!.rows).toBe(expected.rows);
  }
  expect(done.at(-1)).toBe(11);
  expect(done).toEqual([...done].sort((a, b) => a - b));
});

it("does not depend on how many rows a frame is said to have, but for rounding", async () => {
  const [fine, coarse] = await Promise.all(
    [1e9, 1].map((rows) => groupSums({ ...source, rowCount: () => rows }, groups, () => {}, {})),
  );
  for (const [g, e] of fine!.entries()) expectClose(e.gram.values, coarse![g]!.gram.values, { absolute: 1e-10 });
});

it("names the frame that fails, and can be interrupted", async () => {
  const broken = {
    ...source,
    rowsOf: (f: number, add: Parameters<typeof rowsOf>[1]) => {
      if (f === 9) throw new DataError("atoms coincide");
      rowsOf(f, add);
    },
  };
  await expect(groupSums(broken, groups, () => {}, {})).rejects.toThrow(/frame 9.*atoms coincide/);
  const controller = new AbortController();
  await expect(groupSums(source, groups, () => controller.abort(), { signal: controller.signal })).rejects.toThrow(
    AbortedError,
  );
});
