/** Processes of the built command line, ended in every way. */
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

export const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

function start(words, { program, ...options } = {}) {
  const script = program === undefined ? MAIN : fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(process.execPath, [script, ...words], { stdio: ["ignore", "ignore", "pipe"], ...options });
  let err = "";
  child.stderr.on("data", (chunk) => (err += chunk));
  const ended = new Promise((done) => child.on("close", (code, signal) => done({ code, signal, err })));
  return { child, ended };
}

/** Runs to the end. */
export function finished(words, options) {
  return start(words, options).ended;
}

/** Runs and kills it after `delay` ms or, with `folder`, when a temporary file of the output stands there, whatever comes first. */
export async function killed(words, { signal, delay, folder, file, ...options }) {
  const { child, ended } = start(words, options);
  const kill = () => child.kill(signal);
  const timer = setTimeout(kill, delay);
  const watch =
    folder &&
    setInterval(() => {
      if (readdirSync(folder).some((name) => name.includes(basename(file)) && name.endsWith(".part"))) kill();
    }, 1);
  const outcome = await ended;
  clearTimeout(timer);
  clearInterval(watch);
  return outcome;
}

/** Runs a line of bash. */
export function shell(line, options = {}) {
  const child = spawn("bash", ["-o", "pipefail", "-c", line], { stdio: ["ignore", "ignore", "pipe"], ...options });
  let err = "";
  child.stderr.on("data", (chunk) => (err += chunk));
  return new Promise((done) => child.on("close", (code) => done({ code, err })));
}

export function quoted(words) {
  return words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
}
