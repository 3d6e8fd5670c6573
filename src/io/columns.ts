import { DataError } from "../errors.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { integer, oneOf, positive, text } from "../options/values.js";
import { type TensorSeries, tensorSeries } from "../series/tensorSeries.js";
import { spacing } from "./collect.js";
import type { FileFormat } from "./format.js";
import type { Lines } from "./lines.js";
import { parseNumber } from "./number.js";
import {
  loadAll,
  type more,
  nextLine,
  parseAll,
  READ_FIELDS,
  type ReadOptions,
  type Source,
  streamAll,
} from "./source.js";
import { type ComponentOrder, componentColumns, orderedTensor, rowMajor, tensorColumns } from "./tensorNames.js";

/** Options of the reader of plain columns. */
export interface ColumnOptions extends ReadOptions {
  /** What the columns are; default: 3 columns are a polarization (or dipole), 6 or 9 a polarizability. */
  readonly quantity?: "polarizability" | "dielectric" | "polarization" | "current";
  /** Order of 6 or 9 tensor columns; default a header's, else "xx yy zz xy yz zx" for 6 and row-major for 9. */
  readonly components?: ComponentOrder;
  /** fs between rows; default from a column with the header "time". */
  readonly timestep?: number;
  /** Leading columns to leave out, e.g. a step number; default 0. */
  readonly skipColumns?: number;
  /** For legends; default the file's name. */
  readonly origin?: string;
}

const OPTIONS = record({
  ...READ_FIELDS,
  quantity: oneOf(["polarizability", "dielectric", "polarization", "current"]).optional(),
  components: text().optional(),
  timestep: positive("fs").optional(),
  skipColumns: integer({ atLeast: 0 }).optional(),
  origin: text().optional(),
} satisfies Fields<ColumnOptions>);

/** One row: nine row-major components or a vector, and the time where there is a column for it. */
export interface ColumnRow {
  readonly values: Float64Array;
  readonly time?: number;
}

/**
 * A series from rows of 3, 6 or 9 numbers, separated by blanks, commas or semicolons, e.g. `alpha.dat` of the MD-Raman
 * scripts. Lines that begin with #, ! or % are comments; one header line may name the columns (`time`, `xx`, `eps_xy`).
 * Values are taken to be in this package's units.
 * @throws FormatError with file and line
 * @throws DataError if there is no time step
 */
export function parseColumns(input: string | Uint8Array, options: ColumnOptions = {}): TensorSeries {
  readOptions(OPTIONS, options, "parseColumns");
  return seriesOfRows(parseAll(columnReader(options), input, options), options.name ?? "text", options);
}

/** Rows one by one, in memory that does not grow; see {@link parseColumns}. */
export function streamColumns(source: Source, options: ColumnOptions = {}): AsyncGenerator<ColumnRow, void, void> {
  readOptions(OPTIONS, options, "streamColumns");
  return streamAll(columnReader(options), source, options);
}

/** Reads a file of plain columns; see {@link parseColumns}. */
export async function loadColumns(source: Source, options: ColumnOptions = {}): Promise<TensorSeries> {
  readOptions(OPTIONS, options, "loadColumns");
  const name = options.name ?? (typeof source === "string" ? source : "stream");
  return seriesOfRows(await loadAll(columnReader(options), source, options), name, options);
}

function seriesOfRows(rows: readonly ColumnRow[], name: string, options: ColumnOptions): TensorSeries {
  const size = rows[0]!.values.length;
  const { quantity = size === 3 ? "polarization" : "polarizability" } = options;
  const vector = quantity === "polarization" || quantity === "current";
  if (vector !== (size === 3))
    throw new DataError({
      where: name,
      problem: `${quantity} has ${vector ? 3 : "6 or 9"} columns, the file has ${vector ? "6 or 9" : 3}`,
    });
  const values = new Float64Array(rows.length * size);
  rows.forEach((row, k) => {
    values.set(row.values, k * size);
  });
  const timestep =
    options.timestep ??
    spacing(
      rows.flatMap((row) => row.time ?? []),
      rows.length,
    );
  if (timestep === undefined)
    throw new DataError({
      where: name,
      problem: "no time step and no column of evenly spaced times",
      advice: "give the time between rows in fs as timestep",
    });
  return tensorSeries({
    quantity,
    shape: vector ? [3] : [3, 3],
    values,
    timestep,
    origin: options.origin ?? name.replace(/^.*[\\/]/, ""),
  });
}

/** Plain columns of numbers for the loaders; asked last. */
export const columnsFormat: FileFormat = {
  name: "columns",
  title: "columns of numbers",
  options: ["components", "skipColumns"],
  sniff({ lines }) {
    const rows = lines.slice(0, -1).filter((text) => text.trim() !== "" && !/^\s*[#!%]/.test(text));
    const numeric = (text: string) => split(text).every((word) => Number.isFinite(numberOf(word)));
    const data = rows[0] !== undefined && !numeric(rows[0]) ? rows.slice(1) : rows;
    return data.length > 0 && data.every(numeric);
  },
  series(source, options) {
    const { quantity } = options;
    const wanted = (typeof quantity === "string" ? [quantity] : quantity).filter((q) => q !== "bornCharges");
    if (wanted.length === 0)
      throw new DataError({ where: options.name ?? "columns", problem: "plain columns cannot hold Born charges" });
    return loadColumns(source, { ...options, quantity: wanted[0]! });
  },
};

/** What each column of the file is. */
interface Layout {
  readonly width: number;
  readonly time: number;
  /** Columns of the values in the file, in the order they stand there. */
  readonly values: readonly number[];
  /** For each of the nine components its place among `values`; absent for a vector. */
  readonly tensor?: Int32Array;
}

/** The format of plain columns as a line reader. @throws OptionError for an impossible component order */
export function columnReader(options: ColumnOptions): (lines: Lines) => Generator<ColumnRow | typeof more, void, void> {
  const asked = options.components === undefined ? undefined : componentColumns(options.components);
  return (lines) => readRows(lines, asked, options.skipColumns ?? 0);
}

function* readRows(
  lines: Lines,
  asked: Int32Array | undefined,
  skip: number,
): Generator<ColumnRow | typeof more, void, void> {
  let layout: Layout | undefined;
  let names: readonly string[] | undefined;
  let rows = 0;
  while (yield* nextLine(lines)) {
    const first = lines.firstByte();
    if (first < 0 || first === 35 || first === 33 || first === 37) continue;
    const words = split(lines.text());
    if (!layout && !names && Number.isNaN(numberOf(words[0]!))) {
      names = words;
      continue;
    }
    layout ??= names ? namedLayout(lines, names, asked) : plainLayout(lines, words.length, skip, asked);
    const { width, time, tensor } = layout;
    if (words.length !== width)
      lines.fail(`${words.length} columns, expected ${width} as in the first row`, "the file is damaged or cut off");
    const raw = Float64Array.from(layout.values, (k) => checked(lines, words[k]!, k));
    rows++;
    yield {
      values: tensor ? orderedTensor(raw, tensor) : raw,
      ...(time >= 0 && { time: checked(lines, words[time]!, time) }),
    };
  }
  if (rows === 0) lines.failEnd("no row of numbers in it");
}

function plainLayout(lines: Lines, width: number, skip: number, asked: Int32Array | undefined): Layout {
  const count = width - skip;
  if (count !== 3 && count !== 6 && count !== 9)
    lines.fail(
      `${count} columns, expected 3 (a vector), 6 or 9 (a tensor)`,
      "name them in a header line, or leave leading columns out with skipColumns",
    );
  const values = Array.from({ length: count }, (_, k) => k + skip);
  return { width, time: -1, values, ...(count > 3 && { tensor: tensorOrder(lines, count, asked) }) };
}

function namedLayout(lines: Lines, names: readonly string[], asked: Int32Array | undefined): Layout {
  const plain = names.map((name) =>
    name
      .replace(/[([].*$/, "")
      .trim()
      .toLowerCase(),
  );
  const time = plain.findIndex((name) => /^(time|t)([ _/].*)?$/.test(name));
  const components = plain.map((name) => /(?:^|[^a-z])([xyz]{1,2})$/.exec(name)?.[1] ?? "");
  const values = components.flatMap((c, k) => (c ? [k] : []));
  const found = values.map((k) => components[k]!);
  if (found.length === 3 && found.every((c) => c.length === 1)) {
    const order = ["x", "y", "z"].map((c) => values[found.indexOf(c)]!);
    if (!order.includes(undefined as never)) return { width: names.length, time, values: order };
  }
  if (found.length === 6 || found.length === 9) {
    const tensor = asked ? tensorOrder(lines, found.length, asked) : tensorColumns(found);
    if (tensor) return { width: names.length, time, values, tensor };
  }
  return lines.fail(
    `the header names no tensor: ${names.join(", ").slice(0, 80)}`,
    "name the columns xx, yy, zz, xy, yz, zx (or all nine, or x, y, z), and time",
  );
}

function tensorOrder(lines: Lines, count: number, asked: Int32Array | undefined): Int32Array {
  if (asked && Math.max(...asked) + 1 !== count)
    lines.fail(`${count} columns, the declared component order has ${Math.max(...asked) + 1}`);
  return asked ?? componentColumns(count === 6 ? "xx yy zz xy yz zx" : rowMajor);
}

function split(text: string): string[] {
  const separator = text.includes(";") ? ";" : text.includes(",") ? "," : /\s+/;
  return text
    .trim()
    .split(separator)
    .map((word) => word.trim().replace(/^"(.*)"$/, "$1"));
}

function numberOf(word: string): number {
  const bytes = Buffer.from(word);
  return parseNumber(bytes, 0, bytes.length);
}

function checked(lines: Lines, word: string, column: number): number {
  const value = numberOf(word);
  if (!Number.isFinite(value)) lines.fail(`expected a number in column ${column + 1}, found "${word.slice(0, 40)}"`);
  return value;
}
