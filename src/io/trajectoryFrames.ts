import { ShapeError } from "../errors.js";
import type { TensorQuantity, TensorSeries } from "../series/tensorSeries.js";
import type { Frame } from "../structure/frame.js";
import { frameCount, frameStructure, type Trajectory } from "../structure/trajectory.js";

type TensorField = "polarizability" | "dielectric" | "polarization" | "bornCharges";
const fieldOf: Readonly<Record<TensorQuantity, TensorField | undefined>> = {
  polarizability: "polarizability",
  dielectric: "dielectric",
  polarization: "polarization",
  bornCharges: "bornCharges",
  current: undefined,
};

/**
 * The frames of a trajectory, one by one, with the tensors of any series over the same frames: what extended XYZ can
 * hold. Arrays are views.
 * @throws ShapeError if a series has another number of frames; a current goes into `info.current`
 */
export function* trajectoryFrames(t: Trajectory, series: readonly TensorSeries[] = []): Generator<Frame, void, void> {
  const frames = frameCount(t);
  const n3 = 3 * t.species.length;
  for (const s of series)
    if (s.values.length % frames !== 0 || s.values.length / frames !== s.shape.reduce((a, b) => a * b, 1))
      throw new ShapeError({
        where: s.quantity,
        problem: `the series does not have one tensor for each of ${frames} frames`,
      });
  for (let f = 0; f < frames; f++) {
    const tensors: { -readonly [K in TensorField]?: Float64Array } = {};
    const info: Record<string, Float64Array> = {};
    for (const s of series) {
      const size = s.values.length / frames;
      const tensor = s.values.subarray(f * size, (f + 1) * size);
      const field = fieldOf[s.quantity];
      if (field) tensors[field] = tensor;
      else info[s.quantity] = tensor;
    }
    yield {
      structure: frameStructure(t, f),
      ...(t.times ? { time: t.times[f]! } : t.timestep !== undefined && { time: f * t.timestep }),
      ...(t.velocities && { velocities: t.velocities.subarray(f * n3, (f + 1) * n3) }),
      ...tensors,
      ...(Object.keys(info).length > 0 && { info }),
    };
  }
}
