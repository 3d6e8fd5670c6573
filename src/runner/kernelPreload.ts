/**
 * Loaded by the kernel's process before tslab.
 *
 * TypeScript watches every place where a module might yet appear or change its meaning. tslab allows for one kind of pending
 * rebuild only, so that two such changes while a cell runs (a package is installed, a folder above is busy) print "Unexpected pending
 * rebuildTimer" into the cell. Hence only source files are watched, in no worker.
 */
import { createRequire } from "node:module";
import { isMainThread } from "node:worker_threads";

interface TypeScript {
  readonly sys: {
    watchDirectory: (...args: readonly unknown[]) => { close(): void };
    watchFile: (path: string, ...rest: readonly unknown[]) => { close(): void };
  };
}

function watchSourceFilesOnly(): void {
  const { sys } = createRequire(process.argv[1]!)("@tslab/typescript-for-tslab") as TypeScript;
  const { watchFile } = sys;
  const unwatched = { close() {} };
  sys.watchDirectory = () => unwatched;
  sys.watchFile = (path, ...rest) => (path.endsWith("/package.json") ? unwatched : watchFile(path, ...rest));
}

if (isMainThread) watchSourceFilesOnly();
