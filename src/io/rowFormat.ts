/** Programs' files of one dipole a row, as formats for the loaders. */
import { DataError } from "../errors.js";
import { cutAtJumps } from "../series/times.js";
import { type ColumnRow, rowTimes, seriesOfRows } from "./columns.js";
import type { FileFormat, FormatOptions, ReadSeries, SeriesOptions } from "./format.js";
import { type LineReader, loadAll, type ReadOptions } from "./source.js";

/**
 * A format of polarizations alone.
 * @param reader made once per file from its options
 * @param quantaOf what the polarizations of a file are open to, see `ReadSeries.quanta`
 */
export function polarizationFormat<Row extends ColumnRow = ColumnRow>(
  format: Pick<FileFormat, "name" | "title" | "sniff">,
  reader: (options: Pick<FormatOptions, "units"> & ReadOptions) => LineReader<Row>,
  quantaOf: (rows: readonly Row[]) => Float64Array | undefined = () => undefined,
): FileFormat {
  const withQuanta = (series: ReadSeries, rows: readonly Row[]): ReadSeries => {
    const quanta = quantaOf(rows);
    return quanta ? { ...series, quanta } : series;
  };
  const asked = (options: SeriesOptions) => {
    const wanted: readonly string[] = typeof options.quantity === "string" ? [options.quantity] : options.quantity;
    if (!wanted.includes("polarization"))
      throw new DataError({
        where: options.name ?? format.title,
        problem: `${format.title} holds dipoles, not ${wanted.join(" or ")}`,
      });
    return { ...options, quantity: "polarization" as const };
  };
  return {
    ...format,
    options: [],
    series: async (source, options) => {
      const rows = await loadAll(reader(options), source, options);
      return withQuanta(seriesOfRows(rows, options.name ?? format.title, asked(options)), rows);
    },
    segments: async (source, options) => {
      const rows = await loadAll(reader(options), source, options);
      const name = options.name ?? format.title;
      const given = asked(options);
      return cutAtJumps(rowTimes(rows), given.timestep, name).map(([first, end]) => {
        const run = rows.slice(first, end);
        return withQuanta(seriesOfRows(run, name, given), run);
      });
    },
    times: async (source, options) => rowTimes(await loadAll(reader(options), source, options)),
  };
}
