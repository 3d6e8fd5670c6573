/** Predictive variance of the Gaussian process that kernel ridge regression is the mean of, for linear kernels. */
import { cholesky, choleskySolve } from "../../math/cholesky.js";
import { gemm, type Matrix, matrix } from "../../math/matrix.js";
import { scaleRows } from "../basis/structureKernel.js";
import { type FittedPart, partOf } from "./kernelFit.js";
import type { PreparedFrames, PreparedStructures } from "./preparedFrames.js";

/** Both orders. */
export interface KernelVariance {
  readonly scalar: VariancePart;
  readonly traceless: VariancePart;
}

/** One order: variance s²·(ψᵀψ − |Bψ|²) of a component with extended features ψ = (√a·scales·D, d·t_first) − mean. */
export interface VariancePart {
  /** Factor on the features of each species, √a included. */
  readonly scales: Float64Array;
  /** Standard deviation of the first step's factor. */
  readonly deviation: number;
  /** Subtracted from ψ: the training mean for λ = 0, zero for λ = 2. Length species·K + 1. */
  readonly mean: Float64Array;
  /** B with BᵀB = Ψᵀ(ΨΨᵀ + σ²)⁻¹Ψ, [n·m, species·K + 1]. */
  readonly explained: Matrix;
  /** s² = yᵀ(K + σ²)⁻¹y/(n·m), the maximum-likelihood scale. */
  readonly scale: number;
}

/** Prepares the variance of a fit. */
export function kernelVariance(parts: readonly [FittedPart, FittedPart], train: PreparedFrames): KernelVariance {
  const [scalar, traceless] = parts.map((p) => variancePart(p, train)) as [VariancePart, VariancePart];
  return { scalar, traceless };
}

function variancePart(fitted: FittedPart, train: PreparedFrames): VariancePart {
  const { order } = fitted.part;
  const scales = fitted.kernel.scales.map((s) => s * Math.sqrt(fitted.amplitude));
  const unshifted = { scales, deviation: fitted.deviation, mean: new Float64Array(0) };
  const rows = extendedFeatures(unshifted, train, order);
  const mean = new Float64Array(rows.columns);
  if (order === 0) for (let p = 0; p < rows.values.length; p++) mean[p % rows.columns]! += rows.values[p]! / rows.rows;
  const psi = { ...rows, values: rows.values.map((x, p) => x - mean[p % rows.columns]!) };
  const k = gemm(psi, psi, "b");
  for (let i = 0; i < k.rows; i++) k.values[i * k.rows + i]! += fitted.solution.noise;
  const factor = cholesky(k);
  // L⁻¹Ψ = Lᵀ (K + σ²)⁻¹ Ψ
  const explained = gemm(factor.lower, choleskySolve(factor, psi), "a");
  const { dual } = fitted.solution;
  const offset = order === 0 ? fitted.residuals.reduce((s, y) => s + y, 0) / dual.length : 0;
  const scale = fitted.residuals.reduce((s, y, i) => s + (y - offset) * dual[i]!, 0) / dual.length;
  return { scales, deviation: fitted.deviation, mean, explained, scale };
}

/** Standard deviation of every component for prepared structures, Å³ per atom, [n, 2λ+1]. */
export function predictDeviation(v: VariancePart, order: 0 | 2, p: PreparedStructures): Float64Array {
  const psi = extendedFeatures(v, p, order);
  const along = gemm(psi, v.explained, "b");
  return Float64Array.from({ length: psi.rows }, (_, i) => {
    const own = psi.values.subarray(i * psi.columns, (i + 1) * psi.columns).reduce((s, x) => s + x * x, 0);
    const known = along.values.subarray(i * along.columns, (i + 1) * along.columns).reduce((s, x) => s + x * x, 0);
    return Math.sqrt(v.scale * Math.max(0, own - known));
  });
}

function extendedFeatures(
  v: Pick<VariancePart, "scales" | "deviation" | "mean">,
  p: PreparedStructures,
  order: 0 | 2,
): Matrix {
  const rows = scaleRows(p.means[order], v.scales);
  const first = p.first && partOf(p.first, order);
  const out = matrix(rows.rows, rows.columns + 1);
  for (let i = 0; i < rows.rows; i++) {
    out.values.set(rows.values.subarray(i * rows.columns, (i + 1) * rows.columns), i * out.columns);
    if (first) out.values[i * out.columns + rows.columns] = v.deviation * first[i]!;
  }
  if (v.mean.length > 0) for (let q = 0; q < out.values.length; q++) out.values[q]! -= v.mean[q % out.columns]!;
  return out;
}
