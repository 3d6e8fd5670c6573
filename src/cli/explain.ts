/** Messages of the library in the words of the command line: options as they are typed there, names that may have been meant. */
import { readdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { Command } from "commander";
import { listDatasets } from "../dataset/registry.js";
import { didYouMean, FileError, FormatError, type SpectensorError } from "../errors.js";
import { type Warning, warningText } from "../warnings.js";

/** Flag by the name that the library has for an option. */
type Flags = ReadonlyMap<string, string>;

/** Options of reading files, which warnings and errors of files speak of whatever the command. */
const READING: Flags = new Map([
  ["format", "--format"],
  ["keys", "--key"],
  ["components", "--components"],
  ["becOrder", "--bec-order"],
  ["species", "--species"],
  ["lammpsUnits", "--units"],
  ["units", "--unit"],
  ["skipColumns", "--skip-columns"],
  ["incomplete", "--incomplete"],
  ["labels", "--labels"],
  ["timestep", "--timestep"],
  ["stride", "--stride"],
  ["segments", "--segments"],
  ["branches", "--no-unwrap"],
]);

const reading = new Set(READING.values());

/** Other options that a command line calls otherwise than the library. */
const OTHERWISE: Flags = new Map([
  ["masses", "--mass"],
  ["fit", "--options"],
  ["trajectory", "--out"],
  ["galleryDir", "--gallery"],
]);

/**
 * The message of an error.
 * @param command that was run, where it is known
 */
export function explained(error: SpectensorError, command?: Command): string {
  const meant = missingFile(error);
  const message =
    meant === undefined ? error.message : error.message.replace(/; check the path$/, "").concat(`; ${meant}`);
  if (!command) return inCommandLine(message);
  const told = inCommandLine(message, command);
  return error instanceof FormatError ? told : withBareNames(told, flagsOf(command));
}

/** The command that is running, which warnings are for. */
let running: Command | undefined;

/** Says which command warnings are for. */
export function speakFor(command: Command | undefined): void {
  running = command;
}

/** The command that is running. */
export function runningCommand(): Command | undefined {
  return running;
}

/** A warning for the command that is running. */
export function warned(warning: Warning): string {
  return inCommandLine(warningText(warning), running);
}

/**
 * A message with `species: ["Si", "O"]` as `--species Si,O`, `keys: { a: "b" }` as `--key a=b`, `` `timestep` `` and "as timestep" as
 * --timestep. What the command has no option for is no advice: such alternatives are left out.
 * @param command that the message is for; without one options of reading files are meant
 */
export function inCommandLine(message: string, command?: Command): string {
  if (!command) return translated(message, READING);
  const flags = flagsOf(command);
  return possible(translated(message, new Map([...READING, ...flags])), new Set(flags.values()));
}

function possible(text: string, known: ReadonlySet<string>): string {
  const flags = (part: string) => part.match(/(?<![\w-])--[a-z][a-z-]*/g) ?? [];
  const can = (part: string) => flags(part).every((f) => known.has(f) || !reading.has(f));
  if (can(text)) return text;
  return text
    .split("; ")
    .flatMap((clause, k) => {
      if (k === 0) return [clause]; // what is wrong
      const alternatives = clause.split(/, or |(?<=[a-z]), (?=say )/).filter(can);
      return alternatives.length > 0 ? [alternatives.join(", or ")] : [];
    })
    .join("; ");
}

function translated(message: string, flags: Flags): string {
  const names = [...flags.keys()].join("|");
  const value = String.raw`\{[^}]*\}|\[[^\]]*\]|"[^"]*"(?: or "[^"]*")*|[\d.]+|true|false`;
  return message
    .replace(new RegExp(`(?<![-\\w])(${names}): (${value})`, "g"), (_, name: string, given: string) => {
      const flag = flags.get(name)!;
      if (flag.startsWith("--no-")) return flag;
      // Each of several values with blanks is an argument of its own.
      if (/" or "/.test(given) && /\s/.test(given.replaceAll(" or ", "")))
        return given
          .split(" or ")
          .map((value) => `${flag} ${value}`)
          .join(" or ");
      return `${flag} ${argument(given)}`;
    })
    .replace(new RegExp(`\`(${names})\``, "g"), (_, name: string) => flags.get(name)!)
    .replace(new RegExp(`(?<=\\b(?:as|give|set) )(${names})(?=[;,.]|$)`, "g"), (name) => flags.get(name)!);
}

function argument(value: string): string {
  const inner = value.replace(/^[[{]\s*|\s*[\]}]$/g, "");
  if (value.startsWith("{")) return inner.replace(/(\w+):\s*"?([^",]*)"?/g, "$1=$2").replace(/,\s*/g, " ");
  if (value.startsWith("[")) return inner.replace(/"/g, "").replace(/,\s*/g, ",");
  if (value.includes(" or ")) return value.replace(/"/g, "");
  return /\s/.test(value) ? value : value.replace(/"/g, "");
}

/**
 * Names of options without a mark, which are words of English in a message about the content of a file: in quotation marks, at the beginning
 * of what is wrong ("seed is -1"), and wherever they are no word of English (`saveEvery`).
 */
function withBareNames(message: string, flags: Flags): string {
  let text = message;
  for (const [name, flag] of flags) {
    text = text.replaceAll(`"${name}"`, flag);
    text = text.replace(new RegExp(`(^|: )(?:no )?(${name})(?= is |$|; expected)`, "g"), (whole) =>
      whole.replace(name, flag),
    );
    if (/[A-Z]|^timestep$/.test(name)) text = text.replace(new RegExp(`(?<![\\w.$/-])${name}(?![\\w.(/])`, "g"), flag);
  }
  return text;
}

/** The flags that a command has; a name of the library goes before one of the command line (`units` is --unit). */
function flagsOf(command: Command): Flags {
  const own = command.options.flatMap((o) => (o.long ? [[o.attributeName(), o.long] as const] : []));
  const known = new Set(own.map(([, flag]) => flag));
  return new Map([...own, ...[...READING, ...OTHERWISE].filter(([, flag]) => known.has(flag))]);
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
