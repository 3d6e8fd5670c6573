import { DataError, ShapeError } from "../errors.js";
import { readOptions, record } from "../options/record.js";
import { positive, text } from "../options/values.js";
import type { Frame } from "../structure/frame.js";
import { cellVolume } from "../structure/structure.js";
import { numberedSteps } from "./constantSteps.js";
import { createSeries, type TensorQuantity, type TensorSeries } from "./tensorSeries.js";
import { evenTimestep, type SampleTimes, stepNumber } from "./times.js";

const FRAME_QUANTITIES = [
  "polarizability",
  "dielectric",
  "polarization",
  "bornCharges",
] as const satisfies readonly TensorQuantity[];

/** Quantities that a frame can hold. */
export type FrameQuantity = (typeof FRAME_QUANTITIES)[number];

const OPTIONS = record({ timestep: positive("fs").optional(), origin: text().default("frames") });

/**
 * The tensors of evenly spaced frames as a series, in package units; the volume is the mean over the cells.
 * @param options.timestep fs between frames; default: from the frames' times
 * @param options.origin for legends and provenance, default "frames"
 * @throws DataError naming the frames whose tensor is missing
 * @throws DataError if no time step is given and none can be read; UnitError if the frames' times are not evenly spaced by it
 * @throws ShapeError if a tensor has another number of components than the first
 * @example
 * const { frames } = await loadDataset("h2o");
 * series.seriesOfFrames(frames, "polarizability", { timestep: 2, origin: "DFPT" }).shape // [3, 3]
 */
export function seriesOfFrames(
  frames: readonly Frame[],
  quantity: FrameQuantity,
  options: { readonly timestep?: number; readonly origin?: string } = {},
): TensorSeries {
  const { origin, timestep } = readOptions(OPTIONS, options, "seriesOfFrames");
  const where = `${quantity} of ${origin}`;
  const first = frames[0];
  if (!first) throw new ShapeError({ where, problem: "no frames" });
  const nan = frames.findIndex((f) => f.notFinite?.[quantity]);
  if (nan >= 0)
    throw new DataError({
      where,
      problem: `${frames[nan]!.notFinite![quantity]} is nan in frame ${nan}`,
      advice: "compute this frame again, or cut the series there",
    });
  const missing = frames.flatMap((f, i) => (f[quantity] ? [] : [i]));
  if (missing.length > 0)
    throw new DataError({
      where,
      problem: `${missing.length} of ${frames.length} frames have no ${quantity}: frame ${missing.slice(0, 8).join(", ")}${missing.length > 8 ? ", …" : ""}`,
      advice: "give frames that all have it, or map the name that it has in the others",
    });
  const size = first[quantity]!.length;
  const values = new Float64Array(frames.length * size);
  frames.forEach((f, i) => {
    const t = f[quantity]!;
    if (t.length !== size)
      throw new ShapeError({ where: `${where}, frame ${i}`, problem: `${t.length} components, frame 0 has ${size}` });
    values.set(t, i * size);
  });
  const volume = meanVolume(frames);
  return createSeries({
    quantity,
    shape: quantity === "bornCharges" ? [size / 9, 3, 3] : quantity === "polarization" ? [3] : [3, 3],
    values,
    timestep: evenTimestep(frameTimes(frames), timestep, where),
    origin,
    ...(volume !== undefined && { volume }),
  });
}

function meanVolume(frames: readonly Frame[]): number | undefined {
  let sum = 0;
  for (const { structure } of frames) {
    if (!structure.cell) return undefined;
    sum += cellVolume(structure.cell);
  }
  return sum / frames.length;
}

/** When the frames were taken, by their own account. */
export function frameTimes(frames: readonly Frame[]): SampleTimes {
  return { times: frames.map((f) => f.time), steps: numberedSteps(frames.map((f) => stepNumber(f.info))) };
}
