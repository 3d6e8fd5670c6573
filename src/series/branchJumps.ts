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
  const sizes = new Float64Array(n - 1);
  for (let k = 0, p = 0; k < n - 1; k++, p += 3)
    sizes[k] = Math.hypot(
      values[p + 3]! - values[p]!,
      values[p + 4]! - values[p + 1]!,
      values[p + 5]! - values[p + 2]!,
    );
  // The largest first; what is no quantum of any cell matters as motion alone.
  const order = new Uint32Array(n - 1)
    .map((_, k) => k)
    .filter((k) => sizes[k]! > leastQuantum)
    .sort((a, b) => sizes[b]! - sizes[a]!);
  const below = sizes.reduce((most, size) => (size > leastQuantum ? most : Math.max(most, size)), 0);
  let found: Uint32Array = new Uint32Array();
  for (let count = 1; count <= Math.min(order.length, mostJumps * n); count++) {
    const largestMotion = count < order.length ? sizes[order[count]!]! : below;
    const least = sizes[order[count - 1]!]!;
    if (!(least > apartAndReturning * largestMotion)) continue;
    const jumps = order.slice(0, count).map((k) => k + 1);
    if (least > apart * largestMotion || (count >= 3 && returns(jumps, values))) found = jumps;
  }
  return Array.from(found).sort((a, b) => a - b);
}

/** From the frame before. */
function stepTo(values: Float64Array, frame: number): number[] {
  return [0, 1, 2].map((c) => values[3 * frame + c]! - values[3 * frame - 3 + c]!);
}

/** Whether jumps are by few vectors, to and fro in turn. */
function returns(jumps: Uint32Array, values: Float64Array): boolean {
  const n = values.length / 3;
  const kinds: { readonly vector: readonly number[]; place: number; count: number }[] = [];
  for (const at of jumps.slice().sort()) {
    // Motion goes on across a jump as it does before and after.
    const before = at > 1 ? stepTo(values, at - 1) : undefined;
    const after = at + 1 < n ? stepTo(values, at + 1) : undefined;
    const jump = stepTo(values, at).map((x, c) => x - ((before ?? after!)[c]! + (after ?? before!)[c]!) / 2);
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
