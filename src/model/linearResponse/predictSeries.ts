import { readOptions } from "../../options/record.js";
import { THREAD_OPTIONS } from "../../options/values.js";
import type { ThreadOptions } from "../../progress.js";
import { createSeries, type TensorSeries } from "../../series/tensorSeries.js";
import { requireSameAtoms } from "../../structure/displacement.js";
import { meanVolume, requireTimestep, type Trajectory } from "../../structure/trajectory.js";
import type { SecondOrderResponse } from "../secondOrder/secondOrder.js";
import { predictedAlong } from "../stream/predictStructures.js";
import type { LinearResponse } from "./linearResponse.js";

/**
 * The tensor along a trajectory by a response of first or second order; see `predictTensor`.
 * @throws DataError if the trajectory has no time step; ShapeError if the atoms differ from the reference; AbortedError when interrupted
 */
export async function predictLinearResponse(
  model: LinearResponse | SecondOrderResponse,
  t: Trajectory,
  options: ThreadOptions = {},
): Promise<TensorSeries> {
  const read = readOptions(THREAD_OPTIONS, options, "predictLinearResponse");
  const first = model.kind === "secondOrder" ? model.first : model;
  requireSameAtoms(first.reference, t, "linear response");
  const timestep = requireTimestep(t, "predictLinearResponse");
  const sizes = { [first.quantity]: first.value.length };
  const { [first.quantity]: values } = await predictedAlong(model, t, sizes, { ...read, label: "linear response" });
  const volume = meanVolume(t);
  return createSeries({
    quantity: first.quantity,
    shape: first.shape,
    values: values!,
    timestep,
    origin: model.kind === "secondOrder" ? "second order" : "LRM",
    ...(volume !== undefined && { volume }),
  });
}
