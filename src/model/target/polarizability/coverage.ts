/** Whether error estimates of a polarizability mean what they say, on frames that the model has not seen. */
import { breathe, type RunOptions, throwIfAborted } from "../../../progress.js";
import type { Frame } from "../../../structure/frame.js";
import { type Coverage, coverageOf } from "../../train/coverage.js";
import type { PolarizabilityModel } from "./polarizability.js";
import { polarizabilityTensor } from "./predict.js";
import { componentsOf, quantityOf, toPolarizability } from "./tensorData.js";
import { polarizabilityUncertainty } from "./uncertainty.js";

/** Coverage of the irreducible parts of a polarizability. */
export interface PolarizabilityCoverage {
  /** λ = 0: the trace. */
  readonly scalar: Coverage;
  /** λ = 2: five values per frame. */
  readonly traceless: Coverage;
}

/** See `uncertaintyCoverage`. @throws DataError for frames without the tensor, or a model without error estimate */
export async function polarizabilityCoverage(
  model: PolarizabilityModel,
  frames: readonly Frame[],
  { onProgress, signal }: RunOptions,
): Promise<PolarizabilityCoverage> {
  const { quantity } = model;
  quantityOf(frames, quantity);
  const scalar: number[] = [];
  const traceless: number[] = [];
  for (const [k, frame] of frames.entries()) {
    throwIfAborted(signal, "comparing errors with their estimates");
    const { structure } = frame;
    const parts = (tensor: Float64Array) => componentsOf(toPolarizability(tensor, quantity, structure));
    const [truth, predicted] = [parts(frame[quantity]!), parts(polarizabilityTensor(model, structure))];
    const sigma = polarizabilityUncertainty(model, structure);
    scalar.push((truth[0]![0]! - predicted[0]![0]!) / sigma.scalar);
    traceless.push(...truth[2]!.map((x, c) => (x - predicted[2]![c]!) / sigma.traceless[c]!));
    onProgress?.({ label: "coverage", done: k + 1, total: frames.length, unit: "frames" });
    await breathe();
  }
  return { scalar: coverageOf(scalar), traceless: coverageOf(traceless) };
}
