import type { NeighborList } from "../structure/neighbors.js";
import type { Structure } from "../structure/structure.js";
import { servesStructure, type VerletList } from "../structure/verletList.js";
import { type AtomRange, type Environments, environments, isBefore, pickPairs } from "./environments.js";

/** The pairs of a Verlet list by centre and species of the neighbor, kept in the order that the last structure left them in. */
export interface FollowedPairs {
  readonly list: VerletList;
  readonly species: Int32Array;
  /** As in {@link Environments}, of the list's pairs. */
  readonly first: Int32Array;
  readonly neighbor: Int32Array;
  /** Cell shift times cell, Å; [pairs, 3] */
  readonly translation: Float64Array;
  readonly vectors: Float64Array;
  readonly distances: Float64Array;
  readonly squares: Float64Array;
}

/** Prepares a list's pairs. @param symbols species of the descriptor @throws DataError as {@link environments} */
export function followPairs(list: VerletList, symbols: readonly string[]): FollowedPairs {
  const { origin, wide } = list;
  // The shift travels as a "vector", so that it is sorted with its pair.
  const numbered: NeighborList = { ...wide, vectors: Float64Array.from(wide.shifts) };
  const {
    species,
    first,
    neighbor,
    vectors: shifts,
  } = environments(origin, symbols, list.cutoff + list.skin, numbered);
  const cell = origin.cell ?? new Float64Array(9);
  const pairs = neighbor.length;
  const translation = new Float64Array(3 * pairs);
  for (let p = 0; p < 3 * pairs; p += 3)
    for (let c = 0; c < 3; c++)
      translation[p + c] = shifts[p]! * cell[c]! + shifts[p + 1]! * cell[3 + c]! + shifts[p + 2]! * cell[6 + c]!;
  return {
    ...{ list, species, first, neighbor, translation },
    vectors: new Float64Array(3 * pairs),
    distances: new Float64Array(pairs),
    squares: new Float64Array(pairs),
  };
}

/**
 * The environments of a structure near the list's origin, to the bit those of {@link environments}: as atoms move little from step to step,
 * the order of before is nearly the right one.
 * @param centres which are wanted, default all; others have no pairs
 * @returns `undefined` if the list does not serve the structure
 */
export function followedEnvironments(
  pairs: FollowedPairs,
  s: Structure,
  centres?: AtomRange,
): Environments | undefined {
  const { list, species, first, neighbor, distances, squares } = pairs;
  if (!servesStructure(list, s)) return undefined;
  const limit = list.cutoff * list.cutoff;
  const groups = first.length - 1;
  const kinds = groups / species.length;
  const found = new Int32Array(groups + 1);
  const kept = new Int32Array(neighbor.length);
  let count = 0;
  const end = centres ? centres.to * kinds : groups;
  for (let g = centres ? centres.from * kinds : 0; g < end; g++) {
    const [from, to] = [first[g]!, first[g + 1]!];
    measure(pairs, s.positions, Math.floor(g / kinds), from, to);
    sortNearly(pairs, from, to);
    for (let p = from; p < to; p++) {
      if (squares[p]! < limit) kept[count++] = p;
      else if (distances[p]! > list.cutoff * (1 + 1e-12)) break;
    }
    found[g + 1] = count;
  }
  found.fill(count, end + 1);
  return {
    count: species.length,
    species,
    first: found,
    ...pickPairs(kept.subarray(0, count), neighbor, pairs.vectors),
    ...(centres && { centres }),
  };
}

/** Vectors, squares and lengths of the pairs of one centre, by the same operations as a new search. */
function measure(pairs: FollowedPairs, at: Float64Array, centre: number, from: number, to: number): void {
  const { neighbor, translation, vectors, distances, squares } = pairs;
  const [cx, cy, cz] = [at[3 * centre]!, at[3 * centre + 1]!, at[3 * centre + 2]!];
  for (let p = from, v = 3 * from; p < to; p++, v += 3) {
    const j = 3 * neighbor[p]!;
    const x = at[j]! - cx + translation[v]!;
    const y = at[j + 1]! - cy + translation[v + 1]!;
    const z = at[j + 2]! - cz + translation[v + 2]!;
    const square = x * x + y * y + z * z;
    vectors[v] = x;
    vectors[v + 1] = y;
    vectors[v + 2] = z;
    squares[p] = square;
    distances[p] = Math.sqrt(square);
  }
}

/** Sorts the pairs of a group by distance, then x, y, z, in place: by insertion, as little is out of order. */
function sortNearly(pairs: FollowedPairs, from: number, to: number): void {
  const { distances, vectors } = pairs;
  for (let p = from + 1; p < to; p++)
    for (let q = p; q > from && distances[q]! <= distances[q - 1]!; q--) {
      if (distances[q] === distances[q - 1] && !isBefore(vectors, q, q - 1)) break;
      exchange(pairs, q);
    }
}

/** Exchanges a pair with the one before. */
function exchange({ neighbor, translation, vectors, distances, squares }: FollowedPairs, p: number): void {
  const q = p - 1;
  swap(neighbor, p, q);
  swap(distances, p, q);
  swap(squares, p, q);
  for (let c = 0; c < 3; c++) {
    swap(translation, 3 * p + c, 3 * q + c);
    swap(vectors, 3 * p + c, 3 * q + c);
  }
}

function swap(values: Float64Array | Int32Array, p: number, q: number): void {
  const kept = values[p]!;
  values[p] = values[q]!;
  values[q] = kept;
}
