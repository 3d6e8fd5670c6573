/** Training frames with the same features: copies, or the same but for symmetry. Left out one at a time, each is predicted by its like. */
import type { Matrix } from "../../math/matrix.js";

/** Features that differ by less than this of the largest are the same: copies that were moved or rounded in a file differ by rounding. */
const ALIKE = 1e-8;

/**
 * Frames in classes of equal features, each by increasing number, in the order of their first frames.
 * @param features invariant features of each frame, [frames, functions]
 */
export function equalFrames({ rows, columns, values }: Matrix): number[][] {
  const largest = values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const classes: number[][] = [];
  for (let i = 0; i < rows; i++) {
    const own = values.subarray(i * columns, (i + 1) * columns);
    const known = classes.find(([j]) => {
      const other = j! * columns;
      return own.every((v, c) => Math.abs(v - values[other + c]!) <= ALIKE * largest);
    });
    if (known) known.push(i);
    else classes.push([i]);
  }
  return classes;
}

/** Classes that are named before the others are counted. */
const NAMED = 3;

/** What a user should know of them. */
export function equalFramesWarning(classes: readonly (readonly number[])[]): string[] {
  const several = classes.filter((c) => c.length > 1);
  if (several.length === 0) return [];
  const named = several
    .slice(0, NAMED)
    .map((c) => (c.length > 4 ? `${c.slice(0, 3).join(", ")} … ${c.at(-1)}` : c.join(" and ")));
  const more = several.length > NAMED ? `, and ${several.length - NAMED} more such groups` : "";
  const alone =
    classes.length > 1
      ? "they are left out of fits together, and count as one"
      : "left-out errors say nothing, since every frame is predicted by its like";
  return [
    `training frames ${named.join("; ")}${more} have the same features (copies, or the same but for symmetry): ${alone}; remove all but one of each`,
  ];
}
