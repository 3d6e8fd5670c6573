import { OptionError, ShapeError } from "../errors.js";

/** Order of an irreducible spherical tensor: 0 scalar, 1 vector, 2 traceless symmetric. */
export type TensorOrder = 0 | 1 | 2;

/**
 * Orders in which files and programs list the six components of a symmetric tensor; the diagonal always comes as xx yy zz first
 * except in the row-wise upper triangle.
 */
export type SymmetricOrder = "xx yy zz xy yz zx" | "xx yy zz yz xz xy" | "xx xy xz yy yz zz" | "xx yy zz xy xz yz";

/** Row and column of "xx", "xy", … in a 3×3 matrix, as a flat index; off-diagonals in the upper triangle. */
const FLAT: Readonly<Record<string, number>> = { xx: 0, xy: 1, xz: 2, zx: 2, yy: 4, yz: 5, zz: 8 };
const ORDERS: readonly SymmetricOrder[] = [
  "xx yy zz xy yz zx",
  "xx yy zz yz xz xy",
  "xx xy xz yy yz zz",
  "xx yy zz xy xz yz",
];

/** (x, y, z) → irreducible components m = −1, 0, 1, which are (y, z, x). */
export function vectorToIrreducible(v: ArrayLike<number>): Float64Array {
  expectLength(v, 3, "vectorToIrreducible");
  return Float64Array.of(v[1]!, v[2]!, v[0]!);
}

/** Irreducible components m = −1, 0, 1 → (x, y, z). */
export function irreducibleToVector(t: ArrayLike<number>): Float64Array {
  expectLength(t, 3, "irreducibleToVector");
  return Float64Array.of(t[2]!, t[0]!, t[1]!);
}

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

/**
 * Six listed components → 3×3 matrix.
 * @param components in the stated order
 * @throws OptionError for an unknown order
 */
export function symmetricFromComponents(components: ArrayLike<number>, order: SymmetricOrder): Float64Array {
  expectLength(components, 6, "symmetricFromComponents");
  const t = new Float64Array(9);
  places(order).forEach((flat, i) => {
    t[flat] = components[i]!;
    t[(flat % 3) * 3 + Math.floor(flat / 3)] = components[i]!;
  });
  return t;
}

/** 3×3 matrix → six components in the stated order; the mean of both off-diagonal partners. */
export function symmetricToComponents(t: ArrayLike<number>, order: SymmetricOrder): Float64Array {
  expectLength(t, 9, "symmetricToComponents");
  return Float64Array.from(places(order), (flat) => 0.5 * (t[flat]! + t[(flat % 3) * 3 + Math.floor(flat / 3)]!));
}

function places(order: SymmetricOrder): number[] {
  if (!ORDERS.includes(order))
    throw new OptionError({
      where: "order of tensor components",
      problem: `"${order}" is unknown`,
      advice: `known: ${ORDERS.join(" | ")}`,
    });
  return order.split(" ").map((name) => FLAT[name]!);
}

function expectLength(a: ArrayLike<number>, length: number, where: string): void {
  if (a.length !== length) throw new ShapeError({ where, problem: `${a.length} numbers, expected ${length}` });
}
