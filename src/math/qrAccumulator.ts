import { ConvergenceError } from "../errors.js";
import { estimateNorm } from "./cholesky.js";
import {
  type AccumulatorOptions,
  blockRows,
  checkOptions,
  checkRidge,
  columnScales,
  type LeastSquaresAccumulator,
  type LeastSquaresSolution,
  rowGatherer,
} from "./leastSquares.js";
import { matrix } from "./matrix.js";

/**
 * Least squares by streaming QR: blocks of 256 rows are folded into the triangular factor by Householder reflections
 * (sequential TSQR; Demmel, Grigori, Hoemmen and Langou, SIAM J. Sci. Comput. 34, A206 (2012)), so that the condition
 * number is never squared. Costs twice the arithmetic of `gramAccumulator` and more time; a solution folds the ridge in
 * as further rows. Memory: 16 (columns + targets)² bytes, and a few blocks of 256 rows.
 */
export function qrAccumulator(options: AccumulatorOptions): LeastSquaresAccumulator {
  const { columns, targets, width, scaling, kernels } = checkOptions(options);
  const { arena, exports } = kernels;
  const work = arena.reserve(exports.foldQrBytes(width, blockRows));
  const block = arena.reserveDoubles(blockRows * width);
  const solution = arena.reserveDoubles(columns * targets);
  /** [R | Qᵀ y] of the rows so far. */
  const triangle = arena.reserveDoubles(columns * width);
  const copy = arena.reserveDoubles(columns * width);
  arena.doubles(triangle, columns * width).fill(0);
  const residual = new Float64Array(targets);
  const gather = rowGatherer(columns, targets, arena.doubles(block, blockRows * width), (count) => {
    exports.foldQr(columns, width, triangle, width, count, block, width, work);
    addRemainder(residual, count, 0);
  });

  /** After a fold the target columns of the block hold what the fit leaves over. */
  function addRemainder(sum: Float64Array, count: number, firstColumn: number): void {
    const blockWidth = width - firstColumn;
    const rest = arena.doubles(block, count * blockWidth);
    for (let p = 0; p < count; p++) {
      for (let t = 0; t < targets; t++) sum[t]! += rest[p * blockWidth + columns - firstColumn + t]! ** 2;
    }
  }

  function solve(ridge: number): LeastSquaresSolution {
    checkRidge(ridge);
    gather.flush();
    const r = arena.doubles(copy, columns * width);
    r.set(arena.doubles(triangle, columns * width));
    const squares = columnSquares(r, columns, width);
    const { scale, penalty } = columnScales(squares, scaling, ridge);
    const remainder = residual.slice();
    const ridgeRows = penalty.map((value, j) => Math.sqrt(value) / scale[j]!);
    for (let first = 0; first < columns; first += blockRows) {
      const count = Math.min(blockRows, columns - first);
      if (ridgeRows.subarray(first, first + count).every((value) => value === 0)) continue;
      // These rows are zero left of column `first` and stay so: only the trailing part of R takes part.
      const rest = width - first;
      const rows = arena.doubles(block, count * rest).fill(0);
      for (let i = 0; i < count; i++) rows[i * rest + i] = ridgeRows[first + i]!;
      exports.foldQr(columns - first, rest, copy + 8 * first * (width + 1), width, count, block, rest, work);
      addRemainder(remainder, count, first);
    }
    checkIndependent(r, columns, width, squares);

    /** R w = b, with R as the transpose of a lower triangle. */
    function solveTriangle(b: Float64Array, m: number, kind: "solveLower" | "solveLowerTransposed"): Float64Array {
      arena.doubles(solution, b.length).set(b);
      exports[kind](columns, m, copy, 1, width, solution, m, work);
      return arena.doubles(solution, b.length).slice();
    }
    /** The scaled normal equations S Rᵀ R S x = b, forwards and backwards. */
    function normalProduct(x: Float64Array): Float64Array {
      const product = new Float64Array(columns);
      for (let i = 0; i < columns; i++) {
        let row = 0;
        for (let j = i; j < columns; j++) row += r[i * width + j]! * scale[j]! * x[j]!;
        for (let j = i; j < columns; j++) product[j]! += r[i * width + j]! * scale[j]! * row;
      }
      return product;
    }
    function normalSolution(b: Float64Array): Float64Array {
      const unscale = (x: Float64Array): Float64Array => x.map((value, j) => value / scale[j]!);
      return unscale(solveTriangle(solveTriangle(unscale(b), 1, "solveLower"), 1, "solveLowerTransposed"));
    }
    const rhs = new Float64Array(columns * targets);
    for (let j = 0; j < columns; j++) rhs.set(r.subarray(j * width + columns, (j + 1) * width), j * targets);
    const w = solveTriangle(rhs, targets, "solveLowerTransposed");
    for (let j = 0; j < columns; j++) {
      for (let t = 0; t < targets; t++) remainder[t]! -= (ridgeRows[j]! * w[j * targets + t]!) ** 2;
    }
    return {
      coefficients: matrix(columns, targets, w),
      ridge,
      rows: gather.rows(),
      residual: remainder.map((value) => Math.max(value, 0)),
      condition: estimateNorm(columns, normalProduct) * estimateNorm(columns, normalSolution),
    };
  }

  return {
    columns,
    targets,
    add: gather.add,
    solve,
    get rows() {
      return gather.rows();
    },
  };
}

/** Σ x² of every column, which R preserves. */
function columnSquares(r: Float64Array, columns: number, width: number): Float64Array {
  const squares = new Float64Array(columns);
  for (let i = 0; i < columns; i++) {
    for (let j = i; j < columns; j++) squares[j]! += r[i * width + j]! ** 2;
  }
  return squares;
}

/** @throws ConvergenceError naming the first column whose diagonal element vanishes to rounding */
function checkIndependent(r: Float64Array, columns: number, width: number, squares: Float64Array): void {
  for (let j = 0; j < columns; j++) {
    if (Math.abs(r[j * (width + 1)]!) > columns * Number.EPSILON * Math.sqrt(squares[j]!)) continue;
    throw new ConvergenceError({
      where: `column ${j} of ${columns}`,
      problem: "it depends linearly on the columns before it",
      advice: "raise the ridge, add rows, or remove the column",
    });
  }
}
