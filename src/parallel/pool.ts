/** Threads that work on items, each prepared once. */
import { fileURLToPath } from "node:url";
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
import { compiledModule, compiledPath } from "../system/compiledModule.js";
import { knownTables } from "./processTables.js";
import type { ItemOutcome, ItemRequest, WorkerSetup } from "./task.js";

/** What a pool works on. */
export interface PoolSetup {
  /** `new URL("./x.js", import.meta.url)` of the module that exports `prepare`. */
  readonly workerModule: URL;
  /** Copied to every thread once, except for shared memory, which is the same memory everywhere. */
  readonly shared: unknown;
  /** What one item is called in errors, e.g. "frame"; "" where items name themselves. Default "item". */
  readonly itemName?: string;
}

/** A pool of threads. */
export interface Pool {
  readonly threads: number;
  /** @throws SpectensorError naming the item, as the error class it failed with, or because its thread ended */
  readonly run: (item: unknown, index: number, signal?: AbortSignal) => Promise<unknown>;
  /** Ends the threads, whatever they are doing. */
  readonly end: () => Promise<void>;
}

/** Starts threads. @throws SpectensorError if the module has not been built */
export function openPool({ workerModule, shared, itemName }: PoolSetup, threads: number): Pool {
  const setup: WorkerSetup = { module: built(workerModule).href, shared, tables: knownTables() };
  const pool = new Piscina({
    filename: fileURLToPath(built(new URL("./worker.js", import.meta.url))),
    name: "runItem",
    minThreads: threads,
    maxThreads: threads,
    workerData: setup,
    atomics: "disabled",
  });
  // A thread that ends between two items would otherwise end the process; the item given to it next reports it.
  pool.on("error", () => {});
  return {
    threads,
    end: () => pool.destroy(),
    async run(item, index, signal) {
      const request: ItemRequest = { item, index };
      let outcome: ItemOutcome;
      try {
        outcome = await pool.run(request, signal ? { signal } : {});
      } catch (cause) {
        throw itemError(itemName, index, "", `its worker thread failed: ${messageOf(cause)}`, cause);
      }
      if (outcome.kind === "result") return outcome.result;
      throw itemError(itemName, index, outcome.name, outcome.message, outcome.stack);
    },
  };
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
export function itemError(
  itemName = "item",
  index: number,
  name: string,
  problem: string,
  cause: unknown,
): SpectensorError {
  const details = { ...(itemName !== "" && { where: `${itemName} ${index}` }), problem, cause };
  const known = Object.hasOwn(errorClasses, name) ? errorClasses[name] : undefined;
  return new (known ?? SpectensorError)(details);
}

/** What an error says, whatever was thrown. */
export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** The compiled module. @throws SpectensorError if it has not been built */
export function built(url: URL): URL {
  const found = compiledModule(url);
  if (found) return found;
  const where = compiledPath(fileURLToPath(url));
  throw new SpectensorError({ where, problem: "the worker module is missing", advice: "run: npm run build" });
}
