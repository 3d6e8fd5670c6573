/** The functions that are linear in the weights of a form. */
import type { Descriptor } from "../../descriptor/descriptor.js";
import type { RunOptions } from "../../progress.js";
import type { Structure } from "../../structure/structure.js";
import type { TensorOrder } from "../../tensor/cartesian.js";
import type { BasisData } from "../basis/basisOf.js";
import { productFactors } from "../basis/productFactors.js";
import type { Form } from "./options.js";

/** With everything that was left open filled in. */
export function completeForm(form: Form): Form {
  return form.kind === "products" ? { kind: "products", ...productCounts(form) } : form;
}

function productCounts({ equivariants = 60, scalars = 10 }: Extract<Form, { kind: "products" }>) {
  return { equivariants, scalars };
}

/** The features, and with products their factors, found on these structures. @throws AbortedError when interrupted */
export async function formBasis(
  d: Descriptor,
  order: TensorOrder,
  structures: readonly Structure[],
  form: Form,
  run: RunOptions,
): Promise<BasisData> {
  if (form.kind !== "products") return { kind: "features" };
  return { kind: "products", ...(await productFactors(d, order, structures, productCounts(form), run)) };
}
