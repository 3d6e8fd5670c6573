import { DataError, ShapeError, UnitError } from "../errors.js";
import { readOptions, record } from "../options/record.js";
import { positive, text } from "../options/values.js";
import type { Frame } from "../structure/frame.js";
import { cellVolume } from "../structure/structure.js";
import { type TensorQuantity, type TensorSeries, tensorSeries } from "./tensorSeries.js";

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
      advice: "drop these frames or map the tensor's name in the file to ours when reading it",
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
  return tensorSeries({
    quantity,
    shape: quantity === "bornCharges" ? [size / 9, 3, 3] : quantity === "polarization" ? [3] : [3, 3],
    values,
    timestep: evenTimestep(frames, timestep, where),
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

/** The time step, checked against the frames' times where these are present. */
function evenTimestep(frames: readonly Frame[], given: number | undefined, where: string): number {
  const times = frames.map((f) => f.time);
  const step = given ?? (times[0] !== undefined && times[1] !== undefined ? times[1] - times[0] : undefined);
  if (step === undefined)
    throw new DataError({ where, problem: "no time step", advice: "give the time between frames in fs as `timestep`" });
  for (let i = 1; i < times.length; i++) {
    if (times[i] === undefined || times[i - 1] === undefined) continue;
    const found = times[i]! - times[i - 1]!;
    // Times in files are often rounded to 1e-3 fs.
    if (Math.abs(found - step) > Math.max(2e-3, 1e-6 * step))
      throw new UnitError({
        where: `${where}, frame ${i}`,
        problem: `${found} fs after frame ${i - 1}, expected ${step} fs`,
        advice:
          "a spectrum needs evenly spaced frames without gaps: give the right `timestep` or cut the series at the gap",
      });
  }
  return step;
}
