/** Processes of this machine as engine: as many shards at a time as asked, the next one when one ends. */
import { availableParallelism } from "node:os";
import { AbortedError } from "../errors.js";
import type { RunOptions } from "../progress.js";
import type { BatchManifest } from "./manifest.js";
import { runShard } from "./shard.js";

/**
 * Runs shards until all have been tried; a failed one does not stop the others.
 * @param workers processes at a time
 * @returns why shards failed
 * @throws AbortedError if interrupted; what is done stays done
 */
export async function runLocally(
  folder: string,
  batch: BatchManifest,
  shards: readonly number[],
  program: readonly string[],
  version: string,
  options: RunOptions & { readonly workers: number },
): Promise<ReadonlyMap<number, string>> {
  const queue = [...shards];
  const failed = new Map<number, string>();
  let done = 0;
  const threads = Math.max(1, Math.floor(availableParallelism() / options.workers));
  const report = (): void => options.onProgress?.({ label: "batch", done, total: shards.length, unit: "shards" });
  const worker = async (): Promise<void> => {
    for (let id = queue.shift(); id !== undefined && !options.signal?.aborted; id = queue.shift()) {
      try {
        await runShard(folder, batch, id, program, version, options.signal, threads);
      } catch (error) {
        if (error instanceof AbortedError) throw error;
        failed.set(id, (error as Error).message);
      }
      done++;
      report();
    }
  };
  report();
  await Promise.all(Array.from({ length: Math.min(options.workers, shards.length) }, worker));
  return failed;
}
