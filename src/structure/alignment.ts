import { ShapeError } from "../errors.js";
import { symmetricEigen } from "../math/eigen.js";
import { nine } from "../math/matrix3.js";
import { requireSameAtoms } from "./displacement.js";
import { atomicMasses } from "./elements.js";
import type { Structure } from "./structure.js";

/** How a structure lies relative to a reference: x_i ≈ rotation·(x⁰_i − referenceCenter) + center. */
export interface Alignment {
  /** Proper rotation from the reference (body) frame to the structure's frame, [3, 3], row-major. */
  readonly rotation: Float64Array;
  /** Centre of mass of the reference, [3], Å. */
  readonly referenceCenter: Float64Array;
  /** Centre of mass of the structure, [3], Å. */
  readonly center: Float64Array;
  /** What remains, seen from the body frame: rotationᵀ·(x − center) − (x⁰ − referenceCenter), [n, 3], Å. */
  readonly displacements: Float64Array;
}

/**
 * Superposes a molecule on its reference by the proper rotation that minimises Σ m |displacement|², from the quaternion form of
 * the problem (Horn, J. Opt. Soc. Am. A 4, 629 (1987)); never a reflection, also for planar molecules. The result fulfils Eckart's
 * conditions Σ m d = 0 and Σ m x⁰ × d = 0 (Kudin and Dymarsky, J. Chem. Phys. 122, 224105 (2005)). For a linear
 * molecule the turn about its axis is free; the smallest rotation is taken.
 * @param masses weights, one per atom, default standard atomic weights, u
 * @throws ShapeError if the atoms differ
 */
export function align(reference: Structure, target: Structure, masses = atomicMasses(reference.species)): Alignment {
  requireSameAtoms(reference, target, "align");
  if (masses.length !== reference.species.length)
    throw new ShapeError({ where: "align", problem: `${masses.length} masses for ${reference.species.length} atoms` });
  const referenceCenter = weightedCenter(reference.positions, masses);
  const center = weightedCenter(target.positions, masses);
  const rotation = bestRotation(reference.positions, referenceCenter, target.positions, center, masses);
  const displacements = new Float64Array(target.positions.length);
  for (let i = 0; i < masses.length; i++)
    for (let c = 0; c < 3; c++) {
      let body = 0;
      for (let d = 0; d < 3; d++) body += rotation[3 * d + c]! * (target.positions[3 * i + d]! - center[d]!);
      displacements[3 * i + c] = body - (reference.positions[3 * i + c]! - referenceCenter[c]!);
    }
  return { rotation, referenceCenter, center, displacements };
}

/** Σ w x / Σ w, [3]. @param positions [n, 3] */
export function weightedCenter(positions: Float64Array, weights: Float64Array): Float64Array {
  const center = new Float64Array(3);
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    total += weights[i]!;
    for (let c = 0; c < 3; c++) center[c]! += weights[i]! * positions[3 * i + c]!;
  }
  return center.map((x) => x / total);
}

function bestRotation(
  a: Float64Array,
  ca: Float64Array,
  b: Float64Array,
  cb: Float64Array,
  weights: Float64Array,
): Float64Array {
  const s = new Float64Array(9);
  for (let i = 0; i < weights.length; i++)
    for (let c = 0; c < 3; c++)
      for (let d = 0; d < 3; d++) s[3 * c + d]! += weights[i]! * (a[3 * i + c]! - ca[c]!) * (b[3 * i + d]! - cb[d]!);
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = nine(s);
  // biome-ignore format: a matrix
  const n = Float64Array.of(
    xx + yy + zz, yz - zy, zx - xz, xy - yx,
    yz - zy, xx - yy - zz, xy + yx, zx + xz,
    zx - xz, xy + yx, yy - xx - zz, yz + zy,
    xy - yx, zx + xz, yz + zy, zz - xx - yy,
  );
  return quaternionMatrix(topEigenvector(n));
}

/** Eigenvector of the largest eigenvalue; within a degenerate one (linear molecule, single atom) the closest to no rotation. */
function topEigenvector(n: Float64Array): readonly number[] {
  const { values, vectors } = symmetricEigen({ rows: 4, columns: 4, values: n });
  const column = (k: number) => [0, 1, 2, 3].map((r) => vectors.values[4 * r + k]!);
  const scale = Math.max(values[3]!, -values[0]!);
  const degenerate = [0, 1, 2, 3].filter((k) => values[3]! - values[k]! <= 1e-10 * scale);
  // The projection of the identity (1, 0, 0, 0) on the eigenspace.
  const projected = [0, 1, 2, 3].map((r) => degenerate.reduce((sum, k) => sum + column(k)[0]! * column(k)[r]!, 0));
  return degenerate.length > 1 && Math.hypot(...projected) > 1e-6 ? projected : column(3);
}

function quaternionMatrix(q: readonly number[]): Float64Array {
  const norm = Math.hypot(...q);
  const [w, x, y, z] = q.map((v) => v / norm) as [number, number, number, number];
  // biome-ignore format: a matrix
  return Float64Array.of(
    1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),
    2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
    2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y),
  );
}
