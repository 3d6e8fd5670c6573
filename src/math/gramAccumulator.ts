import { checkPivot, estimateNorm } from "./cholesky.js";
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
import type { NormalEquations } from "./normalEquations.js";
import { addPacked, packedLength, unpackEquations } from "./packedEquations.js";

/** A {@link LeastSquaresAccumulator} whose sums can be had. */
export interface GramAccumulator extends LeastSquaresAccumulator {
  /** The sums over all rows so far, as a copy. */
  normalEquations(): NormalEquations;
  /** Adds the sums over all rows so far to those of others, see {@link packedLength}, and begins anew. */
  drain(into: Float64Array): void;
}

/**
 * Least squares by the normal equations: the Gram matrix of all rows and targets by symmetric rank-256 updates, then
 * Cholesky. Memory: 8 (columns + targets)² bytes, and a block of 256 rows. Column scaling and ridge keep it solvable, but
 * it squares the condition number: where columns are nearly dependent check it with `qrAccumulator`.
 */
export function gramAccumulator(options: AccumulatorOptions): GramAccumulator {
  const { columns, targets, width, scaling, kernels } = checkOptions(options);
  const { arena, exports } = kernels;
  const work = arena.reserve(exports.workBytes());
  const block = arena.reserveDoubles(blockRows * width);
  const solution = arena.reserveDoubles(columns * targets);
  const gram = arena.reserveDoubles(width * width);
  /** The lower triangle gathers the sum; once solving has begun, it holds Cholesky factors and the upper one the sum. */
  const sum = arena.doubles(gram, width * width).fill(0);
  const diagonal = new Float64Array(width);
  let factored = false;
  const gather = rowGatherer(columns, targets, arena.doubles(block, blockRows * width), update);

  /** Brings the sum back into the lower triangle. */
  function restore(): void {
    if (!factored) return;
    mirror(sum, width, "down");
    for (let i = 0; i < width; i++) sum[i * (width + 1)] = diagonal[i]!;
    factored = false;
  }

  function update(count: number): void {
    restore();
    exports.gemm(width, width, count, 1, block, 1, width, block, width, 1, gram, width, 1, work);
  }

  /** Brings every row into the sums, in the lower triangle. */
  function gathered(): void {
    gather.flush();
    restore();
  }

  function drain(into: Float64Array): void {
    gathered();
    addPacked(into, sum, width, gather.rows());
    sum.fill(0);
    gather.reset();
  }

  /** Brings every row into the sums, and the sums into the upper triangle and `diagonal`. */
  function complete(): void {
    gather.flush();
    if (factored) return;
    for (let i = 0; i < width; i++) diagonal[i] = sum[i * (width + 1)]!;
    mirror(sum, width, "up");
    factored = true;
  }

  function normalEquations(): NormalEquations {
    gathered();
    const packed = new Float64Array(packedLength(columns, targets));
    addPacked(packed, sum, width, gather.rows());
    return unpackEquations(packed, columns, targets);
  }

  function solve(ridge: number): LeastSquaresSolution {
    checkRidge(ridge);
    complete();
    const { scale, penalty } = columnScales(diagonal.subarray(0, columns), scaling, ridge);
    let norm = 0;
    const columnSums = new Float64Array(columns);
    for (let i = 0; i < columns; i++) {
      for (let j = 0; j < i; j++) {
        const value = scale[i]! * scale[j]! * sum[j * width + i]!;
        sum[i * width + j] = value;
        columnSums[i]! += Math.abs(value);
        columnSums[j]! += Math.abs(value);
      }
      const value = scale[i]! ** 2 * diagonal[i]! + penalty[i]!;
      sum[i * (width + 1)] = value;
      columnSums[i]! += value;
    }
    for (const value of columnSums) norm = Math.max(norm, value);
    checkPivot(exports.cholesky(columns, gram, width, work), columns);

    function solveFactored(b: Float64Array, m: number): Float64Array {
      arena.doubles(solution, b.length).set(b);
      exports.solveLower(columns, m, gram, width, 1, solution, m, work);
      exports.solveLowerTransposed(columns, m, gram, width, 1, solution, m, work);
      return arena.doubles(solution, b.length).slice();
    }
    const moments = matrix(columns, targets);
    for (let j = 0; j < columns; j++) {
      for (let t = 0; t < targets; t++) moments.values[j * targets + t] = scale[j]! * sum[j * width + columns + t]!;
    }
    const w = solveFactored(moments.values, targets);
    for (let j = 0; j < columns; j++) for (let t = 0; t < targets; t++) w[j * targets + t]! *= scale[j]!;
    return {
      coefficients: matrix(columns, targets, w),
      ridge,
      rows: gather.rows(),
      residual: residuals(w),
      condition: norm * estimateNorm(columns, (b) => solveFactored(b, 1)),
    };
  }

  /** y·y − 2 w·Xᵀy + w·XᵀX w from the sums; rounding may leave it a little below 0, where it means 0. */
  function residuals(w: Float64Array): Float64Array {
    return Float64Array.from({ length: targets }, (_, t) => {
      let total = diagonal[columns + t]!;
      for (let i = 0; i < columns; i++) {
        let gradient = 0.5 * diagonal[i]! * w[i * targets + t]! - sum[i * width + columns + t]!;
        for (let j = i + 1; j < columns; j++) gradient += sum[i * width + j]! * w[j * targets + t]!;
        total += 2 * gradient * w[i * targets + t]!;
      }
      return Math.max(total, 0);
    });
  }

  return {
    columns,
    targets,
    add: gather.add,
    solve,
    normalEquations,
    drain,
    get rows() {
      return gather.rows();
    },
  };
}

/** Copies the strict lower triangle to the upper one ("up") or back ("down"), in blocks that stay in cache. */
function mirror(a: Float64Array, n: number, direction: "up" | "down"): void {
  const size = 64;
  for (let bi = 0; bi < n; bi += size) {
    for (let bj = 0; bj <= bi; bj += size) {
      for (let i = bi; i < Math.min(bi + size, n); i++) {
        for (let j = bj; j < Math.min(bj + size, i); j++) {
          if (direction === "up") a[j * n + i] = a[i * n + j]!;
          else a[i * n + j] = a[j * n + i]!;
        }
      }
    }
  }
}
