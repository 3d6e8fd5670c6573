/** Threads that work on items, each prepared once. */
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

/** Variable of the environment with the default number of threads, for who runs several processes on one machine. */
export const WORKERS_VARIABLE = "SPECTENSOR_WORKERS";

/**
 * As many threads as asked for; otherwise as the variable SPECTENSOR_WORKERS says, or one per processor.
 * @throws OptionError
 */
export function threadCount(workers: number | undefined): number {
  if (workers !== undefined) return checked(workers, "workers");
  const given = process.env[WORKERS_VARIABLE];
  return given ? checked(Number(given), WORKERS_VARIABLE) : availableParallelism();
}

function checked(workers: number, where: string): number {
  if (Number.isInteger(workers) && workers >= 0) return workers;
  throw new OptionError({ where, problem: `expected a whole number of threads, found ${workers}` });
}

/** Starts threads. @throws SpectensorError if the module has not been built */
export function openPool({ workerModule, shared, itemName }: PoolSetup, threads: number): Pool {
  const setup: WorkerSetup = { module: compiledModule(workerModule).href, shared };
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

/** Threads need compiled JavaScript: from a source file (tests, tools) its sibling in dist is taken. */
function compiledModule(url: URL): URL {
  const path = fileURLToPath(url);
  if (existsSync(path) && !path.endsWith(".ts")) return url;
  const at = path.lastIndexOf("/src/");
  const compiled = at < 0 ? path : `${path.slice(0, at)}/dist/${path.slice(at + 5)}`.replace(/\.ts$/, ".js");
  if (existsSync(compiled)) return pathToFileURL(compiled);
  throw new SpectensorError({ where: compiled, problem: "the worker module is missing", advice: "run: npm run build" });
}
