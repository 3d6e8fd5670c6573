/** Processes of the built command line, ended in every way. */
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

export const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/**
 * @typedef {{ readonly code: number | null, readonly signal: NodeJS.Signals | null, readonly err: string, readonly out: string }} Outcome
 * @typedef {{ readonly program?: string, readonly uid?: number, readonly gid?: number }} RunOptions program: a script beside this file in place of
 *   the command line
 */

/** @param {readonly string[]} words @param {RunOptions} options */
function start(words, { program, ...options } = {}) {
  const script = program === undefined ? MAIN : fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(process.execPath, [script, ...words], { stdio: ["ignore", "pipe", "pipe"], ...options });
  let err = "";
  let out = "";
  child.stderr.on("data", (chunk) => (err += chunk));
  child.stdout.on("data", (chunk) => (out += chunk));
  /** @type {Promise<Outcome>} */
  const ended = new Promise((done) => child.on("close", (code, signal) => done({ code, signal, err, out })));
  return { child, ended };
}

/** Runs to the end. @param {readonly string[]} words @param {RunOptions} [options] */
export function finished(words, options) {
  return start(words, options).ended;
}

/**
 * Runs and kills it after `delay` ms or, with `written`, when a temporary file of the output stands there, whatever comes first.
 * @param {readonly string[]} words
 * @param {RunOptions & {
 *   readonly signal: NodeJS.Signals,
 *   readonly delay: number,
 *   readonly written?: { readonly folder: string, readonly file: string },
 * }} how
 */
export async function killed(words, { signal, delay, written, ...options }) {
  const { child, ended } = start(words, options);
  // Once: a second Ctrl-C ends a process at once.
  const kill = () => {
    clearTimeout(timer);
    clearInterval(watch);
    child.kill(signal);
  };
  const timer = setTimeout(kill, delay);
  const watch =
    written &&
    setInterval(() => {
      const { folder, file } = written;
      if (readdirSync(folder).some((name) => name.includes(basename(file)) && /[.-]part$/.test(name))) kill();
    }, 1);
  const outcome = await ended;
  clearTimeout(timer);
  clearInterval(watch);
  return outcome;
}

/** Runs a line of bash. @param {string} line @returns {Promise<Pick<Outcome, "code" | "err">>} */
export function shell(line) {
  const child = spawn("bash", ["-o", "pipefail", "-c", line], { stdio: ["ignore", "ignore", "pipe"] });
  let err = "";
  child.stderr.on("data", (chunk) => (err += chunk));
  return new Promise((done) => child.on("close", (code) => done({ code, err })));
}

/** @param {readonly string[]} words */
export function quoted(words) {
  return words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
}
