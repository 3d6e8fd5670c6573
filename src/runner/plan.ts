import { join } from "node:path";
import { placeInGallery } from "./findNotebooks.js";
import { loadNotebook } from "./nbformat.js";
import { runRecordOf } from "./summary.js";

/** What a run is about to do, told before it begins. */
export interface RunPlan {
  readonly notebooks: number;
  /** How many run at a time. */
  readonly workers: number;
  /** Seconds that they took one after another when they last ran; of those that have run. */
  readonly seconds: number;
  /** How many of them have never run here. */
  readonly unknown: number;
}

/** Looks up how long each notebook took the last time. */
export async function planOf(paths: readonly string[], galleryDir: string, workers: number): Promise<RunPlan> {
  const last = await Promise.all(
    paths.map(async (path) => {
      const copy = await loadNotebook(join(galleryDir, placeInGallery(path))).catch(() => undefined);
      return copy && runRecordOf(copy)?.seconds;
    }),
  );
  return {
    notebooks: paths.length,
    workers: Math.min(workers, paths.length),
    seconds: last.reduce<number>((sum, s) => sum + (s ?? 0), 0),
    unknown: last.filter((s) => s === undefined).length,
  };
}
