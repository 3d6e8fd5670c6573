import type { Descriptor } from "../../../descriptor/descriptor.js";
import type { Committee } from "../../train/committee.js";
import type { TensorPart } from "../../train/kernelFit.js";
import type { KernelVariance } from "../../train/variance.js";
import type { FirstStep } from "./firstStep.js";
import type { FeatureSettings, ResolvedPolarizabilityOptions } from "./options.js";
import type { PolarizabilityQuantity } from "./tensorData.js";

/** A fitted model of the polarizability or the dielectric tensor. */
export interface PolarizabilityModel {
  readonly kind: "polarizability";
  /** What the frames held and predictions are given in. */
  readonly quantity: PolarizabilityQuantity;
  readonly descriptor: Descriptor;
  /** Δ-ML: what the kernel part is added to. */
  readonly firstStep?: FirstStep;
  readonly options: ResolvedPolarizabilityOptions;
  /** Training frames. */
  readonly trainingFrames: number;
  readonly validationFrames: number;
  readonly scalar: TensorPart;
  readonly traceless: TensorPart;
  readonly committee?: Committee;
  readonly variance?: KernelVariance;
  /** Candidates that this model was chosen from. */
  readonly selection?: readonly SelectionRecord[];
}

/** One setting to try. */
export interface Candidate {
  readonly features: FeatureSettings;
  readonly zeta: number;
}

/** What became of a candidate; kept in the model. */
export interface SelectionRecord extends Candidate {
  /** Mean squared error over validation frames and left-out training frames, relative to the variance of the targets, mean of both orders. */
  readonly error: number;
  readonly chosen: boolean;
}
