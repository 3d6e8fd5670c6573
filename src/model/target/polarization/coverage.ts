/** Whether error estimates of P and Z* mean what they say, on frames that the model has not seen. */
import { DataError } from "../../../errors.js";
import { readOptions } from "../../../options/record.js";
import { RUN_OPTIONS } from "../../../options/values.js";
import { breathe, type RunOptions, throwIfAborted } from "../../../progress.js";
import type { Frame } from "../../../structure/frame.js";
import type { PolarizationModel } from "./polarization.js";
import { predictBornCharges } from "./predict.js";
import { polarizationUncertainty } from "./uncertainty.js";

/** How often values lie within their error bars. */
export interface Coverage {
  /** Values compared. */
  readonly values: number;
  /** Fraction with |error| ≤ 2σ; 0.954 for normal errors. */
  readonly twoSigma: number;
  /** Factor on σ that makes the mean squared error that of the estimates: √⟨(error/σ)²⟩. */
  readonly scale: number;
  /** Fraction with |error| ≤ 2·scale·σ. */
  readonly twoSigmaScaled: number;
}

/** Coverage of Born charges, and of the polarization where frames have it absolutely (molecules). */
export interface PolarizationCoverage {
  readonly bornCharges?: Coverage;
  readonly polarization?: Coverage;
}

/**
 * Compares errors with the standard deviations of `predictUncertainty` on frames that the model has not seen. The estimates hold what the training
 * data leave open, not what no weights could fit: multiply them by `scale`, found on left-out frames, to have error bars
 * that cover. Water dimer, 50 configurations: ±2σ holds 57 % of Z* and 60 % of P as it comes, 95 % and 98 % with the scales 2.8 and 2.3 of 50 others.
 * @param model fitted with `uncertainty: { kind: "variance" }`
 * @throws OptionError if the model has no error estimate; DataError if no frame has Born charges or a polarization; AbortedError
 * @example
 * const { parts } = await loadDataset("water-dimer");
 * const model = await fitPolarization(parts.bec!.slice(0, 30), { uncertainty: { kind: "variance" }, ridge: { kind: "fixed", value: 1e-9 } });
 * (await models.uncertaintyCoverage(model, parts.bec!.slice(100))).bornCharges!.scale > 0 // true
 */
export async function uncertaintyCoverage(
  model: PolarizationModel,
  frames: readonly Frame[],
  options: RunOptions = {},
): Promise<PolarizationCoverage> {
  const { onProgress, signal } = readOptions(RUN_OPTIONS, options, "uncertaintyCoverage");
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

/** @param z errors over their standard deviations */
export function coverageOf(z: readonly number[]): Coverage {
  const scale = Math.sqrt(z.reduce((s, v) => s + v * v, 0) / z.length);
  const within = (bound: number): number => z.filter((v) => Math.abs(v) <= bound).length / z.length;
  return { values: z.length, twoSigma: within(2), scale, twoSigmaScaled: within(2 * scale) };
}
