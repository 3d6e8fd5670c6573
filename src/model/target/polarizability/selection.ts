/** Choice of descriptor and kernel by the error on validation frames. */
import { OptionError } from "../../../errors.js";
import type { Frame } from "../../../structure/frame.js";
import type { LinearResponse } from "../../linearResponse/linearResponse.js";
import type { TensorPart } from "../../train/kernelFit.js";
import type { FirstStep } from "./firstStep.js";
import { DEFAULT_FEATURES, type DeltaOptions } from "./options.js";
import { fitDelta, fitPolarizability } from "./polarizability.js";
import type { Candidate, PolarizabilityModel, SelectionRecord } from "./polarizabilityModel.js";
import { type PolarizabilityQuantity, quantityOf, toIrreducible, toPolarizability } from "./tensorData.js";

/** Candidates of {@link searchPolarizability} unless others are given: short to long range, sharp to smooth, coarse to fine, linear and not. */
export const DEFAULT_CANDIDATES: readonly Candidate[] = [
  { features: DEFAULT_FEATURES, zeta: 1 },
  { features: DEFAULT_FEATURES, zeta: 2 },
  { features: { ...DEFAULT_FEATURES, smearing: 0.8 }, zeta: 1 },
  { features: { ...DEFAULT_FEATURES, cutoff: 4 }, zeta: 1 },
  { features: { ...DEFAULT_FEATURES, cutoff: 6 }, zeta: 1 },
  { features: { ...DEFAULT_FEATURES, nMax: 4, lMax: 3 }, zeta: 1 },
  { features: { ...DEFAULT_FEATURES, nMax: 8, lMax: 6 }, zeta: 1 },
];

/** Options of {@link searchPolarizability}. */
export interface SearchOptions extends Omit<DeltaOptions, "features" | "zeta"> {
  /** Direct-ML if absent. */
  readonly firstStep?: FirstStep | LinearResponse;
  /** Default {@link DEFAULT_CANDIDATES}. */
  readonly candidates?: readonly Candidate[];
}

/** Training frames that candidates are compared on; the chosen one is fitted to all. */
const COMPARED = 60;

/**
 * Fits every candidate and keeps the one with the least error on `validation` and, since validation sets are small, on each training
 * frame left out in turn; the ridge of each is chosen the same way. Beyond 60 training frames the first 60 (and 12 for validation) decide,
 * and the choice is fitted to all. The errors of all candidates are recorded in the model.
 * @param frames training frames
 * @throws OptionError without candidates
 */
export async function searchPolarizability(
  frames: readonly Frame[],
  options: SearchOptions = {},
): Promise<PolarizabilityModel> {
  const { firstStep, candidates = DEFAULT_CANDIDATES, onProgress, ...rest } = options;
  if (candidates.length === 0) throw new OptionError({ where: "searchPolarizability", problem: "no candidates" });
  const { validation = [] } = rest;
  const quantity = quantityOf([...frames, ...validation], rest.quantity);
  const trainOn = (on: readonly Frame[], settings: DeltaOptions): Promise<PolarizabilityModel> =>
    firstStep ? fitDelta(firstStep, on, settings) : fitPolarizability(on, settings);
  const few = frames.slice(0, COMPARED);
  const all = few.length === frames.length;
  const held = all ? validation : validation.slice(0, COMPARED / 5);
  const variances = targetVariances(few, quantity);
  const errors: number[] = [];
  let best: { readonly error: number; readonly candidate: Candidate; readonly model: PolarizabilityModel } | undefined;
  for (const [i, candidate] of candidates.entries()) {
    const model = await trainOn(few, { ...rest, ...candidate, quantity, validation: held });
    const relative = (part: TensorPart, variance: number): number =>
      variance > 0 ? Math.min(...part.curve.map((c) => c.error)) / variance : 0;
    const error = 0.5 * (relative(model.scalar, variances[0]) + relative(model.traceless, variances[1]));
    errors.push(error);
    if (!best || error < best.error) best = { error, candidate, model };
    onProgress?.({ label: "model selection", done: i + 1, total: candidates.length, unit: "candidates" });
  }
  const { candidate: chosen, model } = best!;
  const selection = candidates.map(
    (candidate, i): SelectionRecord => ({ ...candidate, error: errors[i]!, chosen: candidate === chosen }),
  );
  const progress = onProgress && { onProgress };
  return { ...(all ? model : await trainOn(frames, { ...rest, ...chosen, ...progress, quantity })), selection };
}

/** Variance of the targets per frame, λ = 0 and λ = 2, (Å³ per atom)². */
function targetVariances(frames: readonly Frame[], quantity: PolarizabilityQuantity): readonly [number, number] {
  const tensors = toIrreducible(
    frames.map((f) => {
      const n = f.structure.species.length;
      return toPolarizability(f[quantity]!, quantity, f.structure).map((x) => x / n);
    }),
  );
  const variance = (y: Float64Array, block: number): number => {
    const mean = new Float64Array(block);
    for (let i = 0; i < y.length; i++) mean[i % block]! += (block * y[i]!) / y.length;
    return y.reduce((s, v, i) => s + (v - mean[i % block]!) ** 2, 0) / frames.length;
  };
  return [variance(tensors.scalar, 1), variance(tensors.traceless, 5)];
}
