/** Loaded by the kernel's process before tslab, also where Jupyter starts it. */
import { createRequire } from "node:module";
import { basename, dirname } from "node:path";
import { isMainThread, Worker } from "node:worker_threads";
import { valueSummary } from "../display/valueSummary.js";
import { PARENT_VARIABLE, SCRATCH_PREFIX } from "./kernelProcess.js";
import type { WatchedParent } from "./parentWatch.js";

interface TypeScript {
  readonly sys: {
    watchDirectory: (...args: readonly unknown[]) => { close(): void };
    watchFile: (path: string, ...rest: readonly unknown[]) => { close(): void };
  };
}

/**
 * TypeScript watches every place where a module might yet appear or change its meaning. tslab allows for one kind of pending
 * rebuild only, so that two such changes while a cell runs (a package is installed, a folder above is busy) print "Unexpected pending
 * rebuildTimer" into the cell. Hence only source files are watched, in no worker.
 */
function watchSourceFilesOnly(): void {
  const { sys } = createRequire(process.argv[1]!)("@tslab/typescript-for-tslab") as TypeScript;
  const { watchFile } = sys;
  const unwatched = { close() {} };
  sys.watchDirectory = () => unwatched;
  sys.watchFile = (path, ...rest) => (path.endsWith("/package.json") ? unwatched : watchFile(path, ...rest));
}

function endWithParent(): void {
  const given = process.env[PARENT_VARIABLE];
  // Kernels that cells start in their turn have another parent.
  delete process.env[PARENT_VARIABLE];
  const config = process.argv.findIndex((a) => a.startsWith("--config-path"));
  const folder = dirname(process.argv[config]?.split("=")[1] ?? process.argv[config + 1] ?? "");
  const watched: WatchedParent = {
    parent: given === undefined ? process.ppid : Number(given),
    ...(basename(folder).startsWith(SCRATCH_PREFIX) && { scratch: folder }),
  };
  new Worker(new URL("./parentWatch.js", import.meta.url), { workerData: watched, execArgv: [] }).unref();
}

/**
 * A result of this package by itself, as the last line of a cell, is a few lines instead of a dump of its arrays; an interrupt is one
 * line instead of a stack.
 */
function printInFewLines(): void {
  const { log, error } = console;
  console.log = (...args: unknown[]) => {
    const summary = args.length === 1 ? valueSummary(args[0]) : undefined;
    if (summary === undefined) log(...args);
    else log(summary);
  };
  console.error = (...args: unknown[]) => {
    const [cause] = args;
    if (args.length === 1 && cause instanceof Error && isInterrupt(cause)) error("interrupted");
    else error(...args);
  };
}

/** What Node and tslab throw into a cell that is stopped. */
function isInterrupt(cause: Error & { code?: string }): boolean {
  return cause.code === "ERR_SCRIPT_EXECUTION_INTERRUPTED" || /^Interrupted asynchronously/.test(cause.message);
}

if (isMainThread && process.argv[2] === "kernel") {
  watchSourceFilesOnly();
  endWithParent();
  printInFewLines();
}
