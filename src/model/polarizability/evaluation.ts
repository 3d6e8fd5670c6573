/** Agreement of predicted with reference tensors. */
import { DataError } from "../../errors.js";
import { anisotropySquared, meanOfTensor } from "../../series/invariants.js";
import { rmse, rSquared } from "../diagnostics.js";

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

/**
 * How well tensors are predicted; R² has no unit, errors have that of the tensors (γ²: its square). Of something that is the same
 * in all frames R² is 1 if it is predicted exactly and 0 if not.
 */
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
 * @throws DataError without frames
 */
export function evaluateTensors(reference: Float64Array, predicted: Float64Array): TensorEvaluation {
  if (reference.length === 0)
    throw new DataError({
      where: "evaluation",
      problem: "no frames to test on",
      advice: "leave some frames out of training",
    });
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
  return { frames: reference.length / 9, r2: scores(finiteRSquared), rmse: scores(rmse) };
}

function each(t: Float64Array, value: (t: Float64Array, offset: number) => number): Float64Array {
  return Float64Array.from({ length: t.length / 9 }, (_, f) => value(t, 9 * f));
}

function finiteRSquared(y: Float64Array, p: Float64Array): number {
  if (y.every((v) => v === y[0])) return p.every((v, i) => v === y[i]) ? 1 : 0;
  return rSquared(y, p);
}
