/** Errors of the library in the words of the command line: options as they are typed there, names that may have been meant. */
import { readdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { Command } from "commander";
import { listDatasets } from "../dataset/registry.js";
import { didYouMean, FileError, FormatError, type SpectensorError } from "../errors.js";

/** Options that a command line calls otherwise than the library. */
const OTHERWISE: Readonly<Record<string, string>> = {
  keys: "--key",
  masses: "--mass",
  fit: "--options",
  trajectory: "--out",
  galleryDir: "--gallery",
  epsilonInfinity: "--epsilon-infinity",
};

/**
 * The message of an error.
 * @param command that was run, where it is known
 */
export function explained(error: SpectensorError, command?: Command): string {
  const meant = missingFile(error);
  const message =
    meant === undefined ? error.message : error.message.replace(/; check the path$/, "").concat(`; ${meant}`);
  return command ? withFlags(message, command, error instanceof FormatError ? "file" : "options") : message;
}

/**
 * Names of options as the command has them: those in backticks, and "as timestep", everywhere; elsewhere, unless the message is about the content of a
 * file, also in quotation marks, where they are no word of English (`saveEvery`), and at the beginning of what is wrong ("seed is -1").
 */
function withFlags(message: string, command: Command, about: "file" | "options"): string {
  let text = message;
  for (const [name, flag] of flagsOf(command)) {
    text = text.replaceAll(`\`${name}\``, flag);
    text = text.replace(new RegExp(`(?<=\\b(?:as|give|set) )${name}(?=[;,.]|$)`, "g"), flag);
    if (about === "file") continue;
    text = text.replaceAll(`"${name}"`, flag);
    text = text.replace(new RegExp(`(^|: )(?:no )?(${name})(?= is |$|; expected)`, "g"), (whole) =>
      whole.replace(name, flag),
    );
    if (/[A-Z]|^timestep$/.test(name)) text = text.replace(new RegExp(`(?<![\\w.$/-])${name}(?![\\w.(/])`, "g"), flag);
  }
  return text;
}

function flagsOf(command: Command): ReadonlyMap<string, string> {
  const flags = new Map(command.options.flatMap((o) => (o.long ? [[o.attributeName(), o.long] as const] : [])));
  const known = new Set(flags.values());
  for (const [name, flag] of Object.entries(OTHERWISE)) if (known.has(flag) && !flags.has(name)) flags.set(name, flag);
  return flags;
}

/** What may have been meant by the name of a file that is not there. */
function missingFile(error: SpectensorError): string | undefined {
  if (!(error instanceof FormatError || error instanceof FileError) || !/no such file/.test(error.message))
    return undefined;
  const { file } = error;
  const ids = /[\\/]/.test(file) ? [] : listDatasets().map(({ id }) => id);
  const set = nearest(file, ids);
  if (set !== undefined) return `did you mean the data set ${set}? (spectensor data list shows all)`;
  const near = nearest(basename(file), beside(file));
  return near === undefined ? undefined : `did you mean ${file.slice(0, file.length - basename(file).length)}${near}?`;
}

/** In short names two edits make anything of anything: the first letter must be the same. */
function nearest(name: string, candidates: readonly string[]): string | undefined {
  const [start] = name.toLowerCase();
  return didYouMean(
    name,
    candidates.filter((candidate) => candidate[0]?.toLowerCase() === start),
  );
}

function beside(file: string): string[] {
  try {
    return readdirSync(dirname(file));
  } catch {
    return [];
  }
}
