/** Derivatives of the polarizability, from which Raman activities follow. */
import { OptionError } from "../errors.js";
import type { LinearResponse } from "../model/linearResponse/linearResponse.js";
import { cellVolume } from "../structure/structure.js";

/**
 * ∂α/∂x of a linear response: its own derivatives, or V/(4π) ∂ε/∂x where it is one of the dielectric tensor of a crystal.
 * @returns [n, 3 (displacement), 3, 3], Å²; of a crystal for one cell
 * @throws OptionError for a response of the polarization
 * @example
 * const { reference, displaced } = await loadDataset("aln");
 * spectra.polarizabilityDerivatives(await linearResponse(reference!, displaced, { quantity: "dielectric" })).length // 108
 */
export function polarizabilityDerivatives(response: LinearResponse): Float64Array {
  const { quantity, derivatives, reference } = response;
  if (quantity === "polarizability") return derivatives.slice();
  if (quantity !== "dielectric" || !reference.cell)
    throw new OptionError({
      where: "polarizabilityDerivatives",
      problem: `the response is one of the ${quantity}`,
      advice: 'make it with linearResponse(…, { quantity: "polarizability" }) or, of a crystal, "dielectric"',
    });
  const scale = cellVolume(reference.cell) / (4 * Math.PI);
  return derivatives.map((d) => scale * d);
}
