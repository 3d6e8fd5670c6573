/** Predictive variance of the Gaussian process that kernel ridge regression is the mean of, for linear kernels. */
import { cholesky, choleskySolve } from "../../math/cholesky.js";
import { gemm, type Matrix, matrix } from "../../math/matrix.js";
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
  /** s², by which left-out training frames have a mean squared error of their variance. */
  readonly scale: number;
}

/** What the variance of structures needs of them. */
type Functions = Pick<PreparedStructures, "means" | "first">;

/** Prepares the variance of one order of a fit. */
export function variancePart(fitted: FittedPart, train: PreparedFrames): VariancePart {
  const { order } = fitted.part;
  const { deviation, solution } = fitted;
  const factors = fitted.factors.map((s) => s * Math.sqrt(fitted.amplitude));
  const rows = extendedFunctions({ factors, deviation, mean: new Float64Array(0) }, train, order);
  const mean = new Float64Array(rows.columns);
  if (order === 0) for (let p = 0; p < rows.values.length; p++) mean[p % rows.columns]! += rows.values[p]! / rows.rows;
  const psi = { ...rows, values: rows.values.map((x, p) => x - mean[p % rows.columns]!) };
  const k = gemm(psi, psi, "b");
  for (let i = 0; i < k.rows; i++) k.values[i * k.rows + i]! += solution.noise;
  const factor = cholesky(k);
  // L⁻¹Ψ = Lᵀ (K + σ²)⁻¹ Ψ
  const explained = gemm(factor.lower, choleskySolve(factor, psi), "a");
  const noise = solution.noise * (order === 0 ? 1 + 1 / rows.rows : 1);
  return { factors, deviation, mean, explained, noise, scale: solution.calibration };
}

/** Standard deviation of every component for prepared structures, per atom, [n, 2λ+1]. */
export function predictDeviation(v: VariancePart, order: TensorOrder, p: Functions): Float64Array {
  const psi = extendedFunctions(v, p, order);
  const along = gemm(psi, v.explained, "b");
  return Float64Array.from({ length: psi.rows }, (_, i) => {
    const own = psi.values.subarray(i * psi.columns, (i + 1) * psi.columns).reduce((s, x) => s + x * x, 0);
    const known = along.values.subarray(i * along.columns, (i + 1) * along.columns).reduce((s, x) => s + x * x, 0);
    return Math.sqrt(v.scale * (Math.max(0, own - known) + v.noise));
  });
}

function extendedFunctions(
  v: Pick<VariancePart, "factors" | "deviation" | "mean">,
  p: Functions,
  order: TensorOrder,
): Matrix {
  const rows = scaleRows(p.means[order]!, v.factors);
  const first = p.first?.[order];
  const out = matrix(rows.rows, rows.columns + 1);
  for (let i = 0; i < rows.rows; i++) {
    out.values.set(rows.values.subarray(i * rows.columns, (i + 1) * rows.columns), i * out.columns);
    if (first) out.values[i * out.columns + rows.columns] = v.deviation * first[i]!;
  }
  if (v.mean.length > 0) for (let q = 0; q < out.values.length; q++) out.values[q]! -= v.mean[q % out.columns]!;
  return out;
}
