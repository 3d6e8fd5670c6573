import { DataError } from "../errors.js";
import { neighbors, reducedLattice } from "./latticeReduction.js";
import type { Periodicity } from "./structure.js";

/** Shortens one vector, in place at `offset`, to the shortest of its periodic images. */
export type ImageReducer = (vectors: Float64Array, offset: number) => void;

/**
 * Prepares {@link minimumImage} for many vectors in one cell. Correct for any cell, however skewed: coordinates are rounded in
 * a Minkowski-reduced basis, in which the shortest image is then at most one vector away along each direction.
 * @param cell rows a, b, c, [3, 3], Å; `undefined` leaves vectors as they are
 */
export function imageReducer(cell: Float64Array | undefined, periodic: Periodicity): ImageReducer {
  if (!periodic.some(Boolean)) return () => {};
  if (!cell) throw new DataError({ where: "minimumImage", problem: "periodic directions but no cell" });
  const lattice = reducedLattice(cell, periodic);
  const dual = dualBasis(lattice);
  const images = neighbors(lattice).filter((v) => v.some((x) => x !== 0));
  // A vector shorter than half the shortest lattice vector has no shorter image.
  const safe = 0.25 * (lattice[0]!.reduce((s, x) => s + x * x, 0) * (1 - 1e-12));
  return (v, o) => {
    if (v[o]! * v[o]! + v[o + 1]! * v[o + 1]! + v[o + 2]! * v[o + 2]! <= safe) return;
    lattice.forEach((a, k) => {
      const d = dual[k]!;
      const n = Math.round(v[o]! * d[0]! + v[o + 1]! * d[1]! + v[o + 2]! * d[2]!);
      if (n !== 0) for (let c = 0; c < 3; c++) v[o + c]! -= n * a[c]!;
    });
    const [x, y, z] = [v[o]!, v[o + 1]!, v[o + 2]!];
    // A tie keeps the rounded image.
    let least = (x * x + y * y + z * z) * (1 - 1e-12);
    for (const t of images) {
      const r2 = (x + t[0]!) ** 2 + (y + t[1]!) ** 2 + (z + t[2]!) ** 2;
      if (r2 < least) {
        least = r2;
        v[o] = x + t[0]!;
        v[o + 1] = y + t[1]!;
        v[o + 2] = z + t[2]!;
      }
    }
  };
}

/**
 * The shortest periodic image of each vector.
 * @param vectors [m, 3], Å
 * @param cell rows a, b, c, [3, 3], Å
 * @returns a new array [m, 3]
 */
export function minimumImage(
  vectors: Float64Array,
  cell: Float64Array | undefined,
  periodic: Periodicity,
): Float64Array {
  const reduce = imageReducer(cell, periodic);
  const out = Float64Array.from(vectors);
  for (let o = 0; o < out.length; o += 3) reduce(out, o);
  return out;
}

/** Vectors d_k in the span of the lattice with d_k·a_l = δ_kl. */
function dualBasis(lattice: readonly (readonly number[])[]): number[][] {
  return lattice.map((a, k) => {
    // What is left of a_k after removing its components along the others, orthonormalized.
    const unit: number[][] = [];
    let rest = [...a];
    lattice.forEach((b, l) => {
      if (l === k) return;
      const u = without(b, unit);
      const norm = Math.hypot(...u);
      unit.push(u.map((x) => x / norm));
    });
    rest = without(without(rest, unit), unit);
    const scale = rest.reduce((s, x, c) => s + x * a[c]!, 0);
    return rest.map((x) => x / scale);
  });
}

function without(v: readonly number[], unit: readonly (readonly number[])[]): number[] {
  return unit.reduce<number[]>(
    (rest, u) => {
      const along = rest[0]! * u[0]! + rest[1]! * u[1]! + rest[2]! * u[2]!;
      return rest.map((x, c) => x - along * u[c]!);
    },
    [...v],
  );
}
