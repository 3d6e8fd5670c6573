// Dense linear algebra in double precision on 128-bit SIMD: matrix product, Cholesky factor, triangular solves and the
// folding of row blocks into a QR factor. Matrices are addressed by a pointer and strides counted in elements, so that a
// transpose costs nothing; outputs are row-major. Nothing here allocates: callers pass the workspace.
//
// The matrix product follows Goto and van de Geijn, ACM TOMS 34, 12 (2008): blocks of A and B are packed into the order
// in which a 4x4 tile of C, held in registers, consumes them. The order of summation depends on the shapes alone, so the
// same input gives the same bits on every machine.

/** Rows and columns of the register tile. */
const TILE: i32 = 4;
/** Packed block of A: 96 x 256 doubles stay in the second-level cache; packed block of B: 256 x 2048 doubles. */
const BLOCK_M: i32 = 96;
const BLOCK_K: i32 = 256;
const BLOCK_N: i32 = 2048;
/** Columns eliminated at a time. */
const CHOLESKY_BLOCK: i32 = 96;
const SOLVE_BLOCK: i32 = 64;
const QR_BLOCK: i32 = 48;

/** Address of element `i` of the doubles at `p`. */
@inline
function at(p: usize, i: i32): usize {
  return p + (<usize>i << 3);
}

/** Address of element (i, j) of a matrix with the given strides. */
@inline
function entry(p: usize, i: i32, rowStride: i32, j: i32, columnStride: i32): usize {
  return p + ((<usize>i * <usize>rowStride + <usize>j * <usize>columnStride) << 3);
}

@inline
function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return f64x2.add(f64x2.mul(a, b), c);
}

// ---------------------------------------------------------------------------------------------- matrix product

/** Bytes of workspace that every function of this file needs at most, apart from {@link foldQr}'s own. */
export function workBytes(): i32 {
  return (TILE * TILE + BLOCK_M * BLOCK_K + BLOCK_K * BLOCK_N) << 3;
}

/** Packs `count` rows (of stride `across`) by `k` columns (of stride `along`) in strips of TILE rows, zero-padded. */
function pack(source: usize, across: i32, along: i32, count: i32, k: i32, target: usize): void {
  const acrossBytes = <usize>across << 3;
  const alongBytes = <usize>along << 3;
  for (let i = 0; i < count; i += TILE) {
    let column = entry(source, i, across, 0, 0);
    const rows = min(count - i, TILE);
    if (rows == TILE) {
      for (let p = 0; p < k; p++) {
        store<f64>(target, load<f64>(column));
        store<f64>(target, load<f64>(column + acrossBytes), 8);
        store<f64>(target, load<f64>(column + 2 * acrossBytes), 16);
        store<f64>(target, load<f64>(column + 3 * acrossBytes), 24);
        column += alongBytes;
        target += TILE << 3;
      }
    } else {
      for (let p = 0; p < k; p++) {
        for (let q = 0; q < TILE; q++) {
          store<f64>(at(target, q), q < rows ? load<f64>(column + <usize>q * acrossBytes) : 0);
        }
        column += alongBytes;
        target += TILE << 3;
      }
    }
  }
}

/** Adds alpha times the product of two packed strips of depth k to the 4x4 tile at `c`, whose rows are `stride` bytes apart. */
@inline
function tile(k: i32, a: usize, b: usize, alpha: f64, c: usize, stride: usize): void {
  let c00 = f64x2.splat(0), c01 = f64x2.splat(0);
  let c10 = f64x2.splat(0), c11 = f64x2.splat(0);
  let c20 = f64x2.splat(0), c21 = f64x2.splat(0);
  let c30 = f64x2.splat(0), c31 = f64x2.splat(0);
  const end = a + (<usize>k << 5);
  while (a < end) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    const a0 = v128.load64_splat(a);
    c00 = multiplyAdd(a0, b0, c00);
    c01 = multiplyAdd(a0, b1, c01);
    const a1 = v128.load64_splat(a, 8);
    c10 = multiplyAdd(a1, b0, c10);
    c11 = multiplyAdd(a1, b1, c11);
    const a2 = v128.load64_splat(a, 16);
    c20 = multiplyAdd(a2, b0, c20);
    c21 = multiplyAdd(a2, b1, c21);
    const a3 = v128.load64_splat(a, 24);
    c30 = multiplyAdd(a3, b0, c30);
    c31 = multiplyAdd(a3, b1, c31);
    a += TILE << 3;
    b += TILE << 3;
  }
  const scale = f64x2.splat(alpha);
  addRow(c, scale, c00, c01);
  addRow(c + stride, scale, c10, c11);
  addRow(c + 2 * stride, scale, c20, c21);
  addRow(c + 3 * stride, scale, c30, c31);
}

@inline
function addRow(c: usize, scale: v128, left: v128, right: v128): void {
  v128.store(c, multiplyAdd(scale, left, v128.load(c)));
  v128.store(c, multiplyAdd(scale, right, v128.load(c, 16)), 16);
}

/**
 * C += alpha A B with A of m x k, B of k x n and C row-major of m x n.
 * @param lower if not 0, only elements of C on and below its diagonal are touched (for symmetric products)
 * @param work workspace of {@link workBytes}
 */
export function gemm(
  m: i32, n: i32, k: i32, alpha: f64,
  a: usize, aRow: i32, aColumn: i32,
  b: usize, bRow: i32, bColumn: i32,
  c: usize, cRow: i32, lower: i32, work: usize,
): void {
  const partial = work;
  const packedA = at(partial, TILE * TILE);
  const packedB = at(packedA, BLOCK_M * BLOCK_K);
  const stride = <usize>cRow << 3;
  for (let jn = 0; jn < n; jn += BLOCK_N) {
    const nb = min(n - jn, BLOCK_N);
    for (let pk = 0; pk < k; pk += BLOCK_K) {
      const kb = min(k - pk, BLOCK_K);
      pack(entry(b, pk, bRow, jn, bColumn), bColumn, bRow, nb, kb, packedB);
      for (let im = 0; im < m; im += BLOCK_M) {
        const mb = min(m - im, BLOCK_M);
        if (lower && jn > im + mb - 1) continue;
        pack(entry(a, im, aRow, pk, aColumn), aRow, aColumn, mb, kb, packedA);
        for (let j = 0; j < nb; j += TILE) {
          const columns = min(nb - j, TILE);
          const stripB = at(packedB, j * kb);
          for (let i = 0; i < mb; i += TILE) {
            const rows = min(mb - i, TILE);
            // Offset of the tile's first column from its first row's diagonal.
            const offset = jn + j - im - i;
            if (lower && offset > rows - 1) continue;
            const target = entry(c, im + i, cRow, jn + j, 1);
            if (rows == TILE && columns == TILE && !(lower && offset > 1 - TILE)) {
              tile(kb, at(packedA, i * kb), stripB, alpha, target, stride);
            } else {
              memory.fill(partial, 0, (TILE * TILE) << 3);
              tile(kb, at(packedA, i * kb), stripB, alpha, partial, TILE << 3);
              for (let r = 0; r < rows; r++) {
                const last = lower ? min(columns, r - offset + 1) : columns;
                for (let s = 0; s < last; s++) {
                  const p = entry(target, r, cRow, s, 1);
                  store<f64>(p, load<f64>(p) + load<f64>(at(partial, r * TILE + s)));
                }
              }
            }
          }
        }
      }
    }
  }
}

// ---------------------------------------------------------------------------------------------- vectors

/** Σ x_i y_i over n contiguous doubles. */
@inline
function dot(x: usize, y: usize, n: i32): f64 {
  let s0 = f64x2.splat(0), s1 = f64x2.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    s0 = multiplyAdd(v128.load(x), v128.load(y), s0);
    s1 = multiplyAdd(v128.load(x, 16), v128.load(y, 16), s1);
    x += 32;
    y += 32;
  }
  s0 = f64x2.add(s0, s1);
  let sum = f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1);
  for (; i < n; i++) {
    sum += load<f64>(x) * load<f64>(y);
    x += 8;
    y += 8;
  }
  return sum;
}

/** y += factor x over n contiguous doubles. */
@inline
function addMultiple(factor: f64, x: usize, y: usize, n: i32): void {
  const f = f64x2.splat(factor);
  let i = 0;
  for (; i + 2 <= n; i += 2) {
    v128.store(y, multiplyAdd(f, v128.load(x), v128.load(y)));
    x += 16;
    y += 16;
  }
  if (i < n) store<f64>(y, load<f64>(y) + factor * load<f64>(x));
}

/** x *= factor over n contiguous doubles. */
@inline
function scale(factor: f64, x: usize, n: i32): void {
  for (let i = 0; i < n; i++) store<f64>(at(x, i), load<f64>(at(x, i)) * factor);
}

// ---------------------------------------------------------------------------------------------- Cholesky

/**
 * Overwrites the lower triangle of the symmetric positive-definite n x n matrix at `a` by its Cholesky factor L, A = L Lᵀ.
 * The strict upper triangle is neither read nor written.
 * @returns 0, or the one-based number of the first pivot that is not positive
 */
export function cholesky(n: i32, a: usize, aRow: i32, work: usize): i32 {
  for (let k = 0; k < n; k += CHOLESKY_BLOCK) {
    const end = min(k + CHOLESKY_BLOCK, n);
    for (let j = k; j < n; j++) {
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
    const rest = n - end;
    const below = entry(a, end, aRow, k, 1);
    gemm(rest, rest, end - k, -1, below, aRow, 1, below, 1, aRow, entry(a, end, aRow, end, 1), aRow, 1, work);
  }
  return 0;
}

// ---------------------------------------------------------------------------------------------- triangular solves

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

// ---------------------------------------------------------------------------------------------- QR

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
