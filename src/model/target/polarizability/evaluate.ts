import { readOptions, record } from "../../../options/record.js";
import type { Frame } from "../../../structure/frame.js";
import { EVALUATE_FIELDS, type EvaluateOptions, keptPredictions } from "../../stream/keptPredictions.js";
import { evaluateTensors, type TensorEvaluation } from "./evaluation.js";
import type { PolarizabilityModel } from "./polarizability.js";
import { quantityOf } from "./tensorData.js";

const OPTIONS = record(EVALUATE_FIELDS);

/**
 * Errors of a model on frames.
 * @throws DataError if they lack the model's quantity or there are none, or the journal is one of other frames or another model
 * @throws OptionError for an unknown option; FileError if another run has the journal; AbortedError when interrupted
 */
export async function evaluatePolarizability(
  model: PolarizabilityModel,
  frames: readonly Frame[],
  options: EvaluateOptions = {},
): Promise<TensorEvaluation> {
  const run = readOptions(OPTIONS, options, "evaluatePolarizability");
  if (frames.length > 0) quantityOf(frames, model.quantity);
  const structures = frames.map((frame) => frame.structure);
  const expected = Float64Array.from(frames.flatMap((frame) => [...frame[model.quantity]!]));
  const found = new Float64Array(expected.length);
  let f = 0;
  for await (const predicted of keptPredictions(model, structures, run)) found.set(predicted[model.quantity]!, 9 * f++);
  return evaluateTensors(expected, found);
}
