/** Choice of descriptor and kernel by the error on validation frames. */
import { descriptor } from "../../descriptor/descriptor.js";
import { OptionError } from "../../errors.js";
import type { Frame } from "../../structure/frame.js";
import type { LinearResponse } from "../linearResponse.js";
import { type FirstStep, toFirstStep } from "./firstStep.js";
import { partOf, type TensorPart } from "./kernelFit.js";
import { DEFAULT_FEATURES, type DeltaOptions, type FeatureSettings, resolvePolarizabilityOptions } from "./options.js";
import { fitPrepared, needsEnvironments, speciesOf } from "./polarizability.js";
import type { Candidate, PolarizabilityModel, SelectionRecord } from "./polarizabilityModel.js";
import { type PreparedFrames, prepareFrames, selectPrepared } from "./preparedFrames.js";
import { quantityOf } from "./tensorData.js";

/** Candidates of {@link searchPolarizability} unless others are given: short to long range, sharp to smooth, linear and not. */
export const DEFAULT_CANDIDATES: readonly Candidate[] = [
  { features: DEFAULT_FEATURES, zeta: 1 },
  { features: DEFAULT_FEATURES, zeta: 2 },
  { features: { ...DEFAULT_FEATURES, smearing: 0.8 }, zeta: 1 },
  { features: { ...DEFAULT_FEATURES, cutoff: 4 }, zeta: 1 },
  { features: { ...DEFAULT_FEATURES, cutoff: 6 }, zeta: 1 },
];

/** Options of {@link searchPolarizability}. */
export interface SearchOptions extends Omit<DeltaOptions, "features" | "zeta"> {
  /** Direct-ML if absent. */
  readonly firstStep?: FirstStep | LinearResponse;
  /** Default {@link DEFAULT_CANDIDATES}. */
  readonly candidates?: readonly Candidate[];
}

/**
 * Fits every candidate and keeps the one with the least error on `validation` and, since validation sets are small, on each training
 * frame left out in turn; the ridge of each is chosen the same way. All errors are recorded in the model.
 * @param frames training frames
 * @throws OptionError without candidates
 */
export async function searchPolarizability(
  frames: readonly Frame[],
  options: SearchOptions = {},
): Promise<PolarizabilityModel> {
  const { firstStep: given, candidates = DEFAULT_CANDIDATES, ...rest } = options;
  if (candidates.length === 0) throw new OptionError({ where: "searchPolarizability", problem: "no candidates" });
  const { validation = [], onProgress, signal } = rest;
  const all = [...frames, ...validation];
  const quantity = quantityOf(all, rest.quantity);
  const firstStep = given && toFirstStep(given, quantity);
  const indices = [...all.keys()];
  const [train, held] = [indices.slice(0, frames.length), indices.slice(frames.length)];
  const fits: { readonly candidate: Candidate; readonly model: PolarizabilityModel; readonly error: number }[] = [];
  let last: { readonly settings: FeatureSettings; readonly prepared: PreparedFrames } | undefined;
  for (const [i, candidate] of candidates.entries()) {
    const where = firstStep ? "fitDelta" : "fitPolarizability";
    const resolved = resolvePolarizabilityOptions({ ...rest, ...candidate }, where);
    const d = descriptor({ ...candidate.features, species: speciesOf(all) });
    const keepEnvironments = needsEnvironments(resolved);
    const reuse =
      last?.settings === candidate.features && (!keepEnvironments || last.prepared.environments)
        ? last.prepared
        : undefined;
    const prepared =
      reuse ??
      (await prepareFrames(all, d, {
        quantity,
        ...(firstStep && { firstStep }),
        keepEnvironments,
        ...(signal && { signal }),
      }));
    last = { settings: candidate.features, prepared };
    const model = fitPrepared(prepared, train, held, {
      quantity,
      descriptor: d,
      ...(firstStep && { firstStep }),
      options: resolved,
    });
    const rows = selectPrepared(prepared, train);
    const error = 0.5 * (relativeError(model.scalar, rows) + relativeError(model.traceless, rows));
    fits.push({ candidate, model, error });
    onProgress?.({ label: "model selection", done: i + 1, total: candidates.length, unit: "candidates" });
  }
  const best = fits.reduce((a, b) => (b.error < a.error ? b : a));
  const selection = fits.map(({ candidate, error, model }): SelectionRecord => {
    return { ...candidate, error, chosen: model === best.model };
  });
  return { ...best.model, selection };
}

/** Least error of the ridge curve over the variance of the targets. */
function relativeError(part: TensorPart, p: PreparedFrames): number {
  const targets = partOf(p.targets, part.order);
  const block = 2 * part.order + 1;
  const mean = new Float64Array(block);
  for (let i = 0; i < targets.length; i++) mean[i % block]! += (block * targets[i]!) / targets.length;
  const squares = targets.reduce((s, y, i) => s + (y - mean[i % block]!) ** 2, 0);
  const least = Math.min(...part.curve.map((c) => c.error));
  return squares > 0 ? (least * p.count) / squares : 0;
}
