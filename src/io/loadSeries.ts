/** One tensor per frame from a file of any format. */
import { DataError, OptionError } from "../errors.js";
import { readOptions } from "../options/record.js";
import { type FrameQuantity, frameTimes, seriesOfFrames } from "../series/fromFrames.js";
import { seriesJumps, seriesProblems } from "../series/plausibility.js";
import { unwrapPolarization } from "../series/polarization.js";
import type { TensorSeries } from "../series/tensorSeries.js";
import { cutAtJumps, stepNumber } from "../series/times.js";
import type { Frame } from "../structure/frame.js";
import type { Periodicity } from "../structure/structure.js";
import { warn } from "../warnings.js";
import { type ReadSeries, SERIES_OPTIONS, type SeriesOptions } from "./format.js";
import { openFile } from "./formats.js";
import { framesOf } from "./load.js";
import { type Source, sourceName } from "./source.js";

/**
 * One tensor per frame from a file of any format, plain columns included. Only the tensors are held in memory. What is odd
 * about the series is told as warnings; a polarization is made continuous where cell and periodicity are known.
 * @throws FormatError with file and line
 * @throws DataError if frames lack the tensor, or a polarization changes its branch and no cell tells the quantum
 * @throws UnitError if there is no time step, or the times (or numbers of steps) are not evenly spaced by it
 * @example
 * await io.writeExtxyz("md.extxyz.gz", (await loadDataset("h2o")).frames);
 * (await loadSeries("md.extxyz.gz", { quantity: "polarizability" })).timestep // 2
 */
export async function loadSeries(source: Source, options: SeriesOptions): Promise<TensorSeries> {
  const [series] = await read(source, readOptions(SERIES_OPTIONS, options, "loadSeries"), "one");
  return series!;
}

/**
 * The runs of a file that several runs were joined into, each a series: an ensemble, whose spectra are averaged run by run.
 * A run ends where times or numbers of steps do not go on evenly. Options and errors as those of {@link loadSeries}.
 * @returns at least one series; runs of a single frame are left out
 * @throws UnitError if the file has neither times nor steps
 */
export async function loadSegments(source: Source, options: SeriesOptions): Promise<readonly TensorSeries[]> {
  return read(source, readOptions(SERIES_OPTIONS, options, "loadSegments"), "segments");
}

async function read(
  source: Source,
  options: SeriesOptions,
  kind: "one" | "segments",
): Promise<readonly TensorSeries[]> {
  const name = sourceName(source, options);
  const { timestep, origin = name.replace(/^.*[\\/]/, ""), quantity, branches = "unwrap", ...load } = options;
  const wanted: readonly FrameQuantity[] = typeof quantity === "string" ? [quantity] : quantity;
  const opened = await openFile(source, load);
  const { format } = opened;
  const all: TensorSeries[] = [];
  if (format.series) {
    const found: ReadSeries[] = [];
    const { onProgress: _, branches: __, format: ___, ...rest } = options;
    const asked = { ...rest, quantity: wanted, name, origin };
    try {
      if (kind === "one") found.push(await format.series(opened.source, asked));
      else if (format.segments) found.push(...(await format.segments(opened.source, asked)));
      else throw new OptionError({ where: name, problem: `runs in ${format.title} cannot be told apart` });
    } finally {
      await opened.source.close();
    }
    for (const { quanta, ...series } of found) {
      if (branches === "unwrap" && quanta) all.push(unwrapped(series, quanta, [true, true, true], options, name));
      else all.push(branches === "unwrap" ? refuseBranches(series, name) : series);
    }
  } else {
    const { frames, chosen } = await tensorsOf(framesOf(opened, { ...load, name }), wanted, name);
    const given = { origin, ...(timestep !== undefined && { timestep }) };
    const runs: readonly (readonly [number, number])[] =
      kind === "one" ? [[0, frames.length]] : cutAtJumps(frameTimes(frames), timestep, name);
    for (const [first, end] of runs) {
      const run = frames.slice(first, end);
      const series = seriesOfFrames(run, chosen, given);
      all.push(branches === "unwrap" && chosen === "polarization" ? continuous(series, run, options, name) : series);
    }
  }
  for (const series of all) for (const problem of seriesProblems(series)) warn(options, { where: name, problem });
  return all;
}

/** The frames of a file with nothing but the first of the wanted tensors that they have. */
async function tensorsOf(
  source: AsyncIterable<Frame>,
  wanted: readonly FrameQuantity[],
  name: string,
): Promise<{ frames: readonly Frame[]; chosen: FrameQuantity }> {
  let chosen: FrameQuantity | undefined;
  const frames: Frame[] = [];
  for await (const frame of source) {
    chosen ??= pick(wanted, frame, name);
    const { cell, periodic } = frame.structure;
    const step = stepNumber(frame.info);
    frames.push({
      structure: { species: [], positions: new Float64Array(0), periodic, ...(cell && { cell }) },
      ...(frame.time !== undefined && { time: frame.time }),
      ...(frame[chosen] && { [chosen]: frame[chosen] }),
      ...(frame.notFinite && { notFinite: frame.notFinite }),
      ...(step !== undefined && { info: { step } }),
    });
  }
  return { frames, chosen: chosen ?? wanted[0]! };
}

/** The series without jumps by polarization quanta. @throws DataError if it jumps and the quantum is not known */
function continuous(series: TensorSeries, run: readonly Frame[], options: SeriesOptions, name: string): TensorSeries {
  const { structure } = run[0]!;
  if (!structure.periodic.some(Boolean) || !run.every((f) => f.structure.cell)) return refuseBranches(series, name);
  const cells = new Float64Array(9 * run.length);
  run.forEach((f, k) => {
    cells.set(f.structure.cell!, 9 * k);
  });
  return unwrapped(series, cells, structure.periodic, options, name);
}

/** @param quanta rows e·a, e·b, e·c */
function unwrapped(
  series: TensorSeries,
  quanta: Float64Array,
  periodic: Periodicity,
  options: SeriesOptions,
  name: string,
): TensorSeries {
  const { series: smooth, jumps } = unwrapPolarization(series, quanta, { periodic });
  if (jumps.length > 0)
    warn(options, {
      where: name,
      problem: `the polarization jumps by whole quanta e·a, e·b, e·c ${jumps.length} times (first at frame ${jumps[0]}); the jumps are taken out`,
      advice: 'to keep the values as they are: branches: "keep"',
    });
  return smooth;
}

/** A polarization that jumps, in e·Å, by more than any motion makes is on several branches, or of several runs. */
const leastBranch = 1;

function refuseBranches(series: TensorSeries, name: string): TensorSeries {
  if (series.quantity !== "polarization") return series;
  const { values } = series;
  const far = seriesJumps(series).filter(
    (f) => Math.hypot(...[0, 1, 2].map((c) => values[3 * f + c]! - values[3 * f - 3 + c]!)) > leastBranch,
  );
  if (far.length === 0) return series;
  const [at] = far;
  const step = [0, 1, 2].map((c) => (values[3 * at! + c]! - values[3 * at! - 3 + c]!).toFixed(2)).join(", ");
  throw new DataError({
    where: `${name}, frame ${at}`,
    problem: `the polarization jumps by (${step}) e·Å${far.length > 1 ? `, and so at ${far.length - 1} other place${far.length > 2 ? "s" : ""}` : ""}: another branch, or another run, and without cell and periodicity the quantum is not known`,
    advice: 'give a file of frames with cell and dipole, cut it there, or say branches: "keep"',
  });
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
