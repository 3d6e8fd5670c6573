/** Reference polarizations on the branches nearest to predicted ones. */
import type { Frame } from "../../../structure/frame.js";
import { inQuanta, lessQuanta, meanUpToWhole, safeQuanta, sameAtoms } from "./quanta.js";

/** Frames to compare with predictions. */
export interface NearFrames {
  readonly frames: readonly Frame[];
  /** How many were moved by whole quanta; absent if none. */
  readonly moved?: number;
  /** How many may have to be moved, while errors are too large to say; absent if none. */
  readonly unsettled?: number;
}

/**
 * Takes whole quanta e·a, e·b, e·c off polarizations of crystals where this brings them near to the predictions. Frames of the same
 * atoms are moved together or not at all: if errors are nearly as large as half a quantum, the branch cannot be told from them, and
 * moving would make a bad model look better.
 * @param predicted [frames, 3], e·Å
 * @param compared whether one constant vector is left out of the comparison
 */
export function onPredictedBranches(
  frames: readonly Frame[],
  predicted: readonly number[],
  compared: "absolute" | "differences",
): NearFrames {
  const near = [...frames];
  let [moved, unsettled] = [0, 0];
  for (const group of sameAtoms(frames)) {
    const errors = group.map((f) => {
      const { structure, polarization } = frames[f]!;
      return inQuanta(
        structure,
        polarization!.map((p, a) => p - predicted[3 * f + a]!),
      );
    });
    const constant = [0, 1, 2].map((k) => (compared === "absolute" ? 0 : meanUpToWhole(errors.map((e) => e[k]!)).mean));
    const quanta = errors.map((e) => constant.map((c, k) => Math.round(e[k]! - c)));
    // What all have in common is part of the constant.
    const common = constant.map((_, k) => (compared === "absolute" ? 0 : mostFrequent(quanta.map((n) => n[k]!))));
    const off = quanta.map((n) => n.map((x, k) => x - common[k]!));
    const other = off.filter((n) => n.some((x) => x !== 0)).length;
    if (other === 0) continue;
    const settled = errors.every((e, i) =>
      e.every((x, k) => Math.abs(x - constant[k]! - quanta[i]![k]!) <= safeQuanta),
    );
    if (settled) {
      group.forEach((f, i) => {
        near[f] = { ...frames[f]!, polarization: lessQuanta(frames[f]!, off[i]!) };
      });
      moved += other;
    } else unsettled += other;
  }
  return { frames: near, ...(moved > 0 && { moved }), ...(unsettled > 0 && { unsettled }) };
}

function mostFrequent(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const v of values) counts.set(v, (counts.get(v) ?? 0) + 1);
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0];
}
