/** Errors of a model of any kind on frames, in one shape. */
import { readOptions } from "../options/record.js";
import type { Frame } from "../structure/frame.js";
import { evaluateForceField } from "./target/forceField/evaluate.js";
import type { ForceFieldModel } from "./target/forceField/forceField.js";
import { evaluatePolarizability } from "./target/polarizability/evaluate.js";
import type { TensorScores } from "./target/polarizability/evaluation.js";
import type { PolarizabilityModel } from "./target/polarizability/polarizability.js";
import {
  EVALUATE_OPTIONS,
  type EvaluatePolarizationOptions,
  evaluatePolarization,
  type PolarizationErrors,
} from "./target/polarization/evaluate.js";
import type { PolarizationModel } from "./target/polarization/polarization.js";

/** Errors on frames; each quantity where the model predicts it and frames have it. */
export interface ModelErrors {
  readonly frames: number;
  /** Of polarizabilities or dielectric tensors: R² of mean, anisotropy and components, RMSE of all elements. */
  readonly polarizability?: { readonly r2: TensorScores; readonly rmse: number; readonly unit: string };
  /** Of Born charges, see `BornChargeErrors`. */
  readonly bec?: {
    readonly rmse: number;
    readonly rmspe: number;
    readonly rmspeWithoutDiagonal: number;
    readonly unit: string;
  };
  readonly polarization?: {
    readonly rmse: number;
    readonly rmspe: number;
    readonly r: number;
    readonly unit: string;
    /** Whether P was compared as it is or up to one constant vector. */
    readonly compared: "absolute" | "differences";
    /** Frames compared less whole quanta e·a, e·b, e·c, and frames whose branch errors are too large to tell; absent if there are none. */
    readonly moved?: number;
    readonly unsettled?: number;
  };
  /** Per atom. */
  readonly energy?: { readonly rmse: number; readonly unit: string };
  /** Of components; `relative` to their standard deviation. */
  readonly forces?: { readonly rmse: number; readonly relative?: number; readonly unit: string };
  readonly stress?: { readonly rmse: number; readonly unit: string };
}

/**
 * Errors of a model on frames that it has not seen.
 * @param options of {@link evaluatePolarization}; `polarization` counts for polarization models only
 * @throws DataError if no frame has what the model predicts, or the journal is one of other frames or another model
 * @throws FileError if another run has the journal; AbortedError when interrupted
 */
export async function evaluateModel(
  model: PolarizabilityModel | PolarizationModel | ForceFieldModel,
  frames: readonly Frame[],
  options: EvaluatePolarizationOptions = {},
): Promise<ModelErrors> {
  const { polarization, branches, ...run } = readOptions(EVALUATE_OPTIONS, options, "evaluateModel");
  if (model.kind === "polarizability") {
    const e = await evaluatePolarizability(model, frames, run);
    const unit = model.quantity === "dielectric" ? "1 (relative permittivity)" : "Å³";
    return { frames: e.frames, polarizability: { r2: e.r2, rmse: e.rmse.all, unit } };
  }
  if (model.kind === "polarization") {
    const { bornCharges: z, polarization: p } = await evaluatePolarization(model, frames, {
      ...run,
      ...(polarization && { polarization }),
      ...(branches && { branches }),
    });
    return {
      frames: frames.filter((f) => f.bornCharges ?? f.polarization).length,
      ...(z && {
        bec: { rmse: z.rmse, rmspe: z.rmspe, rmspeWithoutDiagonal: z.rmspeWithoutDiagonal, unit: "e" },
      }),
      ...(p && { polarization: part(p) }),
    };
  }
  const { energy, forces, relativeForces, stress, frames: count } = await evaluateForceField(model, frames, run);
  return {
    frames: count,
    ...(energy !== undefined && { energy: { rmse: energy, unit: "meV/atom" } }),
    ...(forces !== undefined && {
      forces: { rmse: forces, ...(relativeForces !== undefined && { relative: relativeForces }), unit: "meV/Å" },
    }),
    ...(stress !== undefined && { stress: { rmse: stress, unit: "GPa" } }),
  };
}

function part({ frames: _, rmse, rmspe, r, ...how }: PolarizationErrors): NonNullable<ModelErrors["polarization"]> {
  return { rmse, rmspe, r, unit: "e·Å", ...how };
}
