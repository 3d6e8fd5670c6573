/** Locks on outputs that grow: two runs never write one file. A lock ends with its process, however that ends. */
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { FileError } from "../errors.js";
import { outputTarget } from "./outputTarget.js";
import { processTag, stateOf, TAG } from "./processTag.js";
import { asFileError } from "./systemError.js";
import { removeAtExit } from "./temporary.js";

/** A lock that is held. */
export interface Lock {
  readonly release: () => void;
}

/** Attempts where two processes come at the same moment, and the longest pause between them, ms. */
const ATTEMPTS = 5;
const PAUSE = 60;

/**
 * Takes the lock on an output. Every holder has a file of its own beside it, named after its process; whoever sees another's file of a
 * process that runs steps back. So two may refuse each other, never both go on, and no file of another is ever removed by mistake.
 * @throws FileError if another process, or another run in this one, holds it
 */
export async function lockOutput(path: string): Promise<Lock> {
  const target = outputTarget(path).path;
  const start = `.${[...basename(target)].slice(0, 60).join("")}.`;
  const folder = dirname(target);
  for (let attempt = 1; ; attempt++) {
    const own = `${start}${processTag()}.${randomBytes(4).toString("hex")}.lock`;
    const lock = make(join(folder, own), path);
    const other = holder(folder, start, own);
    if (other === undefined) return lock;
    lock.release();
    if (attempt === ATTEMPTS) throw held(path, join(folder, other));
    await new Promise((resolve) => setTimeout(resolve, 5 + PAUSE * Math.random()));
  }
}

function make(file: string, path: string): Lock {
  const content = { process: process.pid, machine: hostname(), since: new Date().toISOString() };
  const forget = removeAtExit(file);
  try {
    writeFileSync(file, `${JSON.stringify(content)}\n`, { flag: "wx" });
  } catch (error) {
    rmSync(file, { force: true });
    forget();
    throw asFileError(error, { file: path, doing: "cannot be locked" });
  }
  return {
    release() {
      rmSync(file, { force: true });
      forget();
    },
  };
}

const ENDING = new RegExp(`^(${TAG})\\.[0-9a-f]{8}\\.lock$`);

/** The file of another holder; those of processes that have ended are removed. */
function holder(folder: string, start: string, own: string): string | undefined {
  for (const name of readdirSync(folder)) {
    const tag = name !== own && name.startsWith(start) ? ENDING.exec(name.slice(start.length))?.[1] : undefined;
    if (tag === undefined) continue;
    if (stateOf(tag) !== "ended") return name;
    rmSync(join(folder, name), { force: true });
  }
  return undefined;
}

function held(path: string, file: string): FileError {
  let who = "another process";
  let machine = "";
  try {
    const found = JSON.parse(readFileSync(file, "utf8")) as { process: number; machine: string; since: string };
    machine = found.machine;
    who = `process ${found.process}${machine === hostname() ? "" : ` on ${machine}`} since ${found.since}`;
  } catch {
    // it has just been released, or is being made
  }
  return new FileError({
    file: path,
    problem: `is being written by ${who}`,
    advice:
      machine === hostname() || machine === ""
        ? "wait for it, end it, or give another name"
        : `wait for it or give another name; if that run has ended, remove ${file}`,
  });
}
