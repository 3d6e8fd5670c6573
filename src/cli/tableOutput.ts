/** A table of peaks or modes as text, CSV or JSON. */
import { readFileSync } from "node:fs";
import { DataError, OptionError } from "../errors.js";
import { stickFigure } from "../figure/sticks.js";
import type { ModeRow } from "../spectrum/modeTable.js";
import type { AssignedPeak, PeakTable, PeakTableOptions } from "../spectrum/peakTable.js";
import { asciiHead, csvCell } from "../table/csv.js";
import { print, printTable } from "./output.js";
import { isStandardOutput, type PictureFlags, writeOutput } from "./pictureOutput.js";

type Cell = string | number | undefined;

/** A cell for people: numbers to four digits or two decimals, whichever says more. */
function shown(value: Cell): string {
  if (value === undefined) return "";
  if (typeof value === "string" || Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 100 ? value.toFixed(2) : value.toPrecision(4);
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
  printTable(
    columns.map((c) => (units[c] ? `${c}, ${units[c]}` : c)),
    rows.map((row) => columns.map((c) => shown((row as Readonly<Record<string, Cell>>)[c]))),
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
          { [title.origin]: sticks, ...(measured.length > 0 && { measured }) },
          {
            x: { quantity: title.x, unit: table.units.position },
            y: { quantity: title.y, unit: table.units.area },
          },
        ),
    },
    picture,
  );
  if (!isStandardOutput(out)) print(`wrote ${out}`);
}

/** What a table of peaks is told besides the spectrum. */
export function peakOptions(flags: {
  readonly modes?: readonly ModeRow[];
  readonly measured?: readonly number[];
}): PeakTableOptions {
  return { ...(flags.modes && { modes: flags.modes }), ...(flags.measured && { measured: flags.measured }) };
}

/** Modes as `spectensor harmonic --json` writes them. @throws DataError if the file has none */
export function modesOption(path: string): readonly ModeRow[] {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new OptionError({
      problem: `--modes: cannot read JSON from "${path}"`,
      advice: "make it with: spectensor harmonic REFERENCE … --json > modes.json",
      cause,
    });
  }
  const modes = (value as { readonly modes?: unknown }).modes;
  if (!Array.isArray(modes) || !modes.every(isModeRow))
    throw new DataError({
      where: path,
      problem: "has no list of modes",
      advice: "make it with: spectensor harmonic REFERENCE … --json > modes.json",
    });
  return modes;
}

function isModeRow(value: unknown): value is ModeRow {
  const { mode, wavenumber, kind, symmetry } = (value ?? {}) as Partial<Record<keyof ModeRow, unknown>>;
  return (
    typeof mode === "number" &&
    typeof wavenumber === "number" &&
    typeof kind === "string" &&
    typeof symmetry === "string"
  );
}
