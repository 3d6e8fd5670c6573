import { readOptions } from "../../../options/record.js";
import { THREAD_OPTIONS } from "../../../options/values.js";
import type { ThreadOptions } from "../../../progress.js";
import type { Frame } from "../../../structure/frame.js";
import { predictStructures } from "../../stream/predictStructures.js";
import { evaluateTensors, type TensorEvaluation } from "./evaluation.js";
import type { PolarizabilityModel } from "./polarizability.js";
import { quantityOf } from "./tensorData.js";

/**
 * Errors of a model on frames.
 * @throws DataError if they lack the model's quantity or there are none; OptionError for an unknown option; AbortedError when
 * interrupted
 */
export async function evaluatePolarizability(
  model: PolarizabilityModel,
  frames: readonly Frame[],
  options: ThreadOptions = {},
): Promise<TensorEvaluation> {
  const run = readOptions(THREAD_OPTIONS, options, "evaluatePolarizability");
  if (frames.length > 0) quantityOf(frames, model.quantity);
  const structures = frames.map((frame) => frame.structure);
  const expected = Float64Array.from(frames.flatMap((frame) => [...frame[model.quantity]!]));
  const found = new Float64Array(expected.length);
  let f = 0;
  for await (const predicted of predictStructures(model, structures, structures.length, run))
    found.set(predicted[model.quantity]!, 9 * f++);
  return evaluateTensors(expected, found);
}
