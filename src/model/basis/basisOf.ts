import type { Descriptor } from "../../descriptor/descriptor.js";
import type { TensorOrder } from "../../tensor/cartesian.js";
import { type Basis, featureBasis } from "./basis.js";
import { type KernelReferences, kernelBasis } from "./kernelBasis.js";
import { productBasis } from "./productBasis.js";
import type { ProductFactors } from "./productFactors.js";

/** What a model keeps of its basis: plain data. */
export type BasisData =
  | { readonly kind: "features" }
  | ({ readonly kind: "products" } & ProductFactors)
  | ({ readonly kind: "kernel" } & KernelReferences);

const known = new WeakMap<BasisData, Basis>();

/** The functions of a model, prepared once. */
export function basisOf(d: Descriptor, order: TensorOrder, data: BasisData): Basis {
  if (data.kind === "features") return featureBasis(d, order);
  const found = known.get(data);
  if (found?.descriptor === d && found.order === order) return found;
  const basis = data.kind === "products" ? productBasis(d, order, data) : kernelBasis(d, data);
  known.set(data, basis);
  return basis;
}
