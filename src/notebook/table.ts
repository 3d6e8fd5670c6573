import { rejectUnknownOptions, ShapeError } from "../errors.js";
import { escapeHtml } from "./html.js";
import { displayBundle } from "./kernelDisplay.js";

/** A named column; numbers or texts. */
export interface Column {
  readonly name: string;
  /** Shown in the header; "1" or nothing for a pure number. */
  readonly unit?: string;
  readonly values: ArrayLike<number> | readonly string[];
}

export interface TableOptions {
  /** Units by column name, for columns given as a record. */
  readonly units?: Readonly<Record<string, string>>;
  /** Significant digits of numbers that are not whole, default 4. */
  readonly digits?: number;
  /** Rows shown at most, default 30; the rest is counted. */
  readonly rows?: number;
  readonly caption?: string;
}

/** Columns as a list, or values by name. */
export type Columns = readonly Column[] | Readonly<Record<string, Column["values"]>>;

/**
 * Shows columns as a table below the cell, units in the header; outside a notebook as text.
 * @throws ShapeError if the columns differ in length
 * @example showTable({ "N_t": [6, 12, 24], RMSE: [0.9, 0.6, 0.35] }, { units: { RMSE: "Å³" } })
 */
export function showTable(columns: Columns, options: TableOptions = {}): void {
  rejectUnknownOptions(options, ["units", "digits", "rows", "caption"], "showTable");
  const list = columnList(columns, options.units);
  const text = tableText(list, options);
  if (!displayBundle({ "text/html": tableHtml(list, options), "text/plain": text })) console.log(text);
}

/**
 * Columns as plain arrays under headers "name (unit)", as `new DataFrame(toColumns(…))` of danfojs and similar libraries take them.
 * @throws ShapeError if the columns differ in length
 */
export function toColumns(
  columns: Columns,
  units?: Readonly<Record<string, string>>,
): Record<string, (number | string)[]> {
  return Object.fromEntries(columnList(columns, units).map((c) => [header(c), Array.from<number | string>(c.values)]));
}

/** Columns as CSV with a header "name (unit)". */
export function tableCsv(columns: Columns, units?: Readonly<Record<string, string>>): string {
  const list = columnList(columns, units);
  const quoted = (value: number | string): string =>
    /[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value);
  const rows = [list.map((c) => quoted(header(c)))];
  for (let i = 0; i < length(list); i++) rows.push(list.map((c) => quoted(c.values[i]!)));
  return `${rows.map((r) => r.join(",")).join("\n")}\n`;
}

export function columnList(columns: Columns, units: Readonly<Record<string, string>> = {}): readonly Column[] {
  const list = Array.isArray(columns)
    ? (columns as readonly Column[])
    : Object.entries(columns as Record<string, Column["values"]>).map(([name, values]): Column => ({ name, values }));
  const named = list.map((c): Column => (units[c.name] === undefined ? c : { ...c, unit: units[c.name]! }));
  for (const c of named)
    if (c.values.length !== named[0]!.values.length)
      throw new ShapeError({
        where: "table",
        problem: `column "${c.name}" has ${c.values.length} rows, "${named[0]!.name}" has ${named[0]!.values.length}`,
      });
  return named;
}

/** A number as a table shows it: whole numbers in full, others with `digits` significant digits and a real minus sign. */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "not a number" : value > 0 ? "∞" : "−∞";
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value).replace("-", "−");
  const plain = value.toPrecision(digits);
  const [mantissa, exponent] =
    Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6 ? value.toExponential(digits - 1).split("e") : [plain];
  if (exponent === undefined) return (plain.includes("e") ? String(Number(plain)) : plain).replace("-", "−");
  const power = [...String(Number(exponent))].map((c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)] ?? "⁻").join("");
  return `${mantissa}·10${power}`.replace("-", "−");
}

const STYLE = {
  table: "border-collapse:collapse;font-variant-numeric:tabular-nums",
  head: "text-align:left;padding:3px 12px 3px 0;border-bottom:1px solid currentColor;font-weight:600",
  unit: "font-weight:400;opacity:.75",
  number: "text-align:right;padding:3px 12px 3px 0",
  text: "text-align:left;padding:3px 12px 3px 0",
};

function tableHtml(columns: readonly Column[], options: TableOptions): string {
  const { digits = 4, rows = 30, caption } = options;
  const numeric = columns.map((c) => typeof c.values[0] === "number");
  const heads = columns.map((c, k) => {
    const unit =
      c.unit === undefined || c.unit === "1" ? "" : ` <span style="${STYLE.unit}">(${escapeHtml(c.unit)})</span>`;
    return `<th scope="col" style="${STYLE.head}${numeric[k] ? ";text-align:right" : ""}">${escapeHtml(c.name)}${unit}</th>`;
  });
  const body = Array.from({ length: Math.min(rows, length(columns)) }, (_, i) => {
    const cells = columns.map(
      (c, k) => `<td style="${numeric[k] ? STYLE.number : STYLE.text}">${escapeHtml(cell(c, i, digits))}</td>`,
    );
    return `<tr>${cells.join("")}</tr>`;
  });
  const rest = length(columns) - body.length;
  const captionHtml = caption
    ? `<caption style="text-align:left;padding-bottom:4px">${escapeHtml(caption)}</caption>`
    : "";
  return `<table class="spectensor-table" style="${STYLE.table}">${captionHtml}<thead><tr>${heads.join("")}</tr></thead><tbody>${body.join("")}</tbody></table>${rest > 0 ? `<p>… ${rest} more rows</p>` : ""}`;
}

/** The table as aligned text. */
export function tableText(columns: readonly Column[], options: TableOptions = {}): string {
  const { digits = 4, rows = 30 } = options;
  const count = Math.min(rows, length(columns));
  const texts = columns.map((c) => [header(c), ...Array.from({ length: count }, (_, i) => cell(c, i, digits))]);
  const widths = texts.map((t) => Math.max(...t.map((s) => [...s].length)));
  const padded = (s: string, k: number): string => {
    const space = " ".repeat(widths[k]! - [...s].length);
    return typeof columns[k]!.values[0] === "number" ? space + s : s + space;
  };
  const lines = Array.from({ length: count + 1 }, (_, i) =>
    texts
      .map((t, k) => padded(t[i]!, k))
      .join("  ")
      .trimEnd(),
  );
  const rest = length(columns) - count;
  return [...(options.caption ? [options.caption] : []), ...lines, ...(rest > 0 ? [`… ${rest} more rows`] : [])].join(
    "\n",
  );
}

function cell(column: Column, row: number, digits: number): string {
  const value = column.values[row]!;
  return typeof value === "number" ? formatNumber(value, digits) : value;
}

function header({ name, unit }: Column): string {
  return unit === undefined || unit === "1" ? name : `${name} (${unit})`;
}

function length(columns: readonly Column[]): number {
  return columns[0]?.values.length ?? 0;
}
