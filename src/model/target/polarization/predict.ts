import { inFrame } from "../../../errors.js";
import { readOptions } from "../../../options/record.js";
import { RUN_OPTIONS } from "../../../options/values.js";
import { breathe, type RunOptions, throwIfAborted } from "../../../progress.js";
import { bornCurrent } from "../../../series/current.js";
import { createSeries, type TensorSeries } from "../../../series/tensorSeries.js";
import { continuous } from "../../../structure/continuous.js";
import type { Structure } from "../../../structure/structure.js";
import {
  frameCount,
  frameStructure,
  meanVolume,
  requireTimestep,
  type Trajectory,
} from "../../../structure/trajectory.js";
import { basisOf } from "../../basis/basisOf.js";
import { AXIS_OF, chargeMoments, type PolarizationModel } from "./polarization.js";

/**
 * P of one structure, [3], e·Å: that of the features plus Σ_i Q_{J(i)} x_i for the positions as they are, so a trajectory must be
 * unwrapped. Its zero is arbitrary for a crystal.
 * @throws DataError for a species that the model does not know
 */
export function polarizationOf(model: PolarizationModel, s: Structure): Float64Array {
  const { descriptor: d, basis, weights } = model;
  return cartesian(model, s, basisOf(d, 1, basis).value(weights, s));
}

/** P and its derivative. */
export interface PolarizationResponse {
  /** [3], e·Å */
  readonly polarization: Float64Array;
  /** Z*_{i,αβ} = ∂P_α/∂x_{iβ}, [n, 3 (field), 3 (displacement)], e */
  readonly bornCharges: Float64Array;
}

/** P and Z* of one structure by one reverse pass, or with products by one more for each Cartesian component. */
export function predictBornCharges(model: PolarizationModel, s: Structure): PolarizationResponse {
  const n = s.species.length;
  const { descriptor: d, basis, weights, constants } = model;
  const { value, positions } = basisOf(d, 1, basis).response(weights, s);
  const bornCharges = new Float64Array(9 * n);
  for (let i = 0; i < n; i++) {
    const charge = constants[d.options.species.indexOf(s.species[i]!)]!;
    for (let m = 0; m < 3; m++)
      for (let b = 0; b < 3; b++)
        bornCharges[9 * i + 3 * AXIS_OF[m]! + b] = positions[3 * (m * n + i) + b]! + (AXIS_OF[m] === b ? charge : 0);
  }
  return { polarization: cartesian(model, s, value), bornCharges };
}

function cartesian(model: PolarizationModel, s: Structure, value: Float64Array): Float64Array {
  const result = new Float64Array(3);
  for (let m = 0; m < 3; m++) result[AXIS_OF[m]!] = value[m]!;
  const moments = chargeMoments(model.descriptor.options.species, { structure: s });
  model.constants.forEach((q, kind) => {
    for (let a = 0; a < 3; a++) result[a]! += q * moments[3 * kind + a]!;
  });
  return result;
}

/** What {@link predictPolarization} returns. */
export interface PolarizationPrediction {
  /** P(t), e·Å, on one branch. */
  readonly polarization: TensorSeries;
  /** Z*(t), e. */
  readonly bornCharges: TensorSeries;
  /** Ṗ(t) = Σ Z*·v, e·Å/fs (S eq. 4), where the trajectory has velocities. */
  readonly current?: TensorSeries;
}

/**
 * P, Z* and Ṗ along a trajectory.
 * @param trajectory consecutive frames with a time step; positions may be wrapped into the cell, they are unwrapped here
 * @throws DataError naming the frame if an atom moves too far between two frames for its path to be known, or two atoms coincide
 * @throws DataError without a time step
 * @throws AbortedError if `signal` is aborted
 */
export async function predictPolarization(
  model: PolarizationModel,
  trajectory: Trajectory,
  options: RunOptions = {},
): Promise<PolarizationPrediction> {
  const { onProgress, signal } = readOptions(RUN_OPTIONS, options, "predictPolarization");
  const { species, velocities } = trajectory;
  const timestep = requireTimestep(trajectory, "predictPolarization");
  const path = continuous(trajectory, "predictPolarization");
  const frames = frameCount(trajectory);
  const n = species.length;
  const p = new Float64Array(3 * frames);
  const z = new Float64Array(9 * n * frames);
  for (let f = 0; f < frames; f++) {
    const { polarization, bornCharges } = inFrame(f, () => predictBornCharges(model, frameStructure(path, f)));
    p.set(polarization, 3 * f);
    z.set(bornCharges, 9 * n * f);
    if (f % 8 !== 7 && f !== frames - 1) continue;
    throwIfAborted(signal, "predicting the polarization");
    onProgress?.({ label: "polarization", done: f + 1, total: frames, unit: "frames" });
    await breathe();
  }
  const volume = meanVolume(trajectory);
  const common = { timestep, origin: "derivative learning", ...(volume !== undefined && { volume }) };
  const bornCharges = createSeries({ quantity: "bornCharges", shape: [n, 3, 3], values: z, ...common });
  return {
    polarization: createSeries({ quantity: "polarization", shape: [3], values: p, ...common }),
    bornCharges,
    ...(velocities && { current: bornCurrent(bornCharges, trajectory) }),
  };
}
