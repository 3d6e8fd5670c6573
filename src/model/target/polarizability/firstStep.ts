import { ShapeError, UnitError } from "../../../errors.js";
import type { Structure } from "../../../structure/structure.js";
import type { LinearResponse } from "../../linearResponse/linearResponse.js";
import { linearResponseTensor } from "../../linearResponse/predict.js";
import type { SecondOrderResponse } from "../../secondOrder/secondOrder.js";
import { secondOrderExpander } from "../../secondOrder/tensor.js";
import type { PolarizabilityQuantity } from "./tensorData.js";

/** Anything that maps a structure to a tensor and may stand before the machine-learning step of Δ-ML. */
export interface FirstStep {
  /** For legends and provenance, e.g. "LRM". */
  readonly name: string;
  /** The tensor of a structure, [3, 3] row-major, in the quantity that the model learns (polarizability in Å³ or ε∞). */
  predict(structure: Structure): Float64Array;
}

/** A first step made of a linear-response model. */
export interface LinearResponseStep extends FirstStep {
  readonly kind: "linearResponse";
  readonly model: LinearResponse;
}

/** A first step made of a response of second order. */
export interface SecondOrderStep extends FirstStep {
  readonly kind: "secondOrder";
  readonly model: SecondOrderResponse;
}

/** A first step that returns the same tensor for every structure. */
export interface ConstantStep extends FirstStep {
  readonly kind: "constant";
  /** [3, 3] */
  readonly tensor: Float64Array;
}

/** The linear-response model as a first step. @throws UnitError unless it expands a polarizability or dielectric tensor */
export function linearResponseStep(model: LinearResponse, name = "LRM"): LinearResponseStep {
  if (model.quantity === "polarization")
    throw new UnitError({
      where: "linearResponseStep",
      problem: "a linear response of the polarization cannot stand before a polarizability model",
      advice: 'build it with quantity: "polarizability" or "dielectric"',
    });
  return { kind: "linearResponse", name, model, predict: (s) => linearResponseTensor(model, s) };
}

/** The same tensor for every structure, [3, 3]. @throws ShapeError unless there are nine numbers */
export function constantStep(tensor: ArrayLike<number>, name = "constant"): ConstantStep {
  if (tensor.length !== 9)
    throw new ShapeError({ where: "constantStep", problem: `${tensor.length} numbers, expected 9` });
  const values = Float64Array.from(tensor);
  return { kind: "constant", name, tensor: values, predict: () => values.slice() };
}

/** What a fit takes as a first step: a response as it is, or anything that gives a tensor for a structure. */
export type GivenFirstStep = FirstStep | LinearResponse | SecondOrderResponse;

/** A response wherever a first step is expected. @throws UnitError if its quantity is not the model's */
export function toFirstStep(given: GivenFirstStep, quantity: PolarizabilityQuantity): FirstStep {
  const step = "predict" in given ? given : responseStep(given);
  const own = isLinearResponseStep(step)
    ? step.model.quantity
    : isSecondOrderStep(step)
      ? step.model.first.quantity
      : quantity;
  if (own !== quantity)
    throw new UnitError({
      where: `first step ${step.name}`,
      problem: `it gives the ${own}, the frames hold the ${quantity}`,
      advice: `build it with quantity: "${quantity}"`,
    });
  return step;
}

/** Whether a first step is a linear-response model, and so can be saved. */
export function isLinearResponseStep(step: FirstStep): step is LinearResponseStep {
  return (step as Partial<LinearResponseStep>).kind === "linearResponse";
}

/** Whether a first step is a response of second order, and so can be saved. */
export function isSecondOrderStep(step: FirstStep): step is SecondOrderStep {
  return (step as Partial<SecondOrderStep>).kind === "secondOrder";
}

/** The response of second order as a first step. */
export function secondOrderStep(model: SecondOrderResponse, name = "second order"): SecondOrderStep {
  return { kind: "secondOrder", name, model, predict: secondOrderExpander(model) };
}

function responseStep(model: LinearResponse | SecondOrderResponse): FirstStep {
  return model.kind === "secondOrder" ? secondOrderStep(model) : linearResponseStep(model);
}

/** Whether a first step is a constant, and so can be saved. */
export function isConstantStep(step: FirstStep): step is ConstantStep {
  return (step as Partial<ConstantStep>).kind === "constant";
}
