/** One tensor per frame from a file of any format. */
import { DataError, OptionError } from "../errors.js";
import { readOptions } from "../options/record.js";
import { type FrameQuantity, frameTimes, seriesOfFrames } from "../series/fromFrames.js";
import { seriesJumps, seriesProblems } from "../series/plausibility.js";
import { unwrapPolarization } from "../series/polarization.js";
import { sliceSeries, type TensorSeries } from "../series/tensorSeries.js";
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
  const {
    timestep,
    origin = name.replace(/^.*[\\/]/, ""),
    quantity,
    branches = "unwrap",
    stride = 1,
    ...load
  } = options;
  const wanted: readonly FrameQuantity[] = typeof quantity === "string" ? [quantity] : quantity;
  const opened = await openFile(source, load);
  const { format } = opened;
  const all: TensorSeries[] = [];
  /** How many frames of the file apart the samples of a series are already. */
  const taken: number[] = [];
  if (format.series) {
    const found: ReadSeries[] = [];
    const { onProgress: _, branches: __, format: ___, stride: ____, ...rest } = options;
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
    const mapped = format.options.includes("keys");
    const { frames, chosen } = await tensorsOf(framesOf(opened, { ...load, name }), wanted, name, mapped);
    const runs: readonly (readonly [number, number])[] =
      kind === "one" ? [[0, frames.length]] : cutAtJumps(frameTimes(frames), timestep, name);
    for (const [first, end] of runs) {
      const { run, every } = withTensor(frames.slice(first, end), chosen, stride, name);
      const series = seriesOfFrames(run, chosen, {
        origin,
        ...(timestep !== undefined && { timestep: every * timestep }),
      });
      taken.push(every);
      all.push(branches === "unwrap" && chosen === "polarization" ? continuous(series, run, options, name) : series);
    }
  }
  for (const series of all) for (const problem of seriesProblems(series)) warn(options, { where: name, problem });
  return all.map((series, k) => sliceSeries(series, { stride: stride / (taken[k] ?? 1) }));
}

/**
 * The frames of a run that a series is made of: all, or every `stride`-th where others lack the tensor.
 * @throws DataError if frames lack it in another way
 */
function withTensor(
  run: readonly Frame[],
  chosen: FrameQuantity,
  stride: number,
  name: string,
): { readonly run: readonly Frame[]; readonly every: number } {
  const having = run.flatMap((f, k) => (f[chosen] || f.notFinite?.[chosen] ? [k] : []));
  if (having.length === run.length) return { run, every: 1 };
  const thinned = run.filter((_, k) => k % stride === 0);
  if (stride > 1 && thinned.every((f) => f[chosen])) return { run: thinned, every: stride };
  const every = having[1];
  if (having[0] !== 0 || every === undefined || !having.every((k, i) => k === every * i)) return { run, every: 1 };
  throw new DataError({
    where: name,
    problem: `${run.length - having.length} of ${run.length} frames have no ${chosen}: it stands in every ${every}th, from the first on`,
    advice: `give stride: ${every}`,
  });
}

/** The frames of a file with nothing but the first of the wanted tensors that they have. */
async function tensorsOf(
  source: AsyncIterable<Frame>,
  wanted: readonly FrameQuantity[],
  name: string,
  mapped: boolean,
): Promise<{ frames: readonly Frame[]; chosen: FrameQuantity }> {
  let chosen: FrameQuantity | undefined;
  const frames: Frame[] = [];
  for await (const frame of source) {
    chosen ??= pick(wanted, frame, name, mapped);
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

/** The first of the wanted quantities that a frame has. @param mapped whether the names of the file's format can be mapped */
function pick(wanted: readonly FrameQuantity[], frame: Frame, where: string, mapped: boolean): FrameQuantity {
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
    advice: mapped
      ? `map the name in the file with keys: { ${wanted[0]!}: "NAME" }`
      : "predict it along these frames with a fitted model (spectensor predict), or give a file that has it",
  });
}
