import { readOptions } from "../../../options/record.js";
import { RUN_OPTIONS } from "../../../options/values.js";
import type { RunOptions } from "../../../progress.js";
import type { Frame } from "../../../structure/frame.js";
import { evaluateTensors, type TensorEvaluation } from "./evaluation.js";
import type { PolarizabilityModel } from "./polarizability.js";
import { predictTensors } from "./predict.js";
import { quantityOf } from "./tensorData.js";

/**
 * Errors of a model on frames.
 * @throws DataError if they lack the model's quantity or there are none; OptionError for an unknown option; AbortedError when
 * interrupted
 */
export async function evaluatePolarizability(
  model: PolarizabilityModel,
  frames: readonly Frame[],
  options: RunOptions = {},
): Promise<TensorEvaluation> {
  const run = readOptions(RUN_OPTIONS, options, "evaluatePolarizability");
  if (frames.length > 0) quantityOf(frames, model.quantity);
  const structures = frames.map((frame) => frame.structure);
  const expected = Float64Array.from(frames.flatMap((frame) => [...frame[model.quantity]!]));
  const tensors = await predictTensors(model, structures, run);
  return evaluateTensors(expected, Float64Array.from(tensors.flatMap((tensor) => [...tensor])));
}
