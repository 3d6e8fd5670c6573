/** A table of peaks or modes as text, CSV or JSON. */
import { stickFigure } from "../figure/sticks.js";
import type { AssignedPeak, PeakTable } from "../spectrum/peakTable.js";
import { asciiHead, csvCell } from "../table/csv.js";
import { formatNumber } from "../table/number.js";
import { print, printTable } from "./output.js";
import { isStandardOutput, type PictureFlags, writeOutput } from "./pictureOutput.js";

type Cell = string | number | undefined;

/** Cells of a column for people: numbers to four digits or two decimals, whichever says more; of small ones all with powers of ten. */
function shownColumn(values: readonly Cell[]): readonly string[] {
  const largest = Math.max(...values.map((v) => (typeof v === "number" ? Math.abs(v) : 0)));
  return values.map((v) => {
    if (v === undefined) return "";
    if (typeof v === "string" || Number.isInteger(v)) return String(v);
    if (largest < 1e-2) return v.toExponential(3);
    return Math.abs(v) >= 100 ? v.toFixed(2).replace("-", "−") : formatNumber(v);
  });
}

/** Rows as CSV: names with their units in ASCII, as `wavenumber_cm-1`, in the only header row. */
export function tableCsv<T extends object>(
  rows: readonly T[],
  units: Readonly<Record<string, string>>,
  columns: readonly string[],
): string {
  const header = columns.map((name) => asciiHead({ name, unit: units[name] ?? "1" })).join(",");
  const cell = (v: Cell): string =>
    v === undefined ? "" : typeof v === "number" ? String(Number(v.toPrecision(9))) : csvCell(v);
  const lines = rows.map((row) => columns.map((c) => cell((row as Readonly<Record<string, Cell>>)[c])).join(","));
  return `${[header, ...lines].join("\n")}\n`;
}

/** Columns that at least one row fills. */
export function filledColumns<T extends object>(rows: readonly T[], names: readonly string[]): string[] {
  return names.filter((n) => rows.some((r) => (r as Readonly<Record<string, Cell>>)[n] !== undefined));
}

/** Rows as an aligned text table with units in the header. */
export function printRows<T extends object>(
  rows: readonly T[],
  units: Readonly<Record<string, string>>,
  columns: readonly string[],
): void {
  const cells = columns.map((c) => shownColumn(rows.map((row) => (row as Readonly<Record<string, Cell>>)[c])));
  printTable(
    columns.map((c) => (units[c] ? `${c}, ${units[c]}` : c)),
    rows.map((_, k) => cells.map((column) => column[k]!)),
  );
}

/**
 * Writes a table of peaks.
 * @param out nothing for text on standard output; csv, json, svg (a stick plot), or a file; see `formatOf`
 */
export async function writePeaks(
  table: PeakTable,
  out: string | undefined,
  title: { readonly x: string; readonly y: string; readonly origin: string },
  picture: PictureFlags,
): Promise<void> {
  const columns = filledColumns<AssignedPeak>(table.rows, Object.keys(table.units));
  if (out === undefined) {
    printRows(table.rows, table.units, columns);
    if (table.missed.length > 0) print(`measured lines without a peak of their own: ${table.missed.join(", ")}`);
    return;
  }
  const sticks = table.rows.map((p) => ({
    position: p.position,
    height: p.area,
    ...(p.symmetry && { label: p.symmetry }),
  }));
  const measured = table.rows.flatMap((p) =>
    p.measured === undefined ? [] : [{ position: p.measured, height: p.area / 4 }],
  );
  await writeOutput(
    out,
    {
      csv: () => tableCsv(table.rows, table.units, columns),
      json: () => `${JSON.stringify(table, null, 1)}\n`,
      figure: () =>
        stickFigure(
          { peaks: sticks, ...(measured.length > 0 && { measured }) },
          {
            title: title.origin,
            x: { quantity: title.x, unit: table.units.position },
            y: { quantity: `${title.y}, area of the peak`, unit: table.units.area },
          },
        ),
    },
    picture,
  );
  if (!isStandardOutput(out)) print(`wrote ${out}`);
}
