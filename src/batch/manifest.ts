/** A batch on disk: `batch.json` and a folder for each shard, which alone says what is done; engines only run it. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { FileError, OptionError } from "../errors.js";
import { readDocument, record } from "../options/record.js";
import { integer, list, text } from "../options/values.js";
import { writeWhole } from "../system/wholeFile.js";

/** A file that the shards read. */
export interface BatchInput {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** One independent piece of work: a command line of this package. */
export interface Shard {
  readonly id: number;
  /** Words after `spectensor`, without `--out`. */
  readonly args: readonly string[];
  /** Values of what the shards differ in, for tables. */
  readonly vary: Readonly<Record<string, string>>;
}

export interface BatchManifest {
  readonly version: 1;
  /** Version of the package that planned it; a shard run by another one refuses. */
  readonly spectensor: string;
  /** Folder that relative paths in `args` start from. */
  readonly folder: string;
  readonly inputs: readonly BatchInput[];
  /** Name of the file that each shard writes. */
  readonly output: string;
  readonly shards: readonly Shard[];
}

const textByName = z.record(z.string(), z.string());
const manifest = record({
  version: z.literal(1),
  spectensor: text(),
  folder: text(),
  inputs: list(record({ path: text(), sha256: text(), bytes: integer({ atLeast: 0 }) })),
  output: text(),
  shards: list(record({ id: integer({ atLeast: 0 }), args: list(text()), vary: textByName })),
});

const NAME = "batch.json";

/** @throws FileError if there is none @throws FormatError if it is not one of ours */
export function readManifest(folder: string): BatchManifest {
  const file = join(folder, NAME);
  if (!existsSync(file))
    throw new FileError({ file, problem: "no such file, so this is no batch", advice: "plan one with batch plan" });
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new FileError({ file, problem: "not JSON", advice: "plan the batch anew in another folder", cause });
  }
  return readDocument(manifest, parsed, file);
}

/** @throws OptionError if the folder holds a batch already */
export async function writeManifest(folder: string, batch: BatchManifest): Promise<void> {
  const file = join(folder, NAME);
  if (existsSync(file))
    throw new OptionError({
      where: "batch plan",
      problem: `${file} exists: there is a batch in that folder`,
      advice: "go on with it (batch submit, batch status), or plan into another folder",
    });
  await writeWhole(file, `${JSON.stringify(batch, undefined, 1)}\n`);
}

/** Folder of one shard. */
export function shardFolder(folder: string, id: number): string {
  return join(folder, "shards", String(id).padStart(5, "0"));
}

/** @throws OptionError for a shard that the batch does not have */
export function shardOf(batch: BatchManifest, id: number): Shard {
  const shard = batch.shards.find((s) => s.id === id);
  if (!shard)
    throw new OptionError({ where: "shard", problem: `there is no shard ${id}; the batch has ${batch.shards.length}` });
  return shard;
}
