import type { DescriptorOptions } from "../../../descriptor/options.js";
import { OptionError, rejectUnknownOptions } from "../../../errors.js";
import type { RunOptions } from "../../../progress.js";
import type { Frame } from "../../../structure/frame.js";
import type { References } from "../../basis/nystroem.js";
import type { RidgeChoice } from "../../train/dual.js";
import type { FitSettings } from "../../train/kernelFit.js";
import type { FirstStepScale } from "./firstStep.js";
import type { PolarizabilityQuantity } from "./tensorData.js";

/** Settings of the features; species are those of the training frames. */
export type FeatureSettings = Omit<DescriptorOptions, "species">;

/** How errors of the model are estimated. */
export type Uncertainty =
  | { readonly kind: "none" }
  /**
   * Models fitted to random subsets of the training frames; their spread is scaled to the errors on the frames that each left out
   * (Musil, Willatt, Langovoy and Ceriotti, J. Chem. Theory Comput. 15, 906 (2019)). Linear kernels only.
   */
  | {
      readonly kind: "committee";
      /** Default 8. */
      readonly members?: number;
      /** Part of the frames that each member sees, default 0.6. */
      readonly fraction?: number;
      /** Default 0. */
      readonly seed?: number;
    }
  /** Variance of the Gaussian process that the kernel ridge stands for. Linear kernels only. */
  | { readonly kind: "variance" };

/** Options of fitPolarizability and fitDelta. */
export interface PolarizabilityOptions extends RunOptions {
  /** What the frames' tensors are; default: whichever the frames have, polarizability if both. */
  readonly quantity?: PolarizabilityQuantity;
  /** Default `{ cutoff: 5, nMax: 6, lMax: 4, smearing: 0.5 }`. */
  readonly features?: FeatureSettings;
  /**
   * Power ζ ≥ 1 of the kernel, default 1. Above 1 the time of a prediction grows with the number of reference atoms, for ζ = 2 up to the
   * number of scalar features; `references` bounds it.
   */
  readonly zeta?: number;
  /** Default `{ kind: "leaveOneOut" }`. */
  readonly ridge?: RidgeChoice;
  /** Default `{ kind: "all" }`. */
  readonly references?: References;
  /** Frames that help to choose the ridge and are not trained on. */
  readonly validation?: readonly Frame[];
  /** Default `{ kind: "none" }`. */
  readonly uncertainty?: Uncertainty;
}

/** Options of fitDelta. */
export interface DeltaOptions extends PolarizabilityOptions {
  /** Default `{ kind: "chosen" }`. */
  readonly firstStepScale?: FirstStepScale;
}

/** Density expansion within 5 Å: good for every system of Grumet et al. without a search. */
export const DEFAULT_FEATURES: FeatureSettings = { cutoff: 5, nMax: 6, lMax: 4, smearing: 0.5 };

const KEYS = [
  "quantity",
  "features",
  "zeta",
  "ridge",
  "references",
  "validation",
  "uncertainty",
  "onProgress",
  "signal",
];

/** {@link DeltaOptions} with every default filled in, without frames and callbacks: plain data. */
export interface ResolvedPolarizabilityOptions extends FitSettings {
  readonly features: FeatureSettings;
  readonly uncertainty: Uncertainty;
}

/** Checks options and fills in defaults. @throws OptionError */
export function resolvePolarizabilityOptions(options: DeltaOptions, where: string): ResolvedPolarizabilityOptions {
  rejectUnknownOptions(options, where === "fitDelta" ? [...KEYS, "firstStepScale"] : KEYS, where);
  const {
    features = DEFAULT_FEATURES,
    zeta = 1,
    references = { kind: "all" },
    uncertainty = { kind: "none" },
  } = options;
  const { ridge = { kind: "leaveOneOut" }, firstStepScale = { kind: "chosen" } } = options;
  if (!(zeta >= 1 && zeta <= 100))
    throw new OptionError({ where, problem: `zeta is ${zeta}`, advice: "give a number from 1 (linear) to 100" });
  checkKind(`${where}.references`, references, { all: [], farthestPoint: ["count"] });
  checkKind(`${where}.ridge`, ridge, { leaveOneOut: ["least", "greatest"], fixed: ["scalar", "traceless"] });
  checkKind(`${where}.firstStepScale`, firstStepScale, { chosen: [], fixed: [], fitted: ["deviation"] });
  checkKind(`${where}.uncertainty`, uncertainty, {
    none: [],
    committee: ["members", "fraction", "seed"],
    variance: [],
  });
  if (uncertainty.kind !== "none" && zeta !== 1)
    throw new OptionError({
      where: `${where}.uncertainty`,
      problem: `"${uncertainty.kind}" with zeta ${zeta}`,
      advice: "use zeta 1",
    });
  checkRidge(ridge, where);
  const deviation = firstStepScale.kind === "fitted" ? (firstStepScale.deviation ?? 1) : 0;
  if (!(deviation >= 0 && deviation < 1e6))
    throw new OptionError({ where: `${where}.firstStepScale`, problem: `deviation is ${deviation}` });
  return { features, zeta, ridge, references, uncertainty, firstStepScale };
}

function checkRidge(ridge: RidgeChoice, where: string): void {
  const values = ridge.kind === "fixed" ? [ridge.scalar, ridge.traceless] : [ridge.least ?? 1e-8, ridge.greatest ?? 1];
  if (values.some((v) => !(v > 0 && v <= 1e6)) || (ridge.kind === "leaveOneOut" && values[0]! > values[1]!))
    throw new OptionError({
      where: `${where}.ridge`,
      problem: `values ${values.join(" and ")}`,
      advice: "give positive numbers, the least not above the greatest",
    });
}

/** @throws OptionError unless `option.kind` is a key of `known` and its other names are among those listed there */
function checkKind(
  where: string,
  option: { readonly kind: string },
  known: Readonly<Record<string, readonly string[]>>,
): void {
  const names = known[option.kind];
  if (!names)
    throw new OptionError({
      where,
      problem: `unknown kind ${JSON.stringify(option.kind)}`,
      advice: `known: ${Object.keys(known).join(", ")}`,
    });
  rejectUnknownOptions(option, ["kind", ...names], where);
}
