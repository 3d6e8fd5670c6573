import { DataError } from "../../src/errors.js";
import { clebschGordan } from "../../src/tensor/clebschGordan.js";

/**
 * Wigner matrix in the basis of real spherical harmonics: Y_l(R r̂) = D·Y_l(r̂), so a tensor of order l that belongs to
 * x becomes D·t for R x. Built upwards from the rotation itself by coupling (l−1) ⊗ 1 → l, which also covers improper rotations.
 * @param rotation orthogonal matrix, row-major [3, 3], acting on columns (x, y, z)
 * @returns row-major, shape [2l+1, 2l+1], m = −l … l
 * @throws DataError if the matrix is not orthogonal to 1e-8
 */
export function wignerMatrix(l: number, rotation: ArrayLike<number>): Float64Array {
  checkOrthogonal(rotation);
  if (l === 0) return Float64Array.of(1);
  // m = −1, 0, 1 is y, z, x.
  const axis = [1, 2, 0];
  const vector = new Float64Array(9);
  for (let m = 0; m < 3; m++) for (let k = 0; k < 3; k++) vector[3 * m + k] = rotation[3 * axis[m]! + axis[k]!]!;
  let d: Float64Array = vector;
  for (let degree = 2; degree <= l; degree++) d = coupled(d, vector, degree);
  return d;
}

/** D_l from D_{l−1} and D_1. */
function coupled(lower: Float64Array, vector: Float64Array, l: number): Float64Array {
  const [n, below] = [2 * l + 1, 2 * l - 1];
  const c = clebschGordan(l - 1, 1, l);
  // half[m1][m2][M′] = Σ D_{l−1}[m1][m1′]·D_1[m2][m2′]·C[m1′][m2′][M′]
  const half = new Float64Array(below * 3 * n);
  for (let m1 = 0; m1 < below; m1++)
    for (let m2 = 0; m2 < 3; m2++)
      for (let k1 = 0; k1 < below; k1++)
        for (let k2 = 0; k2 < 3; k2++) {
          const factor = lower[m1 * below + k1]! * vector[3 * m2 + k2]!;
          for (let m = 0; m < n; m++) half[(m1 * 3 + m2) * n + m]! += factor * c[(k1 * 3 + k2) * n + m]!;
        }
  const d = new Float64Array(n * n);
  for (let pair = 0; pair < 3 * below; pair++)
    for (let m = 0; m < n; m++) for (let k = 0; k < n; k++) d[m * n + k]! += c[pair * n + m]! * half[pair * n + k]!;
  return d;
}

function checkOrthogonal(r: ArrayLike<number>): void {
  let worst = 0;
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++) {
      let dot = i === j ? -1 : 0;
      for (let k = 0; k < 3; k++) dot += r[3 * i + k]! * r[3 * j + k]!;
      worst = Math.max(worst, Math.abs(dot));
      if (Number.isNaN(dot)) worst = Number.NaN;
    }
  if (!(r.length === 9 && worst < 1e-8))
    throw new DataError({ where: "wignerMatrix", problem: `the matrix is not orthogonal (R·Rᵀ − 1 up to ${worst})` });
}
