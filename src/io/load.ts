/** Files of any format: what it is, is found out from the content. */
import { DataError } from "../errors.js";
import { readOptions, record } from "../options/record.js";
import type { Frame } from "../structure/frame.js";
import type { Trajectory } from "../structure/trajectory.js";
import { checkedStream } from "./checkedFrames.js";
import { COLLECT_FIELDS, type CollectOptions, collectTrajectory } from "./collect.js";
import { LOAD_FIELDS, LOAD_OPTIONS, type LoadOptions } from "./format.js";
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
export async function* framesOf(
  { format, source }: OpenedFile,
  options: LoadOptions,
): AsyncGenerator<Frame, void, void> {
  const { onProgress: _, format: __, ...rest } = options;
  try {
    if (!format.frames)
      throw new DataError({
        where: options.name ?? "file",
        problem: `${format.title} have no structures`,
        advice: "read them as a series",
      });
    yield* checkedStream(format.frames(source, rest), options.name ?? "file", options);
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
