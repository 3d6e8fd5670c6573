/** Reading the series that a command is given: a file of any format, or the id of a data set. */
import { existsSync } from "node:fs";
import type { Command } from "commander";
import { type Dataset, loadDataset } from "../dataset/load.js";
import { listDatasets } from "../dataset/registry.js";
import { OptionError, SpectensorError } from "../errors.js";
import { loadSegments, loadSeries } from "../io/loadSeries.js";
import { isEnsemble, type SeriesEnsemble, seriesEnsemble } from "../series/ensemble.js";
import type { FrameQuantity } from "../series/fromFrames.js";
import { seriesLength, sliceSeries, type TensorSeries } from "../series/tensorSeries.js";
import { FILE_FLAGS, type FileFlags, fileOptions, loadOptions, printWarning } from "./fileOptions.js";
import { integerOption, positiveOption } from "./parse.js";

export interface SeriesFlags extends FileFlags {
  /** fs between the rows or frames of the file */
  readonly timestep?: number;
  /** Use every so many-th row. */
  readonly stride?: number;
  /** Take the file as runs joined together. */
  readonly segments?: boolean;
  /** False: leave jumps of the polarization as they are. */
  readonly unwrap?: boolean;
}

/** Adds the options of reading a series, and of reading files at all, to a command. */
export function seriesOptions(command: Command): Command {
  return fileOptions(
    command
      .option(
        "--timestep <fs>",
        "time between the rows or frames of the file; needed where the file has no times",
        positiveOption("timestep", "fs"),
      )
      .option("--stride <n>", "use every n-th row", integerOption("stride", 1))
      .option("--segments", "the file is several runs joined, told apart by times or steps: average their spectra"),
  );
}

const NOT_OF_DATASETS: Readonly<Record<string, string>> = {
  ...FILE_FLAGS,
  timestep: "--timestep",
  segments: "--segments",
};

/**
 * The data set of this id, unless a file has this name.
 * @throws OptionError if options are given that say how a file is to be read: what a data set holds is known
 */
export async function datasetOf(
  source: string,
  flags: FileFlags & Pick<SeriesFlags, "timestep" | "segments">,
  signal: AbortSignal,
): Promise<Dataset | undefined> {
  if (existsSync(source) || !listDatasets().some((d) => d.id === source)) return undefined;
  for (const [name, option] of Object.entries(NOT_OF_DATASETS))
    if (flags[name as keyof typeof flags] !== undefined)
      throw new OptionError({
        where: option,
        problem: `${source} is a data set, of which names, orders and times are known`,
        advice: `leave out ${option}, or give the path of a file`,
      });
  return loadDataset(source, { signal });
}

/**
 * The first of the wanted quantities that the file has; of a data set with independent runs, one series for each.
 * @param source path, or id of a data set where no such file exists
 */
export async function readSeries(
  source: string,
  wanted: readonly FrameQuantity[],
  flags: SeriesFlags,
  signal: AbortSignal,
): Promise<TensorSeries | SeriesEnsemble> {
  const stride = flags.stride ?? 1;
  const dataset = await datasetOf(source, flags, signal);
  if (dataset) {
    const quantity = wanted.find((q) => dataset.quantities.includes(q));
    if (!quantity)
      throw new SpectensorError({
        where: `data set ${source}`,
        problem: `has no ${wanted.join(" and no ")}`,
        advice: `it has ${dataset.quantities.join(", ")}`,
      });
    const { runs, origin } = dataset.ensemble(quantity);
    const thinned = runs.map((run) => sliceSeries(run, { stride }));
    return thinned.length === 1 ? thinned[0]! : seriesEnsemble(thinned, origin);
  }
  const { timestep } = flags;
  const options = {
    ...loadOptions(flags),
    signal,
    quantity: wanted,
    branches: flags.unwrap === false ? ("keep" as const) : ("unwrap" as const),
    ...(timestep !== undefined && { timestep }),
    ...(stride > 1 && { stride }),
  };
  if (!flags.segments) return loadSeries(source, options);
  return ensembleOfSegments(await loadSegments(source, options), source);
}

/** Runs of different length as an ensemble: spectra of one resolution need runs of one length, the one that uses most samples. */
function ensembleOfSegments(segments: readonly TensorSeries[], source: string): TensorSeries | SeriesEnsemble {
  const lengths = segments.map(seriesLength);
  const used = (length: number): number => length * lengths.filter((l) => l >= length).length;
  const last = lengths.reduce((best, l) => (used(l) > used(best) ? l : best));
  const long = segments.filter((s) => seriesLength(s) >= last);
  const lost = lengths.reduce((a, b) => a + b, 0) - used(last);
  printWarning({
    where: source,
    problem: `${long.length} runs of ${last} samples${lost > 0 ? `; ${lost} samples of shorter runs, or at the end of longer ones, are left out` : ""}`,
  });
  const runs = long.map((s) => sliceSeries(s, { last }));
  return runs.length === 1 ? runs[0]! : seriesEnsemble(runs, runs[0]!.origin);
}

/** Frames of a series, or of each run and how many runs, for the results' record. */
export function lengthOf(source: TensorSeries | SeriesEnsemble): { readonly frames: number; readonly runs?: number } {
  return isEnsemble(source)
    ? { frames: seriesLength(source.runs[0]!), runs: source.runs.length }
    : { frames: seriesLength(source) };
}
