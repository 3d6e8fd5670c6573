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
  const origin: Structure = { ...s, positions: s.positions.slice(), ...(s.cell && { cell: s.cell.slice() }) };
  return { cutoff, skin, origin, wide: neighborList(s, cutoff + skin) };
}

/**
 * Neighbors of a structure near the list's origin: to the bit those of {@link neighborList}, at the cost of going through the pairs once.
 * @returns `undefined` if an atom has moved by half the skin or more, or the cell has changed: make a new list
 */
export function verletNeighbors(list: VerletList, s: Structure): NeighborList | undefined {
  const { origin, wide, cutoff, skin } = list;
  const n = s.species.length;
  if (n !== origin.species.length || (s.cell && !s.cell.every((x, p) => x === origin.cell?.[p]))) return undefined;
  const { positions: at } = s;
  const far = (skin / 2) ** 2;
  for (let p = 0; p < 3 * n; p += 3) {
    const dx = at[p]! - origin.positions[p]!;
    const dy = at[p + 1]! - origin.positions[p + 1]!;
    const dz = at[p + 2]! - origin.positions[p + 2]!;
    if (!(dx * dx + dy * dy + dz * dz < far)) return undefined;
  }
  const cell = s.cell ?? new Float64Array(9);
  const first = new Int32Array(n + 1);
  const index = new Int32Array(wide.index.length);
  const shifts = new Int32Array(wide.shifts.length);
  const vectors = new Float64Array(wide.vectors.length);
  const distances = new Float64Array(wide.index.length);
  let q = 0;
  for (let i = 0; i < n; i++) {
    for (let p = wide.first[i]!; p < wide.first[i + 1]!; p++) {
      const j = wide.index[p]!;
      const [a, b, c] = [wide.shifts[3 * p]!, wide.shifts[3 * p + 1]!, wide.shifts[3 * p + 2]!];
      const x = at[3 * j]! - at[3 * i]! + (a * cell[0]! + b * cell[3]! + c * cell[6]!);
      const y = at[3 * j + 1]! - at[3 * i + 1]! + (a * cell[1]! + b * cell[4]! + c * cell[7]!);
      const z = at[3 * j + 2]! - at[3 * i + 2]! + (a * cell[2]! + b * cell[5]! + c * cell[8]!);
      const r2 = x * x + y * y + z * z;
      if (r2 >= cutoff * cutoff) continue;
      index[q] = j;
      shifts[3 * q] = a;
      shifts[3 * q + 1] = b;
      shifts[3 * q + 2] = c;
      vectors[3 * q] = x;
      vectors[3 * q + 1] = y;
      vectors[3 * q + 2] = z;
      distances[q++] = Math.sqrt(r2);
    }
    first[i + 1] = q;
  }
  return {
    first,
    index: index.subarray(0, q),
    shifts: shifts.subarray(0, 3 * q),
    vectors: vectors.subarray(0, 3 * q),
    distances: distances.subarray(0, q),
  };
}
