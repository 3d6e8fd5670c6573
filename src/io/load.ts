/** Files of any format: what it is, is found out from the content. */
import { DataError } from "../errors.js";
import { readOptions, record } from "../options/record.js";
import { type FrameQuantity, seriesOfFrames } from "../series/fromFrames.js";
import type { TensorSeries } from "../series/tensorSeries.js";
import type { Frame } from "../structure/frame.js";
import type { Trajectory } from "../structure/trajectory.js";
import { COLLECT_FIELDS, type CollectOptions, collectTrajectory } from "./collect.js";
import { LOAD_FIELDS, LOAD_OPTIONS, type LoadOptions, SERIES_OPTIONS, type SeriesOptions } from "./format.js";
import { type OpenedFile, openFile } from "./formats.js";
import { type Source, sourceName } from "./source.js";

const TRAJECTORY_OPTIONS = record({ ...LOAD_FIELDS, ...COLLECT_FIELDS });

/**
 * Frames of a file of any format, one by one, in memory that does not grow.
 * @param source path, or pieces of the file's bytes
 * @throws FormatError with file and line
 * @throws OptionError for options that the format cannot use
 */
export function streamFrames(source: Source, options: LoadOptions = {}): AsyncGenerator<Frame, void, void> {
  return frames(source, readOptions(LOAD_OPTIONS, options, "streamFrames"));
}

async function* frames(source: Source, options: LoadOptions): AsyncGenerator<Frame, void, void> {
  yield* framesOf(await openFile(source, options), { ...options, name: sourceName(source, options) });
}

/** The frames of an opened file, which is closed at the end however that comes. */
async function* framesOf({ format, source }: OpenedFile, options: LoadOptions): AsyncGenerator<Frame, void, void> {
  const { onProgress: _, format: __, ...rest } = options;
  try {
    if (!format.frames)
      throw new DataError({
        where: options.name ?? "file",
        problem: `${format.title} have no structures`,
        advice: "read them as a series",
      });
    yield* format.frames(source, rest);
  } finally {
    await source.close();
  }
}

/**
 * All frames of a file of any format; see {@link streamFrames}.
 * @example
 * await io.writeExtxyz("md.extxyz", (await loadDataset("h2o")).frames);
 * (await readFrames("md.extxyz")).length // 1001
 */
export async function readFrames(source: Source, options: LoadOptions = {}): Promise<Frame[]> {
  const all: Frame[] = [];
  for await (const frame of frames(source, readOptions(LOAD_OPTIONS, options, "readFrames"))) all.push(frame);
  return all;
}

/** The frames of a file of any format as a trajectory of the same atoms in one buffer. */
export async function loadTrajectory(source: Source, options: LoadOptions & CollectOptions = {}): Promise<Trajectory> {
  const { timestep, stride, ...load } = readOptions(TRAJECTORY_OPTIONS, options, "loadTrajectory");
  return collectTrajectory(frames(source, load), {
    name: sourceName(source, options),
    ...(timestep !== undefined && { timestep }),
    stride,
  });
}

/**
 * One tensor per frame from a file of any format, plain columns included. Only the tensors are held in memory.
 * @throws FormatError with file and line
 * @throws DataError if frames lack the tensor
 * @throws DataError if there is no time step; UnitError if the frames' times contradict it
 * @example
 * await io.writeExtxyz("md.extxyz.gz", (await loadDataset("h2o")).frames);
 * (await loadSeries("md.extxyz.gz", { quantity: "polarizability" })).timestep // 2
 */
export async function loadSeries(source: Source, options: SeriesOptions): Promise<TensorSeries> {
  const read = readOptions(SERIES_OPTIONS, options, "loadSeries");
  const name = sourceName(source, read);
  const { timestep, origin = name.replace(/^.*[\\/]/, ""), quantity, ...load } = read;
  const wanted: readonly FrameQuantity[] = typeof quantity === "string" ? [quantity] : quantity;
  const opened = await openFile(source, load);
  if (opened.format.series) {
    const { onProgress: _, ...rest } = read;
    try {
      return await opened.format.series(opened.source, { ...rest, quantity: wanted, name, origin });
    } finally {
      await opened.source.close();
    }
  }
  let chosen: FrameQuantity | undefined;
  const light: Frame[] = [];
  for await (const frame of framesOf(opened, { ...load, name })) {
    chosen ??= pick(wanted, frame, name);
    const { cell, periodic } = frame.structure;
    light.push({
      structure: { species: [], positions: new Float64Array(0), periodic, ...(cell && { cell }) },
      ...(frame.time !== undefined && { time: frame.time }),
      ...(frame[chosen] && { [chosen]: frame[chosen] }),
      ...(frame.notFinite && { notFinite: frame.notFinite }),
    });
  }
  return seriesOfFrames(light, chosen ?? wanted[0]!, { origin, ...(timestep !== undefined && { timestep }) });
}

/** The first of the wanted quantities that a frame has. */
function pick(wanted: readonly FrameQuantity[], frame: Frame, where: string): FrameQuantity {
  const found = wanted.find((q) => frame[q]);
  if (found) return found;
  const nan = wanted.find((q) => frame.notFinite?.[q]);
  if (nan)
    throw new DataError({
      where,
      problem: `${frame.notFinite![nan]} is nan in frame 0`,
      advice: "compute this frame again, or leave it out of the file",
    });
  const others = Object.keys({ ...frame.info, ...frame.arrays });
  throw new DataError({
    where,
    problem: `its first frame has no ${wanted.join(" and no ")}${others.length > 0 ? `; it has ${others.join(", ")}` : ""}`,
    advice: `map the name in the file with keys: { ${wanted[0]!}: "NAME" }`,
  });
}
