/** The contract of a quantity that is learnt by a linear model: what a target says of itself, and what a fitted model is. */
import { z } from "zod";
import type { Descriptor } from "../../descriptor/descriptor.js";
import type { DescriptorOptions } from "../../descriptor/options.js";
import { DataError } from "../../errors.js";
import { matrix } from "../../math/matrix.js";
import { record } from "../../options/record.js";
import { number } from "../../options/values.js";
import type { Frame } from "../../structure/frame.js";
import type { TensorOrder } from "../../tensor/cartesian.js";
import type { Basis } from "../basis/basis.js";
import { type BasisData, basisOf } from "../basis/basisOf.js";
import { deviating } from "./committee.js";
import type { AddRows } from "./frameRows.js";
import { type CommonFitOptions, FIT_FIELDS, type Form, type Uncertainty, type Validation } from "./options.js";
import { type Posterior, requirePosterior, rowDeviations } from "./posterior.js";
import type { LinearFit, TrainingTrial } from "./primal.js";

/** Options of a fit of a linear model. */
export interface LinearOptions<D extends string = string> extends CommonFitOptions {
  /** How much a row of each kind of data weighs; 0 leaves it out. */
  readonly weights?: Readonly<Partial<Record<D, number>>>;
  /** Default `cholesky`, which factors the normal equations; `qr` the rows themselves, slower and accurate at any ridge. */
  readonly solver?: "cholesky" | "qr";
}

/** A number for each species beside the basis: known before the fit, and directions in which the fit may change them. */
export interface SpeciesConstants {
  /** [species] */
  readonly fixed: Float64Array;
  /** Vectors over the species. */
  readonly directions: readonly Float64Array[];
}

/** What the equations are written in: the functions of a basis, then one column per direction of the constants. */
export interface RowSpace {
  readonly basis: Basis;
  readonly constants: SpeciesConstants;
}

/** Columns of the equations. */
export function columnCount({ basis, constants }: RowSpace): number {
  return basis.kinds.length + constants.directions.length;
}

/** One kind of data that a target learns from. */
export interface TargetData {
  /** For messages, e.g. "Born charges". */
  readonly name: string;
  /** Default weight of a row. */
  readonly weight: number;
  readonly given: (frame: Frame) => boolean;
}

/** A quantity that is learnt: v = Σ_j φ(X_j)·w and a number for each atom's species. */
export interface LinearTarget<D extends string, O extends LinearOptions<D> = LinearOptions<D>> {
  /** Also of the model and its file, e.g. "polarization". */
  readonly kind: string;
  /** λ of v. */
  readonly order: TensorOrder;
  /** Default settings of the descriptor. */
  readonly descriptor: Omit<DescriptorOptions, "species">;
  /** Defaults where nothing is said. */
  readonly validation: Validation;
  readonly uncertainty: Uncertainty;
  readonly data: Readonly<Record<D, TargetData>>;
  /** Schemas of options beside those of every linear fit. */
  readonly options: Readonly<Record<string, z.ZodType>>;
  readonly constants: (d: Descriptor, frames: readonly Frame[], options: O) => SpeciesConstants;
  /** All weighted rows of a frame; made once for the frames of a fit, and once more on every thread, with the target's own options alone. */
  readonly rows: (
    space: RowSpace,
    frames: readonly Frame[],
    weights: Readonly<Record<D, number>>,
    options: O,
  ) => (frame: Frame, add: AddRows) => void;
  /** Module that exports `rowsOnThread(target)` as `prepare`; without it rows are formed by one thread. */
  readonly workerModule?: URL;
  /** Targets per row, default 1; only the first is fitted. */
  readonly targets?: number;
  /** What a user should know of a fit. */
  readonly warnings?: (fit: LinearFit, constants: Float64Array, d: Descriptor, frames: readonly Frame[]) => string[];
}

/** v = Σ_j φ(X_j)·w and c_J(j) for each atom; plain data. */
export interface LinearModel<D extends string = string> {
  readonly kind: string;
  readonly descriptor: Descriptor;
  readonly order: TensorOrder;
  readonly basis: BasisData;
  /** One per function of the basis: [species, features], with a kernel one per reference environment. */
  readonly weights: Float64Array;
  /** c_J, in the order of the descriptor's species. */
  readonly constants: Float64Array;
  readonly training: LinearTraining<D>;
  /** For error estimates of a fit with `uncertainty: { kind: "variance" }`. */
  readonly posterior?: Posterior;
  /** Of a fit with `uncertainty: { kind: "committee" }`. */
  readonly committee?: LinearCommittee;
}

/** Members' deviations from their mean, scaled to the errors on frames that they have not seen. */
export interface LinearCommittee {
  readonly calibration: number;
  readonly members: readonly { readonly weights: Float64Array; readonly constants: Float64Array }[];
}

/** How a model was fitted; plain data. */
export interface LinearTraining<D extends string = string> {
  readonly frames: number;
  /** Frames held out that the model was not trained on. */
  readonly validationFrames: number;
  /** Training frames with each kind of data, as far as it was used. */
  readonly counts: Readonly<Record<D, number>>;
  readonly weights: Readonly<Record<D, number>>;
  /** With everything that was left open filled in. */
  readonly form: Form;
  readonly ridge: number;
  /** Ridges, and numbers of references by their place in the list, that were tried on held-out frames. */
  readonly trials: readonly TrainingTrial[];
  readonly condition: number;
  /** Options of the target's own. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What a user should know, e.g. a ridge at the end of its range. */
  readonly warnings: readonly string[];
}

/** What the equations of a model with a posterior were written in. @throws OptionError without one */
export function rowSpaceOf(model: LinearModel): RowSpace {
  const { directions } = requirePosterior(model);
  const { descriptor: d, order, basis, constants } = model;
  return { basis: basisOf(d, order, basis), constants: { fixed: constants, directions } };
}

/**
 * Standard deviation of an error of one kind of data, from what the training data leave open and what the model cannot fit:
 * √(σ² + noise²), the noise that of a weighted row over its weight. Of a kind that was not learnt from nothing is known of the noise.
 * @param weight of a row in training
 */
export function withNoise({ noise }: Posterior, weight: number): (epistemic: number) => number {
  const own = weight > 0 ? noise / weight : 0;
  return (epistemic) => Math.hypot(epistemic, own);
}

/** What the training data leave open of values that are linear in the weights. @throws OptionError without a posterior */
export function rowEstimator(model: LinearModel): {
  readonly space: RowSpace;
  readonly posterior: Posterior;
  /** Standard deviations for coefficients, [rows, columns]. */
  readonly deviations: (rows: Float64Array) => Float64Array;
} {
  const posterior = requirePosterior(model);
  const space = rowSpaceOf(model);
  const columns = columnCount(space);
  const deviations = (rows: Float64Array) => rowDeviations(posterior, matrix(rows.length / columns, columns, rows));
  return { space, posterior, deviations };
}

/** Everything a linear fit of this target takes, as one schema. */
export function linearSchema<D extends string>(target: Pick<LinearTarget<D, never>, "data" | "options">) {
  const weight = number({ atLeast: 0 }).optional();
  const names = Object.keys(target.data);
  return record({
    ...FIT_FIELDS,
    weights: record(Object.fromEntries(names.map((name) => [name, weight]))).optional(),
    solver: z.enum(["cholesky", "qr"]).optional(),
    ...target.options,
  });
}

/** Models that differ from this one as its committee's members do from their mean: what is computed from them spreads as the model errs. */
export function committeeModels<M extends LinearModel>(model: M): M[] {
  const { committee } = model;
  if (!committee)
    throw new DataError({
      where: "committee",
      problem: "the model has none",
      advice: 'fit it with uncertainty: { kind: "committee" }',
    });
  const { calibration, members } = committee;
  const [weights, constants] = (["weights", "constants"] as const).map((name) =>
    deviating(
      model[name],
      members.map((m) => m[name]),
      calibration,
    ),
  );
  return members.map((_, k) => ({ ...model, weights: weights![k]!, constants: constants![k]! }));
}
