import { rejectUnknownOptions } from "../errors.js";
import { escapeHtml } from "./html.js";
import { displayBundle } from "./kernelDisplay.js";
import { type Column, columnHeader, columnsOf, type Tabular } from "./tabular.js";

export interface TableOptions {
  /** Units by column name, for columns given as a record. */
  readonly units?: Readonly<Record<string, string>>;
  /** Significant digits of numbers that are not whole, default 4. */
  readonly digits?: number;
  /** Rows shown at most, default 30; the rest is counted. */
  readonly rows?: number;
  readonly caption?: string;
}

/**
 * Shows columns, a spectrum, a series or a data frame as a table below the cell, units in the header; outside a notebook as text.
 * @throws ShapeError if the columns differ in length
 * @example showTable({ "N_t": [6, 12, 24], RMSE: [0.9, 0.6, 0.35] }, { units: { RMSE: "Å³" } })
 */
export function showTable(table: Tabular, options: TableOptions = {}): void {
  rejectUnknownOptions(options, ["units", "digits", "rows", "caption"], "showTable");
  const list = columnsOf(table, options.units);
  const text = tableText(list, options);
  if (!displayBundle({ "text/html": tableHtml(list, options), "text/plain": text })) console.log(text);
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
  const texts = columns.map((c) => [columnHeader(c), ...Array.from({ length: count }, (_, i) => cell(c, i, digits))]);
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

function length(columns: readonly Column[]): number {
  return columns[0]?.values.length ?? 0;
}
