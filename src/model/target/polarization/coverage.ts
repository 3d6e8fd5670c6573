/** Whether error estimates of P and Z* mean what they say, on frames that the model has not seen. */
import { DataError } from "../../../errors.js";
import { breathe, type RunOptions, throwIfAborted } from "../../../progress.js";
import type { Frame } from "../../../structure/frame.js";
import { type Coverage, coverageOf } from "../../train/coverage.js";
import type { PolarizationModel } from "./polarization.js";
import { predictBornCharges } from "./predict.js";
import { polarizationUncertainty } from "./uncertainty.js";

/** Coverage of Born charges, and of the polarization where frames have it absolutely (molecules). */
export interface PolarizationCoverage {
  readonly bornCharges?: Coverage;
  readonly polarization?: Coverage;
}

/** See `uncertaintyCoverage`. @throws DataError if no frame has Born charges, or a polarization without a cell */
export async function polarizationCoverage(
  model: PolarizationModel,
  frames: readonly Frame[],
  { onProgress, signal }: RunOptions,
): Promise<PolarizationCoverage> {
  const born: number[] = [];
  const polarization: number[] = [];
  for (const [k, frame] of frames.entries()) {
    throwIfAborted(signal, "comparing errors with their estimates");
    const molecule = !frame.structure.periodic.some(Boolean);
    if (frame.bornCharges || (frame.polarization && molecule)) {
      const predicted = predictBornCharges(model, frame.structure);
      const sigma = polarizationUncertainty(model, frame.structure);
      frame.bornCharges?.forEach((z, p) => {
        born.push((z - predicted.bornCharges[p]!) / sigma.bornCharges[p]!);
      });
      if (molecule)
        frame.polarization?.forEach((x, a) => {
          polarization.push((x - predicted.polarization[a]!) / sigma.polarization[a]!);
        });
    }
    onProgress?.({ label: "coverage", done: k + 1, total: frames.length, unit: "frames" });
    await breathe();
  }
  if (born.length + polarization.length === 0)
    throw new DataError({
      where: "uncertaintyCoverage",
      problem: "no frame has Born charges, or a polarization without a cell",
      advice: "give frames with what the model predicts, none of them learnt from",
    });
  return {
    ...(born.length > 0 && { bornCharges: coverageOf(born) }),
    ...(polarization.length > 0 && { polarization: coverageOf(polarization) }),
  };
}
