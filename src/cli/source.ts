/** What a command is given to read: files of any format, or ids of data sets, alike. */
import { type FrameText, openFrames } from "../io/frameText.js";
import { loadTrajectory, readFrames } from "../io/load.js";
import { trajectoryFrames } from "../io/trajectoryFrames.js";
import type { Frame } from "../structure/frame.js";
import { sliceTrajectory, type Trajectory } from "../structure/trajectory.js";
import { type FileFlags, loadOptions } from "./fileOptions.js";
import { datasetOf, type SeriesFlags } from "./series.js";

/** Frames of a source, and for Δ-ML what the linear response is built from. */
export interface SourceFrames {
  readonly frames: readonly Frame[];
  /** Reference and displaced structures of data sets. */
  readonly displaced: readonly Frame[];
}

/** All frames of several sources. */
export async function readSources(
  sources: readonly string[],
  flags: FileFlags,
  signal: AbortSignal,
): Promise<SourceFrames> {
  const frames: Frame[] = [];
  const displaced: Frame[] = [];
  for (const source of sources) {
    const set = await datasetOf(source, flags, signal);
    if (!set) {
      frames.push(...(await readFrames(source, { ...loadOptions(flags), signal })));
      continue;
    }
    const { trajectory = [], dipoles = [], bec = [] } = set.parts;
    frames.push(...trajectory, ...dipoles, ...bec);
    displaced.push(...(set.reference ? [set.reference] : []), ...set.displaced);
  }
  return { frames, displaced };
}

/** The structures of a source in the order of time. */
export async function readTrajectory(source: string, flags: SeriesFlags, signal: AbortSignal): Promise<Trajectory> {
  const { timestep, stride } = flags;
  const set = await datasetOf(source, flags, signal);
  if (set) return sliceTrajectory(set.trajectory(), { stride: stride ?? 1 });
  return loadTrajectory(source, {
    ...loadOptions(flags),
    signal,
    ...(timestep !== undefined && { timestep }),
    ...(stride !== undefined && { stride }),
  });
}

/** The structures of a source in the order of time, one by one in memory that does not grow; or the text that has them. */
export async function sourceFrames(
  source: string,
  flags: FileFlags,
  signal: AbortSignal,
): Promise<AsyncIterable<Frame> | Iterable<Frame> | FrameText> {
  const set = await datasetOf(source, flags, signal);
  return set ? trajectoryFrames(set.trajectory()) : openFrames(source, { ...loadOptions(flags), signal });
}
