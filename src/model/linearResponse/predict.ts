import { requireSameAtoms } from "../../structure/displacement.js";
import type { Structure } from "../../structure/structure.js";
import { expander } from "./expansion.js";
import type { LinearResponse } from "./linearResponse.js";

/**
 * Tensor of one structure by the linear-response model. Translations, wrapping, and for molecules rotations of the input and
 * exchanges of like atoms change the result as they change the true tensor: a molecule is compared with the nearest of its
 * equivalent minima, so that a methyl group may turn over.
 * @returns row-major, `model.shape`, in `model.unit`
 * @throws ShapeError if the atoms differ from the reference, DataError if the cell does
 */
export function linearResponseTensor(model: LinearResponse, s: Structure): Float64Array {
  requireSameAtoms(model.reference, s, "linear response");
  return expander(model)(s);
}
