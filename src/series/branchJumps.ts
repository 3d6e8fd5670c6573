/** Where a polarization changes its branch, told from its values alone: the cell, and with it the quantum, is not known. */
import { seriesLength, type TensorSeries } from "./tensorSeries.js";

/** A step, in e·Å, that is less is no quantum e·a of any cell. */
const leastQuantum = 1;
/** Steps so many times the largest of all others are no motion, whatever the distribution of steps: for normal ones it is 1.2 at most. */
const apart = 3;
/** The same for jumps that return again and again by the same vectors, as quanta do. */
const apartAndReturning = 1.5;
/** How far jumps by one quantum differ, relative to it: by the motion of one step that goes on meanwhile. */
const likeness = 0.25;
/** Share of the steps that can be jumps: of more nothing can be told. */
const mostJumps = 0.2;

/**
 * Frames that are reached by a jump from branch to branch: by steps apart from all others, or by some that are less apart, at least
 * three, and go to and fro by the same few vectors.
 * @param series polarization, e·Å
 */
export function branchJumps(series: TensorSeries): number[] {
  const n = seriesLength(series);
  if (series.quantity !== "polarization" || n < 8) return [];
  const { values } = series;
  const steps = Array.from({ length: n - 1 }, (_, k) => {
    const step = [0, 1, 2].map((c) => values[3 * k + 3 + c]! - values[3 * k + c]!);
    return { at: k + 1, step, size: Math.hypot(...step) };
  }).sort((a, b) => b.size - a.size);
  let found: number[] = [];
  for (let count = 1; count <= mostJumps * n && steps[count - 1]!.size > leastQuantum; count++) {
    const largestMotion = steps[count]!.size;
    const least = steps[count - 1]!.size;
    const jumps = steps.slice(0, count);
    if (least > apart * largestMotion) found = jumps.map(({ at }) => at);
    else if (count >= 3 && least > apartAndReturning * largestMotion && returns(jumps, values))
      found = jumps.map(({ at }) => at);
  }
  return found.sort((a, b) => a - b);
}

interface Jump {
  readonly at: number;
  readonly step: readonly number[];
}

/** Whether jumps are by few vectors, to and fro in turn. */
function returns(jumps: readonly Jump[], values: Float64Array): boolean {
  const n = values.length / 3;
  const kinds: { readonly vector: readonly number[]; place: number; count: number }[] = [];
  for (const { at, step } of [...jumps].sort((a, b) => a.at - b.at)) {
    // Motion goes on across a jump as it does before and after.
    const motion = [0, 1, 2].map((c) => {
      const before = at > 1 ? values[3 * at - 3 + c]! - values[3 * at - 6 + c]! : undefined;
      const after = at + 1 < n ? values[3 * at + 3 + c]! - values[3 * at + c]! : undefined;
      return before === undefined ? after! : after === undefined ? before : (before + after) / 2;
    });
    const jump = step.map((x, c) => x - motion[c]!);
    const size = Math.hypot(...jump);
    const like = kinds
      .flatMap((kind) => [1, -1].map((sign) => ({ kind, sign })))
      .find(({ kind, sign }) => Math.hypot(...jump.map((x, c) => x - sign * kind.vector[c]!)) < likeness * size);
    if (!like) {
      if (kinds.length === 3) return false;
      kinds.push({ vector: jump, place: 1, count: 1 });
      continue;
    }
    like.kind.place += like.sign;
    like.kind.count++;
    if (Math.abs(like.kind.place) > 1) return false;
  }
  return kinds.some(({ count }) => count >= 3);
}
