/** Reads the rows of plain files of columns, line by line. */
import { type Fields, record } from "../options/record.js";
import { integer, oneOf, plainObject, positive, text } from "../options/values.js";
import type { ColumnQuantity, WantedColumns } from "./columnGroups.js";
import { columnLayout, continuesHeader } from "./columnHeader.js";
import type { ColumnLayout, HeadLine } from "./columnLayout.js";
import { evenRise, FIRST_ROWS, lastDigit } from "./columnRows.js";
import { columnScale, mentionedTime, mentionedUnit } from "./columnUnits.js";
import { isRuler, splitColumns } from "./columnWords.js";
import { type FieldUnits, fieldScales, type UnitField } from "./fieldUnits.js";
import type { Lines } from "./lines.js";
import { parseNumber } from "./number.js";
import { type more, nextLine, READ_FIELDS, type ReadOptions } from "./source.js";
import { type ComponentOrder, componentColumns, type FrameField, orderedTensor } from "./tensorNames.js";

/** Options of the reader of plain columns. */
export interface ColumnOptions extends ReadOptions {
  /** What the columns are; default what their names say, else 3 columns are a polarization (or dipole), 6 or 9 a polarizability. */
  readonly quantity?: ColumnQuantity;
  /** The name of a quantity's columns in the file, without the component, e.g. `{ polarization: "mu" }`; also of `time`. */
  readonly keys?: Readonly<Partial<Record<FrameField, string>>>;
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

export const COLUMN_OPTIONS = record({
  ...READ_FIELDS,
  quantity: oneOf(["polarizability", "dielectric", "polarization", "current"]).optional(),
  keys: plainObject<NonNullable<ColumnOptions["keys"]>>("the file's name per field").optional(),
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
  /** What the names of the columns say that the values are. */
  readonly quantity?: ColumnQuantity;
  /** fs */
  readonly time?: number;
  readonly step?: number;
  /** One unit in the last printed digit of the time, fs, or of the step. */
  readonly digit?: number;
}

/**
 * The format of plain columns as a line reader.
 * @param quantities of which the first that the names have is read
 * @throws OptionError for an impossible component order
 */
export function columnReader(
  options: ColumnOptions,
  quantities: readonly ColumnQuantity[] = options.quantity ? [options.quantity] : [],
): (lines: Lines) => Generator<ColumnRow | typeof more, void, void> {
  const asked = options.components === undefined ? undefined : componentColumns(options.components);
  const scales = fieldScales(options.units);
  const wanted = { quantities, ...(options.keys && { keys: options.keys }) };
  return (lines) => readRows(lines, { asked, scales, wanted, options });
}

interface Asked {
  readonly asked: Int32Array | undefined;
  readonly scales: Readonly<Partial<Record<UnitField, number>>>;
  readonly wanted: WantedColumns;
  readonly options: ColumnOptions;
}

interface RawRow {
  readonly words: readonly string[];
  readonly line: number;
}

function* readRows(lines: Lines, asked: Asked): Generator<ColumnRow | typeof more, void, void> {
  const head: HeadLine[] = [];
  let header: string | undefined;
  /** The first rows, before it is decided what they are. */
  let early: RawRow[] = [];
  let row: ((raw: RawRow) => ColumnRow) | undefined;
  let rows = 0;
  let interrupted = false;
  let cut: unknown;
  for (;;) {
    try {
      if (!(yield* nextLine(lines))) break;
    } catch (cause) {
      // A caller who drops a cut end wants what stands before it.
      if (!lines.cut || early.length === 0) throw cause;
      cut = cause;
      break;
    }
    const first = lines.firstByte();
    if (first < 0) continue;
    const comment = first === 35 || first === 33 || first === 37;
    const text = rows === 0 || comment ? lines.text(longestHead) : "";
    if (comment) {
      const words = text.replace(/^[#!%\s]+/, "").trimEnd();
      if (words && rows === 0) head.push({ text: words, comment });
      else if (words && !interrupted) {
        interrupted = true;
        lines.warn(`a comment between the rows, behind row ${rows - 1}: "${words.slice(0, 40)}"; is it another run?`);
      }
      continue;
    }
    const words = splitColumns(lines.text());
    if (rows === 0 && isText(words[0]!) && (header === undefined || continuesHeader(header, text))) {
      head.push({ text, comment });
      if (header === undefined && !isRuler(text)) header = text;
      continue;
    }
    if (rows > 0 && header !== undefined && isText(words[0]!) && lines.text(longestHead).trim() === header.trim()) {
      if (!interrupted) lines.warn(`the header once more, behind row ${rows - 1}; is it another run?`);
      interrupted = true;
      continue;
    }
    const raw = { words, line: lines.line };
    rows++;
    if (row) yield row(raw);
    else {
      early.push(raw);
      if (early.length < FIRST_ROWS) continue;
      row = rowReader(lines, head, early, asked);
      yield* early.map(row);
      early = [];
    }
  }
  if (rows === 0) lines.failEnd("no row of numbers in it");
  if (!row) yield* early.map(rowReader(lines, head, early, asked));
  if (cut !== undefined) throw cut;
}

/** A first word that is no number, and no damaged one either. */
function isText(word: string): boolean {
  return Number.isNaN(numberOf(word)) && !/^[+-]?(nan|inf|infinity|[*.]+)$/i.test(word);
}

/** Decides what the columns are, and how to read a row of them. */
function rowReader(
  lines: Lines,
  head: readonly HeadLine[],
  early: readonly RawRow[],
  { asked, scales, wanted, options }: Asked,
): (raw: RawRow) => ColumnRow {
  const now = lines.line;
  lines.line = early[0]!.line;
  const width = early[0]!.words.length;
  const alike = early.slice(0, Math.max(1, early.findIndex(({ words }) => words.length !== width) >>> 0));
  const firstRows = alike.map(({ words }) => words);
  const layout = columnLayout(lines, head, firstRows, { ...options, asked, wanted });
  const comments = head.filter((line) => line.comment && !layout.used.includes(line)).map((line) => line.text);
  const quantity = layout.quantity ?? wanted.quantities[0] ?? (layout.tensor ? "polarizability" : "polarization");
  const scale = scalesOf(lines, layout, quantity, scales, comments);
  lines.line = now;
  const skip = options.skipColumns ?? 0;
  const [time, step] = [layout.time < skip ? -1 : layout.time, layout.step < skip ? -1 : layout.step];
  const watch = skip > 0 ? leftOutCounter(lines, firstRows) : undefined;
  const { tensor } = layout;
  let count = 0;
  return ({ words, line }) => {
    const at = lines.line;
    lines.line = line;
    if (words.length !== layout.width)
      lines.fail(
        `${words.length} columns, expected ${layout.width} as in the first row`,
        "the file is damaged or cut off",
      );
    const raw = Float64Array.from(layout.values, (k) => checked(lines, words[k]!, k) * scale.values);
    watch?.(words[0]!, count++);
    const digit = time >= 0 ? lastDigit(words[time]!) * scale.time : step >= 0 ? lastDigit(words[step]!) : undefined;
    const row = {
      values: tensor ? orderedTensor(raw, tensor) : raw,
      quantity,
      ...(time >= 0 && { time: checked(lines, words[time]!, time) * scale.time }),
      ...(step >= 0 && { step: checked(lines, words[step]!, step) }),
      ...(digit !== undefined && { digit }),
    };
    lines.line = at;
    return row;
  };
}

/** Tells where a first column that is left out, and rises evenly at first, does so no longer; once. */
function leftOutCounter(
  lines: Lines,
  rows: readonly (readonly string[])[],
): ((word: string, row: number) => void) | undefined {
  const rise = rows.length > 2 ? evenRise(rows) : undefined;
  if (rise === undefined) return undefined;
  let before = Number.NaN;
  let told = false;
  return (word, row) => {
    const value = numberOf(word);
    const odd = Math.abs(value - before - rise) > 1.5 * lastDigit(word) + 1e-6 * rise;
    if (row > 0 && odd && !told) {
      told = true;
      lines.warn(
        `the first column, which is left out, rises by ${short(rise)} from row to row, but by ${short(value - before)} to row ${row}: a gap, or another run`,
      );
    }
    before = value;
  };
}

function short(x: number): number {
  return Number(x.toPrecision(6));
}

/** The factor that a quantity's unit is declared under. */
const unitField: Readonly<Partial<Record<ColumnQuantity, UnitField>>> = {
  polarization: "polarization",
  polarizability: "polarizability",
};

function scalesOf(
  lines: Lines,
  layout: ColumnLayout,
  quantity: ColumnQuantity,
  scales: Readonly<Partial<Record<UnitField, number>>>,
  comments: readonly string[],
): { time: number; values: number } {
  const { units } = layout;
  const field = unitField[quantity];
  const timeUnit = layout.time >= 0 && units.time === undefined && scales.time === undefined && mentionedTime(comments);
  if (timeUnit && !/^f/i.test(timeUnit))
    lines.fail(
      `a comment says that times are in "${timeUnit}"`,
      `say so with units: { time: "${timeUnit.toLowerCase()}" }`,
    );
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

/** The number that a word is; NaN if it is none. */
export function numberOf(word: string): number {
  const bytes = Buffer.from(word);
  return parseNumber(bytes, 0, bytes.length);
}

function checked(lines: Lines, word: string, column: number): number {
  const value = numberOf(word);
  if (!Number.isFinite(value)) lines.fail(`expected a number in column ${column + 1}, found "${word.slice(0, 40)}"`);
  return value;
}
