import { dot3 as dot } from "../math/vector3.js";
import type { Periodicity } from "./structure.js";

/**
 * Minkowski-reduced basis of the lattice spanned by the periodic cell vectors: each vector is as short as it can be made
 * by adding multiples of the shorter ones (Nguyen and Stehlé, ACM Trans. Algorithms 5, 46 (2009)).
 * @param cell rows a, b, c, [3, 3], Å
 * @returns one to three vectors, shortest first; none if nothing is periodic
 */
export function reducedLattice(cell: Float64Array, periodic: Periodicity): readonly (readonly number[])[] {
  let vectors = [0, 1, 2].filter((d) => periodic[d]).map((d) => [...cell.subarray(3 * d, 3 * d + 3)]);
  // Each sweep shortens the longest vector; a lattice has finitely many vectors below a given length.
  for (let sweep = 0; sweep < 1000; sweep++) {
    vectors = vectors.sort((a, b) => squared(a) - squared(b));
    const longest = vectors.length - 1;
    if (longest >= 2) reducePair(vectors);
    if (!shorten(vectors, longest)) return vectors;
  }
  return vectors;
}

/** Gauss reduction of the two shortest vectors in place. */
function reducePair(vectors: number[][]): void {
  for (let k = 0; k < 1000; k++) {
    vectors.sort((a, b) => squared(a) - squared(b));
    const pair = vectors.slice(0, 2);
    if (!shorten(pair, 1)) return;
    vectors[1] = pair[1]!;
  }
}

/** Replaces vector `last` by the shortest one that differs by a combination of those before it; says whether it did. */
function shorten(vectors: number[][], last: number): boolean {
  if (last < 1) return false;
  const others = vectors.slice(0, last);
  const start = roundOff(vectors[last]!, others);
  let best = start;
  for (const combination of neighbors(others)) {
    const candidate = start.map((x, c) => x + combination[c]!);
    if (squared(candidate) < squared(best)) best = candidate;
  }
  if (!(squared(best) < squared(vectors[last]!) * (1 - 1e-12))) return false;
  vectors[last] = best;
  return true;
}

/** All combinations of `vectors` with coefficients −1, 0, 1. */
export function neighbors(vectors: readonly (readonly number[])[]): number[][] {
  return vectors.reduce<number[][]>(
    (list, v) => list.flatMap((base) => [-1, 0, 1].map((k) => base.map((x, c) => x + k * v[c]!))),
    [[0, 0, 0]],
  );
}

/** `v` minus the combination of `vectors` whose coefficients are those of the projection, rounded. */
function roundOff(v: readonly number[], vectors: readonly (readonly number[])[]): number[] {
  const coefficients = latticeCoordinates(v, vectors).map(Math.round);
  return v.map((x, c) => x - vectors.reduce((sum, u, k) => sum + coefficients[k]! * u[c]!, 0));
}

/** Least-squares coefficients of `v` in one to three vectors. */
function latticeCoordinates(v: readonly number[], vectors: readonly (readonly number[])[]): number[] {
  const [a, b] = vectors;
  if (!a) return [];
  if (!b) return [dot(v, a) / squared(a)];
  const [aa, ab, bb, va, vb] = [squared(a), dot(a, b), squared(b), dot(v, a), dot(v, b)];
  const determinant = aa * bb - ab * ab;
  return [(va * bb - vb * ab) / determinant, (vb * aa - va * ab) / determinant];
}

const squared = (v: readonly number[]): number => dot(v, v);
