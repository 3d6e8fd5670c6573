import { DataError } from "../errors.js";
import { type NeighborList, neighborList } from "../structure/neighbors.js";
import { checkStructure, type Structure } from "../structure/structure.js";

/**
 * The neighbors of every atom of a structure, grouped by centre and then by species of the neighbor; each group in the order of
 * distance, then x, y, z, so that sums over it do not depend on how the atoms are numbered.
 */
export interface Environments {
  /** Atoms. */
  readonly count: number;
  /** Index of each atom's species in the descriptor's list. */
  readonly species: Int32Array;
  /** Pairs of centre i with neighbors of species s are first[i·S + s] … first[i·S + s + 1] − 1, S the number of species. */
  readonly first: Int32Array;
  /** Neighbor atom of each pair. */
  readonly neighbor: Int32Array;
  /** From centre to neighbor, [pairs, 3], Å. */
  readonly vectors: Float64Array;
  /** The centres whose features and contributions are wanted; default all. Of the others pairs may be missing. */
  readonly centres?: AtomRange;
}

/** Atoms `from` … `to` − 1. */
export interface AtomRange {
  readonly from: number;
  readonly to: number;
}

/** The centres whose contributions are wanted. */
export function centresOf({ centres, count }: Pick<Environments, "centres" | "count">): AtomRange {
  return centres ?? { from: 0, to: count };
}

/**
 * Neighbors within `cutoff` (Å) with the indices of their species.
 * @param known the structure's neighbors within that cutoff, where they are known
 * @throws DataError for an atom whose species is not in the list, coincident atoms, or a malformed structure
 */
export function environments(
  s: Structure,
  symbols: readonly string[],
  cutoff: number,
  known?: NeighborList,
): Environments {
  checkStructure(s);
  const count = s.species.length;
  const kinds = symbols.length;
  const species = Int32Array.from(s.species, (symbol, atom) => {
    const index = symbols.indexOf(symbol);
    if (index < 0)
      throw new DataError({
        where: `atom ${atom}`,
        problem: `species ${symbol} is not among those of the descriptor (${symbols.join(", ")})`,
        advice: "list every species that occurs in the descriptor's options",
      });
    return index;
  });
  const list = known ?? neighborList(s, cutoff);
  const pairs = list.index.length;
  const first = new Int32Array(count * kinds + 1);
  for (let i = 0; i < count; i++)
    for (let p = list.first[i]!; p < list.first[i + 1]!; p++) first[i * kinds + species[list.index[p]!]! + 1]!++;
  for (let g = 0; g < count * kinds; g++) first[g + 1]! += first[g]!;
  const cursor = first.slice();
  const order = new Int32Array(pairs);
  for (let i = 0; i < count; i++)
    for (let p = list.first[i]!; p < list.first[i + 1]!; p++)
      order[cursor[i * kinds + species[list.index[p]!]!]!++] = p;
  for (let g = 0; g < count * kinds; g++) shellSort(order, first[g]!, first[g + 1]!, list);
  return { count, species, first, ...pickPairs(order, list.index, list.vectors) };
}

/** The pairs of the given numbers, in their order. */
export function pickPairs(
  numbers: Int32Array,
  neighbor: Int32Array,
  vectors: Float64Array,
): Pick<Environments, "neighbor" | "vectors"> {
  const picked = { neighbor: new Int32Array(numbers.length), vectors: new Float64Array(3 * numbers.length) };
  for (let q = 0, v = 0; q < numbers.length; q++, v += 3) {
    const p = numbers[q]!;
    picked.neighbor[q] = neighbor[p]!;
    picked.vectors[v] = vectors[3 * p]!;
    picked.vectors[v + 1] = vectors[3 * p + 1]!;
    picked.vectors[v + 2] = vectors[3 * p + 2]!;
  }
  return picked;
}

/** The neighbors nearer than `cutoff` (Å): of each group the first few, as groups are in the order of distance. */
export function nearerThan(e: Environments, cutoff: number): Environments {
  const { vectors } = e;
  const groups = e.first.length - 1;
  const first = new Int32Array(groups + 1);
  const kept = new Int32Array(e.neighbor.length);
  let count = 0;
  for (let g = 0; g < groups; g++) {
    for (let p = e.first[g]!; p < e.first[g + 1]!; p++) {
      const x = vectors[3 * p]!;
      const y = vectors[3 * p + 1]!;
      const z = vectors[3 * p + 2]!;
      if (x * x + y * y + z * z >= cutoff * cutoff) break;
      kept[count++] = p;
    }
    first[g + 1] = count;
  }
  return { ...e, first, ...pickPairs(kept.subarray(0, count), e.neighbor, vectors) };
}

const GAPS = [701, 301, 132, 57, 23, 10, 4, 1];

/** Sorts order[from … to − 1] in place; fast for the tens to hundreds of neighbors in a group. */
function shellSort(order: Int32Array, from: number, to: number, list: NeighborList): void {
  const { distances } = list;
  for (const gap of GAPS)
    for (let i = from + gap; i < to; i++) {
      const moving = order[i]!;
      const distance = distances[moving]!;
      let j = i;
      for (; j >= from + gap; j -= gap) {
        const other = order[j - gap]!;
        if (distances[other]! < distance || (distances[other] === distance && !isBefore(list.vectors, moving, other)))
          break;
        order[j] = other;
      }
      order[j] = moving;
    }
}

/** Order of pairs at the same distance: by x, then y, then z. */
export function isBefore(vectors: Float64Array, p: number, q: number): boolean {
  for (let c = 0; c < 3; c++) {
    const [a, b] = [vectors[3 * p + c]!, vectors[3 * q + c]!];
    if (a !== b) return a < b;
  }
  return false;
}
