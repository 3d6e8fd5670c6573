/** Polarizations in quanta e·a, e·b, e·c, up to which those of a crystal are known. */
import { inverse3 } from "../../../math/matrix3.js";
import type { Frame } from "../../../structure/frame.js";
import type { Structure } from "../../../structure/structure.js";

/** A residual of more quanta than this may as well belong to the next branch. */
export const safeQuanta = 0.35;

/** Whether the polarization of a frame is known up to quanta alone. */
export function hasBranches({ polarization, structure }: Frame): boolean {
  return polarization !== undefined && structure.cell !== undefined && structure.periodic.some(Boolean);
}

/** Frames of the same atoms in the same order: between these, differences of P have a meaning. */
export function sameAtoms(frames: readonly Frame[]): number[][] {
  const groups = new Map<string, number[]>();
  frames.forEach((frame, k) => {
    if (!hasBranches(frame)) return;
    const key = `${frame.structure.periodic.join()} ${frame.structure.species.join()}`;
    const group = groups.get(key);
    if (group) group.push(k);
    else groups.set(key, [k]);
  });
  return [...groups.values()];
}

/** A vector (e·Å) in quanta of a cell, [3]; 0 along directions that are not periodic. */
export function inQuanta({ cell, periodic }: Structure, vector: ArrayLike<number>): Float64Array {
  const inverse = inverse3(cell!);
  return Float64Array.from({ length: 3 }, (_, k) =>
    periodic[k] ? vector[0]! * inverse[k]! + vector[1]! * inverse[3 + k]! + vector[2]! * inverse[6 + k]! : 0,
  );
}

/** P less whole quanta. */
export function lessQuanta({ structure, polarization }: Frame, quanta: ArrayLike<number>): Float64Array {
  const cell = structure.cell!;
  return polarization!.map((p, i) => p - quanta[0]! * cell[i]! - quanta[1]! * cell[3 + i]! - quanta[2]! * cell[6 + i]!);
}

/** The mean of numbers that are known up to whole ones, and how closely they agree: 1 if all are the same, about 0 for random ones. */
export function meanUpToWhole(values: ArrayLike<number>): { readonly mean: number; readonly agreement: number } {
  let [re, im] = [0, 0];
  for (let k = 0; k < values.length; k++) {
    re += Math.cos(2 * Math.PI * values[k]!);
    im += Math.sin(2 * Math.PI * values[k]!);
  }
  return { mean: Math.atan2(im, re) / (2 * Math.PI), agreement: Math.hypot(re, im) / values.length };
}
