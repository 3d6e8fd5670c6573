/** Programs' files of one dipole a row, as formats for the loaders. */
import { DataError } from "../errors.js";
import { type ColumnRow, rowTimes, segmentsOfRows, seriesOfRows } from "./columns.js";
import type { FileFormat, FormatOptions, SeriesOptions } from "./format.js";
import { type LineReader, loadAll, type ReadOptions } from "./source.js";

/** A format of polarizations alone. @param reader made once per file from its options */
export function polarizationFormat(
  format: Pick<FileFormat, "name" | "title" | "sniff">,
  reader: (options: Pick<FormatOptions, "units"> & ReadOptions) => LineReader<ColumnRow>,
): FileFormat {
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
    series: async (source, options) =>
      seriesOfRows(await loadAll(reader(options), source, options), options.name ?? format.title, asked(options)),
    segments: async (source, options) =>
      segmentsOfRows(await loadAll(reader(options), source, options), options.name ?? format.title, asked(options)),
    times: async (source, options) => rowTimes(await loadAll(reader(options), source, options)),
  };
}
