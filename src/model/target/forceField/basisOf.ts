import { type EnergyBasis, featureBasis } from "../../basis/basis.js";
import { type ForceFieldKernel, kernelBasis } from "../../basis/kernelBasis.js";
import type { ForceFieldModel } from "./model.js";

const known = new WeakMap<ForceFieldKernel, EnergyBasis>();

/** The functions that a model's posterior speaks of; those of a kernel are prepared once. */
export function basisOf({ descriptor, kernel }: ForceFieldModel): EnergyBasis {
  if (!kernel) return featureBasis(descriptor);
  const basis = known.get(kernel) ?? kernelBasis(descriptor, kernel);
  known.set(kernel, basis);
  return basis;
}
