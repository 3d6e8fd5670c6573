/** Eigenvalues of small dense matrices (up to a few hundred rows), by ml-matrix. */
import { EigenvalueDecomposition, Matrix as MlMatrix } from "ml-matrix";
import { DataError, ShapeError } from "../errors.js";
import { type Matrix, matrix } from "./matrix.js";

/** A = V diag(values) Vᵀ. */
export interface SymmetricEigen {
  /** Ascending. */
  readonly values: Float64Array;
  /** Orthonormal eigenvectors as columns, in the order of the values; the largest component of each is positive. */
  readonly vectors: Matrix;
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix; the mean of both triangles is taken.
 * @throws ShapeError unless it is square
 * @throws DataError if a value is not finite
 */
export function symmetricEigen(a: Matrix): SymmetricEigen {
  const n = a.rows;
  if (n !== a.columns) {
    throw new ShapeError({ where: "symmetricEigen", problem: `expected a square matrix, found ${n} × ${a.columns}` });
  }
  const symmetric = fill(a, (i, j) => 0.5 * (a.values[i * n + j]! + a.values[j * n + i]!));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(symmetric, { assumeSymmetric: true });
  const order = realEigenvalues.map((_, k) => k).sort((k, l) => realEigenvalues[k]! - realEigenvalues[l]!);
  const vectors = matrix(n, n);
  order.forEach((source, k) => {
    const sign = leadingSign(n, (i) => eigenvectorMatrix.get(i, source));
    for (let i = 0; i < n; i++) vectors.values[i * n + k] = sign * eigenvectorMatrix.get(i, source);
  });
  return { values: Float64Array.from(order, (k) => realEigenvalues[k]!), vectors };
}

function fill(a: Matrix, value: (i: number, j: number) => number): MlMatrix {
  const result = MlMatrix.zeros(a.rows, a.columns);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < a.columns; j++) {
      const x = value(i, j);
      if (!Number.isFinite(x)) throw new DataError({ where: `matrix element (${i}, ${j})`, problem: `found ${x}` });
      result.set(i, j, x);
    }
  }
  return result;
}

/** Sign of the component of largest magnitude (the first such one), which fixes a vector's arbitrary sign. */
function leadingSign(n: number, component: (i: number) => number): number {
  let largest = 0;
  for (let i = 0; i < n; i++) if (Math.abs(component(i)) > Math.abs(largest) * (1 + 1e-9)) largest = component(i);
  return largest < 0 ? -1 : 1;
}
