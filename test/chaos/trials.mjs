/** What is done to the commands: each trial gives one line, "" where the promise was held. */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { clear, contentOf, earlierOutput } from "./commands.mjs";
import { finished, killed, quoted, shell } from "./processes.mjs";

/**
 * @typedef {import("./commands.mjs").ChaosCommand} ChaosCommand
 * @typedef {{ readonly content: string | undefined, readonly milliseconds: number }} Undisturbed what a run gives that nobody disturbs
 */

/** @type {readonly NodeJS.Signals[]} */
const SIGNALS = ["SIGKILL", "SIGTERM", "SIGHUP", "SIGINT"];

/** @param {ChaosCommand} command @param {string} folder @param {boolean} [resumed] */
const wordsOf = (command, folder, resumed) => {
  const out = join(folder, command.file);
  if (command.words) return command.words(out);
  return (resumed && command.again ? command.again : command.first)(out);
};
/** @param {ChaosCommand} command */
const optionsOf = (command) => (command.program ? { program: command.program } : {});
/** @param {ChaosCommand} command @param {string} folder @param {boolean} [resumed] */
const run = (command, folder, resumed) => finished(wordsOf(command, folder, resumed), optionsOf(command));
/** @param {string} folder @param {string} ending */
const ours = (folder, ending) => readdirSync(folder).filter((name) => name.startsWith(".") && name.endsWith(ending));

/** The output of an undisturbed run, and how long it takes. @param {ChaosCommand} command @param {string} folder @returns {Promise<Undisturbed>} */
export async function reference(command, folder) {
  clear(folder);
  const start = performance.now();
  const { code, err } = await run(command, folder);
  if (code !== 0) throw new TypeError(`${command.name} does not run: ${err}`);
  const content = contentOf(command, folder);
  clear(folder);
  return { content, milliseconds: performance.now() - start };
}

/**
 * Killed at a moment of the run, the output is what was there before or all of it; what grows is completed by the next run.
 * @param {ChaosCommand} command
 * @param {string} folder
 * @param {Undisturbed} undisturbed
 * @param {() => number} draw
 * @param {number} trial
 */
export async function kill(command, folder, { content, milliseconds }, draw, trial) {
  clear(folder);
  const signal = SIGNALS[trial % SIGNALS.length];
  const before = trial % 2 === 0 ? earlierOutput(command, folder) : undefined;
  // Half of them at any moment, half of them when the output is being written.
  const atWriting = trial % 3 === 0 && !command.grows && !command.folder && !command.program;
  const delay = atWriting ? 10 * milliseconds : milliseconds * (0.3 + 0.75 * draw());
  const outcome = await killed(wordsOf(command, folder), {
    ...optionsOf(command),
    signal,
    delay,
    ...(atWriting && { written: { folder, file: command.file } }),
  });
  const found = contentOf(command, folder);
  if (!command.grows && !command.program && found !== before && found !== content)
    return `${signal}: a part of the output, or none where there was one`;
  if (signal !== "SIGKILL" && ours(folder, ".part").length > 0) return `${signal}: left ${ours(folder, ".part")}`;
  if (/bug of spectensor|^\s+at /m.test(outcome.err)) return `${signal}: called a bug: ${outcome.err}`;
  const left = ours(folder, ".part").length > 0 && !command.folder;
  const kept = readdirSync(folder).some((name) => name.endsWith(".spectensor-journal"));
  // Goes on, or begins anew where nothing is there to go on from.
  const resumable = command.again !== undefined && readdirSync(folder).some((name) => name.endsWith(".restart.json"));
  const next = await run(command, folder, resumable);
  const complete = found === content && next.code !== 0; // what is finished may refuse to be made again
  if (next.code !== 0 && !complete) return `${signal}: the next run failed: ${next.err}`;
  if (left && !command.program && !/an earlier run was killed/.test(next.err))
    return `${signal}: does not tell what was left`;
  if (kept && !/goes on after \d+ frames/.test(next.err))
    return `${signal}: does not go on from its journal: ${next.err}`;
  const rest = readdirSync(folder).filter((name) => /\.spectensor-(part|journal)$/.test(name));
  if (rest.length > 0) return `${signal}: the next run left ${rest}`;
  return contentOf(command, folder) === content ? "" : `${signal}: the next run gives another output`;
}

/**
 * Runs at the same time with one output: all of them whole, or one of them and errors that name it.
 * @param {ChaosCommand} command
 * @param {string} folder
 * @param {Undisturbed} undisturbed
 */
export async function parallel(command, folder, { content }) {
  clear(folder);
  const results = await Promise.all([run(command, folder), run(command, folder)]);
  const failed = results.filter((r) => r.code !== 0);
  const told = failed.every((r) =>
    /is being written by|holds a run that|is there already|there is a batch in that folder|not empty/.test(r.err),
  );
  if (!told) return `an error of another kind: ${failed.map((r) => r.err).join("")}`;
  if (failed.length === results.length) {
    const { code, err } = await run(command, folder);
    if (code !== 0) return `both refused, and the next run as well: ${err}`;
  }
  if (ours(folder, ".lock").length + ours(folder, ".part").length > 0) return "left a lock or a temporary file";
  return contentOf(command, folder) === content ? "" : "the output is neither's";
}

/**
 * On a full disk, a file system that is read-only or a folder without permission: one line that says so, nothing half-written.
 * @param {ChaosCommand} command
 * @param {string} folder
 * @param {RegExp} expected
 * @param {Undisturbed} undisturbed
 * @param {import("./processes.mjs").RunOptions} options
 */
export async function refusing(command, folder, expected, { content }, options = {}) {
  const { code, err, out } = await finished(wordsOf(command, folder), { ...optionsOf(command), ...options });
  const found = contentOf(command, folder);
  if (/bug of spectensor|^\s+at /m.test(err)) return `called a bug: ${err}`;
  if (code === 0) return found === content ? "" : "success without its output";
  // What became of the shards of a batch is its result, on standard output.
  if (!expected.test(command.program ? err + out : err)) return `not told: ${err}`;
  if (!command.grows && found !== undefined) return "a part of the output";
  if (ours(folder, ".part").length > 0) return `left ${ours(folder, ".part")}`;
  return "";
}

/**
 * Under a limit on the size of files.
 * @param {ChaosCommand} command
 * @param {string} folder
 * @param {Undisturbed} undisturbed
 */
export async function limited(command, folder, { content }) {
  clear(folder);
  const script = quoted([process.execPath, ...(await commandLine(command, folder))]);
  const { code, err } = await shell(`ulimit -f 4; ${script}${command.program ? " 1>&2" : ""}`);
  const found = contentOf(command, folder);
  if (/bug of spectensor|^\s+at /m.test(err)) return `called a bug: ${err}`;
  if (code === 0) return found === content ? "" : "success without its output";
  if (!/larger than is allowed here \(EFBIG\)/.test(err)) return `not told (exit code ${code}): ${err}`;
  return command.grows || found === undefined ? "" : "a part of the output";
}

/** @param {ChaosCommand} command @param {string} folder */
async function commandLine(command, folder) {
  const { MAIN } = await import("./processes.mjs");
  const { fileURLToPath } = await import("node:url");
  const script = command.program ? fileURLToPath(new URL(command.program, import.meta.url)) : MAIN;
  return [script, ...wordsOf(command, folder)];
}

/** Commands that print: the reader goes away, or its disk is full. @param {readonly string[]} words */
export async function printing(words) {
  const { MAIN } = await import("./processes.mjs");
  const line = quoted([process.execPath, MAIN, ...words]);
  for (const reader of ["| true", "| head -1 > /dev/null", "2>&1 | true"]) {
    const { code, err } = await shell(`${line} ${reader}`);
    if (code !== 0 || err !== "") return `${reader}: exit code ${code}: ${err}`;
  }
  const { code, err } = await shell(`${line} > /dev/full`);
  return code === 1 && /^FileError: standard output: .*the disk is full \(ENOSPC\)[^\n]*\n$/.test(err)
    ? ""
    : `full disk: ${code} ${err}`;
}

/** @param {string} parent @param {string} name */
export function freshFolder(parent, name) {
  const folder = join(parent, name.replaceAll(/\W+/g, "-"));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}
