import { internalCoordinates } from "../../structure/chooseCoordinates.js";
import { atomicMasses } from "../../structure/elements.js";
import {
  type InternalCoordinate,
  internalValues,
  wilsonInverse,
  wilsonMatrix,
} from "../../structure/internalCoordinates.js";
import type { Structure } from "../../structure/structure.js";

/** Derivatives of a tensor in the Eckart frame with respect to internal coordinates. */
export interface InternalDerivatives {
  readonly coordinates: readonly InternalCoordinate[];
  /** Values at the reference, Å and rad. */
  readonly values: Float64Array;
  /** ∂T/∂q = (∂T/∂x) B⁺, shape [coordinates, ...shape], per Å or rad. */
  readonly derivatives: Float64Array;
}

/**
 * Carries Cartesian derivatives over to a complete set of internal coordinates. B⁺ is mass-weighted: a change of q alone moves
 * the atoms without turning the molecule in Eckart's sense, so that the tensor stays in the frame it is evaluated in.
 * @param derivatives ∂T/∂x, [n, 3, ...shape]
 * @throws DataError if no complete set exists (linear molecules)
 */
export function internalDerivatives(reference: Structure, derivatives: Float64Array): InternalDerivatives {
  const coordinates = internalCoordinates(reference);
  const x = reference.positions;
  const { inverse } = wilsonInverse(wilsonMatrix(coordinates, x), atomicMasses(reference.species));
  const size = derivatives.length / x.length;
  const m = coordinates.length;
  const out = new Float64Array(m * size);
  for (let k = 0; k < x.length; k++)
    for (let q = 0; q < m; q++)
      for (let p = 0; p < size; p++) out[q * size + p]! += inverse[k * m + q]! * derivatives[k * size + p]!;
  return { coordinates, values: internalValues(coordinates, x), derivatives: out };
}
