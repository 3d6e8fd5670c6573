/** Whether error estimates of energies and forces mean what they say, on frames that the force field has not seen. */
import { DataError } from "../../../errors.js";
import { breathe, type RunOptions, throwIfAborted } from "../../../progress.js";
import { fieldsPresent } from "../../../structure/fieldsPresent.js";
import type { Frame } from "../../../structure/frame.js";
import { type Coverage, coverageOf } from "../../train/coverage.js";
import type { ForceFieldModel } from "./forceField.js";
import { predictForces } from "./predict.js";
import { forceFieldUncertainty } from "./uncertainty.js";

/** Coverage of the energies of structures and of force components. */
export interface ForceFieldCoverage {
  readonly energy?: Coverage;
  readonly forces?: Coverage;
}

/** See `uncertaintyCoverage`. @throws DataError if no frame has an energy or forces; OptionError without an error estimate */
export async function forceFieldCoverage(
  model: ForceFieldModel,
  frames: readonly Frame[],
  { onProgress, signal }: RunOptions,
): Promise<ForceFieldCoverage> {
  const energy: number[] = [];
  const forces: number[] = [];
  for (const [k, frame] of frames.entries()) {
    throwIfAborted(signal, "comparing errors with their estimates");
    if (frame.energy !== undefined || frame.forces) {
      const predicted = predictForces(model, frame.structure);
      const sigma = forceFieldUncertainty(model, frame.structure);
      if (frame.energy !== undefined) energy.push((frame.energy - predicted.energy) / sigma.energy);
      frame.forces?.forEach((f, p) => {
        forces.push((f - predicted.forces[p]!) / sigma.forces[p]!);
      });
    }
    onProgress?.({ label: "coverage", done: k + 1, total: frames.length, unit: "frames" });
    await breathe();
  }
  if (energy.length + forces.length === 0)
    throw new DataError({
      where: "uncertaintyCoverage",
      problem: "no frame has an energy or forces",
      advice: `give frames with what the force field predicts, none of them learnt from; ${fieldsPresent(frames)}`,
    });
  return {
    ...(energy.length > 0 && { energy: coverageOf(energy) }),
    ...(forces.length > 0 && { forces: coverageOf(forces) }),
  };
}
