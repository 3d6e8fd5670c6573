import { type Fields, readOptions, record } from "../options/record.js";
import { byName, integer, number, text } from "../options/values.js";
import type { Column } from "../table/column.js";
import { rowCount } from "../table/column.js";
import { cellText, type TableTextOptions, tableText } from "../table/text.js";
import { escapeHtml } from "./html.js";
import { displayBundle } from "./kernelDisplay.js";
import { columnsOf, type Tabular } from "./tabular.js";

export interface TableOptions extends TableTextOptions {
  /** Units by column name, for columns given as a record. */
  readonly units?: Readonly<Record<string, string>>;
}

const OPTIONS = record({
  units: byName(text(), "a unit per column").optional(),
  digits: integer({ atLeast: 1, atMost: 17 }).optional(),
  rows: number({ atLeast: 0 }).optional(),
  caption: text().optional(),
} satisfies Fields<TableOptions>);

/**
 * Shows columns, a spectrum, a series or a data frame as a table below the cell, units in the header; outside a notebook as text.
 * @throws ShapeError if the columns differ in length
 * @example showTable({ "N_t": [6, 12, 24], RMSE: [0.9, 0.6, 0.35] }, { units: { RMSE: "Å³" } })
 */
export function showTable(table: Tabular, options: TableOptions = {}): void {
  readOptions(OPTIONS, options, "showTable");
  const list = columnsOf(table, options.units);
  const text = tableText(list, options);
  if (!displayBundle({ "text/html": tableHtml(list, options), "text/plain": text })) console.log(text);
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
  const body = Array.from({ length: Math.min(rows, rowCount(columns)) }, (_, i) => {
    const cells = columns.map(
      (c, k) => `<td style="${numeric[k] ? STYLE.number : STYLE.text}">${escapeHtml(cellText(c, i, digits))}</td>`,
    );
    return `<tr>${cells.join("")}</tr>`;
  });
  const rest = rowCount(columns) - body.length;
  const captionHtml = caption
    ? `<caption style="text-align:left;padding-bottom:4px">${escapeHtml(caption)}</caption>`
    : "";
  return `<table class="spectensor-table" style="${STYLE.table}">${captionHtml}<thead><tr>${heads.join("")}</tr></thead><tbody>${body.join("")}</tbody></table>${rest > 0 ? `<p>… ${rest} more rows</p>` : ""}`;
}
