import { EigenvalueDecomposition, Matrix } from "ml-matrix";

/** S^(−1/2) of a symmetric positive matrix (Löwdin) and its condition number, infinite if it is not positive. */
export function inverseSquareRoot(s: Float64Array, n: number): { matrix: Float64Array; condition: number } {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(Matrix.from1DArray(n, n, s), {
    assumeSymmetric: true,
  });
  const [low, high] = [Math.min(...realEigenvalues), Math.max(...realEigenvalues)];
  const matrix = new Float64Array(n * n);
  realEigenvalues.forEach((value, k) => {
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++)
        matrix[i * n + j]! += (eigenvectorMatrix.get(i, k) * eigenvectorMatrix.get(j, k)) / Math.sqrt(value);
  });
  return { matrix, condition: low > 0 ? high / low : Number.POSITIVE_INFINITY };
}
