// Benchmarks: `npm run bench [-- pattern] [-- --compare] [-- --save]`.
// Every test/bench/*.mjs beside this file exports its `cases`, see ../support/benchCase.types.ts.
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import os from "node:os";

const HISTORY = new URL("./history.json", import.meta.url);
const args = process.argv.slice(2);
const flags = new Set(args.filter((a) => a.startsWith("--")));
const patterns = args.filter((a) => !a.startsWith("--"));

const history = existsSync(HISTORY) ? JSON.parse(readFileSync(HISTORY, "utf8")) : [];
const previous = history.at(-1)?.results ?? {};
/** @type {Record<string, { median: number; best: number; unit: string; goal?: number }>} */
const results = {};

for (const file of readdirSync(new URL(".", import.meta.url)).sort()) {
  if (!file.endsWith(".mjs") || file === "run.mjs") continue;
  /** @type {{ cases: readonly import("../support/benchCase.types.js").BenchCase<unknown>[] }} */
  const { cases } = await import(new URL(file, import.meta.url).href);
  for (const c of cases) {
    if (patterns.length && !patterns.some((p) => `${file} ${c.name}`.includes(p))) continue;
    const state = await c.setup?.();
    await c.run(state); // warm up: compilation, tables, arenas
    const values = [];
    for (let k = 0; k < (c.repeat ?? 5); k++) {
      const start = process.cpuUsage();
      const began = performance.now();
      const done = await c.run(state);
      const amount = typeof done === "number" ? done : 1;
      const { user, system } = process.cpuUsage(start);
      const ms = c.clock === "wall" ? performance.now() - began : (user + system) / 1000;
      values.push(c.unit === "ms" ? ms / amount : amount / (ms / 1000));
    }
    values.sort((a, b) => a - b);
    const median = values[values.length >> 1];
    const smallerIsBetter = c.unit === "ms";
    const met = c.goal === undefined ? "" : (smallerIsBetter ? median <= c.goal : median >= c.goal) ? "met" : "missed";
    const before = previous[c.name];
    const change =
      flags.has("--compare") && before ? `  ${((median / before.median - 1) * 100).toFixed(0).padStart(4)} %` : "";
    results[c.name] = {
      median,
      best: smallerIsBetter ? values[0] : values.at(-1),
      unit: c.unit,
      ...(c.goal !== undefined && { goal: c.goal }),
    };
    const goal = c.goal === undefined ? "" : `  goal ${smallerIsBetter ? "≤" : "≥"} ${c.goal}: ${met}`;
    console.log(`${c.name.padEnd(64)} ${median.toPrecision(4).padStart(8)} ${c.unit}${goal}${change}`);
  }
}
console.log(
  `peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB, ${os.cpus()[0]?.model ?? "unknown processor"}`,
);
if (flags.has("--save")) {
  history.push({
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    cpu: os.cpus()[0]?.model,
    results,
  });
  const temporary = new URL("./history.json.part", import.meta.url);
  writeFileSync(temporary, `${JSON.stringify(history, null, 1)}\n`);
  renameSync(temporary, HISTORY);
}
