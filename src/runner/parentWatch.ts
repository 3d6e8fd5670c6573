/**
 * Ends the kernel when the process that started it is gone, however that ended. A thread of its own, because a looping cell
 * keeps the main thread busy for ever.
 */
import { rmSync } from "node:fs";
import { workerData } from "node:worker_threads";
import { LOOK_EVERY, parentLives } from "../system/parent.js";

export interface WatchedParent {
  readonly parent: number;
  /** Folder of the connection file, removed with the kernel; absent if it is not ours. */
  readonly scratch?: string;
}

const { parent, scratch } = workerData as WatchedParent;

setInterval(() => {
  if (parentLives(parent)) return;
  if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
  process.kill(process.pid, "SIGKILL");
}, LOOK_EVERY);
