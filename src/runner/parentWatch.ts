/**
 * Ends the kernel when the process that started it is gone, however that ended. A thread of its own, because a looping cell
 * keeps the main thread busy for ever.
 */
import { rmSync } from "node:fs";
import { workerData } from "node:worker_threads";

export interface WatchedParent {
  readonly parent: number;
  /** Folder of the connection file, removed with the kernel; absent if it is not ours. */
  readonly scratch?: string;
}

/** ms */
const INTERVAL = 500;
const { parent, scratch } = workerData as WatchedParent;

setInterval(() => {
  if (isAlive()) return;
  if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
  process.kill(process.pid, "SIGKILL");
}, INTERVAL);

/** Orphans get another parent, except on Windows, where the parent's number stays but names nobody. */
function isAlive(): boolean {
  if (process.ppid !== parent) return false;
  try {
    process.kill(parent, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
