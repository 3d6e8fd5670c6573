/**
 * Dense real matrices, row-major. Products run on the WebAssembly kernels in tiles, so that they need about 25 MB beside
 * their operands whatever the size.
 */
import { ShapeError } from "../errors.js";
import { type LinalgKernels, withLinalgKernels } from "./linalgKernels.js";

export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Row-major, length rows · columns. */
  readonly values: Float64Array;
}

/** Which factors of a product are transposed. */
export type Transpose = "none" | "a" | "b" | "both";

/**
 * A matrix over `values` (not copied; zeros if absent).
 * @throws ShapeError if the length is not rows · columns
 */
export function matrix(rows: number, columns: number, values?: Float64Array): Matrix {
  const data = values ?? new Float64Array(rows * columns);
  if (data.length !== rows * columns) {
    throw new ShapeError({
      where: "matrix",
      problem: `${rows} × ${columns} needs ${rows * columns} values, found ${data.length}`,
    });
  }
  return { rows, columns, values: data };
}

/** A matrix from rows of numbers, for small ones written by hand. */
export function matrixFromRows(rows: readonly ArrayLike<number>[]): Matrix {
  const columns = rows[0]?.length ?? 0;
  const result = matrix(rows.length, columns);
  rows.forEach((row, i) => {
    if (row.length !== columns) {
      throw new ShapeError({ where: `row ${i}`, problem: `${row.length} values, but row 0 has ${columns}` });
    }
    result.values.set(Array.from(row), i * columns);
  });
  return result;
}

/** The n × n unit matrix. */
export function identity(n: number): Matrix {
  const result = matrix(n, n);
  for (let i = 0; i < n; i++) result.values[i * n + i] = 1;
  return result;
}

/** Σ aᵢ bᵢ over the length of the first. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** √(Σ vᵢ²) */
export function norm(v: Float64Array): number {
  return Math.sqrt(dot(v, v));
}

/** A view of one row. */
export function rowOf(m: Matrix, row: number): Float64Array {
  return m.values.subarray(row * m.columns, (row + 1) * m.columns);
}

/** The mean of each column. */
export function columnMeans(m: Matrix): Float64Array {
  const means = new Float64Array(m.columns);
  for (let p = 0; p < m.values.length; p++) means[p % m.columns]! += m.values[p]! / m.rows;
  return means;
}

/** Every row less the same one. */
export function lessRow(m: Matrix, row: Float64Array): Matrix {
  const values = new Float64Array(m.values.length);
  for (let at = 0; at < values.length; at += m.columns)
    for (let c = 0; c < m.columns; c++) values[at + c] = m.values[at + c]! - row[c]!;
  return { ...m, values };
}

/** A transposed copy. */
export function transpose(a: Matrix): Matrix {
  const result = matrix(a.columns, a.rows);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < a.columns; j++) result.values[j * a.rows + i] = a.values[i * a.columns + j]!;
  }
  return result;
}

/** A matrix addressed by strides, which makes a transpose free. */
interface Operand {
  readonly values: Float64Array;
  readonly rows: number;
  readonly columns: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

function operand(a: Matrix, transposed: boolean): Operand {
  return transposed
    ? { values: a.values, rows: a.columns, columns: a.rows, rowStride: 1, columnStride: a.columns }
    : { values: a.values, rows: a.rows, columns: a.columns, rowStride: a.columns, columnStride: 1 };
}

function operands(a: Matrix, b: Matrix, transposed: Transpose): [Operand, Operand] {
  const left = operand(a, transposed === "a" || transposed === "both");
  const right = operand(b, transposed === "b" || transposed === "both");
  if (left.columns !== right.rows) {
    throw new ShapeError({
      where: "gemm",
      problem: `inner dimensions differ: ${left.rows} × ${left.columns} times ${right.rows} × ${right.columns}`,
    });
  }
  return [left, right];
}

/**
 * Matrix product a b, with either factor transposed on request.
 * @throws ShapeError if the inner dimensions differ
 */
export function gemm(a: Matrix, b: Matrix, transposed: Transpose = "none"): Matrix {
  const [left, right] = operands(a, b, transposed);
  const result = matrix(left.rows, right.columns);
  if (left.rows * left.columns * right.columns < 4096) return accumulate(left, right, result);
  return withLinalgKernels((kernels) => tiledProduct(kernels, left, right, result));
}

/** The plain loops, for products so small that copying to the kernels and back does not pay. */
function accumulate(a: Operand, b: Operand, c: Matrix): Matrix {
  for (let i = 0; i < c.rows; i++) {
    for (let p = 0; p < a.columns; p++) {
      const factor = a.values[i * a.rowStride + p * a.columnStride]!;
      for (let j = 0; j < c.columns; j++) {
        c.values[i * c.columns + j]! += factor * b.values[p * b.rowStride + j * b.columnStride]!;
      }
    }
  }
  return c;
}

/** Largest tile in the kernels' memory: c of 512 × 1024, a and b 512 and 1024 deep in 1024. */
const tile = { m: 512, n: 1024, k: 1024 };

function tiledProduct(kernels: LinalgKernels, a: Operand, b: Operand, c: Matrix): Matrix {
  const { arena, exports } = kernels;
  const [m, n, k] = [Math.min(tile.m, a.rows), Math.min(tile.n, b.columns), Math.min(tile.k, a.columns)];
  const work = arena.reserve(exports.workBytes());
  const [pa, pb, pc] = [arena.reserveDoubles(m * k), arena.reserveDoubles(k * n), arena.reserveDoubles(m * n)];
  for (let j = 0; j < b.columns; j += n) {
    const nj = Math.min(n, b.columns - j);
    for (let i = 0; i < a.rows; i += m) {
      const mi = Math.min(m, a.rows - i);
      const out = arena.doubles(pc, mi * nj).fill(0);
      for (let p = 0; p < a.columns; p += k) {
        const kp = Math.min(k, a.columns - p);
        const [aRow, aColumn] = copyTile(a, i, mi, p, kp, arena.doubles(pa, mi * kp));
        const [bRow, bColumn] = copyTile(b, p, kp, j, nj, arena.doubles(pb, kp * nj));
        exports.gemm(mi, nj, kp, 1, pa, aRow, aColumn, pb, bRow, bColumn, pc, nj, 0, work);
      }
      for (let r = 0; r < mi; r++) c.values.set(out.subarray(r * nj, (r + 1) * nj), (i + r) * c.columns + j);
    }
  }
  return c;
}

/** Copies a tile in the order it is stored in, contiguous runs at a time. @returns its strides */
function copyTile(a: Operand, i: number, m: number, p: number, k: number, target: Float64Array): [number, number] {
  const rowMajor = a.columnStride === 1;
  const [runs, length] = rowMajor ? [m, k] : [k, m];
  const start = i * a.rowStride + p * a.columnStride;
  const stride = rowMajor ? a.rowStride : a.columnStride;
  for (let r = 0; r < runs; r++) {
    target.set(a.values.subarray(start + r * stride, start + r * stride + length), r * length);
  }
  return rowMajor ? [k, 1] : [1, m];
}

/** The symmetric product aᵀ a, both triangles. */
export function gram(a: Matrix): Matrix {
  return gemm(a, a, "a");
}

/**
 * Matrix times vector, a x or aᵀ x.
 * @throws ShapeError if the lengths differ
 */
export function gemv(a: Matrix, x: Float64Array, transposed: "none" | "a" = "none"): Float64Array {
  const [inner, outer] = transposed === "a" ? [a.rows, a.columns] : [a.columns, a.rows];
  if (x.length !== inner) {
    throw new ShapeError({ where: "gemv", problem: `the matrix needs a vector of ${inner}, found ${x.length}` });
  }
  const y = new Float64Array(outer);
  for (let i = 0; i < a.rows; i++) {
    const row = i * a.columns;
    if (transposed === "a") {
      for (let j = 0; j < a.columns; j++) y[j]! += a.values[row + j]! * x[i]!;
    } else {
      let sum = 0;
      for (let j = 0; j < a.columns; j++) sum += a.values[row + j]! * x[j]!;
      y[i] = sum;
    }
  }
  return y;
}
