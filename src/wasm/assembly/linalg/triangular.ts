import { gemm } from "./product";
import { addMultiple, entry, scale } from "./vectors";

/** Rows eliminated at a time. */
const SOLVE_BLOCK: i32 = 64;

/** B := L⁻¹ B with L lower triangular (n x n, any strides) and B row-major of n x m. */
export function solveLower(
  n: i32, m: i32, l: usize, lRow: i32, lColumn: i32, b: usize, bRow: i32, work: usize,
): void {
  for (let k = 0; k < n; k += SOLVE_BLOCK) {
    const end = min(k + SOLVE_BLOCK, n);
    for (let i = k; i < end; i++) {
      const row = entry(b, i, bRow, 0, 1);
      for (let j = k; j < i; j++) {
        addMultiple(-load<f64>(entry(l, i, lRow, j, lColumn)), entry(b, j, bRow, 0, 1), row, m);
      }
      scale(1 / load<f64>(entry(l, i, lRow, i, lColumn)), row, m);
    }
    gemm(
      n - end, m, end - k, -1, entry(l, end, lRow, k, lColumn), lRow, lColumn,
      entry(b, k, bRow, 0, 1), bRow, 1, entry(b, end, bRow, 0, 1), bRow, 0, work,
    );
  }
}

/** B := L⁻ᵀ B with L lower triangular (n x n, any strides) and B row-major of n x m. */
export function solveLowerTransposed(
  n: i32, m: i32, l: usize, lRow: i32, lColumn: i32, b: usize, bRow: i32, work: usize,
): void {
  for (let end = n; end > 0; end -= SOLVE_BLOCK) {
    const k = max(end - SOLVE_BLOCK, 0);
    for (let i = end - 1; i >= k; i--) {
      const row = entry(b, i, bRow, 0, 1);
      for (let j = i + 1; j < end; j++) {
        addMultiple(-load<f64>(entry(l, j, lRow, i, lColumn)), entry(b, j, bRow, 0, 1), row, m);
      }
      scale(1 / load<f64>(entry(l, i, lRow, i, lColumn)), row, m);
    }
    gemm(
      k, m, end - k, -1, entry(l, k, lRow, 0, lColumn), lColumn, lRow,
      entry(b, k, bRow, 0, 1), bRow, 1, b, bRow, 0, work,
    );
  }
}
