/** The fits of a learning curve on several threads, kept in a journal where one is asked for. */
import { withThreads } from "../../math/linalgTeam.js";
import { type ParallelOptions, parallelMap } from "../../parallel/parallelMap.js";
import { openResultJournal } from "../../system/resultJournal.js";

interface JournaledFits<Shared, Item, Result, Kept> extends Omit<ParallelOptions<Shared, Item, Result>, "onResult"> {
  /** File of the journal; none by default. */
  readonly journal?: string;
  /** Everything that the results depend on, for the journal. */
  readonly identity: () => readonly unknown[];
  /** What is kept of a result. */
  readonly keep: (result: Result, index: number) => Kept;
}

/**
 * What is kept of every fit, in the order of the items; those that the journal knows are not done again.
 * @throws as `parallelMap` and `openResultJournal`
 */
export async function journaledFits<Shared, Item, Result, Kept>(
  options: JournaledFits<Shared, Item, Result, Kept>,
): Promise<Kept[]> {
  const { journal: path, identity, keep, items, onProgress, ...map } = options;
  const journal = path === undefined ? undefined : await openResultJournal<Kept>(path, identity());
  const kept = new Map<number, Kept>(journal?.known);
  const before = kept.size;
  const open = items.flatMap((_, index) => (kept.has(index) ? [] : [index]));
  try {
    // What is fitted on this thread is to have no more threads than were asked for.
    await withThreads(map.workers, () =>
      parallelMap({
        ...map,
        items: open.map((index) => items[index]!),
        onResult(result, k) {
          const index = open[k]!;
          const value = keep(result, index);
          kept.set(index, value);
          journal?.add(index, value);
        },
        ...(onProgress && { onProgress: (p) => onProgress({ ...p, done: before + p.done, total: items.length }) }),
      }),
    );
  } finally {
    await journal?.close();
  }
  return items.map((_, index) => kept.get(index)!);
}
