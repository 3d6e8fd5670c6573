/** Curves that lie on each other, of which only the last would be seen. */
import { linearAt } from "../math/interpolate.js";

/** What matters of a line here. */
interface Curve {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly mode?: string;
  readonly dash?: string;
}

/** Fraction of a figure's height below which two curves cannot be told apart. */
const NEAR = 0.006;
/** Fraction of the way along a curve on which another has to lie on it. */
const SHARE = 0.6;
const LINES: ReadonlySet<string> = new Set(["lines", "lines+markers"]);
const DASHES = ["dash", "dot"] as const;

/** How to dash lines that lie on an earlier one for most of their way: the first is drawn solid, the second dashed, others dotted. */
export function dashesOf<T extends Curve>(lines: readonly T[]): ReadonlyMap<T, "dash" | "dot"> {
  const dashes = new Map<T, "dash" | "dot">();
  const curves = lines.filter((l) => LINES.has(l.mode ?? "lines") && l.dash === undefined && l.x.length > 1);
  const height = range(curves.map((c) => c.y));
  for (const [k, line] of curves.entries()) {
    const below = curves.slice(0, k).filter((earlier) => liesOn(line, earlier, height)).length;
    if (below > 0) dashes.set(line, DASHES[Math.min(below, DASHES.length) - 1]!);
  }
  return dashes;
}

/** Whether most of the way along `line`, in pictures as high as wide, is on `other`. */
function liesOn(line: Curve, other: Curve, height: number): boolean {
  const width = range([line.x, other.x]);
  let way = 0;
  let shared = 0;
  let near = false;
  for (let i = 0; i < line.x.length; i++) {
    const before = near;
    const x = line.x[i]!;
    const within = x >= other.x[0]! && x <= other.x[other.x.length - 1]!;
    near = within && Math.abs(line.y[i]! - linearAt(other.x, other.y, x)) <= NEAR * height;
    if (i === 0) continue;
    const step = Math.hypot((x - line.x[i - 1]!) / width, (line.y[i]! - line.y[i - 1]!) / height);
    way += step;
    if (near && before) shared += step;
  }
  return way > 0 && shared >= SHARE * way;
}

/** Difference between the largest and the smallest value, at least a tiny one. */
function range(all: readonly ArrayLike<number>[]): number {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const values of all)
    for (let i = 0; i < values.length; i++) {
      low = Math.min(low, values[i]!);
      high = Math.max(high, values[i]!);
    }
  return Math.max(high - low, Number.MIN_VALUE);
}
