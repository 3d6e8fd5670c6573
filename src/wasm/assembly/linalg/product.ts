// The matrix product follows Goto and van de Geijn, ACM TOMS 34, 12 (2008): blocks of A and B are packed into the order
// in which a 4x4 tile of C, held in registers, consumes them. The order of summation depends on the shapes alone, so the
// same input gives the same bits on every machine.

import { at, entry, multiplyAdd } from "./vectors";

/** Rows and columns of the register tile. */
const TILE: i32 = 4;
/** Packed block of A: 96 x 256 doubles stay in the second-level cache; packed block of B: 256 x 2048 doubles. */
const BLOCK_M: i32 = 96;
const BLOCK_K: i32 = 256;
const BLOCK_N: i32 = 2048;

/** Bytes of workspace that every function here needs at most, apart from {@link foldQr}'s own. */
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
