import { DataError } from "../errors.js";
import { type Fields, record } from "../options/record.js";
import { integer, oneOf, plainObject, positive, text } from "../options/values.js";
import { createSeries, type TensorQuantity, type TensorSeries } from "../series/tensorSeries.js";
import { cutAtJumps, evenTimestep, type SampleTimes } from "../series/times.js";
import { type ColumnLayout, columnLayout, columnScale, mentionedUnit, splitColumns } from "./columnHeader.js";
import { type FieldUnits, fieldScales, type UnitField } from "./fieldUnits.js";
import type { FileFormat, SeriesOptions } from "./format.js";
import { largestValue } from "./frameLooks.js";
import type { Lines } from "./lines.js";
import { parseNumber } from "./number.js";
import { type more, nextLine, READ_FIELDS, type ReadOptions, type Source, sourceName } from "./source.js";
import { type ComponentOrder, componentColumns, orderedTensor } from "./tensorNames.js";
import { textReader } from "./textReader.js";

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
  /** Units of the columns, where no header states them, e.g. `{ time: "ps", polarization: "debye" }`. */
  readonly units?: FieldUnits;
  /** For legends; default the file's name. */
  readonly origin?: string;
}

const OPTIONS = record({
  ...READ_FIELDS,
  quantity: oneOf(["polarizability", "dielectric", "polarization", "current"]).optional(),
  components: text().optional(),
  timestep: positive("fs").optional(),
  units: plainObject<FieldUnits>("a unit per field").optional(),
  skipColumns: integer({ atLeast: 0 }).optional(),
  origin: text().optional(),
} satisfies Fields<ColumnOptions>);

/** What names columns is no longer; searches in it take the square of its length. */
const longestHead = 4096;

/** One row: nine row-major components or a vector, in this package's units, with what the row says of its time. */
export interface ColumnRow {
  readonly values: Float64Array;
  /** fs */
  readonly time?: number;
  readonly step?: number;
}

const columns = textReader("Columns", OPTIONS, columnReader);

/**
 * A series from rows of 3, 6 or 9 numbers, separated by blanks, commas or semicolons, e.g. `alpha.dat` of the MD-Raman
 * scripts. Lines that begin with #, ! or % are comments; a header line, or the last comment before the first row, may name
 * the columns and their units: `time (ps)`, `t/fs`, `xx`, `mu_x (D)`, `step`. Without stated units values are taken to be
 * in this package's.
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

/** The runs in a file of plain columns, told apart by its times or steps; see `segmentsOfFrames`. */
export async function loadColumnSegments(
  source: Source,
  options: ColumnOptions = {},
): Promise<readonly TensorSeries[]> {
  const rows = await columns.load(source, options);
  return segmentsOfRows(rows, sourceName(source, options), options);
}

/** The runs among rows, each a series. */
export function segmentsOfRows(rows: readonly ColumnRow[], name: string, options: ColumnOptions): TensorSeries[] {
  const pieces = cutAtJumps(rowTimes(rows), options.timestep, name);
  return pieces.map(([first, end]) => seriesOfRows(rows.slice(first, end), name, options));
}

/** When rows were taken, by their own account. */
export function rowTimes(rows: readonly ColumnRow[]): SampleTimes {
  return { times: rows.map((r) => r.time), steps: rows.map((r) => r.step), sample: "row" };
}

/** A series of rows that any reader gives. @throws DataError for rows that are not evenly spaced or not of the quantity */
export function seriesOfRows(rows: readonly ColumnRow[], name: string, options: ColumnOptions): TensorSeries {
  const size = rows[0]!.values.length;
  const quantity = quantityOf(size, options);
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

/** The factor that a quantity's unit is declared under. */
const unitField: Readonly<Partial<Record<TensorQuantity, UnitField>>> = {
  polarization: "polarization",
  polarizability: "polarizability",
};

/** Plain columns of numbers for the loaders; asked last. */
export const columnsFormat: FileFormat = {
  name: "columns",
  title: "columns of numbers",
  options: ["components", "skipColumns", "units"],
  sniff({ lines }) {
    const rows = lines.slice(0, -1).filter((text) => text.trim() !== "" && !/^\s*[#!%]/.test(text));
    const numeric = (text: string) => splitColumns(text).every((word) => Number.isFinite(numberOf(word)));
    const data = rows[0] !== undefined && !numeric(rows[0]) ? rows.slice(1) : rows;
    return data.length > 0 && data.every(numeric);
  },
  series: (source, options) => loadColumns(source, ofOneQuantity(options)),
  segments: (source, options) => loadColumnSegments(source, ofOneQuantity(options)),
  times: async (source, options) => rowTimes(await columns.load(source, ofOneQuantity(options))),
};

function ofOneQuantity(options: SeriesOptions): ColumnOptions {
  const { quantity } = options;
  const wanted = (typeof quantity === "string" ? [quantity] : quantity).filter((q) => q !== "bornCharges");
  if (wanted.length === 0)
    throw new DataError({ where: options.name ?? "columns", problem: "plain columns cannot hold Born charges" });
  return { ...options, quantity: wanted[0]! };
}

/** The format of plain columns as a line reader. @throws OptionError for an impossible component order */
export function columnReader(options: ColumnOptions): (lines: Lines) => Generator<ColumnRow | typeof more, void, void> {
  const asked = options.components === undefined ? undefined : componentColumns(options.components);
  const scales = fieldScales(options.units);
  return (lines) => readRows(lines, asked, scales, options);
}

function* readRows(
  lines: Lines,
  asked: Int32Array | undefined,
  scales: Readonly<Partial<Record<UnitField, number>>>,
  options: ColumnOptions,
): Generator<ColumnRow | typeof more, void, void> {
  let layout: ColumnLayout | undefined;
  let scale = { time: 1, values: 1 };
  let header: string | undefined;
  const comments: string[] = [];
  let rows = 0;
  let interrupted = false;
  while (yield* nextLine(lines)) {
    const first = lines.firstByte();
    if (first < 0) continue;
    if (first === 35 || first === 33 || first === 37) {
      const words = lines
        .text(longestHead)
        .replace(/^[#!%\s]+/, "")
        .trimEnd();
      if (!layout) {
        if (words) comments.push(words);
      } else if (words && !interrupted) {
        interrupted = true;
        lines.warn(`a comment between the rows, behind row ${rows - 1}: "${words.slice(0, 40)}"; is it another run?`);
      }
      continue;
    }
    const words = splitColumns(lines.text());
    if (
      !layout &&
      header === undefined &&
      Number.isNaN(numberOf(words[0]!)) &&
      !/^[+-]?(nan|inf|infinity|[*.]+)$/i.test(words[0]!)
    ) {
      header = lines.text(longestHead);
      continue;
    }
    if (!layout) {
      layout = columnLayout(lines, header, comments.at(-1), words, asked, options);
      scale = scalesOf(
        lines,
        layout,
        scales,
        options,
        layout.named && header === undefined ? comments.slice(0, -1) : comments,
      );
    }
    const { width, time, step, tensor } = layout;
    if (words.length !== width)
      lines.fail(`${words.length} columns, expected ${width} as in the first row`, "the file is damaged or cut off");
    const raw = Float64Array.from(layout.values, (k) => checked(lines, words[k]!, k) * scale.values);
    rows++;
    yield {
      values: tensor ? orderedTensor(raw, tensor) : raw,
      ...(time >= 0 && { time: checked(lines, words[time]!, time) * scale.time }),
      ...(step >= 0 && { step: checked(lines, words[step]!, step) }),
    };
  }
  if (rows === 0) lines.failEnd("no row of numbers in it");
}

function scalesOf(
  lines: Lines,
  layout: ColumnLayout,
  scales: Readonly<Partial<Record<UnitField, number>>>,
  options: ColumnOptions,
  comments: readonly string[],
): { time: number; values: number } {
  const quantity = quantityOf(layout.tensor ? 9 : 3, options);
  const field = unitField[quantity];
  const { units } = layout;
  const mentioned =
    field && scales[field] === undefined && units.values === undefined ? mentionedUnit(comments) : undefined;
  if (mentioned)
    lines.fail(
      `a comment says "${mentioned}"; whether that is the unit of these columns is not clear`,
      `say it with units: { ${field}: "${mentioned.toLowerCase()}" }, or e.g. units: { ${field}: 1 } for values in ${field === "polarization" ? "e·Å" : "Å³"}`,
    );
  const time = columnScale(lines, "time", scales.time, units.time);
  if (field) return { time, values: columnScale(lines, field, scales[field], units.values) };
  const own = quantity === "dielectric" ? /^(1|-|none|dimensionless)?$/ : /^e\s*[*·]?\s*(Å|A|Ang|Angstrom)\/fs$/i;
  if (units.values !== undefined && !own.test(units.values))
    lines.fail(
      `the header says that ${quantity} is in "${units.values}"`,
      `expected ${quantity === "dielectric" ? "1" : "e·Å/fs"}`,
    );
  return { time, values: 1 };
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
