import { DataError } from "../../../errors.js";
import type { Structure } from "../../../structure/structure.js";
import { basisOf } from "../../basis/basisOf.js";
import { predictDeviation } from "../../train/variance.js";
import { firstComponents, type PolarizabilityModel } from "./polarizability.js";

/** Standard deviations of the irreducible components of a polarizability, Å³. */
export interface PolarizabilityUncertainty {
  /** Of the λ = 0 component; the mean a has this over √3. */
  readonly scalar: number;
  /** Of the λ = 2 components, [5]. */
  readonly traceless: Float64Array;
  /**
   * How many independent errors of left-out frames the scale of each rests on: an error over its standard deviation is √((ν − 2)/ν)
   * times a value of Student's t with ν degrees of freedom. Infinite for models saved before it was known.
   */
  readonly degreesOfFreedom: { readonly scalar: number; readonly traceless: number };
}

/**
 * Standard deviations by the kernel's predictive variance, scaled to the errors of left-out training frames that had no say in the ridge.
 * @throws DataError if the model was fitted without uncertainty: { kind: "variance" }
 */
export function polarizabilityUncertainty(model: PolarizabilityModel, s: Structure): PolarizabilityUncertainty {
  const { descriptor: d, quantity, firstStep, parts } = model;
  const first = firstComponents(firstStep, quantity)?.(s);
  const [scalar, traceless] = parts.map(({ order, basis, variance }) => {
    if (!variance)
      throw new DataError({
        where: "predictUncertainty",
        problem: "the model has no predictive variance",
        advice: 'fit it with uncertainty: { kind: "variance" }',
      });
    const n = s.species.length;
    const sums = basisOf(d, order, basis).sums(s);
    const rows = 2 * order + 1;
    const mean = { rows, columns: sums.length / rows, values: sums.map((v) => v / n) };
    const own = { means: { [order]: mean }, ...(first && { first }) };
    return predictDeviation(variance, order, own).map((x) => x * n);
  });
  const [a, b] = parts.map((p) => p.variance!.degreesOfFreedom);
  return { scalar: scalar![0]!, traceless: traceless!, degreesOfFreedom: { scalar: a!, traceless: b! } };
}
