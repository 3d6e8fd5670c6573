/** What is drawn at atoms beside balls: tensors as ellipsoids, vectors as arrows. */
import { DataError, ShapeError } from "../errors.js";
import { symmetricEigen } from "../math/eigen.js";
import { matrix } from "../math/matrix.js";
import type { ShownAtom, Vector } from "./structureImages.js";

/** Ellipsoid of the symmetric part of a tensor. */
export interface Ellipsoid {
  readonly centre: Vector;
  /** Eigenvalues, ascending, in the unit of the tensor. */
  readonly values: Vector;
  /** Semi-axes, Å: the eigenvectors times |eigenvalue| and the scale. */
  readonly axes: readonly [Vector, Vector, Vector];
}

/** An arrow from the surface of an atom. */
export interface Arrow {
  readonly from: Vector;
  readonly to: Vector;
}

/**
 * Ellipsoids of the symmetric parts of tensors [n, 3, 3]; the longest semi-axis of all is `size` Å.
 * @throws ShapeError | DataError if the tensors do not fit the atoms or are not finite
 */
export function ellipsoids(
  tensors: Float64Array,
  atoms: number,
  shown: readonly ShownAtom[],
  size: number,
): readonly Ellipsoid[] {
  check(tensors, 9, atoms, "bornCharges");
  const eigen = Array.from({ length: atoms }, (_, i) => symmetricEigen(matrix(3, 3, tensors.slice(9 * i, 9 * i + 9))));
  const largest = Math.max(...eigen.flatMap((e) => Array.from(e.values, Math.abs)));
  const scale = largest > 0 ? size / largest : 0;
  return shown.map(({ atom, position }) => {
    const { values, vectors } = eigen[atom]!;
    const axis = (k: number): Vector => {
      // No thinner than a sheet: an axis of no length has no direction to draw in.
      const length = Math.max(Math.abs(values[k]!) * scale, 0.01 * size);
      return [length * vectors.values[k]!, length * vectors.values[3 + k]!, length * vectors.values[6 + k]!];
    };
    return { centre: position, values: [values[0]!, values[1]!, values[2]!], axes: [axis(0), axis(1), axis(2)] };
  });
}

/**
 * Arrows along vectors [n, 3], the longest `size` Å, the others in proportion; none where shorter than a fiftieth of it.
 * Each starts at the surface of its ball.
 * @param radii Å, one per atom
 */
export function arrows(
  vectors: Float64Array,
  shown: readonly ShownAtom[],
  radii: readonly number[],
  size: number,
): readonly Arrow[] {
  check(vectors, 3, radii.length, "displacements");
  const lengths = radii.map((_, i) => Math.hypot(vectors[3 * i]!, vectors[3 * i + 1]!, vectors[3 * i + 2]!));
  const longest = Math.max(...lengths);
  return shown.flatMap(({ atom, position }): Arrow[] => {
    const length = lengths[atom]!;
    if (!(length > 0.02 * longest)) return [];
    const end = (reach: number): Vector => [
      position[0] + (reach * vectors[3 * atom]!) / length,
      position[1] + (reach * vectors[3 * atom + 1]!) / length,
      position[2] + (reach * vectors[3 * atom + 2]!) / length,
    ];
    const start = 0.9 * radii[atom]!;
    return [{ from: end(start), to: end(start + (size * length) / longest) }];
  });
}

function check(values: Float64Array, each: number, atoms: number, where: string): void {
  if (values.length !== each * atoms)
    throw new ShapeError({
      where,
      problem: `${values.length} numbers for ${atoms} atoms, expected ${each} per atom: ${each * atoms}`,
    });
  const bad = values.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) throw new DataError({ where, problem: `a value of atom ${Math.floor(bad / each)} is ${values[bad]}` });
}
