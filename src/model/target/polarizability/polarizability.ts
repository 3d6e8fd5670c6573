/** Direct and Δ machine learning of the polarizability (Grumet et al., J. Phys. Chem. C 128, 6464 (2024)). */
import type { Descriptor } from "../../../descriptor/descriptor.js";
import { withThreads } from "../../../math/linalgTeam.js";
import { type RunOptions, type ThreadOptions, threadsOf } from "../../../progress.js";
import { type Frame, speciesOf } from "../../../structure/frame.js";
import type { Structure } from "../../../structure/structure.js";
import type { TensorOrder } from "../../../tensor/cartesian.js";
import type { BasisData } from "../../basis/basisOf.js";
import { type CommitteePart, committeeSubsets, committeeWarning, fitMembers } from "../../train/committee.js";
import { fitDescriptor } from "../../train/fitDescriptor.js";
import { formBasis } from "../../train/formBasis.js";
import { fitPart, type KernelPart } from "../../train/kernelFit.js";
import type { DescriptorSettings, Form } from "../../train/options.js";
import { type Components, type PreparedFrames, prepareFrames, selectPrepared } from "../../train/preparedFrames.js";
import { type VariancePart, variancePart } from "../../train/variance.js";
import { type FirstStep, type GivenFirstStep, toFirstStep } from "./firstStep.js";
import {
  type DeltaOptions,
  type PolarizabilityOptions,
  type PolarizabilitySettings,
  polarizabilitySettings,
  validationFrames,
} from "./options.js";
import { componentsPerAtom, type PolarizabilityQuantity, quantityOf } from "./tensorData.js";

/** Orders of the irreducible parts of a symmetric tensor. */
export const ORDERS = [0, 2] as const satisfies readonly TensorOrder[];

/** A fitted model of the polarizability or the dielectric tensor. */
export interface PolarizabilityModel {
  readonly kind: "polarizability";
  /** What the frames held and predictions are given in. */
  readonly quantity: PolarizabilityQuantity;
  readonly descriptor: Descriptor;
  /** Δ-ML: what the kernel part is added to. */
  readonly firstStep?: FirstStep;
  /** λ = 0, then λ = 2. */
  readonly parts: readonly [PolarizabilityPart, PolarizabilityPart];
  readonly training: PolarizabilityTraining;
}

/** One irreducible part of the tensor, in Å³ per atom. */
export interface PolarizabilityPart extends KernelPart {
  readonly basis: BasisData;
  /** Of a fit with `uncertainty: { kind: "committee" }`. */
  readonly committee?: CommitteePart;
  /** Of a fit with `uncertainty: { kind: "variance" }`. */
  readonly variance?: VariancePart;
}

/** How a model was fitted; plain data. */
export interface PolarizabilityTraining {
  readonly frames: number;
  /** Frames held out that the model was not trained on. */
  readonly validationFrames: number;
  readonly options: PolarizabilitySettings;
  /** What a user should know, e.g. a ridge at the end of its range. */
  readonly warnings: readonly string[];
  /** Candidates that this model was chosen from. */
  readonly selection?: readonly SelectionRecord[];
}

/** One setting to try. */
export interface Candidate {
  readonly descriptor?: DescriptorSettings;
  readonly form?: Form;
}

/** What became of a candidate; kept in the model. */
export interface SelectionRecord extends Candidate {
  /** Mean squared error over validation frames and left-out training frames, relative to the variance of the targets, mean of both orders. */
  readonly error: number;
  readonly chosen: boolean;
}

/**
 * Direct-ML: λ-SOAP kernel ridge regression of the tensor itself, λ = 0 and λ = 2 apart, in Å³ per atom (α = V(ε∞ − 1)/4π).
 * Features are computed on all processors; the same bits for any number of workers.
 * @param frames training frames, at least two, with polarizability (Å³) or dielectric tensor
 * @throws DataError if frames lack the tensor; OptionError for wrong options
 * @example
 * const { frames } = await loadDataset("h2o");
 * const model = await fitPolarizability(frames.slice(0, 50));
 * predictTensor(model, frames[60]!.structure).length // 9
 */
export async function fitPolarizability(
  frames: readonly Frame[],
  options: PolarizabilityOptions = {},
): Promise<PolarizabilityModel> {
  return fitFrames(undefined, frames, options, polarizabilitySettings(options, "fitPolarizability"));
}

/**
 * Δ-ML: as {@link fitPolarizability}, but for the difference from a first step, which is added back in predictions.
 * @param firstStep a response of first or second order, or anything that gives a tensor for a structure
 */
export async function fitDelta(
  firstStep: GivenFirstStep,
  frames: readonly Frame[],
  options: DeltaOptions = {},
): Promise<PolarizabilityModel> {
  return fitFrames(firstStep, frames, options, polarizabilitySettings(options, "fitDelta"));
}

async function fitFrames(
  given: GivenFirstStep | undefined,
  frames: readonly Frame[],
  options: PolarizabilityOptions,
  settings: PolarizabilitySettings,
): Promise<PolarizabilityModel> {
  const { workers, ...run } = threadsOf(options);
  const all = [...frames, ...validationFrames(options)];
  const context = await fitContext(all, given, options.quantity, settings, run);
  const prepared = await prepareFor(context, all, threadsOf(options));
  const indices = [...all.keys()];
  return withThreads(workers, () =>
    fitPrepared(prepared, indices.slice(0, frames.length), indices.slice(frames.length), context, run),
  );
}

/** What a fit on prepared frames belongs to. */
export interface FitContext {
  readonly quantity: PolarizabilityQuantity;
  readonly descriptor: Descriptor;
  readonly firstStep?: FirstStep;
  readonly settings: PolarizabilitySettings;
  /** Of λ = 0 and λ = 2. */
  readonly bases: readonly [BasisData, BasisData];
}

/** Descriptor and bases for some frames. */
export async function fitContext(
  frames: readonly Frame[],
  given: GivenFirstStep | undefined,
  asked: PolarizabilityQuantity | undefined,
  settings: PolarizabilitySettings,
  run: RunOptions,
): Promise<FitContext> {
  const quantity = quantityOf(frames, asked);
  const firstStep = given && toFirstStep(given, quantity);
  const structures = frames.map((f) => f.structure);
  const d = await fitDescriptor(
    { species: speciesOf(frames), ...settings.descriptor },
    structures,
    settings.compress,
    run,
  );
  const basis = (order: TensorOrder): Promise<BasisData> => formBasis(d, order, structures, settings.form, run);
  const bases = [await basis(ORDERS[0]), await basis(ORDERS[1])] as const;
  return { quantity, descriptor: d, ...(firstStep && { firstStep }), settings, bases };
}

/** Components per atom of the first step. */
export function firstComponents(
  firstStep: FirstStep | undefined,
  quantity: PolarizabilityQuantity,
): ((s: Structure) => Components) | undefined {
  return firstStep && ((s) => componentsPerAtom(firstStep.predict(s), quantity, s));
}

/** Features and targets of frames, so that many fits share them. */
export async function prepareFor(
  context: FitContext,
  frames: readonly Frame[],
  run: ThreadOptions,
): Promise<PreparedFrames> {
  const { quantity, firstStep, settings, descriptor, bases } = context;
  const { form } = settings;
  const first = firstComponents(firstStep, quantity);
  return prepareFrames(frames, (f) => componentsPerAtom(f[quantity]!, quantity, f.structure), {
    descriptor,
    bases: { [ORDERS[0]]: bases[0], [ORDERS[1]]: bases[1] },
    ...(first && { first }),
    keepEnvironments: form.kind === "sparse" || (form.kind === "full" && (form.zeta ?? 1) !== 1),
    ...run,
  });
}

/** Fits on some of a list of prepared frames. */
export async function fitPrepared(
  prepared: PreparedFrames,
  train: readonly number[],
  validation: readonly number[],
  context: FitContext,
  run: RunOptions,
): Promise<PolarizabilityModel> {
  const { settings, bases, quantity, descriptor: d, firstStep } = context;
  const { uncertainty } = settings;
  const rows = selectPrepared(prepared, train);
  const held = validation.length > 0 ? selectPrepared(prepared, validation) : undefined;
  const warnings = uncertainty.kind === "committee" ? committeeWarning(uncertainty) : [];
  const fitOrder = async (k: 0 | 1): Promise<PolarizabilityPart> => {
    const fitted = await fitPart(ORDERS[k], rows, held, settings, run);
    warnings.push(...fitted.warnings);
    const subsets = uncertainty.kind === "committee" && committeeSubsets(rows.count, uncertainty);
    return {
      ...fitted.part,
      basis: bases[k],
      ...(subsets && { committee: await fitMembers(fitted, rows, subsets, run) }),
      ...(uncertainty.kind === "variance" && { variance: variancePart(fitted, rows) }),
    };
  };
  return {
    kind: "polarizability",
    quantity,
    descriptor: d,
    ...(firstStep && { firstStep }),
    parts: [await fitOrder(0), await fitOrder(1)],
    training: { frames: train.length, validationFrames: validation.length, options: settings, warnings },
  };
}
