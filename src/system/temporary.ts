/** Files that must not outlive this process: temporary ones while they are written, and locks. */
import { unlinkSync } from "node:fs";

const alive = new Set<string>();
/** Signals that end a process which does not listen to them. A notebook's kernel takes SIGINT itself. */
const ENDINGS = ["SIGTERM", "SIGHUP"] as const;

/**
 * Has a file removed when this process ends, also by SIGTERM or SIGHUP (SIGKILL leaves it: see `leftovers`).
 * @returns forgets the file, once it has been renamed or removed
 */
export function removeAtExit(path: string): () => void {
  if (alive.size === 0) {
    process.on("exit", removeAll);
    for (const signal of ENDINGS) process.on(signal, onSignal);
  }
  alive.add(path);
  return () => {
    if (!alive.delete(path) || alive.size > 0) return;
    process.off("exit", removeAll);
    for (const signal of ENDINGS) process.off(signal, onSignal);
  };
}

function removeAll(): void {
  for (const path of alive)
    try {
      unlinkSync(path);
    } catch {
      // gone already, or its folder is: nothing is left to remove
    }
  alive.clear();
}

/** Whoever else listens ends the process in an order of its own, and "exit" comes then; otherwise the signal ends it, as without us. */
function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  removeAll();
  for (const each of ENDINGS) process.off(each, onSignal);
  process.kill(process.pid, signal);
}
