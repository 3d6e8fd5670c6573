import { DataError } from "../errors.js";
import { symmetricEigen } from "../math/eigen.js";
import {
  cross3 as cross,
  dot3 as dot,
  minus3 as minus,
  norm3 as norm,
  plus3 as plus,
  times3 as times,
  type Vector3,
} from "../math/vector3.js";

/** A bond length (Å), an angle (rad; the middle atom is its vertex) or a dihedral (rad; the planes share the middle pair). */
export type InternalCoordinate =
  | { readonly kind: "bond"; readonly atoms: readonly [number, number] }
  | { readonly kind: "angle"; readonly atoms: readonly [number, number, number] }
  | { readonly kind: "dihedral"; readonly atoms: readonly [number, number, number, number] };

/** Value of each coordinate: Å, and rad in [0, π] for angles, in (−π, π] for dihedrals. @param positions [n, 3], Å */
export function internalValues(coordinates: readonly InternalCoordinate[], positions: Float64Array): Float64Array {
  return Float64Array.from(coordinates, (q) => evaluate(q, positions).value);
}

/** `to` − `from`, dihedrals through the shorter way round. Both as from {@link internalValues}. */
export function internalDifference(
  coordinates: readonly InternalCoordinate[],
  from: Float64Array,
  to: Float64Array,
): Float64Array {
  return Float64Array.from(coordinates, (q, k) => {
    const d = to[k]! - from[k]!;
    return q.kind === "dihedral" ? d - 2 * Math.PI * Math.round(d / (2 * Math.PI)) : d;
  });
}

/**
 * Wilson's B matrix B = ∂q/∂x, analytic (Wilson, Decius and Cross, Molecular Vibrations (1955), ch. 4).
 * @param positions [n, 3], Å
 * @returns [coordinates, 3n], 1 or rad/Å
 */
export function wilsonMatrix(coordinates: readonly InternalCoordinate[], positions: Float64Array): Float64Array {
  const columns = positions.length;
  const b = new Float64Array(coordinates.length * columns);
  coordinates.forEach((q, row) => {
    evaluate(q, positions).gradient.forEach((g, a) => {
      for (let c = 0; c < 3; c++) b[row * columns + 3 * q.atoms[a]! + c]! += g[c]!;
    });
  });
  return b;
}

/**
 * Generalised inverse B⁺ = M⁻¹Bᵀ(B M⁻¹ Bᵀ)⁺, [3n, m]: displacements that follow from changes of internal coordinates and fulfil
 * Eckart's conditions to first order. Redundant coordinates are allowed.
 * @param b B, [m, 3n]
 * @param masses one per atom
 * @returns the inverse and the rank of B
 */
export function wilsonInverse(
  b: Float64Array,
  masses: Float64Array,
): { readonly inverse: Float64Array; readonly rank: number } {
  const columns = 3 * masses.length;
  const m = b.length / columns;
  const weighted = b.map((x, p) => x / masses[Math.floor((p % columns) / 3)]!);
  const g = new Float64Array(m * m);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < m; j++)
      for (let p = 0; p < columns; p++) g[i * m + j]! += b[i * columns + p]! * weighted[j * columns + p]!;
  const { values, vectors } = symmetricEigen({ rows: m, columns: m, values: g });
  // Zeros come out at rounding, 1e-16 of the largest; the softest real coordinates lie above 1e-6 of it.
  const threshold = 1e-10 * Math.max(...values);
  const kept = [...values.keys()].filter((k) => values[k]! > threshold);
  const inverse = new Float64Array(columns * m);
  for (const k of kept) {
    const v = (i: number) => vectors.values[i * m + k]!;
    for (let p = 0; p < columns; p++) {
      let u = 0;
      for (let i = 0; i < m; i++) u += weighted[i * columns + p]! * v(i);
      u /= values[k]!;
      for (let j = 0; j < m; j++) inverse[p * m + j]! += u * v(j);
    }
  }
  return { inverse, rank: kept.length };
}

function evaluate(
  q: InternalCoordinate,
  x: Float64Array,
): { readonly value: number; readonly gradient: readonly Vector3[] } {
  const at = (a: number): Vector3 => [x[3 * a]!, x[3 * a + 1]!, x[3 * a + 2]!];
  switch (q.kind) {
    case "bond":
      return bond(at(q.atoms[0]), at(q.atoms[1]), q);
    case "angle":
      return angle(at(q.atoms[0]), at(q.atoms[1]), at(q.atoms[2]), q);
    case "dihedral":
      return dihedral(at(q.atoms[0]), at(q.atoms[1]), at(q.atoms[2]), at(q.atoms[3]), q);
  }
}

function bond(a: Vector3, b: Vector3, q: InternalCoordinate) {
  const d = minus(a, b);
  const value = norm(d);
  if (!(value > 1e-8)) throw undefinedCoordinate(q, "the atoms coincide");
  return { value, gradient: [times(d, 1 / value), times(d, -1 / value)] };
}

function angle(a: Vector3, vertex: Vector3, b: Vector3, q: InternalCoordinate) {
  const [u, v] = [minus(a, vertex), minus(b, vertex)];
  const [lu, lv] = [norm(u), norm(v)];
  const normal = cross(u, v);
  const sine = norm(normal) / (lu * lv);
  const cosine = dot(u, v) / (lu * lv);
  if (!(sine > 1e-7)) throw undefinedCoordinate(q, "the three atoms lie on a line");
  // Perpendicular to each leg within the plane, pointing away from the other leg.
  const ga = times(cross(u, normal), 1 / (lu * lu * lu * lv * sine));
  const gb = times(cross(normal, v), 1 / (lv * lv * lv * lu * sine));
  return { value: Math.atan2(sine, cosine), gradient: [ga, times(plus(ga, gb), -1), gb] };
}

/** Blondel and Karplus, J. Comput. Chem. 17, 1132 (1996), eqs. 2–7 and 27. */
function dihedral(i: Vector3, j: Vector3, k: Vector3, l: Vector3, q: InternalCoordinate) {
  const [f, g, h] = [minus(i, j), minus(j, k), minus(l, k)];
  const [a, b] = [cross(f, g), cross(h, g)];
  const [aa, bb, lg] = [dot(a, a), dot(b, b), norm(g)];
  if (!(aa > 1e-14 * dot(f, f) * lg * lg && bb > 1e-14 * dot(h, h) * lg * lg))
    throw undefinedCoordinate(q, "three of its atoms lie on a line");
  const value = Math.atan2(dot(cross(b, a), g) / lg, dot(a, b));
  const gi = times(a, -lg / aa);
  const gl = times(b, lg / bb);
  const middle = minus(times(a, dot(f, g) / (aa * lg)), times(b, dot(h, g) / (bb * lg)));
  return { value, gradient: [gi, minus(middle, gi), minus(times(middle, -1), gl), gl] };
}

function undefinedCoordinate(q: InternalCoordinate, why: string): DataError {
  return new DataError({
    where: `${q.kind} ${q.atoms.join("-")}`,
    problem: why,
    advice: "use the Eckart frame instead",
  });
}
