/** What a model of any kind gives for frames. */
import { followingEnvironments } from "../../descriptor/knownEnvironments.js";
import { inFrame } from "../../errors.js";
import type { Frame } from "../../structure/frame.js";
import type { Structure } from "../../structure/structure.js";
import type { Model } from "../file/models.js";
import { linearResponseTensor } from "../linearResponse/predict.js";
import { secondOrderExpander } from "../secondOrder/tensor.js";
import { predictForcesAround } from "../target/forceField/predict.js";
import { committeePredictor, polarizabilityPredictor } from "../target/polarizability/predict.js";
import { predictBornChargesAround } from "../target/polarization/predict.js";

/** Fields of a frame that models give. */
export type PredictedField =
  | "energy"
  | "forces"
  | "stress"
  | "polarization"
  | "polarizability"
  | "dielectric"
  | "bornCharges";
/** What a model gives for one structure. */
export type Predicted = Pick<Frame, PredictedField>;

/** Whether a model's prediction depends on the path of the atoms, so that positions must not be wrapped. */
export function needsPath(model: Model): boolean {
  return model.kind === "polarization";
}

/**
 * A function that predicts structures, with what all have in common prepared once. What it gives for one does not depend on the others.
 * @param numbers of the frames, for errors
 * @param committee of a model of the polarizability: the tensors of its members one after the other, see `committeePredictor`
 */
export function framePredictor(
  model: Model,
  committee = false,
): (structures: readonly Structure[], numbers: ArrayLike<number>) => Predicted[] {
  if (model.kind === "polarizability") {
    const { predict, together } = committee ? committeePredictor(model) : polarizabilityPredictor(model);
    return (structures, numbers) => {
      const step = together(structures[0]?.species.length ?? 1);
      const tensors: Float64Array[] = [];
      for (let k = 0; k < structures.length; k += step)
        tensors.push(...predict(structures.slice(k, k + step), Array.from(numbers).slice(k, k + step)));
      return tensors.map((tensor) => ({ [model.quantity]: tensor }));
    };
  }
  const one = single(model);
  return (structures, numbers) => structures.map((s, k) => inFrame(numbers[k]!, () => one(s)));
}

function single(model: Exclude<Model, { kind: "polarizability" }>): (s: Structure) => Predicted {
  switch (model.kind) {
    case "polarization": {
      const around = followingEnvironments(model.descriptor);
      return (s) => predictBornChargesAround(model, s, around(s));
    }
    case "forceField": {
      const around = followingEnvironments(model.descriptor);
      return (s) => predictForcesAround(model, s, around(s));
    }
    case "linearResponse":
      return (s) => ({ [model.quantity]: linearResponseTensor(model, s) });
    case "secondOrder": {
      const expand = secondOrderExpander(model);
      return (s) => ({ [model.first.quantity]: expand(s) });
    }
  }
}
