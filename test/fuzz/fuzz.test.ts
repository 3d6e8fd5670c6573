import { mkdirSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fuzz, limits } from "./fuzz.js";
import { allTargets } from "./targets.js";

// `npm run fuzz` sets these; in the test suite a short run with a fixed seed.
const inputs = Number(process.env.FUZZ_INPUTS ?? 3000);
const seed = Number(process.env.FUZZ_SEED ?? 1);
const folder = process.env.FUZZ_OUT;

describe("damaged files", () => {
  it(`${inputs} inputs give results or errors of ours, within ${limits.seconds} s and ${limits.megabytes} MB`, async () => {
    const targets = await allTargets();
    if (folder) mkdirSync(folder, { recursive: true });
    const { findings, ...report } = await fuzz(
      targets,
      inputs,
      seed,
      folder ? (name, k, text) => writeFileSync(`${folder}/current`, `${name} ${k}\n${text}`) : undefined,
    );
    if (folder) {
      for (const f of findings.slice(0, 200))
        writeFileSync(`${folder}/${f.target.replace(/\W+/g, "-")}-${seed}-${f.input}`, f.text);
    }
    if (process.env.FUZZ_INPUTS)
      console.log(
        `${report.inputs} inputs over ${targets.length} readers: ${report.refused} refused, ${report.inputs - report.refused - findings.length} read; slowest ${report.slowestSeconds.toFixed(2)} s, at most ${report.peakMegabytes.toFixed(0)} MB`,
      );
    const kinds = new Map<string, string>();
    for (const f of findings) {
      const kind = `${f.target}: ${f.problem.slice(0, 300).replace(/\d+/g, "#")}`;
      if (!kinds.has(kind)) kinds.set(kind, `input ${f.input}`);
    }
    expect([...kinds].slice(0, 40)).toEqual([]);
  }, 3_600_000);
});
