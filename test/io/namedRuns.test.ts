import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readFrames } from "../../src/io/load.js";

const folder = mkdtempSync(join(tmpdir(), "spectensor-runs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Warnings of a file whose frames have these times and comments. */
async function warnings(times: readonly number[], words: (k: number) => string): Promise<string[]> {
  const path = join(folder, "frames.xyz");
  const frame = (t: number, k: number) => `1\nProperties=species:S:1:pos:R:3 time=${t} ${words(k)}\nAr ${k / 10} 0 0\n`;
  writeFileSync(path, times.map(frame).join(""));
  const told: string[] = [];
  await readFrames(path, { onWarning: (w) => told.push(w.problem) });
  return told;
}
const times = [0, 10, 20, 30, 40, 0, 10, 20, 30, 40];

it("frames of several runs, by name, need no even spacing; those of one run do, named or not", async () => {
  expect(await warnings(times, (k) => `run=md-${k < 5 ? 1 : 2}`)).toEqual([]);
  expect(await warnings(times, () => "run=md-1")).toEqual([expect.stringContaining("not evenly spaced: frame 5")]);
  expect(await warnings(times, () => "")).toEqual([expect.stringContaining("not evenly spaced: frame 5")]);
});
