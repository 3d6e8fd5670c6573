/** Rows of training frames in the order of the frames, formed by threads where that pays, in bounded memory. */
import { inFrame } from "../../errors.js";
import { parallelStream } from "../../parallel/parallelStream.js";
import type { RunOptions } from "../../progress.js";

/** Takes weighted rows [rows, columns] and their targets. */
export type AddRows = (rows: Float64Array, targets: Float64Array) => void;

/** Where the rows of frames come from. */
export interface RowSource {
  /** Numbers per row. */
  readonly columns: number;
  /** Targets per row, default 1: the first is fitted, the others are only fitted to see how well they could be. */
  readonly targets?: number;
  /** Hands every weighted row of one frame, with its weighted targets, to `add`, in one or several blocks. */
  readonly rowsOf: (frame: number, add: AddRows) => void;
  /** Who else can form them; without it this thread forms all. */
  readonly threads?: RowThreads;
}

/** Threads that form rows. */
export interface RowThreads {
  /** Module that exports `rowsOnThread` of its target as `prepare`. */
  readonly workerModule: URL;
  /** Made when threads start. */
  readonly shared: () => unknown;
  /** Default: one per processor, after the first second of work. */
  readonly workers?: number;
}

/** A frame whose rows are wanted, with memory that was used before and may be written over. */
export interface RowItem {
  readonly frame: number;
  readonly room: Float64Array;
}

/** Rows of a frame; `undefined` where they have been handed on already. */
export type RowResult =
  | { readonly room: Float64Array; readonly length: number; readonly targets: Float64Array }
  | undefined;

/** Items per thread that wait or are being done: one to do while the one before is added. */
const AHEAD = 2;

/** Results of items in their order, by the threads that form rows or else by this one. @param here what this thread does with an item */
export function onRowThreads<Item, Result>(
  threads: RowThreads | undefined,
  here: () => (item: Item, place: number) => Result,
  items: AsyncIterable<Item>,
  { signal }: RunOptions,
): AsyncGenerator<Result, void, void> {
  return parallelStream<Item, Result>({
    workerModule: threads?.workerModule ?? new URL(import.meta.url),
    shared: () => threads!.shared(),
    here,
    items,
    itemName: "",
    label: "collecting training rows",
    ahead: AHEAD,
    ...(threads ? threads.workers !== undefined && { workers: threads.workers } : { workers: 0 }),
    ...(signal && { signal }),
  });
}

/**
 * Hands the rows of frames to `add`, frame by frame in the order given whatever the number of threads.
 * @param onFrame told after each, with how many are done
 * @throws whatever a frame's rows do, naming the frame; AbortedError when interrupted, threads are ended before
 */
export async function eachFrameRows(
  { rowsOf, threads }: RowSource,
  frames: readonly number[],
  add: (place: number, ...rows: Parameters<AddRows>) => void,
  onFrame: (done: number) => void,
  run: RunOptions,
): Promise<void> {
  const rooms: Float64Array[] = [];
  async function* items(): AsyncGenerator<RowItem, void, void> {
    for (const frame of frames) yield { frame, room: rooms.pop() ?? new Float64Array(0) };
  }
  let done = 0;
  // Added as they come: a frame of this thread is never in memory as a whole.
  const here = () => (item: RowItem, place: number) =>
    inFrame(item.frame, () => void rowsOf(item.frame, (...rows) => add(place, ...rows)));
  const stream = onRowThreads<RowItem, RowResult>(threads, here, items(), run);
  for await (const found of stream) {
    if (found) {
      add(done, found.room.subarray(0, found.length), found.targets);
      rooms.push(found.room);
    }
    onFrame(++done);
  }
}
