import { determinant3 } from "../math/matrix3.js";
import {
  cross3 as cross,
  dot3 as dot,
  norm3 as length,
  minus3 as minus,
  plus3 as plus,
  times3 as scale,
  type Vector3,
} from "../math/vector3.js";
import { weightedCenter } from "./alignment.js";
import { isLinear } from "./chooseCoordinates.js";
import { atomicMasses } from "./elements.js";
import { nearestOrthogonal } from "./orthogonal.js";
import { schoenflies } from "./schoenflies.js";
import type { Structure } from "./structure.js";
import type { SymmetryOperation } from "./symmetryOperation.js";

/**
 * Point-group operations of a molecule about its centre of mass. An operation is fixed by the images of two atoms that span a plane
 * with the centre, up to a reflection in that plane; all images at the right distances are tried. Linear molecules and atoms, whose groups are
 * continuous, get a finite subgroup that averages tensors up to rank 7 (D8h, C8v) or 3 (Oh) as the full one would.
 */
export function pointGroup(
  s: Structure,
  tolerance: number,
): { readonly symbol: string; readonly operations: readonly SymmetryOperation[] } {
  const center = weightedCenter(s.positions, atomicMasses(s.species));
  const x = s.species.map(
    (_, i): Vector3 => [0, 1, 2].map((c) => s.positions[3 * i + c]! - center[c]!) as unknown as Vector3,
  );
  const linear = isLinear(s);
  const candidates = s.species.length === 1 ? cubic() : linear ? axial(x) : planes(s.species, x, tolerance);
  const operations = candidates.flatMap((rotation): SymmetryOperation[] => {
    const permutation = permutationOf(s.species, x, rotation, tolerance);
    if (!permutation) return [];
    const refined = linear ? rotation : refine(x, permutation, rotation);
    const translation = Float64Array.from(
      center,
      (c, d) => c - dot(row(refined, d), [center[0]!, center[1]!, center[2]!]),
    );
    return [{ rotation: refined, translation, permutation }];
  });
  const inverted = operations.some((o) => o.rotation.every((v, p) => Math.abs(v + (p % 4 === 0 ? 1 : 0)) < 1e-2));
  const symbol =
    s.species.length === 1
      ? "Kh"
      : linear
        ? inverted
          ? "D∞h"
          : "C∞v"
        : schoenflies(operations.map((o) => o.rotation));
  return { symbol, operations };
}

function planes(species: readonly string[], x: readonly Vector3[], tolerance: number): Float64Array[] {
  const alike = (i: number, j: number) =>
    species[i] === species[j] && Math.abs(length(x[i]!) - length(x[j]!)) < 2 * tolerance;
  const atoms = x.map((_, i) => i);
  const count = (i: number) => atoms.filter((j) => alike(i, j)).length;
  // The pair with the fewest images among those that span a plane about as well as any.
  const usable = atoms.filter((i) => length(x[i]!) > 0.1);
  const sine = (i: number, j: number) => length(cross(x[i]!, x[j]!)) / (length(x[i]!) * length(x[j]!));
  const widest = usable.reduce((most, i) => usable.reduce((m, j) => Math.max(m, sine(i, j)), most), 0);
  const spans = (i: number, j: number) => sine(i, j) > 0.3 * widest;
  const all = usable.flatMap((i) => usable.filter((j) => j !== i && spans(i, j)).map((j) => [i, j] as const));
  const [a, b] = all.reduce((best, p) => (count(p[0]) * count(p[1]) < count(best[0]) * count(best[1]) ? p : best));
  const from = frame(x[a]!, x[b]!);
  const found: Float64Array[] = [];
  for (const i of atoms)
    for (const j of atoms) {
      if (i === j || !alike(i, a) || !alike(j, b) || !spans(i, j)) continue;
      if (Math.abs(length(minus(x[i]!, x[j]!)) - length(minus(x[a]!, x[b]!))) > 4 * tolerance) continue;
      const to = frame(x[i]!, x[j]!);
      for (const sign of [1, -1]) found.push(between(from, [to[0], to[1], scale(to[2], sign)]));
    }
  return found;
}

/** Finite subgroup of C∞v and D∞h about the axis of a linear molecule. */
function axial(x: readonly Vector3[]): Float64Array[] {
  const far = x.reduce((a, b) => (length(b) > length(a) ? b : a));
  const axis = scale(far, 1 / length(far));
  const other: Vector3 = Math.abs(axis[0]) < 0.7 ? [1, 0, 0] : [0, 1, 0];
  const [z, u, v] = frame(axis, other);
  return [1, -1].flatMap((flip) =>
    [1, -1].flatMap((mirror) =>
      Array.from({ length: 8 }, (_, k) => {
        const [c, s] = [Math.cos((k * Math.PI) / 4), Math.sin((k * Math.PI) / 4)];
        const turnedU = plus(scale(u, c), scale(v, s));
        const turnedV = scale(plus(scale(u, -s), scale(v, c)), mirror);
        return between([z, u, v], [scale(z, flip), turnedU, turnedV]);
      }),
    ),
  );
}

/** Oh: signed permutations of the axes. */
function cubic(): Float64Array[] {
  const orders = [
    [0, 1, 2],
    [1, 2, 0],
    [2, 0, 1],
    [0, 2, 1],
    [2, 1, 0],
    [1, 0, 2],
  ];
  return orders.flatMap((order) =>
    Array.from({ length: 8 }, (_, bits) => {
      const m = new Float64Array(9);
      order.forEach((c, r) => {
        m[3 * r + c] = (bits >> r) & 1 ? -1 : 1;
      });
      return m;
    }),
  );
}

function permutationOf(
  species: readonly string[],
  x: readonly Vector3[],
  r: Float64Array,
  tolerance: number,
): Int32Array | undefined {
  const taken = new Set<number>();
  const permutation = new Int32Array(x.length);
  for (let i = 0; i < x.length; i++) {
    const image: Vector3 = [dot(row(r, 0), x[i]!), dot(row(r, 1), x[i]!), dot(row(r, 2), x[i]!)];
    const j = x.findIndex(
      (y, k) => !taken.has(k) && species[k] === species[i] && length(minus(image, y)) < 4 * tolerance,
    );
    if (j < 0) return undefined;
    taken.add(j);
    permutation[i] = j;
  }
  return permutation;
}

/** The orthogonal matrix that maps the atoms onto their images best, on the side (proper or not) of `rotation`. */
function refine(x: readonly Vector3[], permutation: Int32Array, rotation: Float64Array): Float64Array {
  const m = new Float64Array(9);
  x.forEach((from, i) => {
    const to = x[permutation[i]!]!;
    for (let c = 0; c < 3; c++) for (let d = 0; d < 3; d++) m[3 * c + d]! += to[c]! * from[d]!;
  });
  // A planar molecule leaves the normal undetermined: it goes where `rotation` takes it.
  const normal = planeNormal(x);
  if (normal) {
    const image: Vector3 = [
      dot(row(rotation, 0), normal),
      dot(row(rotation, 1), normal),
      dot(row(rotation, 2), normal),
    ];
    for (let c = 0; c < 3; c++) for (let d = 0; d < 3; d++) m[3 * c + d]! += image[c]! * normal[d]!;
  }
  const refined = nearestOrthogonal(m);
  return determinant3(refined) * determinant3(rotation) > 0 ? refined : rotation;
}

function planeNormal(x: readonly Vector3[]): Vector3 | undefined {
  const normals = x.flatMap((a, i) => x.slice(i + 1).map((b) => cross(a, b)));
  const best = normals.reduce((a, b) => (length(b) > length(a) ? b : a));
  const unit = scale(best, 1 / length(best));
  return x.every((a) => Math.abs(dot(a, unit)) < 1e-3) ? unit : undefined;
}

/** Orthonormal vectors: along a, in the plane of a and b, normal to it. */
function frame(a: Vector3, b: Vector3): readonly [Vector3, Vector3, Vector3] {
  const first = scale(a, 1 / length(a));
  const normal = cross(a, b);
  const third = scale(normal, 1 / length(normal));
  return [first, cross(third, first), third];
}

/** The matrix that takes each vector of one orthonormal frame to that of the other. */
function between(from: readonly Vector3[], to: readonly Vector3[]): Float64Array {
  return Float64Array.from({ length: 9 }, (_, p) =>
    from.reduce((sum, f, k) => sum + to[k]![Math.floor(p / 3)]! * f[p % 3]!, 0),
  );
}

const row = (m: Float64Array, r: number): Vector3 => [m[3 * r]!, m[3 * r + 1]!, m[3 * r + 2]!];
