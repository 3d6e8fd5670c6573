/** Predictions of a fitted polarizability model along a trajectory. */
import { type Fields, readOptions, record } from "../../../options/record.js";
import { positive, THREAD_FIELDS, text } from "../../../options/values.js";
import type { ThreadOptions } from "../../../progress.js";
import { createSeries, type TensorSeries } from "../../../series/tensorSeries.js";
import { meanVolume, requireTimestep, type Trajectory } from "../../../structure/trajectory.js";
import { predictedAlong } from "../../stream/predictStructures.js";
import type { PolarizabilityModel } from "./polarizability.js";

/**
 * The model's tensors along a trajectory.
 * @param options.timestep fs between frames; default that of the trajectory
 * @param options.origin for legends, default "Δ-ML" or "direct-ML"
 * @returns `model.quantity`, shape [frames, 3, 3]
 * @throws DataError for a species the model was not trained on, or no time step; AbortedError when interrupted
 */
export async function predictPolarizability(
  model: PolarizabilityModel,
  trajectory: Trajectory,
  options: PredictOptions = {},
): Promise<TensorSeries> {
  const read = readOptions(OPTIONS, options, "predictPolarizability");
  const timestep = read.timestep ?? requireTimestep(trajectory, "predictPolarizability");
  const { [model.quantity]: values } = await predictedAlong(model, trajectory, { [model.quantity]: 9 }, read);
  return seriesOf(model, trajectory, values!, timestep, read);
}

/** Options of {@link predictPolarizability}. */
export interface PredictOptions extends ThreadOptions {
  /** fs between frames. */
  readonly timestep?: number;
  readonly origin?: string;
}

const OPTIONS = record({
  timestep: positive("fs").optional(),
  origin: text().optional(),
  ...THREAD_FIELDS,
} satisfies Fields<PredictOptions>);

/** Predictions with their committee. */
export interface CommitteeSeries {
  /** The full model. */
  readonly mean: TensorSeries;
  /** The full model plus each member's calibrated deviation from the members' mean: spectra of these give error bars. */
  readonly members: readonly TensorSeries[];
}

/**
 * As {@link predictPolarizability} for every member of the model's committee: whatever is computed from the members' series, spread
 * about what is computed from `mean`, is an error bar.
 * @throws DataError if the model has no committee
 */
export async function predictCommittee(
  model: PolarizabilityModel,
  trajectory: Trajectory,
  options: PredictOptions = {},
): Promise<CommitteeSeries> {
  const read = readOptions(OPTIONS, options, "predictCommittee");
  const timestep = read.timestep ?? requireTimestep(trajectory, "predictCommittee");
  const count = 1 + (model.parts[0].committee?.members.length ?? 0);
  const sizes = { [model.quantity]: 9 * count };
  const { [model.quantity]: all } = await predictedAlong(model, trajectory, sizes, { ...read, making: "committee" });
  const frames = all!.length / (9 * count);
  const [mean, ...members] = Array.from({ length: count }, (_, member) => {
    const values = new Float64Array(9 * frames);
    for (let f = 0; f < frames; f++) {
      const from = 9 * (f * count + member);
      values.set(all!.subarray(from, from + 9), 9 * f);
    }
    return seriesOf(model, trajectory, values, timestep, read);
  });
  return { mean: mean!, members };
}

function seriesOf(
  model: PolarizabilityModel,
  trajectory: Trajectory,
  values: Float64Array,
  timestep: number,
  options: PredictOptions,
): TensorSeries {
  const volume = meanVolume(trajectory);
  return createSeries({
    quantity: model.quantity,
    shape: [3, 3],
    values,
    timestep,
    origin: options.origin ?? (model.firstStep ? "Δ-ML" : "direct-ML"),
    ...(volume !== undefined && { volume }),
  });
}
