/** Reading the series that a command is given: a file of any format, or the id of a data set. */
import { existsSync } from "node:fs";
import { type Dataset, loadDataset } from "../dataset/load.js";
import { listDatasets } from "../dataset/registry.js";
import { OptionError, SpectensorError } from "../errors.js";
import type { LoadOptions } from "../io/format.js";
import { loadSeries } from "../io/load.js";
import type { FrameField } from "../io/tensorNames.js";
import { isEnsemble, type SeriesEnsemble, seriesEnsemble } from "../series/ensemble.js";
import type { FrameQuantity } from "../series/fromFrames.js";
import { seriesLength, sliceSeries, type TensorSeries } from "../series/tensorSeries.js";

/** Options that say how a file is to be read; from the command line. */
export interface FileFlags {
  readonly key?: Readonly<Record<string, string>>;
  readonly components?: string;
  readonly becOrder?: "field-displacement" | "displacement-field";
}

/** {@link FileFlags} as the readers take them. */
export function loadOptions(flags: FileFlags): LoadOptions {
  return {
    ...(flags.key && { keys: renamed(flags.key) }),
    ...(flags.components && { components: flags.components }),
    ...(flags.becOrder && { becOrder: flags.becOrder }),
  };
}

/** The names people use for a field, besides ours. */
function renamed(keys: Readonly<Record<string, string>>): Partial<Record<FrameField, string>> {
  const alias: Readonly<Record<string, FrameField>> = {
    dipole: "polarization",
    bec: "bornCharges",
    epsilon: "dielectric",
  };
  return Object.fromEntries(
    Object.entries(keys).map(([field, name]) => [Object.hasOwn(alias, field) ? alias[field] : field, name]),
  );
}

export interface SeriesFlags extends FileFlags {
  /** fs between the rows or frames of the file */
  readonly timestep?: number;
  /** Use every so many-th row. */
  readonly stride?: number;
}

/** Options of the command line that say how a file is to be read. */
const FILE_FLAGS = {
  key: "--key",
  components: "--components",
  becOrder: "--bec-order",
  timestep: "--timestep",
} as const;

/**
 * The data set of this id, unless a file has this name.
 * @throws OptionError if options are given that say how a file is to be read: what a data set holds is known
 */
export async function datasetOf(
  source: string,
  flags: Pick<SeriesFlags, keyof typeof FILE_FLAGS>,
  signal: AbortSignal,
): Promise<Dataset | undefined> {
  if (existsSync(source) || !listDatasets().some((d) => d.id === source)) return undefined;
  for (const [name, option] of Object.entries(FILE_FLAGS))
    if (flags[name as keyof typeof FILE_FLAGS] !== undefined)
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
  const options = { ...loadOptions(flags), signal, quantity: wanted, ...(timestep && { timestep }) };
  return sliceSeries(await loadSeries(source, options), { stride });
}

/** Frames of a series, or of each run and how many runs, for the results' record. */
export function lengthOf(source: TensorSeries | SeriesEnsemble): { readonly frames: number; readonly runs?: number } {
  return isEnsemble(source)
    ? { frames: seriesLength(source.runs[0]!), runs: source.runs.length }
    : { frames: seriesLength(source) };
}
