/** Predictions of a fitted polarization model along a trajectory. */
import { readOptions } from "../../../options/record.js";
import { THREAD_OPTIONS } from "../../../options/values.js";
import type { ThreadOptions } from "../../../progress.js";
import { bornCurrent } from "../../../series/current.js";
import { createSeries, type TensorSeries } from "../../../series/tensorSeries.js";
import { continuous } from "../../../structure/continuous.js";
import { meanVolume, requireTimestep, type Trajectory } from "../../../structure/trajectory.js";
import { predictedAlong } from "../../stream/predictStructures.js";
import type { PolarizationModel } from "./polarization.js";

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
  options: ThreadOptions = {},
): Promise<PolarizationPrediction> {
  const read = readOptions(THREAD_OPTIONS, options, "predictPolarization");
  const { species, velocities } = trajectory;
  const timestep = requireTimestep(trajectory, "predictPolarization");
  const path = continuous(trajectory, "predictPolarization");
  const n = species.length;
  const { polarization: p, bornCharges: z } = await predictedAlong(
    model,
    path,
    { polarization: 3, bornCharges: 9 * n },
    { ...read, label: "polarization" },
  );
  const volume = meanVolume(trajectory);
  const common = { timestep, origin: "derivative learning", ...(volume !== undefined && { volume }) };
  const bornCharges = createSeries({ quantity: "bornCharges", shape: [n, 3, 3], values: z!, ...common });
  return {
    polarization: createSeries({ quantity: "polarization", shape: [3], values: p!, ...common }),
    bornCharges,
    ...(velocities && { current: bornCurrent(bornCharges, trajectory) }),
  };
}
