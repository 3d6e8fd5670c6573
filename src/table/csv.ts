import { asciiUnit } from "../units/asciiUnit.js";
import { type Column, columnHeader, rowCount } from "./column.js";

/** Columns as CSV (RFC 4180) with one header row "name (unit)". */
export function columnsCsv(columns: readonly Column[]): string {
  const rows = [columns.map((c) => csvCell(columnHeader(c)))];
  const count = rowCount(columns);
  for (let i = 0; i < count; i++) rows.push(columns.map((c) => csvCell(c.values[i]!)));
  return `${rows.map((r) => r.join(",")).join("\n")}\n`;
}

/** The head of a column for programs of every age: name and unit in ASCII, "wavenumber_cm-1". */
export function asciiHead({ name, unit = "1" }: Pick<Column, "name" | "unit">): string {
  return csvCell(unit === "1" || unit === "" ? name : `${name}_${asciiUnit(unit)}`);
}

/**
 * One cell, quoted where it must be. Spreadsheets run texts that begin with = + - @ or a control character as formulas: a
 * leading apostrophe, which they take as "this is text", keeps those from being run. Numbers stay numbers.
 */
export function csvCell(value: number | string): string {
  if (typeof value === "number") return String(value);
  const number = value.trim() !== "" && Number.isFinite(Number(value));
  const text = !number && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
