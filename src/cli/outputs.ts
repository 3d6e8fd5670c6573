/** Where the output of a command goes is looked at before its work, in one place for all commands. */
import { resolve, sep } from "node:path";
import type { Command } from "commander";
import { defaultCacheFolder } from "../dataset/files.js";
import { dataFolder } from "../dataset/registry.js";
import { OptionError } from "../errors.js";
import { checkOutput, checkOutputFolder } from "../system/outputCheck.js";
import { outputTarget } from "../system/outputTarget.js";
import { checkFormat, isStandardOutput, type PictureFlags } from "./pictureOutput.js";

/** What a command writes. */
interface Outputs {
  readonly files?: readonly string[];
  readonly folders?: readonly string[];
  /** "file": devices and pipes are no place for it. Default "any". */
  readonly kinds?: "file" | "any";
}

/** By the full name of the command; every other one with an `--out` writes that file. */
const OUTPUTS: Readonly<Record<string, (command: Command) => Outputs | Promise<Outputs>>> = {
  raman: spectrum,
  infrared: spectrum,
  harmonic: spectrum,
  md: async (command) => {
    const { ensembleFileNames } = await import("../dynamics/ensembleFiles.js");
    const { out, runs } = command.opts<{ out: string; runs?: number }>();
    const names = runs === undefined ? undefined : ensembleFileNames(out, runs);
    const trajectories = names ? [names.canonical, ...names.runs] : [out];
    return { files: trajectories.flatMap((file) => [file, `${file}.restart.json`]), kinds: "file" };
  },
  "batch plan": (command) => ({ folders: [command.args[0]!] }),
  new: (command) => ({ folders: [command.args[0]!] }),
  "notebook run": (command) => ({ folders: [command.opts().gallery as string] }),
  "data fetch": () => ({ folders: [defaultCacheFolder()] }),
};

/**
 * Checks all outputs of the command that is about to run.
 * @param words of the command line; those that are files are inputs
 * @throws OptionError | FileError naming the option
 */
export async function checkOutputsOf(command: Command, words: readonly string[]): Promise<void> {
  const name = fullName(command);
  const named = Object.hasOwn(OUTPUTS, name) ? OUTPUTS[name] : undefined;
  const { out } = command.opts<{ out?: string }>();
  const {
    files = [],
    folders = [],
    kinds = "any",
  } = (await named?.(command)) ?? (out === undefined ? {} : { files: [out] });
  const inputs = inputsAmong(words, out);
  for (const file of files) {
    const { leftovers } = checkOutput(file, inputs, kinds);
    refusePackageData(file);
    for (const { path, bytes } of leftovers)
      process.stderr.write(
        `note: an earlier run was killed while it wrote ${file} and left ${path} (${bytes} bytes); it may be removed\n`,
      );
  }
  for (const folder of folders) checkOutputFolder(folder);
}

function spectrum(command: Command): Outputs {
  const { out, json, ...picture } = command.opts<{ out?: string; json?: boolean } & PictureFlags>();
  checkFormat(json ? "json" : out, picture);
  if (out === undefined || json) return {};
  return isStandardOutput(out) ? {} : { files: [out] };
}

function fullName(command: Command): string {
  const names = [];
  for (let c: Command | null = command; c?.parent; c = c.parent) names.unshift(c.name());
  return names.join(" ");
}

/** All words but the value of --out itself, also behind an equals sign. */
function inputsAmong(words: readonly string[], out: string | undefined): string[] {
  const at = words.findIndex((word, k) => (word === "--out" && words[k + 1] === out) || word === `--out=${out}`);
  const others = words.filter((_, k) => at < 0 || (k !== at && (words[at] !== "--out" || k !== at + 1)));
  return others.flatMap((word) => (/^--?[\w-]+=/.test(word) ? [word.slice(word.indexOf("=") + 1)] : [word]));
}

/** A data set is read by its id: its files are inputs that no word of the command line names. */
function refusePackageData(file: string): void {
  const target = outputTarget(file);
  if (target.kind === "file" && target.path.startsWith(resolve(dataFolder) + sep))
    throw new OptionError({
      where: file,
      problem: "the output would be among the data of the package",
      advice: "nothing was changed; give another place",
    });
}
