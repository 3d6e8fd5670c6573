import { DataError } from "../../errors.js";
import { displacements } from "../../structure/displacement.js";
import type { Frame } from "../../structure/frame.js";

/**
 * Tells the reference from the displaced structures: the frame labelled label=eq, label=reference or kind=reference, else the one that
 * differs least from all others.
 * @throws DataError if there are no frames
 */
export function splitDisplaced(frames: readonly Frame[]): {
  readonly reference: Frame;
  readonly moved: readonly Frame[];
} {
  if (frames.length === 0) throw new DataError({ where: "displaced structures", problem: "there are none" });
  const labelled = frames.findIndex((f) => {
    const { label, kind } = f.info ?? {};
    return label === "eq" || label === "reference" || kind === "reference";
  });
  const at = labelled >= 0 ? labelled : leastDisplaced(frames);
  return { reference: frames[at]!, moved: frames.filter((_, i) => i !== at) };
}

/** The frame with the smallest sum of squared displacements to the others. */
function leastDisplaced(frames: readonly Frame[]): number {
  const sums = frames.map((a) =>
    frames.reduce((sum, b) => {
      const d = displacements(a.structure, b.structure);
      return sum + d.reduce((s, x) => s + x * x, 0);
    }, 0),
  );
  return sums.indexOf(Math.min(...sums));
}
