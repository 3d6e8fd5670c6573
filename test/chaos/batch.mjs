/** A batch from plan to result, which goes on where an earlier one was killed: node batch.mjs MODEL SOURCE OUT */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "#built/cli/main.js";

const [model, source, out] = process.argv.slice(2);
const folder = join(dirname(out), "work");
const steps = [
  ...(existsSync(join(folder, "batch.json"))
    ? []
    : [["plan", folder, "--shards", "3", "--", "predict", model, source]]),
  ["submit", folder, "--engine", "local", "--workers", "2"],
  ["collect", folder, "--out", out],
];
for (const words of steps) {
  process.exitCode = await run(["batch", ...words]);
  if (process.exitCode !== 0) break;
}
