import { DataError, OptionError } from "../../errors.js";
import type { Frame } from "../../structure/frame.js";
import { rotateTensor } from "../../structure/rotateTensor.js";
import type { Symmetry } from "../../structure/symmetry.js";
import type { SolvedDerivatives } from "./derivatives.js";
import type { ResponseQuantity } from "./displacements.js";

/** Derivatives of the polarization as given: Z* with its indices exchanged, averaged over the group. */
export function bornDerivatives(reference: Frame, quantity: ResponseQuantity, group: Symmetry): SolvedDerivatives {
  const where = "linearResponse";
  if (quantity !== "polarization")
    throw new OptionError({
      where,
      problem: `Born charges are not derivatives of the ${quantity}`,
      advice: 'ask for quantity "polarization"',
    });
  const born = reference.bornCharges;
  const n = reference.structure.species.length;
  if (!born || born.length !== 9 * n)
    throw new DataError({
      where,
      problem: `the reference has ${born ? born.length / 9 : "no"} Born charges for ${n} atoms`,
      advice: "give displaced frames instead",
    });
  const derivatives = new Float64Array(9 * n);
  for (const { rotation, permutation } of group.operations)
    for (let i = 0; i < n; i++)
      rotateTensor(rotation, born.subarray(9 * i, 9 * i + 9)).forEach((x, p) => {
        derivatives[9 * permutation[i]! + 3 * (p % 3) + Math.floor(p / 3)]! += x / group.operations.length;
      });
  const deviation = derivatives.reduce((most, x, p) => {
    const given = born[9 * Math.floor(p / 9) + 3 * (p % 3) + Math.floor((p % 9) / 3)]!;
    return Math.max(most, Math.abs(x - given));
  }, 0);
  return { derivatives, quality: { pairs: 0, oneSided: 0, evenPart: 0, symmetryResidual: deviation }, warnings: [] };
}
