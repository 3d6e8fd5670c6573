/** Agreement of predicted with reference tensors. */
import { DataError } from "../../../errors.js";
import { component, SYMMETRIC_COMPONENTS, type SymmetricComponent } from "../../../series/components.js";
import { invariants } from "../../../series/invariants.js";
import { createSeries } from "../../../series/tensorSeries.js";
import { rmse, rSquared } from "../../diagnostics.js";

/** A number for each invariant and component. */
export interface TensorScores {
  /** Mean a = (xx + yy + zz)/3. */
  readonly a: number;
  /** Anisotropy γ². */
  readonly gamma2: number;
  readonly components: Readonly<Record<SymmetricComponent, number>>;
}

/**
 * How well tensors are predicted; R² has no unit, errors have that of the tensors (γ²: its square). Of something that is the same
 * in all frames R² is 1 if it is predicted exactly and 0 if not.
 */
export interface TensorEvaluation {
  /** Number of tensors compared. */
  readonly frames: number;
  readonly r2: TensorScores;
  /** `all`: of all nine elements together. */
  readonly rmse: TensorScores & { readonly all: number };
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
  const [y, p] = [valuesOf(reference), valuesOf(predicted)];
  const scores = (measure: (y: Float64Array, p: Float64Array) => number): TensorScores => ({
    a: measure(y.mean, p.mean),
    gamma2: measure(y.anisotropy, p.anisotropy),
    components: Object.fromEntries(
      SYMMETRIC_COMPONENTS.map((name) => [name, measure(component(y.series, name), component(p.series, name))]),
    ) as TensorScores["components"],
  });
  return {
    frames: reference.length / 9,
    r2: scores(finiteRSquared),
    rmse: { ...scores(rmse), all: rmse(reference, predicted) },
  };
}

function valuesOf(values: Float64Array) {
  // Neither invariants nor components depend on which symmetric tensor it is.
  const series = createSeries({ quantity: "polarizability", shape: [3, 3], values, timestep: 1, origin: "evaluation" });
  return { series, ...invariants(series) };
}

function finiteRSquared(y: Float64Array, p: Float64Array): number {
  if (y.every((v) => v === y[0])) return p.every((v, i) => v === y[i]) ? 1 : 0;
  return rSquared(y, p);
}
