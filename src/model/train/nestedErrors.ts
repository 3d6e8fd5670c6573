/**
 * Errors of left-out frames where these have no say in the choice of σ² and of the first step's weight: what error estimates are scaled
 * to. Errors by which both were chosen are too small, the more so the fewer independent frames there are.
 */
import { ConvergenceError } from "../../errors.js";
import { type CholeskyFactor, cholesky, choleskySolve } from "../../math/cholesky.js";
import { dot, type Matrix, matrix } from "../../math/matrix.js";
import type { SolutionSpace } from "./solutionSpace.js";

/** A square that depends on the first step's weight f: yy − 2f·yt + f²·tt. */
export interface WeightedSquare {
  readonly yy: number;
  readonly yt: number;
  readonly tt: number;
}

/** What one σ² makes of one group of frames. */
export interface GroupTrial {
  /** Squared errors that choose σ² and f without the group: of other groups with this one out as well, and of validation frames. */
  readonly others: WeightedSquare;
  /** Squared error of the group when it is left out. */
  readonly error: WeightedSquare;
  /** The same in units of the predictive covariance of a unit kernel, e_gᵀ G_gg e_g. */
  readonly scaled: WeightedSquare;
}

/** What one σ² makes of all groups. */
export interface NestedTrial {
  readonly ridge: number;
  readonly groups: readonly GroupTrial[];
  /** ν of {@link Calibration}. */
  readonly degreesOfFreedom: number;
}

/** How large the errors of left-out frames are. */
export interface Calibration {
  /** Mean squared error in units of the predictive variance of a unit kernel, noise included. */
  readonly scale: number;
  /** Mean squared error of a component. */
  readonly error: number;
  /**
   * ν of the χ² distribution that both follow: errors of left-out frames are not independent where the ridge is small, so that this is
   * far less than the number of components.
   */
  readonly degreesOfFreedom: number;
}

/** Targets of a fit and what came out for them. */
export interface Solved {
  readonly dual: Float64Array;
  /** Errors of validation frames. */
  readonly validated: ArrayLike<number>;
}

/**
 * Tries one σ². With G = Q(QᵀKQ + σ²)⁻¹Qᵀ the errors of groups g and h out together are (G_SS)⁻¹ w_S, S = g ∪ h; that of h is
 * (G_hh − G_hg G_gg⁻¹ G_gh)⁻¹ (w_h − G_hg G_gg⁻¹ w_g).
 * @param rowsOf rows of the kernel in each group
 * @param together whether other groups have a say in the choice beside validation frames
 * @param first of the first step, where there is one
 */
export function nestedTrial(
  ridge: number,
  rowsOf: readonly (readonly number[])[],
  space: SolutionSpace,
  factor: CholeskyFactor,
  together: boolean,
  targets: Solved,
  first?: Solved,
): NestedTrial {
  const inverse = inverseOf(rowsOf.flat(), targets.dual.length, space, factor);
  const at: number[] = [];
  rowsOf.reduce((sum, own, g) => {
    at[g] = sum;
    return sum + own.length;
  }, 0);
  const part = (g: number, h: number): Matrix => block(inverse, at[g]!, rowsOf[g]!.length, at[h]!, rowsOf[h]!.length);
  const weights = (g: number): Columns => [targets, ...(first ? [first] : [])].map((s) => pick(s.dual, rowsOf[g]!));
  /** G_gg⁻¹ G_gh for all h. */
  const carried: Matrix[] = [];
  const errors: Columns[] = rowsOf.map((own, g) => {
    const inside = cholesky(part(g, g));
    carried.push(choleskySolve(inside, block(inverse, at[g]!, own.length, 0, inverse.columns)));
    return weights(g).map((w) => choleskySolve(inside, column(w)).values);
  });
  const held = squareOf([targets, ...(first ? [first] : [])].map((s) => Float64Array.from(s.validated)));
  const groups = rowsOf.map((_, g): GroupTrial => {
    let others = held;
    for (let h = 0; together && h < rowsOf.length; h++)
      if (h !== g)
        others = add(
          others,
          squareOf(errorsWithout(part(h, g), carried[g]!, at[h]!, part(h, h), weights(h), errors[g]!)),
        );
    return { others, error: squareOf(errors[g]!), scaled: squareOf(errors[g]!, weights(g)) };
  });
  return { ridge, groups, degreesOfFreedom: degreesOfFreedom(carried, rowsOf, at) };
}

/** The mean over the groups, each at the σ² and f that the others choose; at the chosen ones where there are no others. */
export function nestedCalibration(
  trials: readonly NestedTrial[],
  chosen: { readonly ridge: number; readonly firstStepWeight: number },
  rows: number,
): Calibration {
  const own = trials.find((t) => t.ridge === chosen.ridge)!;
  let [scale, error] = [0, 0];
  own.groups.forEach((_, g) => {
    let best = { trial: own, ...leastOf(own.groups[g]!.others, chosen.firstStepWeight) };
    for (const trial of trials) {
      const found = leastOf(trial.groups[g]!.others, chosen.firstStepWeight);
      if (found.square < best.square) best = { trial, ...found };
    }
    const group = best.trial.groups[g]!;
    scale += valueAt(group.scaled, best.weight);
    error += valueAt(group.error, best.weight);
  });
  return { scale: scale / rows, error: error / rows, degreesOfFreedom: own.degreesOfFreedom };
}

/** Of the targets, and of the first step where there is one. */
type Columns = readonly Float64Array[];

/** The rows and columns `rows` of G. */
function inverseOf(rows: readonly number[], length: number, space: SolutionSpace, factor: CholeskyFactor): Matrix {
  const units = matrix(length, rows.length);
  rows.forEach((row, k) => {
    units.values[row * rows.length + k] = 1;
  });
  const { values } = space.from(choleskySolve(factor, space.to(units)));
  const out = matrix(rows.length, rows.length);
  rows.forEach((row, k) => {
    out.values.set(values.subarray(row * rows.length, (row + 1) * rows.length), k * rows.length);
  });
  return out;
}

/** Errors of group h with group g out as well; infinite where rounding leaves no positive definite matrix. */
function errorsWithout(
  hg: Matrix,
  carried: Matrix,
  at: number,
  hh: Matrix,
  weights: Columns,
  errors: Columns,
): Columns {
  const [m, n] = [hg.rows, hg.columns];
  for (let i = 0; i < m; i++)
    for (let k = 0; k < n; k++) {
      const v = hg.values[i * n + k]!;
      for (let j = 0; j < m; j++) hh.values[i * m + j]! -= v * carried.values[k * carried.columns + at + j]!;
    }
  const sides = weights.map((w, t) => w.map((v, i) => v - dot(hg.values.subarray(i * n, (i + 1) * n), errors[t]!)));
  try {
    const factor = cholesky(hh);
    return sides.map((side) => choleskySolve(factor, column(side)).values);
  } catch (error) {
    if (!(error instanceof ConvergenceError)) throw error;
    return sides.map((side) => side.map(() => Number.POSITIVE_INFINITY));
  }
}

/**
 * (Σ_g m_g)² / Σ_gh ‖G_gg^{−½} G_gh G_hh^{−½}‖²: twice the squared mean over the variance of Σ_g w_gᵀ G_gg⁻¹ w_g for w ~ N(0, G), as
 * in Satterthwaite, Biometrics Bull. 2, 110 (1946).
 */
function degreesOfFreedom(
  carried: readonly Matrix[],
  rowsOf: readonly (readonly number[])[],
  at: readonly number[],
): number {
  let squares = 0;
  carried.forEach((a, g) => {
    carried.forEach((b, h) => {
      for (let i = 0; i < rowsOf[g]!.length; i++)
        for (let j = 0; j < rowsOf[h]!.length; j++)
          squares += a.values[i * a.columns + at[h]! + j]! * b.values[j * b.columns + at[g]! + i]!;
    });
  });
  return carried[0]!.columns ** 2 / squares;
}

function squareOf([a, b]: Columns, [c, d]: Columns = [a!, b!]): WeightedSquare {
  return { yy: dot(a!, c!), yt: b ? dot(b, c!) : 0, tt: b && d ? dot(b, d) : 0 };
}

function add(a: WeightedSquare, b: WeightedSquare): WeightedSquare {
  return { yy: a.yy + b.yy, yt: a.yt + b.yt, tt: a.tt + b.tt };
}

function valueAt({ yy, yt, tt }: WeightedSquare, f: number): number {
  return yy - 2 * f * yt + f * f * tt;
}

/** The f within 0 … 1 that makes it least, and what it is there. @param otherwise f where it does not matter */
function leastOf(s: WeightedSquare, otherwise: number): { readonly weight: number; readonly square: number } {
  // Infinite errors stand for a matrix that rounding has made singular: never the least.
  if (!Number.isFinite(s.yy + s.tt)) return { weight: otherwise, square: Number.POSITIVE_INFINITY };
  const weight = s.tt > 0 ? Math.min(1, Math.max(0, s.yt / s.tt)) : otherwise;
  return { weight, square: valueAt(s, weight) };
}

function block(m: Matrix, row: number, rows: number, from: number, columns: number): Matrix {
  const out = matrix(rows, columns);
  for (let i = 0; i < rows; i++) {
    const start = (row + i) * m.columns + from;
    out.values.set(m.values.subarray(start, start + columns), i * columns);
  }
  return out;
}

function pick(values: Float64Array, rows: readonly number[]): Float64Array {
  return Float64Array.from(rows, (row) => values[row]!);
}

function column(values: Float64Array): Matrix {
  return matrix(values.length, 1, values);
}
