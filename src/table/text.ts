import { printable } from "../errors.js";
import { type Column, columnHeader, rowCount } from "./column.js";
import { formatNumber } from "./number.js";

export interface TableTextOptions {
  /** Significant digits of numbers that are not whole, default 4. */
  readonly digits?: number;
  /** Rows shown at most, default 30; the rest is counted. */
  readonly rows?: number;
  readonly caption?: string;
}

/** The table as aligned text, numbers to the right. */
export function tableText(columns: readonly Column[], options: TableTextOptions = {}): string {
  const { digits = 4, rows = 30, caption } = options;
  const all = rowCount(columns);
  const shown = Math.min(rows, all);
  const texts = columns.map((c) => [
    printable(columnHeader(c)),
    ...Array.from({ length: shown }, (_, i) => cellText(c, i, digits)),
  ]);
  const widths = texts.map((t) => Math.max(...t.map((s) => [...s].length)));
  const padded = (s: string, k: number): string => {
    const space = " ".repeat(widths[k]! - [...s].length);
    return typeof columns[k]!.values[0] === "number" ? space + s : s + space;
  };
  const lines = Array.from({ length: shown + 1 }, (_, i) =>
    texts
      .map((t, k) => padded(t[i]!, k))
      .join("  ")
      .trimEnd(),
  );
  const rest = all - shown;
  return [...(caption ? [caption] : []), ...lines, ...(rest > 0 ? [`… ${rest} more rows`] : [])].join("\n");
}

/** One value as it is shown, in one line; texts may come from files and order nothing of a terminal. */
export function cellText(column: Column, row: number, digits: number): string {
  const value = column.values[row]!;
  return typeof value === "number" ? formatNumber(value, digits) : printable(value.replace(/\s+/g, " "));
}
