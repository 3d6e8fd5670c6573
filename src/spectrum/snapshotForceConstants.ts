/** Force constants from supercells in which every atom is displaced. */
import { DataError } from "../errors.js";
import { symmetricEigen } from "../math/eigen.js";
import { type Matrix, matrix } from "../math/matrix.js";
import { rotateTensor } from "../structure/rotateTensor.js";
import type { SymmetryOperation } from "../structure/symmetryOperation.js";
import type { DisplacedForces, SnapshotForces } from "./displacedForces.js";

/** Directions below this fraction of the largest eigenvalue of Σ u uᵀ count as not displaced. */
const smallest = 1e-8;

/**
 * Φ of F = −Φu by least squares over all sets and their images under every operation, u without uniform translations:
 * Φ = −(Σ F uᵀ)(Σ u uᵀ)⁺. The images make Φ as symmetric as the structure, and span what the sets leave out.
 * @param n number of atoms
 * @returns [3n, 3n], eV/Å², not yet symmetric in its indices
 * @throws DataError if all images together leave directions undetermined
 */
export function fitSnapshots(
  n: number,
  sets: readonly (DisplacedForces | SnapshotForces)[],
  operations: readonly SymmetryOperation[],
): Matrix {
  const n3 = 3 * n;
  const square = matrix(n3, n3);
  const product = matrix(n3, n3);
  for (const set of sets) {
    const u = withoutTranslation("atom" in set ? alone(set, n) : set.displacements);
    for (const { rotation, permutation } of operations) {
      const v = moved(u, rotation, permutation);
      addOuter(square, v, v, 1);
      addOuter(product, moved(set.forces, rotation, permutation), v, -1);
    }
  }
  const { values, vectors } = symmetricEigen(square);
  const largest = values[n3 - 1]!;
  const spanned = values.filter((v) => v > smallest * largest).length;
  if (spanned < n3 - 3)
    throw new DataError({
      where: "forceConstants",
      problem: `the displacements and their symmetry images span ${spanned} of ${n3 - 3} directions`,
      advice: "give more displaced supercells",
    });
  // product · V λ⁻¹ Vᵀ
  const inverse = matrix(n3, n3);
  for (let k = n3 - spanned; k < n3; k++) {
    const column = Float64Array.from({ length: n3 }, (_, i) => vectors.values[i * n3 + k]!);
    addOuter(inverse, column, column, 1 / values[k]!);
  }
  const phi = matrix(n3, n3);
  for (let i = 0; i < n3; i++)
    for (let k = 0; k < n3; k++) {
      const p = product.values[i * n3 + k]!;
      if (p !== 0) for (let j = 0; j < n3; j++) phi.values[i * n3 + j]! += p * inverse.values[k * n3 + j]!;
    }
  return phi;
}

function alone({ atom, displacement }: DisplacedForces, n: number): Float64Array {
  const u = new Float64Array(3 * n);
  u.set(displacement, 3 * atom);
  return u;
}

function withoutTranslation(u: Float64Array): Float64Array {
  const n = u.length / 3;
  const mean = [0, 1, 2].map((c) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += u[3 * i + c]!;
    return sum / n;
  });
  return u.map((x, k) => x - mean[k % 3]!);
}

function moved(vectors: Float64Array, rotation: Float64Array, permutation: Int32Array): Float64Array {
  const out = new Float64Array(vectors.length);
  for (let i = 0; i < permutation.length; i++)
    out.set(rotateTensor(rotation, vectors.subarray(3 * i, 3 * i + 3)), 3 * permutation[i]!);
  return out;
}

function addOuter({ values, columns }: Matrix, a: Float64Array, b: Float64Array, factor: number): void {
  for (let i = 0; i < a.length; i++) {
    const x = factor * a[i]!;
    for (let j = 0; j < b.length; j++) values[i * columns + j]! += x * b[j]!;
  }
}
