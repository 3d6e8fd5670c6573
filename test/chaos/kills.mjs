/**
 * `npm run kills`: predictions, evaluations, learning curves and molecular dynamics, killed at random moments and begun again, against undisturbed runs.
 *   node test/chaos/kills.mjs [--kills N] [--seed S] [--size X]
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { fitForceField, fitPolarizability, io, loadDataset, saveModel } from "#built/index.js";
import { random } from "#built/math/random.js";

const { values: flags } = parseArgs({
  options: {
    kills: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
    // Of the work; below 1 for a quick look.
    size: { type: "string", default: "1" },
  },
});
const KINDS = ["predict", "evaluate", "curve", "md"];
/** Kills of one output before it may end; fewer where few are wanted. */
const ROW = 3;
const program = fileURLToPath(new URL("./killed.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "spectensor-kills-"));
const r = random(Number(flags.seed));

async function makeInputs() {
  const { frames } = await loadDataset("h2o");
  const train = frames.filter((_, k) => k % 10 === 0);
  const descriptor = { cutoff: 3, nMax: 2, lMax: 1 };
  await io.writeExtxyz(join(folder, "train.xyz"), train);
  const long = Array.from({ length: Math.ceil(20 * Number(flags.size)) }, () =>
    frames.map(({ structure }) => ({ structure })),
  ).flat();
  await io.writeExtxyz(join(folder, "long.xyz"), long);
  await saveModel(join(folder, "alpha.json"), await fitPolarizability(train, { descriptor }));
  await saveModel(join(folder, "ff.json"), await fitForceField(train, { descriptor }));
}

/**
 * @param {string} kind
 * @param {string} out
 * @param {number} [after] milliseconds after which it is killed
 * @returns {Promise<{ readonly killed: boolean, readonly milliseconds: number }>}
 */
function run(kind, out, after) {
  const start = performance.now();
  const child = spawn(process.execPath, [program, kind, folder, out, flags.size], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (piece) => {
    said += piece;
  });
  const timer = after === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), after);
  return new Promise((done, fail) => {
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (signal === "SIGKILL") done({ killed: true, milliseconds: performance.now() - start });
      else if (code === 0) done({ killed: false, milliseconds: performance.now() - start });
      else fail(new Error(`${kind} failed: ${said}`));
    });
  });
}

/** @param {string} out */
const hash = (out) => createHash("sha256").update(readFileSync(out)).digest("hex");

/** @param {string} out @returns {string[]} names of what stands beside it */
function clear(out) {
  const left = readdirSync(folder).filter((name) => name.startsWith(out.slice(folder.length + 1)));
  for (const name of left) rmSync(join(folder, name));
  return left;
}

try {
  await makeInputs();
  const kinds = [];
  for (const kind of KINDS) {
    const out = join(folder, `${kind}-whole`);
    const { milliseconds } = await run(kind, out);
    kinds.push({ kind, milliseconds, sha256: hash(out), kills: 0, ends: 0, resumed: 0, wrong: 0 });
  }
  const wanted = Number(flags.kills);
  for (let kills = 0; kills < wanted; ) {
    // The one with the fewest kills is next.
    const row = kinds.reduce((a, b) => (b.kills < a.kills ? b : a));
    const out = join(folder, `${row.kind}-killed`);
    const before = kills;
    const together = Math.min(ROW, Math.ceil((wanted - kills) / KINDS.length));
    for (let k = 0; k < together; k++) {
      const { killed } = await run(row.kind, out, row.milliseconds * (0.3 + 0.7 * r.next()));
      if (!killed) break;
      row.kills++;
      kills++;
    }
    if (kills > before) row.resumed++;
    await run(row.kind, out);
    row.ends++;
    if (hash(out) !== row.sha256) row.wrong++;
    clear(out);
  }
  process.stdout.write(
    "| what | kills | outputs | of them killed on the way | other bytes |\n| --- | ---: | ---: | ---: | ---: |\n",
  );
  for (const { kind, kills, ends, resumed, wrong } of kinds)
    process.stdout.write(`| ${kind} | ${kills} | ${ends} | ${resumed} | ${wrong} |\n`);
  process.exitCode = kinds.some(({ wrong }) => wrong > 0) ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
