/** Direct and Δ machine learning of the polarizability (Grumet et al., J. Phys. Chem. C 128, 6464 (2024)). */
import { type Descriptor, descriptor } from "../../../descriptor/descriptor.js";
import type { RunOptions } from "../../../progress.js";
import type { Frame } from "../../../structure/frame.js";
import type { LinearResponse } from "../../linearResponse/linearResponse.js";
import { fitCommittee } from "../../train/committee.js";
import { fitPart } from "../../train/kernelFit.js";
import { type PreparedFrames, prepareFrames, selectPrepared } from "../../train/preparedFrames.js";
import { kernelVariance } from "../../train/variance.js";
import { type FirstStep, toFirstStep } from "./firstStep.js";
import {
  type DeltaOptions,
  type PolarizabilityOptions,
  type ResolvedPolarizabilityOptions,
  resolvePolarizabilityOptions,
} from "./options.js";
import type { PolarizabilityModel } from "./polarizabilityModel.js";
import { type PolarizabilityQuantity, quantityOf } from "./tensorData.js";

/**
 * Direct-ML: λ-SOAP kernel ridge regression of the tensor itself, λ = 0 and λ = 2 apart, in Å³ per atom (α = V(ε∞ − 1)/4π).
 * @param frames training frames, at least two, with polarizability (Å³) or dielectric tensor
 * @throws DataError if frames lack the tensor; OptionError for wrong options
 * @example
 * const { frames } = await loadDataset("h2o");
 * const model = await fitPolarizability(frames.slice(0, 50), { zeta: 1 });
 * predictTensor(model, frames[60]!.structure).length // 9
 */
export async function fitPolarizability(
  frames: readonly Frame[],
  options: PolarizabilityOptions = {},
): Promise<PolarizabilityModel> {
  return fitFrames(undefined, frames, options, resolvePolarizabilityOptions(options, "fitPolarizability"));
}

/**
 * Δ-ML: as {@link fitPolarizability}, but for the difference from a first step, which is added back in predictions.
 * @param firstStep a linear-response model, or anything that gives a tensor for a structure
 */
export async function fitDelta(
  firstStep: FirstStep | LinearResponse,
  frames: readonly Frame[],
  options: DeltaOptions = {},
): Promise<PolarizabilityModel> {
  return fitFrames(firstStep, frames, options, resolvePolarizabilityOptions(options, "fitDelta"));
}

async function fitFrames(
  given: FirstStep | LinearResponse | undefined,
  frames: readonly Frame[],
  options: PolarizabilityOptions,
  resolved: ResolvedPolarizabilityOptions,
): Promise<PolarizabilityModel> {
  const { validation = [], onProgress, signal } = options;
  const run = { ...(onProgress && { onProgress }), ...(signal && { signal }) };
  const all = [...frames, ...validation];
  const quantity = quantityOf(all, options.quantity);
  const firstStep = given && toFirstStep(given, quantity);
  const d = descriptor({ ...resolved.features, species: speciesOf(all) });
  const prepared = await prepareFrames(all, d, {
    quantity,
    ...(firstStep && { firstStep }),
    keepEnvironments: needsEnvironments(resolved),
    ...run,
  });
  const indices = [...all.keys()];
  return fitPrepared(
    prepared,
    indices.slice(0, frames.length),
    indices.slice(frames.length),
    { quantity, descriptor: d, ...(firstStep && { firstStep }), options: resolved },
    run,
  );
}

/** What a fit on prepared frames belongs to. */
export interface FitContext {
  readonly quantity: PolarizabilityQuantity;
  readonly descriptor: Descriptor;
  readonly firstStep?: FirstStep;
  readonly options: ResolvedPolarizabilityOptions;
}

/** Whether a fit needs the features of every atom, not only their mean. */
export function needsEnvironments(options: ResolvedPolarizabilityOptions): boolean {
  return options.zeta !== 1 || options.references.kind !== "all";
}

/** Fits on some of a list of prepared frames, so that many fits share the features. */
export async function fitPrepared(
  prepared: PreparedFrames,
  train: readonly number[],
  validation: readonly number[],
  context: FitContext,
  run: RunOptions,
): Promise<PolarizabilityModel> {
  const { options } = context;
  const rows = selectPrepared(prepared, train);
  const held = validation.length > 0 ? selectPrepared(prepared, validation) : undefined;
  const fitted = [await fitPart(0, rows, held, options, run), await fitPart(2, rows, held, options, run)] as const;
  const { uncertainty } = options;
  return {
    kind: "polarizability",
    ...context,
    trainingFrames: train.length,
    validationFrames: validation.length,
    scalar: fitted[0].part,
    traceless: fitted[1].part,
    ...(uncertainty.kind === "committee" && { committee: await fitCommittee(fitted, rows, uncertainty, run) }),
    ...(uncertainty.kind === "variance" && { variance: kernelVariance(fitted, rows) }),
  };
}

/** Chemical symbols of frames, sorted. */
export function speciesOf(frames: readonly Frame[]): string[] {
  return [...new Set(frames.flatMap((f) => f.structure.species))].sort();
}
