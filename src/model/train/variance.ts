/** Predictive variance of the Gaussian process that kernel ridge regression is the mean of, for linear kernels. */
import { cholesky, choleskySolve } from "../../math/cholesky.js";
import { columnMeans, dot, gemm, lessRow, type Matrix, matrix, rowOf } from "../../math/matrix.js";
import type { TensorOrder } from "../../tensor/cartesian.js";
import { scaleRows } from "../basis/structureKernel.js";
import type { FittedPart } from "./kernelFit.js";
import type { PreparedFrames, PreparedStructures } from "./preparedFrames.js";

/** One order: variance s²·(ψᵀψ − |Bψ|² + σ²) of a component with extended functions ψ = (√a·factors·φ, d·t_first) − mean. */
export interface VariancePart {
  /** Factor on each function of the basis, √a included. */
  readonly factors: Float64Array;
  /** Standard deviation of the first step's factor. */
  readonly deviation: number;
  /** Subtracted from ψ: the training mean for λ = 0, zero for others. One longer than the functions. */
  readonly mean: Float64Array;
  /** B with BᵀB = Ψᵀ(ΨΨᵀ + σ²)⁻¹Ψ, [n·m, functions + 1]. */
  readonly explained: Matrix;
  /** σ², of the constant as well where there is one: what no weights explain. */
  readonly noise: number;
  /**
   * s² = ν/(ν − 2) times the mean squared error of left-out training frames over their variance of a unit kernel, at the ridge that the
   * other frames choose: the expected square of an error whose own scale is known from ν errors.
   */
  readonly scale: number;
  /**
   * ν, how many independent errors of left-out frames s² rests on, at least 3: an error over its standard deviation is √((ν − 2)/ν)
   * times a value of Student's t. Infinite for models saved before it was known, with an s² for a given scale.
   */
  readonly degreesOfFreedom: number;
}

/** What the variance of structures needs of them. */
type Functions = Pick<PreparedStructures, "means" | "first">;

/** With fewer the expected square of Student's t has no bound. */
const LEAST_DEGREES = 3;

/** Of the errors of a fit; mean squares of new errors are larger by `inflation`. */
export function degreesOf({ solution }: FittedPart): { readonly degreesOfFreedom: number; readonly inflation: number } {
  const nu = Math.max(LEAST_DEGREES, solution.calibration!.degreesOfFreedom);
  return { degreesOfFreedom: nu, inflation: nu / (nu - 2) };
}

/** Prepares the variance of one order of a fit. */
export function variancePart(fitted: FittedPart, train: PreparedFrames): VariancePart {
  const { order } = fitted.part;
  const { deviation, solution } = fitted;
  const factors = fitted.factors.map((s) => s * Math.sqrt(fitted.amplitude));
  const rows = extendedFunctions({ factors, deviation }, train, order);
  const mean = order === 0 ? columnMeans(rows) : new Float64Array(rows.columns);
  const psi = lessRow(rows, mean);
  const k = gemm(psi, psi, "b");
  for (let i = 0; i < k.rows; i++) k.values[i * k.rows + i]! += solution.noise;
  const factor = cholesky(k);
  // L⁻¹Ψ = Lᵀ (K + σ²)⁻¹ Ψ
  const explained = gemm(factor.lower, choleskySolve(factor, psi), "a");
  const noise = solution.noise * (order === 0 ? 1 + 1 / rows.rows : 1);
  const { degreesOfFreedom, inflation } = degreesOf(fitted);
  return {
    factors,
    deviation,
    mean,
    explained,
    noise,
    scale: inflation * solution.calibration!.scale,
    degreesOfFreedom,
  };
}

/** Standard deviation of every component for prepared structures, per atom, [n, 2λ+1]. */
export function predictDeviation(v: VariancePart, order: TensorOrder, p: Functions): Float64Array {
  const psi = lessRow(extendedFunctions(v, p, order), v.mean);
  const along = gemm(psi, v.explained, "b");
  return Float64Array.from({ length: psi.rows }, (_, i) => {
    const [own, known] = [rowOf(psi, i), rowOf(along, i)];
    return Math.sqrt(v.scale * (Math.max(0, dot(own, own) - dot(known, known)) + v.noise));
  });
}

/** Before the mean is taken off. */
function extendedFunctions(v: Pick<VariancePart, "factors" | "deviation">, p: Functions, order: TensorOrder): Matrix {
  const rows = scaleRows(p.means[order]!, v.factors);
  const first = p.first?.[order];
  const out = matrix(rows.rows, rows.columns + 1);
  for (let i = 0; i < rows.rows; i++) {
    out.values.set(rowOf(rows, i), i * out.columns);
    if (first) out.values[i * out.columns + rows.columns] = v.deviation * first[i]!;
  }
  return out;
}
