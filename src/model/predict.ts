/** Predictions for one structure, whatever the model. */
import type { Structure } from "../structure/structure.js";
import type { LinearResponse } from "./linearResponse/linearResponse.js";
import { linearResponseTensor } from "./linearResponse/predict.js";
import type { SecondOrderResponse } from "./secondOrder/secondOrder.js";
import { secondOrderExpander } from "./secondOrder/tensor.js";
import type { ForceFieldModel } from "./target/forceField/forceField.js";
import { type ForceFieldUncertainty, forceFieldUncertainty } from "./target/forceField/uncertainty.js";
import type { PolarizabilityModel } from "./target/polarizability/polarizability.js";
import { polarizabilityTensor } from "./target/polarizability/predict.js";
import { type PolarizabilityUncertainty, polarizabilityUncertainty } from "./target/polarizability/uncertainty.js";
import type { PolarizationModel } from "./target/polarization/polarization.js";
import { polarizationOf } from "./target/polarization/predict.js";
import { type PolarizationUncertainty, polarizationUncertainty } from "./target/polarization/uncertainty.js";

/**
 * The tensor of one structure by a model of the polarizability or dielectric tensor ([3, 3] row-major, Å³ or ε∞), of the polarization
 * ([3], e·Å, for the positions as they are, so a trajectory must be unwrapped), or by a response of first or second order (in its unit).
 * @throws DataError for a species that the model was not trained on
 */
export function predictTensor(
  model: PolarizabilityModel | PolarizationModel | LinearResponse | SecondOrderResponse,
  s: Structure,
): Float64Array {
  if (model.kind === "secondOrder") return secondOrderExpander(model)(s);
  if (model.kind === "linearResponse") return linearResponseTensor(model, s);
  return model.kind === "polarization" ? polarizationOf(model, s) : polarizabilityTensor(model, s);
}

/**
 * Standard deviations of the errors of what a model predicts for one structure, where it was fitted with `uncertainty: { kind: "variance" }` (a force
 * field is, unless told otherwise).
 * @throws OptionError | DataError if the model has no error estimate, or for a species that it was not trained on
 */
export function predictUncertainty(model: ForceFieldModel, s: Structure): ForceFieldUncertainty;
export function predictUncertainty(model: PolarizationModel, s: Structure): PolarizationUncertainty;
export function predictUncertainty(model: PolarizabilityModel, s: Structure): PolarizabilityUncertainty;
export function predictUncertainty(
  model: ForceFieldModel | PolarizationModel | PolarizabilityModel,
  s: Structure,
): ForceFieldUncertainty | PolarizationUncertainty | PolarizabilityUncertainty {
  if (model.kind === "forceField") return forceFieldUncertainty(model, s);
  return model.kind === "polarization" ? polarizationUncertainty(model, s) : polarizabilityUncertainty(model, s);
}
