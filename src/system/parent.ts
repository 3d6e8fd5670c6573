/** Processes that end with the one that started them, however that ended. */

/** Names who started a process that is to end with it: it may be gone before the process can look. */
export const PARENT_VARIABLE = "SPECTENSOR_PARENT";

/** ms between looks */
export const LOOK_EVERY = 500;

/** Whether the process that started this one still runs: orphans get another parent, except on Windows, where the number stays but names nobody. */
export function parentLives(parent: number): boolean {
  if (process.ppid !== parent) return false;
  try {
    process.kill(parent, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Stops this process as SIGTERM does once its parent is gone, if it was started to end with it. */
export function endWithParent(): void {
  const parent = Number(process.env[PARENT_VARIABLE] ?? 0);
  delete process.env[PARENT_VARIABLE]; // its own children are another matter
  if (!(parent > 0)) return;
  const timer = setInterval(() => {
    if (parentLives(parent)) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  }, LOOK_EVERY);
  timer.unref();
}
