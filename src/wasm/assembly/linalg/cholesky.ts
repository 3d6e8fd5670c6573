import { gemm } from "./product";
import { at, dot, entry } from "./vectors";

/** Columns eliminated at a time. */
const CHOLESKY_BLOCK: i32 = 96;

/** Columns that {@link cholesky} eliminates at a time. */
export function choleskyBlock(): i32 {
  return CHOLESKY_BLOCK;
}

/**
 * One step of {@link cholesky} for some of the rows: eliminates the columns k to end in the rows first to last. Those of the pivots, k to end,
 * come first; then the rows below, in any order or at once.
 * @returns 0, or the one-based number of the first pivot that is not positive
 */
export function choleskyRows(k: i32, end: i32, first: i32, last: i32, a: usize, aRow: i32): i32 {
  for (let j = first; j < last; j++) {
    const row = entry(a, j, aRow, k, 1);
    for (let i = k; i < min(j, end); i++) {
      const pivotRow = entry(a, i, aRow, k, 1);
      const p = at(row, i - k);
      store<f64>(p, (load<f64>(p) - dot(pivotRow, row, i - k)) / load<f64>(at(pivotRow, i - k)));
    }
    if (j < end) {
      const p = at(row, j - k);
      const pivot = load<f64>(p) - dot(row, row, j - k);
      if (!(pivot > 0)) return j + 1;
      store<f64>(p, sqrt(pivot));
    }
  }
  return 0;
}

/**
 * Overwrites the lower triangle of the symmetric positive-definite n x n matrix at `a` by its Cholesky factor L, A = L Lᵀ.
 * The strict upper triangle is neither read nor written.
 * @returns 0, or the one-based number of the first pivot that is not positive
 */
export function cholesky(n: i32, a: usize, aRow: i32, work: usize): i32 {
  for (let k = 0; k < n; k += CHOLESKY_BLOCK) {
    const end = min(k + CHOLESKY_BLOCK, n);
    const failed = choleskyRows(k, end, k, n, a, aRow);
    if (failed != 0) return failed;
    const rest = n - end;
    const below = entry(a, end, aRow, k, 1);
    gemm(rest, rest, end - k, -1, below, aRow, 1, below, 1, aRow, entry(a, end, aRow, end, 1), aRow, 1, work);
  }
  return 0;
}
