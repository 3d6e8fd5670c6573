/**
 * Normal equations of groups of training frames. Rows are summed where they are formed, in pieces of a few frames, and pieces in their
 * order, so that the bits do not depend on the number of threads, and what goes between threads is small beside the rows.
 */
import { inFrame } from "../../errors.js";
import { type GramAccumulator, gramAccumulator } from "../../math/gramAccumulator.js";
import type { NormalEquations } from "../../math/normalEquations.js";
import { packedLength, unpackEquations } from "../../math/packedEquations.js";
import { sharedDoubles } from "../../parallel/sharedDoubles.js";
import type { RunOptions } from "../../progress.js";
import { onRowThreads, type RowSource } from "./frameRows.js";

/** Frames whose sums are wanted, with memory for these that was used before. */
export interface SumItem {
  readonly frames: readonly number[];
  readonly room: Float64Array | undefined;
}

/** Rows of a piece at least: so many that handing on their sums costs little beside forming these. */
const LEAST_ROWS = 384;

/**
 * The sums over the rows of each group of frames.
 * @param onFrames told how many frames are done
 * @throws whatever a frame's rows do, naming the frame; AbortedError when interrupted, threads are ended before
 */
export async function groupSums(
  source: RowSource & { readonly rowCount: (frame: number) => number },
  groups: readonly (readonly number[])[],
  onFrames: (done: number) => void,
  run: RunOptions,
): Promise<NormalEquations[]> {
  const { columns, targets = 1, threads } = source;
  const pieces = groups.flatMap((frames, group) => cut(frames, source.rowCount).map((frames) => ({ group, frames })));
  const rooms: Float64Array[] = [];
  async function* items(): AsyncGenerator<SumItem, void, void> {
    for (const { frames } of pieces) yield { frames, room: rooms.pop() };
  }
  const stream = onRowThreads(threads, () => sumsOf(source), items(), run);
  const sums = groups.map(() => new Float64Array(packedLength(columns, targets)));
  let [piece, done] = [0, 0];
  for await (const found of stream) {
    const { group, frames } = pieces[piece++]!;
    const sum = sums[group]!;
    for (let i = 0; i < sum.length; i++) sum[i]! += found[i]!;
    rooms.push(found);
    done += frames.length;
    onFrames(done);
  }
  return sums.map((sum) => unpackEquations(sum, columns, targets));
}

/** Packed sums (packedEquations.ts) over the rows of some frames, wherever these are formed. */
export function sumsOf({ columns, targets = 1, rowsOf }: RowSource): (item: SumItem) => Float64Array {
  let accumulator: GramAccumulator | undefined;
  return ({ frames, room = sharedDoubles(packedLength(columns, targets)) }) => {
    accumulator ??= gramAccumulator({ columns, targets });
    const { add, drain } = accumulator;
    for (const frame of frames) inFrame(frame, () => rowsOf(frame, add));
    drain(room.fill(0));
    return room;
  };
}

/** Consecutive frames of so many rows. */
function cut(frames: readonly number[], rowCount: (frame: number) => number): number[][] {
  const pieces: number[][] = [];
  let rows = LEAST_ROWS;
  for (const frame of frames) {
    if (rows >= LEAST_ROWS) {
      pieces.push([]);
      rows = 0;
    }
    pieces.at(-1)!.push(frame);
    rows += rowCount(frame);
  }
  return pieces;
}
