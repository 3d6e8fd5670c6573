/** Agreement of predicted with reference tensors. */
import { anisotropySquared, meanOfTensor } from "../../series/invariants.js";

/** Names of the six components, and the mean a and anisotropy γ². */
export const COMPONENTS = ["xx", "yy", "zz", "xy", "yz", "zx"] as const;
const FLAT: readonly (readonly [number, number])[] = [
  [0, 0],
  [4, 4],
  [8, 8],
  [1, 3],
  [5, 7],
  [2, 6],
];

/** A number for each invariant and component. */
export interface TensorScores {
  /** Mean a = (xx + yy + zz)/3. */
  readonly a: number;
  /** Anisotropy γ². */
  readonly gamma2: number;
  readonly components: Readonly<Record<(typeof COMPONENTS)[number], number>>;
}

/** How well tensors are predicted; R² has no unit, errors have that of the tensors (γ²: its square). */
export interface TensorEvaluation {
  /** Number of tensors compared. */
  readonly frames: number;
  readonly r2: TensorScores;
  readonly rmse: TensorScores;
}

/**
 * R² and root mean square error of a, γ² and every component (G, section I.G).
 * @param reference tensors [frames, 3, 3]
 * @param predicted the same for the model
 */
export function evaluateTensors(reference: Float64Array, predicted: Float64Array): TensorEvaluation {
  const scores = (measure: (y: Float64Array, p: Float64Array) => number): TensorScores => {
    const of = (value: (t: Float64Array, offset: number) => number): number =>
      measure(each(reference, value), each(predicted, value));
    return {
      a: of(meanOfTensor),
      gamma2: of(anisotropySquared),
      components: Object.fromEntries(
        COMPONENTS.map((name, c) => [name, of((t, o) => 0.5 * (t[o + FLAT[c]![0]]! + t[o + FLAT[c]![1]]!))]),
      ) as TensorScores["components"],
    };
  };
  return { frames: reference.length / 9, r2: scores(rSquared), rmse: scores(rootMeanSquareError) };
}

function each(t: Float64Array, value: (t: Float64Array, offset: number) => number): Float64Array {
  return Float64Array.from({ length: t.length / 9 }, (_, f) => value(t, 9 * f));
}

function rSquared(y: Float64Array, p: Float64Array): number {
  const mean = y.reduce((s, v) => s + v, 0) / y.length;
  let [missed, total] = [0, 0];
  for (let i = 0; i < y.length; i++) {
    missed += (y[i]! - p[i]!) ** 2;
    total += (y[i]! - mean) ** 2;
  }
  return 1 - missed / total;
}

function rootMeanSquareError(y: Float64Array, p: Float64Array): number {
  return Math.sqrt(y.reduce((s, v, i) => s + (v - p[i]!) ** 2, 0) / y.length);
}
