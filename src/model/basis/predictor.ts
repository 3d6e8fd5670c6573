/** A fitted kernel expansion in the form that predicts fastest. */
import { gemm, type Matrix, matrix } from "../../math/matrix.js";
import type { TensorOrder } from "../../tensor/cartesian.js";
import { type EnvironmentFeatures, featureWidth } from "./environmentFeatures.js";
import { gather, type KernelSettings } from "./structureKernel.js";

/** ζ = 1: one weight per function of the basis, whatever the number of training frames. */
export interface LinearPredictor {
  readonly kind: "linear";
  /** [functions] */
  readonly weights: Float64Array;
}

/** ζ > 1: the value of an atom is D·Σ_k (k⁰)^(ζ−1) v_k over the reference atoms k of its species. */
export interface ReferencePredictor {
  readonly kind: "references";
  readonly zeta: number;
  /** Per species of the descriptor. */
  readonly species: readonly ReferenceSpecies[];
}

/** Reference atoms of one species. */
export interface ReferenceSpecies {
  /** Scalar features of unit length, [references, K₀]. */
  readonly scalar: Matrix;
  /** v_k = Σ_ν D_kν w_kν, [references, K]. For λ = 0 a multiple of the scalar features. */
  readonly vectors: Matrix;
}

export type Predictor = LinearPredictor | ReferencePredictor;

/**
 * Σ_i w_i k(·, i) over the rows i of scaled structure features, for ζ = 1.
 * @param rows [structures · (2λ+1), functions]
 * @param factors with which the rows are scaled: they enter once more for the structure to be predicted
 */
export function linearPredictor(rows: Matrix, coefficients: Float64Array, factors: Float64Array): LinearPredictor {
  const weights = gemm(rows, matrix(rows.rows, 1, coefficients), "a").values;
  return { kind: "linear", weights: weights.map((w, p) => w * factors[p]!) };
}

/** Σ_i w_i k(·, i) over whole structures i, for ζ > 1. */
export function referencePredictor(
  structures: readonly EnvironmentFeatures[],
  coefficients: Float64Array,
  settings: KernelSettings,
): ReferencePredictor {
  const m = 2 * settings.order + 1;
  const species = Array.from(settings.scales, (scale, s) => {
    const { owner, size, scalar, features } = gather(structures, settings.order, s);
    const vectors = matrix(owner.length, features.columns);
    owner.forEach((structure, k) => {
      for (let nu = 0; nu < m; nu++) {
        const w = (scale * scale * coefficients[structure * m + nu]!) / size[k]!;
        for (let c = 0; c < features.columns; c++)
          vectors.values[k * features.columns + c]! += w * features.values[(k * m + nu) * features.columns + c]!;
      }
    });
    return { scalar, vectors };
  });
  return { kind: "references", zeta: settings.zeta, species };
}

/**
 * Mean over the atoms of each structure, in the unit of the targets.
 * @returns [structures, 2λ+1]
 */
export function predictReferences(
  p: ReferencePredictor,
  structures: readonly EnvironmentFeatures[],
  order: TensorOrder,
): Float64Array {
  const m = 2 * order + 1;
  const out = new Float64Array(structures.length * m);
  if (structures.length === 0) return out;
  const width = featureWidth(structures[0]!, order);
  p.species.forEach((reference, s) => {
    if (reference.scalar.rows === 0) return;
    const { owner, size, scalar, features } = gather(structures, order, s);
    if (owner.length === 0) return;
    const similarity = gemm(scalar, reference.scalar, "b");
    const direction = gemm(powersOf(similarity, p.zeta), reference.vectors).values;
    owner.forEach((structure, j) => {
      for (let mu = 0; mu < m; mu++) {
        let sum = 0;
        for (let c = 0; c < width; c++) sum += features.values[(j * m + mu) * width + c]! * direction[j * width + c]!;
        out[structure * m + mu]! += sum / size[j]!;
      }
    });
  });
  return out;
}

/** (k⁰)^(ζ−1) of every similarity k⁰. */
export function powersOf(similarity: Matrix, zeta: number): Matrix {
  return zeta === 2 ? similarity : { ...similarity, values: similarity.values.map((k) => k ** (zeta - 1)) };
}

/** ω_k with v_k = ω_k times the unit features of reference k: for λ = 0 an atom's value is its length times Σ_k ω_k (k⁰)^ζ. */
export function scalarWeights({ scalar, vectors }: ReferenceSpecies): Float64Array {
  return Float64Array.from({ length: scalar.rows }, (_, k) => {
    let sum = 0;
    for (let c = k * scalar.columns; c < (k + 1) * scalar.columns; c++) sum += scalar.values[c]! * vectors.values[c]!;
    return sum;
  });
}
