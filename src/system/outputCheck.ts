/** Whether an output can be written, found out before the work whose result it is. */
import { existsSync, statSync, writeSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { FileError, OptionError } from "../errors.js";
import { outputTarget } from "./outputTarget.js";
import { asFileError } from "./systemError.js";
import { type Leftover, leftovers, temporaryFile } from "./temporaryFile.js";

/** What {@link checkOutput} has found beside the output. */
export interface OutputCheck {
  /** Temporary files of runs that were killed while they wrote this output. */
  readonly leftovers: readonly Leftover[];
}

/** Written as a trial: a block of the disk. */
const BLOCK = Buffer.alloc(4096);

/**
 * Tries whether `path` can be written, by a temporary file of one block beside it; a file that is there is not touched.
 * @param inputs files that are read for this output
 * @param kinds "file" refuses devices and pipes, for outputs that are read again
 * @throws OptionError if the output is one of the inputs, by this name or through a link
 * @throws FileError if it cannot be written
 */
export function checkOutput(path: string, inputs: readonly string[] = [], kinds: "file" | "any" = "any"): OutputCheck {
  const target = outputTarget(path);
  if (target.kind === "stream") {
    if (kinds === "any") return { leftovers: [] };
    throw new FileError({
      file: path,
      problem: "is a device or a pipe, and this output is read again",
      advice: "give the name of a file",
    });
  }
  const same = inputs.find((input) => sameFile(target.path, input));
  if (same !== undefined)
    throw new OptionError({
      where: path,
      problem: `the output is ${same === path ? "an input" : `the same file as the input ${same}`}`,
      advice: "nothing was changed; give another name",
    });
  tryFolder(dirname(target.path), path);
  return { leftovers: leftovers(target.path) };
}

/**
 * Tries whether files can be written into a folder, or the folder made.
 * @throws FileError if not
 */
export function checkOutputFolder(folder: string): void {
  let at = resolve(folder);
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  if (!statSync(at).isDirectory())
    throw new FileError({
      file: folder,
      code: "ENOTDIR",
      problem: `cannot be made: ${at} is a file, not a folder`,
      advice: "give another name",
    });
  tryFolder(at, folder);
}

function tryFolder(folder: string, path: string): void {
  try {
    const trial = temporaryFile(join(folder, "trial"));
    try {
      writeSync(trial.descriptor, BLOCK);
    } finally {
      trial.discard();
    }
  } catch (error) {
    throw asFileError(error, { file: path, doing: "cannot be written", kept: "nothing was done yet" });
  }
}

function sameFile(a: string, b: string): boolean {
  const [one, other] = [identity(a), identity(b)];
  return one !== undefined && one === other;
}

/** Device and number of a file; `undefined` for what is none, as most words of a command line. */
function identity(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev} ${ino}`;
  } catch {
    return undefined;
  }
}
