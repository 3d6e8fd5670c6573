import { join } from "node:path";
import { placeInGallery } from "./findNotebooks.js";
import { loadNotebook } from "./nbformat.js";
import { runRecordOf, titleOf } from "./summary.js";

/** What a run is about to do, told before it begins. */
export interface RunPlan {
  readonly notebooks: number;
  /** How many run at a time. */
  readonly workers: number;
  /** Seconds that they take one after another: what they took when they last ran here, or what they say themselves. */
  readonly seconds: number;
  /** How many of them have never run here and do not say. */
  readonly unknown: number;
  /** Places among the paths in the order to begin with: those of unknown length, then the longest, so that none is left alone at the end. */
  readonly order: readonly number[];
}

/** Looks up how long each notebook takes. */
export async function planOf(paths: readonly string[], galleryDir: string, workers: number): Promise<RunPlan> {
  const expected = await Promise.all(paths.map((path) => expectedSeconds(path, galleryDir)));
  const known = (index: number): number => expected[index] ?? Number.POSITIVE_INFINITY;
  return {
    notebooks: paths.length,
    workers: Math.min(workers, paths.length),
    seconds: expected.reduce<number>((sum, s) => sum + (s ?? 0), 0),
    unknown: expected.filter((s) => s === undefined).length,
    order: [...paths.keys()].sort((a, b) => (known(a) === known(b) ? a - b : known(b) - known(a))),
  };
}

async function expectedSeconds(path: string, galleryDir: string): Promise<number | undefined> {
  const [copy, source] = await Promise.all(
    [join(galleryDir, placeInGallery(path)), path].map((file) => loadNotebook(file).catch(() => undefined)),
  );
  const last = copy && runRecordOf(copy)?.seconds;
  return last ?? (source && titleOf(source, "").seconds);
}
