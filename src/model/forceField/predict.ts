import { contract, gradient } from "../../descriptor/contract.js";
import { cellVolume, type Structure } from "../../structure/structure.js";
import type { ForceFieldModel } from "./model.js";

/** Energy, forces and, for a cell, stress of one structure. */
export interface ForceFieldPrediction {
  /** eV */
  readonly energy: number;
  /** −∂E/∂x, [n, 3], eV/Å */
  readonly forces: Float64Array;
  /** (1/V) ∂E/∂ε, [3, 3], eV/Å³, positive under tension; absent without a cell. */
  readonly stress?: Float64Array;
}

/** Energy of one structure, eV. @throws DataError for a species that the force field does not know */
export function potentialEnergy(model: ForceFieldModel, s: Structure): number {
  return offset(model, s) + contract(model.descriptor, s, { order: 0, values: model.weights }).value[0]!;
}

/** Energy, forces and stress of one structure by one reverse pass. */
export function evaluateForceField(model: ForceFieldModel, s: Structure): ForceFieldPrediction {
  const { value, positions, strain } = gradient(model.descriptor, s, { order: 0, values: model.weights });
  const volume = s.cell && cellVolume(s.cell);
  return {
    energy: offset(model, s) + value[0]!,
    forces: positions.map((g) => -g),
    ...(volume !== undefined && { stress: strain.map((g) => g / volume) }),
  };
}

function offset(model: ForceFieldModel, s: Structure): number {
  return s.species.reduce((sum, symbol) => sum + model.energies[model.descriptor.options.species.indexOf(symbol)]!, 0);
}
