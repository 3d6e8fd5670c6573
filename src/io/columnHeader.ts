/** What the columns of a plain file are: their names, order and units, from a header line, a comment or their number. */
import { type WarningOptions, warn } from "../warnings.js";
import { statedScale, type UnitField } from "./fieldUnits.js";
import type { Lines } from "./lines.js";
import { componentColumns, rowMajor, tensorColumns } from "./tensorNames.js";

/** What each column of the file is. */
export interface ColumnLayout {
  readonly width: number;
  /** The column of times, or −1. */
  readonly time: number;
  /** The column of step numbers, or −1. */
  readonly step: number;
  /** Columns of the values in the file, in the order they stand there. */
  readonly values: readonly number[];
  /** For each of the nine components its place among `values`; absent for a vector. */
  readonly tensor?: Int32Array;
  /** Units that the header states, as written. */
  readonly units: { readonly time?: string; readonly values?: string };
  /** Whether a header line or comment names the columns. */
  readonly named: boolean;
  /** Whether the order of six components is only the usual one, said by nobody. */
  readonly assumed: boolean;
}

/** The words of a header or row: separated by semicolons, commas or blanks, quotes taken off. */
export function splitColumns(text: string): string[] {
  const separator = text.includes(";") ? ";" : text.includes(",") ? "," : undefined;
  const words = separator ? text.split(separator) : text.trim().split(/\s+/);
  return words.map((word) => word.trim().replace(/^"(.*)"$/, "$1"));
}

/** The words of a header, in which a unit in brackets belongs to the name before it, blanks or not. */
function splitNames(text: string): string[] {
  if (/[;,]/.test(text)) return splitColumns(text);
  return (
    text
      .trim()
      .replace(/\s+/g, " ")
      .replaceAll(" / ", "/")
      .match(/"[^"]*"|[^\s([]+(?:\s*[([][^)\]]*[)\]])?|[([][^)\]]*[)\]]/g)
      ?.map((w) => w.replace(/^"(.*)"$/, "$1")) ?? []
  );
}

interface ColumnName {
  /** x, y, z, xx … zz, "time", "step", or "" for a column that is not read. */
  readonly role: string;
  readonly unit?: string;
}

/** A component, alone or behind what it is a component of: "x", "mu_xx", "alpha xy", "Mx", "DipY". */
const COMPONENT = "(?:.*[^a-z])?(?:mu|mom|dip|dipole|pol|alpha|eps|[dpmj])?([xyz]{1,2})";
const component = new RegExp(`^${COMPONENT}$`);
const componentWithUnit = new RegExp(`^${COMPONENT}[_ ]([a-z][a-z0-9*^·]*)$`);

/** "mu_x (D)", "t/ps", "time[fs]", "alpha_xx", "time_ps" … */
function columnName(text: string): ColumnName {
  const [, base = text, bracket, slash] = /^(.*?)\s*(?:[([]\s*(.*?)\s*[)\]]|\/\s*(.+))$/.exec(text.trim()) ?? [];
  const name = base.trim().toLowerCase();
  const unit = bracket ?? slash;
  const withUnit = (role: string, stated = unit): ColumnName =>
    stated === undefined || stated === "" ? { role } : { role, unit: stated };
  const time = /^(?:sim(?:ulation)?[_ ]?)?(?:time|t)(?:[_ ](.+))?$/.exec(name);
  if (time) return /^steps?$/.test(unit ?? time[1] ?? "") ? { role: "step" } : withUnit("time", unit ?? time[1]);
  if (/^((md[_ ]?)?steps?|frame|iteration|row|index|i|#)$/.test(name)) return { role: "step" };
  const plain = component.exec(name);
  if (plain) return withUnit(plain[1]!);
  const tailed = componentWithUnit.exec(name);
  return tailed ? withUnit(tailed[1]!, tailed[2]) : { role: "" };
}

/**
 * The layout that a line of names describes; `undefined` if it names no whole vector or tensor.
 * @param asked the order of the tensor columns, where the caller says it
 * @param width columns that there are, where the names may stand among other words: "alpha: xx yy zz xy yz zx, see the paper"
 */
function namedLayout(
  lines: Lines,
  text: string,
  asked: Int32Array | undefined,
  width?: number,
): ColumnLayout | undefined {
  const all = splitNames(text).map(columnName);
  for (let first = 0; first + (width ?? 0) <= all.length; first++) {
    const found = layoutOfNames(lines, width === undefined ? all : all.slice(first, first + width), asked);
    if (found || width === undefined) return found;
  }
  return undefined;
}

function layoutOfNames(
  lines: Lines,
  names: readonly ColumnName[],
  asked: Int32Array | undefined,
): ColumnLayout | undefined {
  const values = names.flatMap((n, k) => (/^[xyz]+$/.test(n.role) ? [k] : []));
  const found = values.map((k) => names[k]!.role);
  // "xx yy zz xy yz zx (bohr^3)": a unit said once is that of all.
  const stated = [...new Set(values.flatMap((k) => names[k]!.unit ?? []))];
  const layout = {
    width: names.length,
    time: names.findIndex((n) => n.role === "time"),
    step: names.findIndex((n) => n.role === "step"),
    named: true,
    assumed: false,
  };
  const whole = (): ColumnLayout["units"] => {
    if (stated.length > 1)
      lines.fail(`the components have not one unit in the header but ${stated.map((u) => `"${u}"`).join(" and ")}`);
    const time = names[layout.time]?.unit;
    return { ...(time !== undefined && { time }), ...(stated[0] && { values: stated[0] }) };
  };
  if (found.length === 3 && ["x", "y", "z"].every((c) => found.includes(c)))
    return { ...layout, values: ["x", "y", "z"].map((c) => values[found.indexOf(c)]!), units: whole() };
  if (found.length !== 6 && found.length !== 9) return undefined;
  const tensor = asked ? tensorOrder(lines, found.length, asked) : tensorColumns(found);
  return tensor && { ...layout, values, tensor, units: whole() };
}

/** Units of dipoles and polarizabilities that comments mention in passing, other than this package's own. */
const MENTIONED =
  /\b(debyes?)\b|(?<![\w.])(a\.\s?u\.?|au)(?![\w.])|\b(atomic units?|e\s?[*·]?\s?(?:bohr|a_?0)|bohr\s?(?:\^|\*\*)?\s?3|C\s?[*·]\s?m|nm\s?(?:\^|\*\*)?\s?3)(?!\w)|[([/]\s*(D)\s*(?:[)\]]|$)/i;

/** A unit that comments mention without saying of which columns; `undefined` if there is none. */
export function mentionedUnit(comments: readonly string[]): string | undefined {
  for (const text of comments) {
    const found = MENTIONED.exec(text);
    if (found) return found.slice(1).find((word) => word !== undefined);
  }
  return undefined;
}

/** From a header line, else from the comment above the first row if it names as many columns as there are, else from their number. */
export function columnLayout(
  lines: Lines,
  header: string | undefined,
  comment: string | undefined,
  words: readonly string[],
  asked: Int32Array | undefined,
  options: { readonly skipColumns?: number } & WarningOptions,
): ColumnLayout {
  if (header !== undefined)
    return (
      namedLayout(lines, header, asked) ??
      lines.fail(
        `the header names no tensor: ${splitColumns(header).join(", ").slice(0, 80)}`,
        "name the columns xx, yy, zz, xy, yz, zx (or all nine, or x, y, z), and time",
      )
    );
  const { skipColumns = 0 } = options;
  const named = comment === undefined ? undefined : namedLayout(lines, comment, asked, words.length);
  if (named?.values.every((k) => k >= skipColumns)) return named;
  const layout = plainLayout(lines, words, skipColumns, asked);
  const names = comment?.split(/\s+/) ?? [];
  if (layout.assumed && names.length === words.length && names.every((word) => /^[a-z|]/i.test(word)))
    lines.fail(
      `the header names ${words.length} columns, and no tensor among them: ${names.join(", ").slice(0, 80)}`,
      'say what they are, e.g. components: "xx yy zz yz xz xy"',
    );
  if (layout.assumed)
    warn(options, {
      where: lines.file,
      problem: "six columns without names are taken as xx yy zz xy yz zx",
      advice: 'if they are not, say so, e.g. components: "xx yy zz yz xz xy"',
    });
  return layout;
}

/**
 * The layout of rows of numbers that nobody has named. A whole number before three, six or nine others that are none is the
 * number of the step (GPUMD's dipole.out, CPMD, fix ave/time of LAMMPS, i-PI); the length of the vector may stand behind it.
 * @param words the first row
 * @param skip leading columns that are left out
 */
export function plainLayout(
  lines: Lines,
  words: readonly string[],
  skip: number,
  asked: Int32Array | undefined,
): ColumnLayout {
  const width = words.length;
  const counted = skip === 0 && startsWithStep(words);
  const first = counted ? 1 : skip;
  const count = endsWithLength(words.slice(first)) ? 3 : width - first;
  if (count !== 3 && count !== 6 && count !== 9)
    lines.fail(
      `${count} columns, expected 3 (a vector), 6 or 9 (a tensor)`,
      "name them in a header line, or leave leading columns out with skipColumns: 1",
    );
  const values = Array.from({ length: count }, (_, k) => k + first);
  return {
    width,
    time: -1,
    step: counted ? 0 : -1,
    values,
    units: {},
    named: false,
    assumed: count === 6 && !asked,
    ...(count > 3 && { tensor: tensorOrder(lines, count, asked) }),
  };
}

function startsWithStep([step = "", ...values]: readonly string[]): boolean {
  return (
    /^\d+$/.test(step) &&
    (values.length === 3 || values.length === 6 || values.length === 9 || endsWithLength(values)) &&
    values.every((word) => /[.eE]/.test(word))
  );
}

function endsWithLength(words: readonly string[]): boolean {
  const [x, y, z, length] = words.map(Number);
  return words.length === 4 && length! > 0 && isNorm(length!, x!, y!, z!);
}

/** Whether a printed length is that of a vector, to the digits of the printing. */
export function isNorm(length: number, x: number, y: number, z: number): boolean {
  return Math.abs(length - Math.hypot(x, y, z)) <= 2e-3 * Math.abs(length) + 2e-5;
}

function tensorOrder(lines: Lines, count: number, asked: Int32Array | undefined): Int32Array {
  if (asked && Math.max(...asked) + 1 !== count)
    lines.fail(`${count} columns, the declared component order has ${Math.max(...asked) + 1}`);
  return asked ?? componentColumns(count === 6 ? "xx yy zz xy yz zx" : rowMajor);
}

/**
 * The factor for the values or times of a file: as the caller says, or as the header does.
 * @throws FormatError if both say different things, or the header's unit is not known
 */
export function columnScale(
  lines: Lines,
  field: UnitField,
  given: number | undefined,
  stated: string | undefined,
): number {
  if (stated === undefined) return given ?? 1;
  if (given !== undefined) {
    const said = statedScale(field, stated, () => given as never);
    if (Math.abs(said - given) > 1e-9 * given)
      lines.fail(
        `the header says that ${field} is in "${stated}", the options say another unit`,
        "leave the option out, or correct the header",
      );
    return given;
  }
  return statedScale(field, stated, (problem, advice) => lines.fail(problem, advice));
}
