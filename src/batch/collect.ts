/** Checks what the shards left and merges it. */
import { createReadStream, existsSync } from "node:fs";
import { join } from "node:path";
import { createGunzip, createGzip } from "node:zlib";
import { fileHash } from "../dataset/files.js";
import { DataError } from "../errors.js";
import { writeWhole } from "../system/wholeFile.js";
import { type BatchManifest, shardFolder } from "./manifest.js";
import { type ShardRecord, shardRecordOf } from "./shard.js";

/** One shard of a collected table: what it differs in, and what its command printed. */
export interface CollectedShard {
  readonly id: number;
  readonly vary: Readonly<Record<string, string>>;
  /** The file that it wrote. */
  readonly file?: string;
  readonly result: unknown;
}

/**
 * Records of all shards, their files checked against the hash that the shard noted.
 * @throws DataError naming every shard that is not done or whose file is not what it wrote
 */
export async function collectShards(folder: string, batch: BatchManifest): Promise<readonly CollectedShard[]> {
  const missing: number[] = [];
  const damaged: string[] = [];
  const collected: CollectedShard[] = [];
  for (const { id, vary } of batch.shards) {
    const done: ShardRecord | undefined = shardRecordOf(folder, id);
    const file = batch.output === "" ? undefined : join(shardFolder(folder, id), batch.output);
    if (!done) missing.push(id);
    else if (file && (!existsSync(file) || (await fileHash(file)).sha256 !== done.sha256)) damaged.push(file);
    else collected.push({ id, vary, ...(file && { file }), result: done.result });
  }
  if (missing.length > 0)
    throw new DataError({
      where: folder,
      problem: `shards ${ranges(missing)} are not done`,
      advice: "see batch status; batch submit queues them again",
    });
  if (damaged.length > 0)
    throw new DataError({
      where: damaged[0]!,
      problem: `${damaged.length === 1 ? "is" : `and ${damaged.length - 1} more are`} not what the shard wrote`,
      advice: "remove the done.json beside it and submit again",
    });
  return collected;
}

/**
 * The files of the shards one after the other: frame by frame what one process writes. Read and written as streams.
 * @param out gzipped if its name ends with .gz
 */
export async function joinFiles(shards: readonly CollectedShard[], out: string, signal?: AbortSignal): Promise<void> {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (const { file } of shards) yield* createReadStream(file!).pipe(createGunzip()) as AsyncIterable<Uint8Array>;
  }
  const options = signal ? { signal } : {};
  if (!out.endsWith(".gz")) return writeWhole(out, pieces(), options);
  const gzip = createGzip();
  const fill = async (): Promise<void> => {
    for await (const piece of pieces())
      if (!gzip.write(piece)) await new Promise((resume) => gzip.once("drain", resume));
    gzip.end();
  };
  const filled = fill().catch((error: unknown) => void gzip.destroy(error as Error));
  await writeWhole(out, gzip as AsyncIterable<Uint8Array>, options);
  await filled;
}

/** "0–3, 7" */
export function ranges(ids: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const id of ids) {
    const last = parts.at(-1);
    if (last && id === last[1] + 1) last[1] = id;
    else parts.push([id, id]);
  }
  return parts.map(([a, b]) => (a === b ? String(a) : `${a}–${b}`)).join(", ");
}
