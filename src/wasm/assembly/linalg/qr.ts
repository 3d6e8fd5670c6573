import { gemm, workBytes } from "./product";
import { addMultiple, at, dot, entry, scale } from "./vectors";

/** Columns eliminated at a time. */
const QR_BLOCK: i32 = 48;

/** Bytes of workspace of {@link foldQr}, which include {@link workBytes}. */
export function foldQrBytes(width: i32, m: i32): i32 {
  return workBytes() + ((QR_BLOCK * m + QR_BLOCK * QR_BLOCK + 2 * QR_BLOCK * width) << 3);
}

/**
 * Folds m more rows into a QR factorisation: R is replaced by the triangular factor of [R; B] by Householder
 * reflections, which are also applied to the columns from n to width (right-hand sides). In compact WY form: Schreiber
 * and Van Loan, SIAM J. Sci. Stat. Comput. 10, 53 (1989). A reflector for column j touches row j of R and all of B.
 * @param n columns to eliminate
 * @param width columns in all, at least n
 * @param r row-major n x width: upper triangle, then Qᵀ times the right-hand sides
 * @param b row-major m x width, destroyed: its columns from n on hold the part of the right-hand sides outside the range
 * @param work workspace of {@link foldQrBytes}
 */
export function foldQr(n: i32, width: i32, r: usize, rRow: i32, m: i32, b: usize, bRow: i32, work: usize): void {
  const v = work + <usize>workBytes();
  const t = at(v, QR_BLOCK * m);
  const w = at(t, QR_BLOCK * QR_BLOCK);
  const tw = at(w, QR_BLOCK * width);
  for (let k = 0; k < n; k += QR_BLOCK) {
    const kb = min(n - k, QR_BLOCK);
    for (let p = 0; p < m; p++) {
      for (let j = 0; j < kb; j++) store<f64>(at(v, j * m + p), load<f64>(entry(b, p, bRow, k + j, 1)));
    }
    const diagonal = entry(r, k, rRow, k, 1);
    reflectPanel(kb, m, diagonal, rRow, v, t);
    const rest = width - k - kb;
    if (rest == 0) continue;
    // [R; B] := [R; B] − [I; V] Tᵀ (R + Vᵀ B) for the columns right of the panel.
    const right = at(diagonal, kb);
    const block = at(b, k + kb);
    for (let i = 0; i < kb; i++) memory.copy(at(w, i * rest), entry(right, i, rRow, 0, 1), <usize>rest << 3);
    gemm(kb, rest, m, 1, v, m, 1, block, bRow, 1, w, rest, 0, work);
    memory.fill(tw, 0, <usize>(kb * rest) << 3);
    gemm(kb, rest, kb, 1, t, 1, QR_BLOCK, w, rest, 1, tw, rest, 0, work);
    for (let i = 0; i < kb; i++) addMultiple(-1, at(tw, i * rest), entry(right, i, rRow, 0, 1), rest);
    gemm(m, rest, kb, -1, v, 1, m, tw, rest, 1, block, bRow, 0, work);
  }
}

/**
 * Householder reflections of kb columns: v holds the columns of the block one after another and receives the vectors;
 * t receives the upper triangular factor of I − [I; V] T [I; V]ᵀ.
 */
function reflectPanel(kb: i32, m: i32, r: usize, rRow: i32, v: usize, t: usize): void {
  memory.fill(t, 0, (QR_BLOCK * QR_BLOCK) << 3);
  for (let j = 0; j < kb; j++) {
    const column = at(v, j * m);
    const rowR = entry(r, j, rRow, 0, 1);
    const alpha = load<f64>(at(rowR, j));
    const square = dot(column, column, m);
    if (square == 0) continue;
    const beta = alpha > 0 ? -sqrt(alpha * alpha + square) : sqrt(alpha * alpha + square);
    const tau = (beta - alpha) / beta;
    scale(1 / (alpha - beta), column, m);
    store<f64>(at(rowR, j), beta);
    for (let c = j + 1; c < kb; c++) {
      const p = at(rowR, c);
      const amount = tau * (load<f64>(p) + dot(column, at(v, c * m), m));
      store<f64>(p, load<f64>(p) - amount);
      addMultiple(-amount, column, at(v, c * m), m);
    }
    // Column j of T: −tau T_{<j} (Vᵀ v_j); computed in place from the top, as row i needs only products from i on.
    for (let i = 0; i < j; i++) store<f64>(at(t, i * QR_BLOCK + j), dot(at(v, i * m), column, m));
    for (let i = 0; i < j; i++) {
      let sum: f64 = 0;
      for (let p = i; p < j; p++) sum += load<f64>(at(t, i * QR_BLOCK + p)) * load<f64>(at(t, p * QR_BLOCK + j));
      store<f64>(at(t, i * QR_BLOCK + j), -tau * sum);
    }
    store<f64>(at(t, j * QR_BLOCK + j), tau);
  }
}
