import { environmentsOf, type KnownEnvironments } from "../../../descriptor/knownEnvironments.js";
import type { Structure } from "../../../structure/structure.js";
import { VECTOR_AXES } from "../../../tensor/cartesian.js";
import { basisOf } from "../../basis/basisOf.js";
import type { PolarizationModel } from "./polarization.js";
import { chargeMoments } from "./speciesCharges.js";

/**
 * P of one structure, [3], e·Å: that of the features plus Σ_i Q_{J(i)} x_i for the positions as they are, so a trajectory must be
 * unwrapped. Its zero is arbitrary for a crystal.
 * @throws DataError for a species that the model does not know
 */
export function polarizationOf(model: PolarizationModel, s: Structure): Float64Array {
  const { descriptor: d, basis, weights } = model;
  return cartesian(model, s, basisOf(d, 1, basis).value(weights, s));
}

/** P and its derivative. */
export interface PolarizationResponse {
  /** [3], e·Å */
  readonly polarization: Float64Array;
  /** Z*_{i,αβ} = ∂P_α/∂x_{iβ}, [n, 3 (field), 3 (displacement)], e */
  readonly bornCharges: Float64Array;
}

/** P and Z* of one structure by one reverse pass, or with products by one more for each Cartesian component. */
export function predictBornCharges(model: PolarizationModel, s: Structure): PolarizationResponse {
  return predictBornChargesAround(model, s, environmentsOf(model.descriptor, s));
}

/** {@link predictBornCharges} where the structure's environments are known already. */
export function predictBornChargesAround(
  model: PolarizationModel,
  s: Structure,
  around: KnownEnvironments,
): PolarizationResponse {
  const n = s.species.length;
  const { descriptor: d, basis, weights, constants } = model;
  const { value, positions } = basisOf(d, 1, basis).response(weights, s, around);
  const bornCharges = new Float64Array(9 * n);
  for (let i = 0; i < n; i++) {
    const charge = constants[d.options.species.indexOf(s.species[i]!)]!;
    for (let m = 0; m < 3; m++)
      for (let b = 0; b < 3; b++)
        bornCharges[9 * i + 3 * VECTOR_AXES[m]! + b] =
          positions[3 * (m * n + i) + b]! + (VECTOR_AXES[m] === b ? charge : 0);
  }
  return { polarization: cartesian(model, s, value), bornCharges };
}

function cartesian(model: PolarizationModel, s: Structure, value: Float64Array): Float64Array {
  const result = new Float64Array(3);
  for (let m = 0; m < 3; m++) result[VECTOR_AXES[m]!] = value[m]!;
  const moments = chargeMoments(model.descriptor.options.species, { structure: s });
  model.constants.forEach((q, kind) => {
    for (let a = 0; a < 3; a++) result[a]! += q * moments[3 * kind + a]!;
  });
  return result;
}
