/** Independent work items, such as the frames of a trajectory, on several threads. */
import type { SpectensorError } from "../errors.js";
import { breathe, type RunOptions, throwIfAborted } from "../progress.js";
import { threadCount } from "../system/threads.js";
import { itemError, messageOf, openPool, type PoolSetup } from "./pool.js";
import type { Prepare } from "./task.js";

export interface ParallelOptions<Shared, Item, Result> extends RunOptions, Omit<PoolSetup, "shared"> {
  /** That module's `prepare`, or what does the same, which runs here when there is no need for threads. */
  readonly prepare: Prepare<Shared, Item, Result>;
  /** Copied to every thread once, except for shared memory, which is the same memory everywhere. */
  readonly shared: Shared;
  readonly items: readonly Item[];
  /** Threads: 0 or 1 work here without any. Default: one per processor, once so much is left that starting them pays. */
  readonly workers?: number;
  /** What is being done, for progress and messages. Default "items". */
  readonly label?: string;
  /** Told of each result as it comes, in any order. */
  readonly onResult?: (result: Result, index: number) => void;
}

/** Milliseconds of work that are done here before threads are thought of, and that must be left for them. */
const ALONE = 200;
const WORTH_THREADS = 1000;

/**
 * Maps items to results in the items' order. The results are the same bits for any number of workers.
 * @throws AbortedError if the signal was aborted; threads are ended before
 * @throws SpectensorError naming the first item that failed, as the error class it failed with, or because its thread ended
 */
export async function parallelMap<Shared, Item, Result>(
  options: ParallelOptions<Shared, Item, Result>,
): Promise<Result[]> {
  const { items, workers, signal, label = "items" } = options;
  const threads = Math.min(threadCount(workers), items.length);
  throwIfAborted(signal, label);
  const results = new Array<Result>(items.length);
  const here = threads > 1 ? (workers === undefined ? mayTakeThreads(items.length) : () => false) : () => true;
  const first = await mapHere(options, results, here);
  if (first < items.length) await mapOnThreads(options, results, first, Math.min(threads, items.length - first));
  return results;
}

/** True until it is clear that enough is left. */
function mayTakeThreads(items: number): (done: number) => boolean {
  const start = performance.now();
  return (done) => {
    const spent = performance.now() - start;
    return done === 0 || spent < ALONE || (spent / done) * (items - done) < WORTH_THREADS;
  };
}

/** @param here whether to go on here with so many done @returns how many are done */
async function mapHere<Shared, Item, Result>(
  options: ParallelOptions<Shared, Item, Result>,
  results: Result[],
  here: (done: number) => boolean,
): Promise<number> {
  const { items, label = "items" } = options;
  if (items.length === 0 || !here(0)) return 0;
  const run = options.prepare(options.shared);
  let paused = performance.now();
  for (const [index, item] of items.entries()) {
    if (!here(index)) return index;
    try {
      results[index] = await run(item, index);
    } catch (cause) {
      throw itemError(options.itemName, index, cause instanceof Error ? cause.name : "", messageOf(cause), cause);
    }
    options.onResult?.(results[index]!, index);
    reportProgress(options, index + 1);
    if (performance.now() - paused > 50) {
      await breathe();
      paused = performance.now();
    }
    throwIfAborted(options.signal, label);
  }
  return items.length;
}

async function mapOnThreads<Shared, Item, Result>(
  options: ParallelOptions<Shared, Item, Result>,
  results: Result[],
  first: number,
  threads: number,
): Promise<void> {
  const { items, signal, label = "items" } = options;
  const pool = openPool(options, threads);
  const failures = new Map<number, SpectensorError>();
  let next = first;
  let done = first;

  /** Takes item after item. After a failure no new ones are begun, so the first item that fails is always reported. */
  async function work(): Promise<void> {
    while (next < items.length && failures.size === 0 && !signal?.aborted) {
      const index = next++;
      try {
        results[index] = (await pool.run(items[index], index, signal)) as Result;
        options.onResult?.(results[index]!, index);
        reportProgress(options, ++done);
      } catch (cause) {
        if (signal?.aborted) return;
        failures.set(index, cause as SpectensorError);
      }
    }
  }

  try {
    await Promise.all(Array.from({ length: threads }, work));
  } finally {
    await pool.end();
  }
  throwIfAborted(signal, label);
  if (failures.size > 0) throw failures.get(Math.min(...failures.keys()))!;
}

function reportProgress(
  options: RunOptions & { readonly items: readonly unknown[]; readonly label?: string; readonly itemName?: string },
  done: number,
): void {
  const { label = "items", itemName, items } = options;
  options.onProgress?.({ label, done, total: items.length, ...(itemName ? { unit: `${itemName}s` } : {}) });
}
