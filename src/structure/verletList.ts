import { OptionError } from "../errors.js";
import { type NeighborList, neighborList } from "./neighbors.js";
import type { Structure } from "./structure.js";

/** Neighbors within cutoff + skin, good for every structure near the one they were made for. */
export interface VerletList {
  /** Å */
  readonly cutoff: number;
  /** Å */
  readonly skin: number;
  /** The structure as it was; a copy. */
  readonly origin: Structure;
  /** Every pair within cutoff + skin. */
  readonly wide: NeighborList;
}

/**
 * Neighbors with a margin, for molecular dynamics (Verlet, Phys. Rev. 159, 98 (1967)).
 * @param cutoff Å
 * @param skin margin, Å; the list serves until an atom has moved by half of it
 * @throws OptionError unless both are positive
 */
export function verletList(s: Structure, cutoff: number, skin: number): VerletList {
  if (!(skin > 0 && Number.isFinite(skin)))
    throw new OptionError({ where: "verletList", problem: `skin is ${skin} Å`, advice: "give a positive length" });
  return { cutoff, skin, origin: copyOf(s), wide: neighborList(s, cutoff + skin) };
}

/** A structure that later changes of this one do not reach. */
export function copyOf(s: Structure): Structure {
  return {
    ...s,
    species: [...s.species],
    positions: s.positions.slice(),
    ...(s.cell && { cell: s.cell.slice() }),
  };
}

/** Whether all neighbors of a structure are in a list made for `origin`: no atom has moved by half the skin or more, atoms and cell are the same. */
export function servesStructure({ origin, skin }: Pick<VerletList, "origin" | "skin">, s: Structure): boolean {
  const n = s.species.length;
  if (n !== origin.species.length || Boolean(s.cell) !== Boolean(origin.cell)) return false;
  if (s.cell && !s.cell.every((x, p) => x === origin.cell?.[p])) return false;
  if (s.periodic.some((p, c) => p !== origin.periodic[c])) return false;
  if (s.species.some((symbol, i) => symbol !== origin.species[i])) return false;
  const { positions: at } = s;
  const { positions: from } = origin;
  if (at.length !== from.length) return false;
  const far = (skin / 2) ** 2;
  for (let p = 0; p < 3 * n; p += 3) {
    const dx = at[p]! - from[p]!;
    const dy = at[p + 1]! - from[p + 1]!;
    const dz = at[p + 2]! - from[p + 2]!;
    if (!(dx * dx + dy * dy + dz * dz < far)) return false; // also for NaN
  }
  return true;
}
