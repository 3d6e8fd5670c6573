/** What a thread does that forms the rows of training frames. */
import { createDescriptor } from "../../descriptor/descriptor.js";
import type { ResolvedDescriptor } from "../../descriptor/options.js";
import { inFrame } from "../../errors.js";
import { sharedDoubles } from "../../parallel/sharedDoubles.js";
import type { Frame } from "../../structure/frame.js";
import { type BasisData, basisOf } from "../basis/basisOf.js";
import type { AddRows, RowItem, RowResult } from "./frameRows.js";
import { type SumItem, sumsOf } from "./groupSums.js";
import { columnCount, type LinearOptions, type LinearTarget, type SpeciesConstants } from "./linearTarget.js";

/** What every thread gets once. */
export interface RowSetup {
  readonly descriptor: ResolvedDescriptor;
  readonly basis: BasisData;
  readonly constants: SpeciesConstants;
  /** Frames that the target looks at beforehand; the first of `all`. */
  readonly used: number;
  /** In shared memory. */
  readonly all: readonly Frame[];
  readonly weights: Readonly<Record<string, number>>;
  /** Those of the target's own. */
  readonly options: object;
}

/** What each thread does for a target: forms the rows of whole frames, or their sums, in memory that the main thread sees. */
export function rowsOnThread<D extends string, O extends LinearOptions<D>>(
  target: LinearTarget<D, O>,
): (setup: RowSetup) => (item: RowItem | SumItem) => RowResult | Float64Array {
  return ({ descriptor, basis, constants, used, all, weights, options }) => {
    const space = { basis: basisOf(createDescriptor(descriptor), target.order, basis), constants };
    const ofFrame = target.rows(space, all.slice(0, used), weights as Record<D, number>, options as O);
    const rowsOf = (frame: number, add: AddRows): void => ofFrame(all[frame]!, add);
    const { targets = 1 } = target;
    const sums = sumsOf({ columns: columnCount(space), targets, rowsOf });
    return (item) => ("frames" in item ? sums(item) : rowsOfFrame(item, rowsOf));
  };
}

function rowsOfFrame({ frame, room }: RowItem, rowsOf: (frame: number, add: AddRows) => void): RowResult {
  return inFrame(frame, () => {
    const targets: number[] = [];
    let own = room;
    let length = 0;
    rowsOf(frame, (rows, values) => {
      if (length + rows.length > own.length) own = grown(own.subarray(0, length), length + rows.length);
      own.set(rows, length);
      length += rows.length;
      for (const v of values) targets.push(v);
    });
    return { room: own, length, targets: Float64Array.from(targets) };
  });
}

/** More shared memory with the same beginning. */
function grown(values: Float64Array, least: number): Float64Array {
  const larger = sharedDoubles(least);
  larger.set(values);
  return larger;
}
