import { covalentRadius } from "./elements.js";
import type { Structure } from "./structure.js";

/** Atoms closer than this multiple of the sum of their covalent radii are bonded. */
const BONDED = 1.3;

/** Pairs of bonded atoms of a free molecule, the smaller index first; radii of Cordero et al., Dalton Trans. 2832 (2008). */
export function bonds(s: Structure): [number, number][] {
  const radii = s.species.map(covalentRadius);
  return pairs([...radii.keys()]).filter(([i, j]) => {
    const distance = Math.hypot(...[0, 1, 2].map((c) => s.positions[3 * i + c]! - s.positions[3 * j + c]!));
    return distance < BONDED * (radii[i]! + radii[j]!);
  });
}

/** All pairs of a list, in its order. */
export function pairs(list: readonly number[]): [number, number][] {
  return list.flatMap((a, k) => list.slice(k + 1).map((b): [number, number] => [a, b]));
}
