import { symmetricEigen } from "../math/eigen.js";
import { matrix } from "../math/matrix.js";

/** S^(−1/2) of a symmetric positive matrix (Löwdin) and its condition number, infinite if it is not positive. */
export function inverseSquareRoot(s: Float64Array, n: number): { matrix: Float64Array; condition: number } {
  const { values, vectors } = symmetricEigen(matrix(n, n, s));
  const root = new Float64Array(n * n);
  values.forEach((value, k) => {
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++)
        root[i * n + j]! += (vectors.values[i * n + k]! * vectors.values[j * n + k]!) / Math.sqrt(value);
  });
  return { matrix: root, condition: values[0]! > 0 ? values[n - 1]! / values[0]! : Number.POSITIVE_INFINITY };
}
