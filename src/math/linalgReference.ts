/**
 * The linear-algebra kernels in plain TypeScript: what the WebAssembly ones compute, written to be read. Tests compare the
 * two; machines without WebAssembly SIMD run these.
 */
import { Arena, type KernelInstance, type KernelMemory } from "../wasm/load.js";

/** Pointers are byte offsets into the arena; `…Row` and `…Column` are strides in elements; outputs are row-major. */
export interface LinalgExports {
  /** Bytes of `work` that every function but foldQr needs. */
  workBytes(): number;
  /** C += alpha A B with A of m × k and B of k × n; with `lower` not 0 only C's elements on and below the diagonal. */
  gemm(
    m: number,
    n: number,
    k: number,
    alpha: number,
    a: number,
    aRow: number,
    aColumn: number,
    b: number,
    bRow: number,
    bColumn: number,
    c: number,
    cRow: number,
    lower: number,
    work: number,
  ): void;
  /** Lower triangle of A := L with A = L Lᵀ. Returns 0, or the one-based number of the first pivot that is not positive. */
  cholesky(n: number, a: number, aRow: number, work: number): number;
  /** Columns that cholesky eliminates at a time. */
  choleskyBlock(): number;
  /** One step of cholesky, columns k to end, for the rows first to last: the pivots first, then those below in any order. */
  choleskyRows(k: number, end: number, first: number, last: number, a: number, aRow: number): number;
  /** B := L⁻¹ B with B of n × m. */
  solveLower: TriangularSolve;
  /** B := L⁻ᵀ B with B of n × m. */
  solveLowerTransposed: TriangularSolve;
  /** Bytes of `work` that foldQr needs. */
  foldQrBytes(width: number, m: number): number;
  /** [R; 0] := Qᵀ [R; B] with R upper triangular in its first n columns; B is destroyed, its columns from n on transformed. */
  foldQr(n: number, width: number, r: number, rRow: number, m: number, b: number, bRow: number, work: number): void;
}

type TriangularSolve = (
  n: number,
  m: number,
  l: number,
  lRow: number,
  lColumn: number,
  b: number,
  bRow: number,
  work: number,
) => void;

/** A new instance with a memory of its own. */
export function referenceLinalgKernels(): KernelInstance<LinalgExports> {
  const memory = growingMemory();
  const view = (pointer: number): Float64Array => new Float64Array(memory.buffer, pointer);
  return {
    arena: new Arena(memory),
    exports: {
      workBytes: () => 0,
      foldQrBytes: () => 0,
      gemm(m, n, k, alpha, pa, aRow, aColumn, pb, bRow, bColumn, pc, cRow, lower) {
        const [a, b, c] = [view(pa), view(pb), view(pc)];
        for (let i = 0; i < m; i++) {
          const columns = lower ? Math.min(n, i + 1) : n;
          for (let p = 0; p < k; p++) {
            const factor = alpha * a[i * aRow + p * aColumn]!;
            for (let j = 0; j < columns; j++) c[i * cRow + j]! += factor * b[p * bRow + j * bColumn]!;
          }
        }
      },
      cholesky: (n, a, aRow) => factor(n, view(a), aRow),
      choleskyBlock: () => 96,
      choleskyRows: (k, end, first, last, a, aRow) => eliminate(k, end, first, last, view(a), aRow),
      solveLower(n, m, pl, lRow, lColumn, pb, bRow) {
        const [l, b] = [view(pl), view(pb)];
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < i; j++) addRow(-l[i * lRow + j * lColumn]!, b, j * bRow, i * bRow, m);
          for (let c = 0; c < m; c++) b[i * bRow + c]! /= l[i * (lRow + lColumn)]!;
        }
      },
      solveLowerTransposed(n, m, pl, lRow, lColumn, pb, bRow) {
        const [l, b] = [view(pl), view(pb)];
        for (let i = n - 1; i >= 0; i--) {
          for (let j = i + 1; j < n; j++) addRow(-l[j * lRow + i * lColumn]!, b, j * bRow, i * bRow, m);
          for (let c = 0; c < m; c++) b[i * bRow + c]! /= l[i * (lRow + lColumn)]!;
        }
      },
      foldQr(n, width, r, rRow, m, b, bRow) {
        for (let j = 0; j < n; j++) reflect(j, width, view(r), rRow, m, view(b), bRow);
      },
    },
  };
}

/** Row `to` of b += amount · row `from`. */
function addRow(amount: number, b: Float64Array, from: number, to: number, m: number): void {
  for (let c = 0; c < m; c++) b[to + c]! += amount * b[from + c]!;
}

function factor(n: number, a: Float64Array, row: number): number {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * row + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * row + k]! * a[j * row + k]!;
      if (i === j && !(sum > 0)) return i + 1;
      a[i * row + j] = i === j ? Math.sqrt(sum) : sum / a[j * row + j]!;
    }
  }
  return 0;
}

/** One step of the blocked factor for some rows; what columns before k contribute has been taken off already. */
function eliminate(k: number, end: number, first: number, last: number, a: Float64Array, row: number): number {
  for (let j = first; j < last; j++)
    for (let i = k; i < Math.min(j + 1, end); i++) {
      let sum = a[j * row + i]!;
      for (let p = k; p < i; p++) sum -= a[i * row + p]! * a[j * row + p]!;
      if (i === j && !(sum > 0)) return j + 1;
      a[j * row + i] = i === j ? Math.sqrt(sum) : sum / a[i * row + i]!;
    }
  return 0;
}

/** The Householder reflection 1 − τ v vᵀ that annihilates column j of B against the diagonal element of R. */
function reflect(
  j: number,
  width: number,
  r: Float64Array,
  rRow: number,
  m: number,
  b: Float64Array,
  bRow: number,
): void {
  let square = 0;
  for (let p = 0; p < m; p++) square += b[p * bRow + j]! ** 2;
  if (square === 0) return;
  const alpha = r[j * rRow + j]!;
  const beta = (alpha > 0 ? -1 : 1) * Math.sqrt(alpha * alpha + square);
  const tau = (beta - alpha) / beta;
  r[j * rRow + j] = beta;
  for (let p = 0; p < m; p++) b[p * bRow + j]! /= alpha - beta;
  for (let c = j + 1; c < width; c++) {
    let amount = r[j * rRow + c]!;
    for (let p = 0; p < m; p++) amount += b[p * bRow + j]! * b[p * bRow + c]!;
    amount *= tau;
    r[j * rRow + c]! -= amount;
    for (let p = 0; p < m; p++) b[p * bRow + c]! -= amount * b[p * bRow + j]!;
  }
}

function growingMemory(): KernelMemory {
  let buffer = new ArrayBuffer(0);
  return {
    get buffer() {
      return buffer;
    },
    grow(pages) {
      const larger = new ArrayBuffer(buffer.byteLength + 65536 * pages);
      new Uint8Array(larger).set(new Uint8Array(buffer));
      buffer = larger;
    },
  };
}
