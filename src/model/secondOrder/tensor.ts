import { requireSameAtoms } from "../../structure/displacement.js";
import type { Structure } from "../../structure/structure.js";
import { crystalDisplacements, expander } from "../linearResponse/expansion.js";
import { addForm, termDisplacement } from "./quadraticTerms.js";
import type { SecondOrderResponse } from "./secondOrder.js";

/** Models are immutable: what depends on them alone is prepared once. */
const prepared = new WeakMap<SecondOrderResponse, (s: Structure) => Float64Array>();

/** Structure → tensor by a response of second order, row-major. @throws ShapeError if the atoms differ from the reference, DataError if the cell does */
export function secondOrderExpander(model: SecondOrderResponse): (s: Structure) => Float64Array {
  const known = prepared.get(model);
  if (known) return known;
  const { first, from, to, tensors } = model;
  const linear = expander(first);
  const displace = crystalDisplacements(first.reference);
  const expand = (s: Structure): Float64Array => {
    requireSameAtoms(first.reference, s, "second-order response");
    const out = linear(s);
    const u = displace(s);
    for (let t = 0; t < from.length; t++)
      addForm(out, tensors, 81 * t, termDisplacement({ from: from[t]!, to: to[t]! }, u));
    return out;
  };
  prepared.set(model, expand);
  return expand;
}
