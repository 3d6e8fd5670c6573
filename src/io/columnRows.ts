/** Rows of numbers that nobody has named: what their number and the first rows say. */
import { askedOrder, type ColumnLayout } from "./columnLayout.js";
import type { Lines } from "./lines.js";
import { componentColumns, rowMajor } from "./tensorNames.js";

/** The first rows of a file, cut into words; at least one. */
export type FirstRows = readonly (readonly string[])[];

/** So many rows are looked at before it is decided what they are. */
export const FIRST_ROWS = 8;

/**
 * The layout of rows of numbers that nobody has named. A first column that rises evenly before three, six or nine others is the
 * number of the step (GPUMD's dipole.out, CPMD, fix ave/time of LAMMPS, i-PI), or a time whose unit is not said; the length of the
 * vector may stand behind it.
 */
export function plainLayout(
  lines: Lines,
  rows: FirstRows,
  options: {
    readonly skipColumns?: number;
    readonly timestep?: number;
    readonly asked?: Int32Array | undefined;
    /** Columns that a comment names, or −1. */
    readonly step?: number;
    readonly time?: number;
  },
): ColumnLayout {
  const { skipColumns: skip = 0, asked, step: named = -1, time = -1 } = options;
  const width = rows[0]!.length;
  const said = named >= 0 || time >= 0;
  const counted = !said && skip === 0 && !endsWithLength(rows, 0) && countsBefore(width, rows) && isCounter(rows);
  const first = said || counted ? Math.max(named, time, 0) + 1 : skip;
  const count = endsWithLength(rows, first) ? 3 : width - first;
  if (count !== 3 && count !== 6 && count !== 9)
    lines.fail(`${count} columns, expected 3 (a vector), 6 or 9 (a tensor)`, adviceFor(rows, skip));
  if (counted && !isWhole(rows) && options.timestep === undefined)
    lines.fail(
      `the first column rises evenly from row to row (${rows
        .slice(0, 3)
        .map(([word]) => word)
        .join(", ")}, …): it is a time or a number of steps, and nothing says its unit`,
      `${namedAs(rows)}, or give the fs between rows as timestep`,
    );
  return {
    width,
    time,
    step: counted ? 0 : named,
    values: Array.from({ length: count }, (_, k) => k + first),
    units: {},
    used: [],
    assumed: count === 6 && !asked,
    ...(count > 3 && {
      tensor: askedOrder(lines, count, asked) ?? componentColumns(count === 6 ? "xx yy zz xy yz zx" : rowMajor),
    }),
  };
}

/** A time in the first column must not be thrown away: it shows where a file was joined or cut. */
function adviceFor(rows: FirstRows, skip: number): string {
  const width = rows[0]!.length - skip;
  const fits = width === 4 || width === 7 || width === 10;
  if (skip === 0 && fits && rises(rows)) return namedAs(rows);
  return `name them in a first line${fits ? `, or leave leading columns out with skipColumns: ${skip + 1}` : `, e.g. "${example(rows)}"`}`;
}

function namedAs(rows: FirstRows): string {
  return `name the columns in a first line, e.g. "${example(rows)}"`;
}

function example(rows: FirstRows): string {
  const width = rows[0]!.length;
  if (width === 7) return "# time(fs) xx yy zz xy yz zx";
  if (width === 10) return "# time(fs) xx xy xz yx yy yz zx zy zz";
  if (width === 5 && !endsWithLength(rows, 1)) return "# step time(fs) x y z";
  return `# time(fs) x y z${width === 5 ? " length" : ""}`;
}

/** Whether a row may be a number and the values after it. */
function countsBefore(width: number, rows: FirstRows): boolean {
  return width === 4 || width === 7 || width === 10 || endsWithLength(rows, 1);
}

function isWhole(rows: FirstRows): boolean {
  return rows.every(([step = ""]) => /^\d+$/.test(step) || Number.isInteger(Number(step)));
}

/**
 * Whether the first column counts: it rises evenly in the first rows, to the digits of the printing. Whole numbers
 * before others that are none count as well, evenly or not.
 */
function isCounter(rows: FirstRows): boolean {
  if (rows.length > 2 && evenRise(rows) !== undefined) return true;
  return rows.every(([step = "", ...values]) => /^\d+$/.test(step) && values.every((w) => /[.eE]/.test(w)));
}

/** How much the first column rises from row to row; `undefined` if it does not, or unevenly. */
export function evenRise(rows: FirstRows): number | undefined {
  const numbers = rows.map(([word = ""]) => Number(word));
  const rise = (numbers[numbers.length - 1]! - numbers[0]!) / (numbers.length - 1);
  const rounding = Math.min(...rows.map(([word = ""]) => lastDigit(word)));
  const even = numbers.every((x, k) => Math.abs(x - (numbers[0]! + k * rise)) <= 1.01 * rounding);
  return even && rise > rounding / 2 && (rounding < 1 || numbers.every((x, k) => x === numbers[0]! + k * rise))
    ? rise
    : undefined;
}

function rises(rows: FirstRows): boolean {
  return rows.length > 2 && rows.every(([word], k) => k === 0 || Number(word) > Number(rows[k - 1]![0]));
}

/** One unit in the last digit of a printed number. */
export function lastDigit(word: string): number {
  const [, decimals = "", exponent = "0"] = /^[-+]?\d*\.?(\d*)(?:[eEdD]([-+]?\d+))?$/.exec(word) ?? [];
  return 10 ** (Number(exponent) - (word.includes(".") ? decimals.length : 0));
}

/** Whether from column `first` on every row is a vector and its length. */
function endsWithLength(rows: FirstRows, first: number): boolean {
  const lengths = rows.map((row) => {
    const [x, y, z, length, more] = row.slice(first).map(Number);
    return more === undefined && length !== undefined && isNorm(length, x!, y!, z!) ? length : undefined;
  });
  return lengths.every((length) => length !== undefined) && lengths.some((length) => length! > 0);
}

/** Whether a printed length is that of a vector, to the digits of the printing. */
export function isNorm(length: number, x: number, y: number, z: number): boolean {
  return Math.abs(length - Math.hypot(x, y, z)) <= 2e-3 * Math.abs(length) + 2e-5;
}
