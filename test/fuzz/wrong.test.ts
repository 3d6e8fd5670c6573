import { mkdirSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { wrongFiles } from "./wrong.js";

// `npm run fuzz` sets these; in the test suite a short run with a fixed seed.
const inputs = process.env.FUZZ_INPUTS ? Math.ceil(Number(process.env.FUZZ_INPUTS) / 10) : 1000;
const seed = Number(process.env.FUZZ_SEED ?? 1);
const folder = process.env.FUZZ_OUT;

it(`of ${inputs} files that are plainly wrong none passes without an error or a warning`, async () => {
  const { wrong, silent } = await wrongFiles(inputs, seed);
  if (process.env.FUZZ_INPUTS) console.log(`${wrong} plainly wrong files: ${silent.length} passed without a word`);
  if (folder) {
    mkdirSync(folder, { recursive: true });
    for (const { fault, format, seed: k, text } of silent.slice(0, 200))
      writeFileSync(`${folder}/silent-${format}-${fault}-${k}`.replace(/[^\w/.-]+/g, "-"), text);
  }
  const kinds = new Map<string, number>();
  for (const { fault, format } of silent) kinds.set(`${format}: ${fault}`, (kinds.get(`${format}: ${fault}`) ?? 0) + 1);
  expect([...kinds]).toEqual([]);
  // Most changes are changes: a line of a comment, or of what nobody reads, is none.
  expect(wrong).toBeGreaterThan(0.8 * inputs);
}, 3_600_000);
