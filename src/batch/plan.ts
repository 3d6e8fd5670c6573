/** Cuts one command into independent shards. */
import { existsSync, mkdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileHash } from "../dataset/files.js";
import { OptionError } from "../errors.js";
import { type BatchManifest, type Shard, writeManifest } from "./manifest.js";

/** How the work is cut. */
export type Cut =
  /** Equal pieces of the trajectory that `predict` reads, of which it uses every `stride`-th frame; the pieces joined are what one process writes. */
  | { readonly kind: "frames"; readonly frames: number; readonly stride?: number; readonly shards: number }
  /** One shard for every combination of option values: draws of a learning curve, settings of a search, runs of an ensemble. */
  | { readonly kind: "vary"; readonly options: Readonly<Record<string, readonly string[]>> };

/** Commands that can be cut, with the kind of cut and the file that a shard of them writes. */
const COMMANDS: Readonly<Record<string, { readonly cut: Cut["kind"]; readonly output: string }>> = {
  predict: { cut: "frames", output: "part.extxyz.gz" },
  fit: { cut: "vary", output: "model.json" },
  md: { cut: "vary", output: "md.extxyz.gz" },
};

/**
 * Writes the manifest of a batch.
 * @param folder of the batch, made where it is missing
 * @param args words after `spectensor`, without `--out`; words that are files are inputs, kept with their SHA-256
 * @param version of the package
 * @throws OptionError for a command that cannot be cut like this, or a folder that holds a batch already
 */
export async function planBatch(
  folder: string,
  args: readonly string[],
  cut: Cut,
  version: string,
): Promise<BatchManifest> {
  const [name = ""] = args;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command || command.cut !== cut.kind)
    throw new OptionError({
      where: "batch plan",
      problem: command ? `${name} is not cut by ${cut.kind}` : `the command "${name}" cannot be cut into shards`,
      advice: "predict is cut by --shards; fit and md by --vary",
    });
  if (args.some((a) => a === "--out" || a.startsWith("--out=")))
    throw new OptionError({
      where: "batch plan",
      problem: "--out among the words of the command",
      advice: "leave it out; batch collect --out says where the result goes",
    });
  const inputs = [];
  for (const path of args.filter((a) => existsSync(a) && statSync(a).isFile()))
    inputs.push({ path: resolve(path), ...(await fileHash(path)) });
  const absolute = args.map((a) => (existsSync(a) && statSync(a).isFile() ? resolve(a) : a));
  mkdirSync(join(folder, "shards"), { recursive: true });
  const batch: BatchManifest = {
    version: 1,
    spectensor: version,
    folder: process.cwd(),
    inputs,
    output: command.output,
    shards: shardsOf(absolute, cut),
  };
  await writeManifest(folder, batch);
  return batch;
}

function shardsOf(args: readonly string[], cut: Cut): Shard[] {
  if (cut.kind === "vary")
    return combinations(cut.options).map((vary, id) => ({
      id,
      args: [...args, ...Object.entries(vary).flatMap(([option, value]) => [`--${option}`, value])],
      vary,
    }));
  const { frames, shards, stride = 1 } = cut;
  const used = Math.ceil(frames / stride);
  if (!(shards >= 1 && shards <= used))
    throw new OptionError({
      where: "--shards",
      problem: `${shards} shards of ${used} frames`,
      advice: `give a number from 1 to ${used}`,
    });
  const start = (id: number): number => Math.min(frames, stride * Math.floor((id * used) / shards));
  return Array.from({ length: shards }, (_, id) => {
    const [from, to] = [start(id), start(id + 1)];
    return { id, args: [...args, "--frames", `${from}:${to}`], vary: { frames: `${from}:${to}` } };
  });
}

/** Every combination, the last option running fastest. */
function combinations(options: Readonly<Record<string, readonly string[]>>): Record<string, string>[] {
  let all: Record<string, string>[] = [{}];
  for (const [name, values] of Object.entries(options)) {
    if (values.length === 0) throw new OptionError({ where: "--vary", problem: `no value for ${name}` });
    all = all.flatMap((one) => values.map((value) => ({ ...one, [name]: value })));
  }
  return all;
}
