import { type ContractionGradient, gradientAround } from "../../../descriptor/contract.js";
import { environmentsOf, type KnownEnvironments } from "../../../descriptor/knownEnvironments.js";
import { cellVolume, type Structure } from "../../../structure/structure.js";
import { kernelGradient } from "../../basis/kernelBasis.js";
import type { ForceFieldModel } from "./model.js";
import { composition } from "./rows.js";

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
  const { energy, positions, strain } = derivatives(model, s, around);
  const volume = s.cell && cellVolume(s.cell);
  return {
    energy: energy + composition(model.descriptor, s.species).reduce((e, n, k) => e + n * model.energies[k]!, 0),
    forces: positions.map((g) => -g),
    ...(volume !== undefined && { stress: strain.map((g) => g / volume) }),
  };
}

function derivatives({ descriptor, weights, kernel }: ForceFieldModel, s: Structure, around: KnownEnvironments) {
  if (kernel) return kernelGradient(descriptor, kernel, weights, s, around);
  const [{ value, positions, strain }] = gradientAround(descriptor, s, [{ order: 0, values: weights }], around) as [
    ContractionGradient,
  ];
  return { energy: value[0]!, positions, strain };
}
