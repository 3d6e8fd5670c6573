/**
 * `npm run chaos`: what docs/trust.md promises of written files, tried on every command that writes.
 *   node test/chaos/run.mjs [--kills N] [--seed S] [--only COMMAND] [--update]
 * Full and read-only file systems are tmpfs mounts and need root; without, they are left out with a message.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { random } from "#built/math/random.js";
import { clear, commands, makeInputs, slowServer } from "./commands.mjs";
import { freshFolder, kill, limited, parallel, printing, reference, refusing } from "./trials.mjs";

const { values: flags } = parseArgs({
  options: {
    kills: { type: "string", default: "112" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    update: { type: "boolean", default: false },
  },
});

const top = mkdtempSync(join(tmpdir(), "spectensor-chaos-"));
chmodSync(top, 0o755);
/**
 * Promise → [trials, failures]
 * @type {Map<string, [number, number]>}
 */
const table = new Map();
/** @type {string[]} */
const failures = [];

/**
 * @typedef {import("./commands.mjs").ChaosCommand} ChaosCommand
 * @typedef {import("./trials.mjs").Undisturbed} Undisturbed
 */

/** @param {string} promise @param {string} command @param {string} problem "" for none */
function note(promise, command, problem) {
  const row = table.get(promise) ?? [0, 0];
  row[0]++;
  if (problem) {
    row[1]++;
    failures.push(`${promise}: ${command}: ${problem}`);
    process.stdout.write(`FAILED ${failures.at(-1)}\n`);
  }
  table.set(promise, row);
}

const KILLED = "after a kill at any moment an output is what was there before or whole; the next run completes it";
const PARALLEL = "two runs with one output never mix";
const LIMIT = "a limit on the size of files is told in one line";
const FULL = "a full disk is told in one line; nothing is left half-written";
const READ_ONLY = "a read-only file system is told before the work";
const DENIED = "a folder without permission is told before the work";
const PRINTED = "a reader that goes away is no error, a full disk behind it is one";

async function main() {
  const seed = Number(flags.seed);
  const draw = random(seed);
  const inputs = await makeInputs(freshFolder(top, "inputs"));
  const bytes = Buffer.from(Array.from({ length: 100_000 }, () => Math.floor(256 * draw.next())));
  const server = await slowServer(bytes);
  try {
    const all = commands(inputs, server).filter((c) => !flags.only || c.name === flags.only);
    const kills = Math.ceil(Number(flags.kills) / all.length);
    const queue = [...all.entries()];
    // Two at a time; each draws its moments from a generator of its own, so that a seed means the same for any order.
    const work = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const moments = random(1000 * seed + next[0]);
        await tried(next[1], next[1].kills ?? kills, () => moments.next());
      }
    };
    await Promise.all([work(), work()]);
    if (process.platform === "linux")
      for (const words of [
        ["raman", "h2o"],
        ["harmonic", "h2o"],
        ["info", "--json"],
        ["data", "list"],
      ])
        note(PRINTED, words[0], await printing(words));
  } finally {
    server.close();
    rmSync(top, { recursive: true, force: true });
  }
  finish();
}

/**
 * All trials of one command.
 * @param {ChaosCommand} command
 * @param {number} kills
 * @param {() => number} draw
 */
async function tried(command, kills, draw) {
  const folder = freshFolder(top, command.name);
  const undisturbed = await reference(command, folder);
  for (let trial = 0; trial < kills; trial++)
    note(KILLED, command.name, await kill(command, folder, undisturbed, draw, trial));
  note(PARALLEL, command.name, await parallel(command, folder, undisturbed));
  if (process.platform === "linux") note(LIMIT, command.name, await limited(command, folder, undisturbed));
  const full = /the disk is full \(ENOSPC\)/;
  await mounted("size=16k", (at) => refusing(command, at, full, undisturbed), FULL, command);
  const readOnly = /file system is read-only \(EROFS\)/;
  await mounted("ro", (at) => refusing(command, at, readOnly, undisturbed), READ_ONLY, command);
  note(DENIED, command.name, await denied(command, folder, undisturbed));
  rmSync(folder, { recursive: true, force: true });
  process.stdout.write(`${command.name} (${(undisturbed.milliseconds / 1000).toFixed(1)} s a run)\n`);
}

/**
 * As somebody who may not write there; the superuser may write everywhere and becomes nobody for it.
 * @param {ChaosCommand} command
 * @param {string} folder
 * @param {Undisturbed} undisturbed
 */
async function denied(command, folder, undisturbed) {
  clear(folder);
  chmodSync(folder, 0o555);
  try {
    const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    return await refusing(command, folder, /no permission \(EACCES\)/, undisturbed, nobody);
  } finally {
    chmodSync(folder, 0o755);
  }
}

let told = false;

/**
 * On a file system of its own.
 * @param {string} options of the mount
 * @param {(at: string) => Promise<string>} trial
 * @param {string} promise
 * @param {ChaosCommand} command
 */
async function mounted(options, trial, promise, command) {
  const at = freshFolder(top, `mount ${command.name}`);
  const { status, stderr } = spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", at], { encoding: "utf8" });
  if (status !== 0) {
    if (!told)
      process.stdout.write(`full and read-only file systems are left out: ${String(stderr ?? "no mount").trim()}\n`);
    told = true;
    return;
  }
  try {
    note(promise, command.name, await trial(at));
  } finally {
    spawnSync("umount", ["-l", at]);
  }
}

function finish() {
  const rows = [...table].map(([promise, [trials, failed]]) => `| ${promise} | ${trials} | ${failed} |`);
  const text = ["| promise | trials | broken |", "| --- | ---: | ---: |", ...rows].join("\n");
  process.stdout.write(`\n${text}\n`);
  if (flags.update) {
    const page = new URL("../../docs/trust.md", import.meta.url);
    const [before, , after] = readFileSync(page, "utf8").split(/(?<=<!-- chaos -->\n)|(?=<!-- end of chaos -->)/);
    writeFileSync(page, `${before}${text}\n${after}`);
  }
  if (failures.length > 0) process.exitCode = 1;
}

await main();
