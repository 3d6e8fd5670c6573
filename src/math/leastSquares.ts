/**
 * Linear least squares over more rows than memory holds: rows are streamed in blocks of any size, and only a matrix of
 * columns × columns is kept. Two routes to the same solution: `gramAccumulator` (gramAccumulator.ts, fast) and
 * `qrAccumulator` (qrAccumulator.ts, accurate). This file holds what they share.
 */
import { DataError, OptionError, ShapeError } from "../errors.js";
import { type LinalgKernels, newLinalgKernels } from "./linalgKernels.js";
import type { Matrix } from "./matrix.js";

export interface AccumulatorOptions {
  /** Number of unknowns per target. */
  readonly columns: number;
  /** Number of right-hand sides fitted by the same rows. Default 1. */
  readonly targets?: number;
  /**
   * What the ridge is relative to: `columns` (default) scales every column to norm 1, so that the ridge is relative to
   * each column's own Σ x²; `none` takes it relative to the largest Σ x² of all columns.
   */
  readonly scaling?: "columns" | "none";
  /** Where the work is done; other kernels are for tests. */
  readonly kernels?: LinalgKernels;
}

/**
 * Collects rows x·w ≈ y and solves for w. How the rows were cut into blocks does not change the result, bit for bit (where
 * solutions were asked for in between does, by rounding).
 */
export interface LeastSquaresAccumulator {
  readonly columns: number;
  readonly targets: number;
  /** Rows added so far. */
  readonly rows: number;
  /**
   * Adds rows. They are copied.
   * @param rows row-major, [count, columns]
   * @param targets row-major, [count, targets]
   * @throws ShapeError if the lengths do not fit
   * @throws DataError naming the first value that is not finite; nothing is added then
   */
  add(rows: Float64Array, targets: Float64Array): void;
  /**
   * Minimises Σ (y − x·w)² + ridge Σ_j s_j² w_j², with s_j² = Σ x_j² of the column or the largest of all, see
   * {@link AccumulatorOptions.scaling}. A column of zeros gets the weight 0. More rows may be added afterwards.
   * @param ridge relative ridge, ≥ 0; each value costs one factorisation and no pass over the data
   * @throws ConvergenceError if the columns are linearly dependent at this ridge
   */
  solve(ridge: number): LeastSquaresSolution;
}

export interface LeastSquaresSolution {
  /** Weights, [columns, targets]. */
  readonly coefficients: Matrix;
  readonly ridge: number;
  readonly rows: number;
  /** Σ (y − x·w)² over the rows, per target, without the ridge's penalty. */
  readonly residual: Float64Array;
  /** Estimated condition number (1-norm) of the scaled normal equations with the ridge, which is what was solved. */
  readonly condition: number;
}

/** Rows that are gathered before they are multiplied: the inner dimension at which the product runs at full speed. */
export const blockRows = 256;

/** Shared by both accumulators. @throws OptionError */
export function checkOptions(options: AccumulatorOptions): {
  columns: number;
  targets: number;
  width: number;
  scaling: "columns" | "none";
  kernels: LinalgKernels;
} {
  const { columns, targets = 1, scaling = "columns", kernels = newLinalgKernels() } = options;
  for (const [name, value] of Object.entries({ columns, targets })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new OptionError({ where: "least squares", problem: `${name} must be a positive integer, found ${value}` });
    }
  }
  if (scaling !== "columns" && scaling !== "none") {
    throw new OptionError({
      where: "least squares",
      problem: `scaling must be "columns" or "none", found "${scaling}"`,
    });
  }
  return { columns, targets, width: columns + targets, scaling, kernels };
}

/** @throws OptionError unless the ridge is a finite number ≥ 0 */
export function checkRidge(ridge: number): void {
  if (!(ridge >= 0) || !Number.isFinite(ridge)) {
    throw new OptionError({
      where: "least squares",
      problem: `the ridge must be finite and not negative, found ${ridge}`,
    });
  }
}

/**
 * For each column the factor it is scaled by and what the ridge adds to its scaled diagonal element.
 * @param squares Σ x² per column
 */
export function columnScales(
  squares: Float64Array,
  scaling: "columns" | "none",
  ridge: number,
): { scale: Float64Array; penalty: Float64Array } {
  const largest = squares.reduce((a, b) => Math.max(a, b), 0);
  const unit = scaling === "columns" ? 1 : largest;
  return {
    scale: squares.map((s) => (scaling === "columns" && s > 0 ? 1 / Math.sqrt(s) : 1)),
    // A column of zeros gets the equation 1·w = 0.
    penalty: squares.map((s) => (s > 0 ? ridge * unit : 1)),
  };
}

/** Gathers rows with their targets, [x | y], in `block` and hands over every full block of 256. */
export function rowGatherer(
  columns: number,
  targets: number,
  block: Float64Array,
  hand: (count: number) => void,
): {
  add(rows: Float64Array, values: Float64Array): void;
  flush(): void;
  reset(): void;
  rows(): number;
  pending(): number;
} {
  const width = columns + targets;
  let pending = 0;
  let total = 0;

  function add(rows: Float64Array, values: Float64Array): void {
    const count = rows.length / columns;
    if (!Number.isInteger(count) || values.length !== count * targets) {
      throw new ShapeError({
        where: "least squares",
        problem: `${rows.length} values are not rows of ${columns} with ${targets} targets each, of which there are ${values.length}`,
      });
    }
    checkFinite(rows, columns, total, "column");
    checkFinite(values, targets, total, "target");
    for (let i = 0; i < count; i++) {
      block.set(rows.subarray(i * columns, (i + 1) * columns), pending * width);
      block.set(values.subarray(i * targets, (i + 1) * targets), pending * width + columns);
      if (++pending === blockRows) flush();
    }
    total += count;
  }

  function flush(): void {
    if (pending > 0) hand(pending);
    pending = 0;
  }
  /** Forgets what was handed over. */
  function reset(): void {
    pending = 0;
    total = 0;
  }
  return { add, flush, reset, rows: () => total, pending: () => pending };
}

function checkFinite(values: Float64Array, width: number, firstRow: number, name: string): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i]!)) continue;
    throw new DataError({
      where: `least squares, row ${firstRow + Math.floor(i / width)}, ${name} ${i % width}`,
      problem: `found ${values[i]}`,
      advice: "check the input of this row",
    });
  }
}
