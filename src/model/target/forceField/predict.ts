import { environmentsOf, type KnownEnvironments } from "../../../descriptor/knownEnvironments.js";
import { cellVolume, type Structure } from "../../../structure/structure.js";
import { basisOf } from "../../basis/basisOf.js";
import { composition, type ForceFieldModel } from "./forceField.js";

/** Energy, forces and, for a cell, stress of one structure. */
export interface ForceFieldPrediction {
  /** eV */
  readonly energy: number;
  /** −∂E/∂x, [n, 3], eV/Å */
  readonly forces: Float64Array;
  /** (1/V) ∂E/∂ε, [3, 3], eV/Å³, positive under tension; absent without a cell. */
  readonly stress?: Float64Array;
}

/** Energy, forces and stress of one structure by one reverse pass. @throws DataError for a species that the force field does not know */
export function predictForces(model: ForceFieldModel, s: Structure): ForceFieldPrediction {
  return predictForcesAround(model, s, environmentsOf(model.descriptor, s));
}

/** {@link predictForces} where the structure's environments are known already. */
export function predictForcesAround(
  model: ForceFieldModel,
  s: Structure,
  around: KnownEnvironments,
): ForceFieldPrediction {
  const { descriptor: d, basis, weights, constants } = model;
  const { value, positions, strain } = basisOf(d, 0, basis).response(weights, s, around);
  const volume = s.cell && cellVolume(s.cell);
  return {
    energy: value[0]! + composition(d, s.species).reduce((e, n, k) => e + n * constants[k]!, 0),
    forces: positions.map((g) => -g),
    ...(volume !== undefined && { stress: strain.map((g) => g / volume) }),
  };
}
