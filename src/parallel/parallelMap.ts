/** Independent work items, such as the frames of a trajectory, on several threads. */
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Piscina } from "piscina";
import {
  AbortedError,
  ConvergenceError,
  DataError,
  type ErrorDetails,
  OptionError,
  ShapeError,
  SpectensorError,
  UnitError,
} from "../errors.js";
import { breathe, type RunOptions, throwIfAborted } from "../progress.js";
import type { ItemOutcome, ItemRequest, Prepare, WorkerSetup } from "./task.js";

export interface ParallelOptions<Shared, Item, Result> extends RunOptions {
  /** `new URL("./x.js", import.meta.url)` of the module that exports `prepare`. */
  readonly workerModule: URL;
  /** That module's `prepare`, which runs here when there is no need for threads. */
  readonly prepare: Prepare<Shared, Item, Result>;
  /** Copied to every thread once, except for shared memory, which is the same memory everywhere. */
  readonly shared: Shared;
  readonly items: readonly Item[];
  /** Threads: 0 or 1 work here without any. Default: one per processor, as far as there are items. */
  readonly workers?: number;
  /** What is being done, for progress and messages. Default "items". */
  readonly label?: string;
  /** What one item is called, e.g. "frame": errors then say "frame 12". Default "item". */
  readonly itemName?: string;
}

/**
 * Maps items to results in the items' order. The results are the same bits for any number of workers.
 * @throws AbortedError if the signal was aborted; threads are ended before
 * @throws SpectensorError naming the first item that failed, as the error class it failed with, or because its thread ended
 */
export async function parallelMap<Shared, Item, Result>(
  options: ParallelOptions<Shared, Item, Result>,
): Promise<Result[]> {
  const { items, workers = availableParallelism() } = options;
  if (!Number.isInteger(workers) || workers < 0) {
    throw new OptionError({ where: "workers", problem: `expected a whole number of threads, found ${workers}` });
  }
  throwIfAborted(options.signal, options.label ?? "working");
  const threads = Math.min(workers, items.length);
  return threads > 1 ? mapOnThreads(options, threads) : mapHere(options);
}

async function mapHere<Shared, Item, Result>(options: ParallelOptions<Shared, Item, Result>): Promise<Result[]> {
  const { items, label = "items" } = options;
  const run = options.prepare(options.shared);
  const results: Result[] = [];
  let paused = performance.now();
  for (const [index, item] of items.entries()) {
    try {
      results.push(await run(item, index));
    } catch (cause) {
      throw itemError(options, index, cause instanceof Error ? cause.name : "", message(cause), cause);
    }
    reportProgress(options, index + 1);
    if (performance.now() - paused > 50) {
      await breathe();
      paused = performance.now();
    }
    throwIfAborted(options.signal, label);
  }
  return results;
}

async function mapOnThreads<Shared, Item, Result>(
  options: ParallelOptions<Shared, Item, Result>,
  threads: number,
): Promise<Result[]> {
  const { items, signal, label = "items" } = options;
  const setup: WorkerSetup = { module: compiledModule(options.workerModule).href, shared: options.shared };
  const pool = new Piscina({
    filename: fileURLToPath(compiledModule(new URL("./worker.js", import.meta.url))),
    name: "runItem",
    minThreads: threads,
    maxThreads: threads,
    workerData: setup,
    atomics: "disabled",
  });
  // A thread that ends between two items would otherwise end the process; the item given to it next reports it.
  pool.on("error", () => {});
  const results = new Array<Result>(items.length);
  const failures = new Map<number, SpectensorError>();
  let next = 0;
  let done = 0;

  /** Takes item after item. After a failure no new ones are begun, so the first item that fails is always reported. */
  async function work(): Promise<void> {
    while (next < items.length && failures.size === 0 && !signal?.aborted) {
      const index = next++;
      const request: ItemRequest = { item: items[index], index };
      try {
        const outcome: ItemOutcome = await pool.run(request, signal ? { signal } : {});
        if (outcome.kind === "failure") {
          failures.set(index, itemError(options, index, outcome.name, outcome.message, outcome.stack));
        } else {
          results[index] = outcome.result as Result;
          reportProgress(options, ++done);
        }
      } catch (cause) {
        if (signal?.aborted) return;
        failures.set(index, itemError(options, index, "", `its worker thread failed: ${message(cause)}`, cause));
      }
    }
  }

  try {
    await Promise.all(Array.from({ length: threads }, work));
  } finally {
    await pool.destroy();
  }
  throwIfAborted(signal, label);
  const first = Math.min(...failures.keys());
  if (failures.size > 0) throw failures.get(first)!;
  return results;
}

const errorClasses: Readonly<Record<string, new (details: ErrorDetails) => SpectensorError>> = {
  AbortedError,
  ConvergenceError,
  DataError,
  OptionError,
  ShapeError,
  UnitError,
};

/** Errors lose their class between threads; it is restored by name. */
function itemError(
  options: { readonly itemName?: string },
  index: number,
  name: string,
  problem: string,
  cause: unknown,
): SpectensorError {
  const details = { where: `${options.itemName ?? "item"} ${index}`, problem, cause };
  return new (errorClasses[name] ?? SpectensorError)(details);
}

function message(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function reportProgress(
  options: RunOptions & { readonly items: readonly unknown[]; readonly label?: string; readonly itemName?: string },
  done: number,
): void {
  const { label = "items", itemName, items } = options;
  options.onProgress?.({ label, done, total: items.length, ...(itemName ? { unit: `${itemName}s` } : {}) });
}

/** Threads need compiled JavaScript: from a source file (tests, tools) its sibling in dist is taken. */
function compiledModule(url: URL): URL {
  const path = fileURLToPath(url);
  if (existsSync(path)) return url;
  const at = path.lastIndexOf("/src/");
  const compiled = at < 0 ? path : `${path.slice(0, at)}/dist/${path.slice(at + 5)}`.replace(/\.ts$/, ".js");
  if (existsSync(compiled)) return pathToFileURL(compiled);
  throw new SpectensorError({ where: compiled, problem: "the worker module is missing", advice: "run: npm run build" });
}
