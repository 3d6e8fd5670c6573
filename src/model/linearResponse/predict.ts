import { readOptions } from "../../options/record.js";
import { RUN_OPTIONS } from "../../options/values.js";
import { breathe, type RunOptions, throwIfAborted } from "../../progress.js";
import { createSeries, type TensorSeries } from "../../series/tensorSeries.js";
import { requireSameAtoms } from "../../structure/displacement.js";
import type { Structure } from "../../structure/structure.js";
import {
  frameCount,
  frameStructure,
  meanVolume,
  requireTimestep,
  type Trajectory,
} from "../../structure/trajectory.js";
import type { SecondOrderResponse } from "../secondOrder/secondOrder.js";
import { secondOrderExpander } from "../secondOrder/tensor.js";
import { expander } from "./expansion.js";
import type { LinearResponse } from "./linearResponse.js";

/**
 * Tensor of one structure by the linear-response model. Translations, wrapping, and for molecules rotations of the input and
 * exchanges of like atoms change the result as they change the true tensor: a molecule is compared with the nearest of its
 * equivalent minima, so that a methyl group may turn over.
 * @returns row-major, `model.shape`, in `model.unit`
 * @throws ShapeError if the atoms differ from the reference, DataError if the cell does
 */
export function linearResponseTensor(model: LinearResponse, s: Structure): Float64Array {
  requireSameAtoms(model.reference, s, "linear response");
  return expander(model)(s);
}

/**
 * The tensor along a trajectory by a response of first or second order; see {@link linearResponseTensor}.
 * @throws DataError if the trajectory has no time step; ShapeError if the atoms differ from the reference; AbortedError when interrupted
 */
export async function predictLinearResponse(
  model: LinearResponse | SecondOrderResponse,
  t: Trajectory,
  options: RunOptions = {},
): Promise<TensorSeries> {
  const { onProgress, signal } = readOptions(RUN_OPTIONS, options, "predictLinearResponse");
  const first = model.kind === "secondOrder" ? model.first : model;
  requireSameAtoms(first.reference, t, "linear response");
  const timestep = requireTimestep(t, "predictLinearResponse");
  const expand = model.kind === "secondOrder" ? secondOrderExpander(model) : expander(model);
  const size = first.value.length;
  const frames = frameCount(t);
  const values = new Float64Array(frames * size);
  const volume = meanVolume(t);
  let paused = performance.now();
  for (let f = 0; f < frames; f++) {
    values.set(expand(frameStructure(t, f)), f * size);
    if (f < frames - 1 && performance.now() - paused < 50) continue;
    onProgress?.({ label: "linear response", done: f + 1, total: frames, unit: "frames" });
    throwIfAborted(signal, "predicting");
    await breathe();
    paused = performance.now();
  }
  return createSeries({
    quantity: first.quantity,
    shape: first.shape,
    values,
    timestep,
    origin: model.kind === "secondOrder" ? "second order" : "LRM",
    ...(volume !== undefined && { volume }),
  });
}
