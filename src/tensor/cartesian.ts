import { ShapeError } from "../errors.js";

/** Order of an irreducible spherical tensor: 0 scalar, 1 vector, 2 traceless symmetric. */
export type TensorOrder = 0 | 1 | 2;

/** Cartesian axis of the irreducible components m = −1, 0, 1 of a vector, which are y, z, x. */
export const VECTOR_AXES: readonly [number, number, number] = [1, 2, 0];

/** The two irreducible parts of a symmetric tensor. */
export interface SymmetricParts {
  /** λ = 0: trace/√3. */
  readonly scalar: number;
  /** λ = 2, m = −2 … 2: √2·xy, √2·yz, (2zz−xx−yy)/√6, √2·xz, (xx−yy)/√2. */
  readonly traceless: Float64Array;
}

/**
 * Symmetric tensor → λ = 0 and λ = 2 parts. The map is orthonormal: scalar² + |traceless|² is the squared Frobenius norm.
 * An antisymmetric part is projected out.
 * @param t row-major [3, 3]
 */
export function symmetricToIrreducible(t: ArrayLike<number>): SymmetricParts {
  expectLength(t, 9, "symmetricToIrreducible");
  const [xx, yy, zz] = [t[0]!, t[4]!, t[8]!];
  return {
    scalar: (xx + yy + zz) / Math.sqrt(3),
    traceless: Float64Array.of(
      (t[1]! + t[3]!) * Math.SQRT1_2,
      (t[5]! + t[7]!) * Math.SQRT1_2,
      (2 * zz - xx - yy) / Math.sqrt(6),
      (t[2]! + t[6]!) * Math.SQRT1_2,
      (xx - yy) * Math.SQRT1_2,
    ),
  };
}

/** Inverse of {@link symmetricToIrreducible}. @returns row-major [3, 3], symmetric */
export function irreducibleToSymmetric(parts: {
  readonly scalar: number;
  readonly traceless: ArrayLike<number>;
}): Float64Array {
  expectLength(parts.traceless, 5, "irreducibleToSymmetric");
  const [xy, yz, axial, xz, planar] = Array.from(parts.traceless, (v) => v * Math.SQRT1_2) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const mean = parts.scalar / Math.sqrt(3);
  const third = axial / Math.sqrt(3);
  // biome-ignore format: a matrix
  return Float64Array.of(
    mean - third + planar, xy, xz,
    xy, mean - third - planar, yz,
    xz, yz, mean + 2 * third,
  );
}

function expectLength(a: ArrayLike<number>, length: number, where: string): void {
  if (a.length !== length) throw new ShapeError({ where, problem: `${a.length} numbers, expected ${length}` });
}
