import { DataError, OptionError } from "../errors.js";
import { createSeries, type TensorQuantity, type TensorSeries } from "../series/tensorSeries.js";
import { cutAtJumps, evenTimestep, type SampleTimes } from "../series/times.js";
import type { ColumnQuantity } from "./columnGroups.js";
import { continuesHeader } from "./columnHeader.js";
import { COLUMN_OPTIONS, type ColumnOptions, type ColumnRow, columnReader, numberOf } from "./columnReader.js";
import { splitColumns } from "./columnWords.js";
import type { FileFormat, SeriesOptions } from "./format.js";
import { largestValue } from "./frameLooks.js";
import { type Source, sourceName } from "./source.js";
import { textReader } from "./textReader.js";

export type { ColumnOptions, ColumnRow } from "./columnReader.js";

const columns = textReader("Columns", COLUMN_OPTIONS, (options: ColumnOptions) => columnReader(options));
const columnsOf = (quantities: readonly ColumnQuantity[]) =>
  textReader("Columns", COLUMN_OPTIONS, (options: ColumnOptions) => columnReader(options, quantities));

/**
 * A series from rows of 3, 6 or 9 numbers, separated by blanks, commas or semicolons, e.g. `alpha.dat` of the MD-Raman
 * scripts. Lines that begin with #, ! or % are comments; a header line, or the last comment before the first row that names as
 * many columns, may name them and their units: `time (ps)`, `t/fs`, `xx`, `mu_x (D)`, `step`; units may stand in a line below.
 * Of several vectors and tensors the names say which is read, or `keys`. Without stated units values are taken to be in this
 * package's.
 * @throws FormatError with file and line, also for a stated unit that is not known
 * @throws DataError if there is no time step, or the rows are not evenly spaced, naming the row
 */
export function parseColumns(input: string | Uint8Array, options: ColumnOptions = {}): TensorSeries {
  return seriesOfRows(columns.parse(input, options), options.name ?? "text", options);
}

/** Rows one by one, in memory that does not grow; see {@link parseColumns}. */
export function streamColumns(source: Source, options: ColumnOptions = {}): AsyncGenerator<ColumnRow, void, void> {
  return columns.stream(source, options);
}

/** Reads a file of plain columns; see {@link parseColumns}. */
export async function loadColumns(source: Source, options: ColumnOptions = {}): Promise<TensorSeries> {
  const rows = await columns.load(source, options);
  return seriesOfRows(rows, sourceName(source, options), options);
}

/** The runs among rows, each a series. */
function segmentsOfRows(rows: readonly ColumnRow[], name: string, options: ColumnOptions): TensorSeries[] {
  const pieces = cutAtJumps(rowTimes(rows), options.timestep, name);
  return pieces.map(([first, end]) => seriesOfRows(rows.slice(first, end), name, options));
}

/** When rows were taken, by their own account. */
export function rowTimes(rows: readonly ColumnRow[]): SampleTimes {
  const digits = rows.flatMap((r) => r.digit ?? []);
  return {
    times: rows.map((r) => r.time),
    steps: rows.map((r) => r.step),
    sample: "row",
    // Trailing zeros may not be written.
    ...(digits.length > 0 && { digit: digits.reduce((a, b) => Math.min(a, b)) }),
  };
}

/** A series of rows that any reader gives. @throws DataError for rows that are not evenly spaced or not of the quantity */
export function seriesOfRows(rows: readonly ColumnRow[], name: string, options: ColumnOptions): TensorSeries {
  const size = rows[0]!.values.length;
  const quantity = rows[0]!.quantity ?? quantityOf(size, options);
  const vector = quantity === "polarization" || quantity === "current";
  if (vector !== (size === 3))
    throw new DataError({
      where: name,
      problem: `${quantity} has ${vector ? 3 : "6 or 9"} columns, the file has ${vector ? "6 or 9" : 3}`,
    });
  const values = new Float64Array(rows.length * size);
  rows.forEach((row, k) => {
    const odd = row.values.find((x) => Math.abs(x) > largestValue);
    if (odd !== undefined)
      throw new DataError({
        where: `${name}, row ${k}`,
        problem: `${quantity} is ${odd}, which no calculation gives`,
        advice: "an overflow, a damaged file or a wrong unit: get the file again or leave this row out",
      });
    values.set(row.values, k * size);
  });
  if (rows.length < 2 && options.timestep === undefined)
    throw new DataError({
      where: name,
      problem: "a single row has no time step",
      advice: "give the time between rows in fs as `timestep`",
    });
  return createSeries({
    quantity,
    shape: vector ? [3] : [3, 3],
    values,
    timestep: evenTimestep(rowTimes(rows), options.timestep, name),
    origin: options.origin ?? name.replace(/^.*[\\/]/, ""),
  });
}

function quantityOf(size: number, options: ColumnOptions): TensorQuantity {
  return options.quantity ?? (size === 3 ? "polarization" : "polarizability");
}

/** Plain columns of numbers for the loaders; asked last. */
export const columnsFormat: FileFormat = {
  name: "columns",
  title: "columns of numbers",
  options: ["components", "keys", "skipColumns", "units"],
  sniff({ lines }) {
    const rows = lines.slice(0, -1).filter((text) => text.trim() !== "" && !/^\s*[#!%]/.test(text));
    const numeric = (text: string) => splitColumns(text).every((word) => Number.isFinite(numberOf(word)));
    const [header] = rows;
    if (header === undefined) return false;
    const above = numeric(header) ? 0 : 1 + rows.slice(1).findIndex((text) => !continuesHeader(header, text));
    // A run that was begun again writes its header again.
    const names = above > 0 && !splitColumns(header).some((word) => Number.isFinite(numberOf(word)));
    const data = names ? rows.slice(above).filter((text) => text !== header) : rows.slice(above);
    return data.length > 0 && data.every(numeric);
  },
  series: async (source, options) =>
    seriesOfRows(await rowsOf(source, options), options.name ?? "columns", ofOneQuantity(options)),
  segments: async (source, options) =>
    segmentsOfRows(await rowsOf(source, options), options.name ?? "columns", ofOneQuantity(options)),
  times: async (source, options) => rowTimes(await rowsOf(source, options)),
};

/** Rows of the first of the wanted quantities that the names of the columns have. */
function rowsOf(source: Source, options: SeriesOptions): Promise<ColumnRow[]> {
  const { keys = {} } = options;
  const usable = ["polarization", "polarizability", "dielectric", "time"];
  const odd = Object.keys(keys).find((field) => !usable.includes(field));
  if (odd !== undefined)
    throw new OptionError({
      where: "keys",
      problem: `plain columns have no ${odd}`,
      advice: `name one of ${usable.join(", ")}`,
    });
  return columnsOf(wantedOf(options)).load(source, ofOneQuantity(options));
}

function ofOneQuantity(options: SeriesOptions): ColumnOptions {
  return { ...options, quantity: wantedOf(options)[0]! };
}

function wantedOf({ quantity, name }: SeriesOptions): readonly ColumnQuantity[] {
  const wanted = (typeof quantity === "string" ? [quantity] : quantity).filter((q) => q !== "bornCharges");
  if (wanted.length === 0)
    throw new DataError({ where: name ?? "columns", problem: "plain columns cannot hold Born charges" });
  return wanted;
}
