import type { ForceFieldModel } from "../model/forceField/model.js";
import { predictForces } from "../model/forceField/predict.js";
import { forceFieldUncertainty } from "../model/forceField/uncertainty.js";
import type { Potential } from "./potential.js";

/**
 * A fitted force field for {@link md}, with its error estimate where the model has one. Neighbours are searched anew for every
 * structure: that is a sixth of a step, and keeps forces a function of the structure alone.
 */
export function forceFieldPotential(model: ForceFieldModel): Potential {
  return {
    name: "force field",
    evaluate: (s) => predictForces(model, s),
    ...(model.posterior && { uncertainty: (s) => forceFieldUncertainty(model, s).largest }),
  };
}
