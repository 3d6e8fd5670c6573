/** The baseline of Born charges: every atom carries the charge of its species, whatever surrounds it. */
import { OptionError } from "../../../errors.js";
import { readOptions } from "../../../options/record.js";
import { type Frame, speciesOf } from "../../../structure/frame.js";
import {
  compareWith,
  EVALUATE_OPTIONS,
  type EvaluatePolarizationOptions,
  type PolarizationEvaluation,
} from "./evaluate.js";
import { meanDiagonal } from "./speciesCharges.js";

/**
 * Errors of constant charges, Z*_i = Q_J(i)·1 and P = Σ Q_J(i) x_i, with Q_J the mean diagonal of the training frames' Z*: what a model of Z*
 * has to beat, judged as `evaluatePolarization` judges a model.
 * @param training frames with Born charges of every species
 * @param frames frames that the errors are of
 * @throws DataError for a species without Born charges, or without a spread in `frames`; OptionError for no frames or an unknown option
 * @example
 * const { parts } = await loadDataset("water-dimer");
 * const { bornCharges } = await models.evaluateConstantCharges(parts.bec!.slice(0, 100), parts.bec!.slice(100));
 * bornCharges!.rmspeWithoutDiagonal > 0.99 // constant charges know nothing of what is left
 */
export async function evaluateConstantCharges(
  training: readonly Frame[],
  frames: readonly Frame[],
  options: EvaluatePolarizationOptions = {},
): Promise<PolarizationEvaluation> {
  const read = readOptions(EVALUATE_OPTIONS, options, "evaluateConstantCharges");
  if (training.length === 0)
    throw new OptionError({
      where: "evaluateConstantCharges",
      problem: "no training frames",
      advice: "give the frames whose mean charges are the baseline",
    });
  const species = speciesOf([...training, ...frames]);
  const charges = meanDiagonal(species, training);
  return compareWith(
    (used) =>
      used.map((s) => {
        const bornCharges = new Float64Array(9 * s.species.length);
        const polarization = new Float64Array(3);
        s.species.forEach((symbol, i) => {
          const charge = charges[species.indexOf(symbol)]!;
          for (let a = 0; a < 3; a++) {
            bornCharges[9 * i + 4 * a] = charge;
            polarization[a]! += charge * s.positions[3 * i + a]!;
          }
        });
        return { bornCharges, polarization };
      }),
    frames,
    read,
  );
}
