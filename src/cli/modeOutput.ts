/** Normal modes as text, CSV, JSON or a stick plot. */
import type { Figure } from "../figure/figure.js";
import { panels } from "../figure/panels.js";
import { stickFigure } from "../figure/sticks.js";
import { type LongitudinalLine, MODE_UNITS, type ModeRow } from "../spectrum/modeTable.js";
import { DEGENERATE } from "../spectrum/nearestLines.js";
import type { NormalModes } from "../spectrum/phonons.js";
import { print } from "./output.js";
import { isStandardOutput, type PictureFlags, writeOutput } from "./pictureOutput.js";
import { filledColumns, printRows, tableCsv } from "./tableOutput.js";

/** Modes of a structure and, of a polar crystal, its longitudinal lines. */
export interface Modes {
  readonly list: readonly ModeRow[];
  readonly longitudinal: readonly LongitudinalLine[];
  readonly modes: NormalModes;
  /** Where they come from, in titles. */
  readonly origin: string;
}

/** A longitudinal line with all directions of the wave vector that have it: "x, y". */
interface LongitudinalRow extends Omit<LongitudinalLine, "direction"> {
  readonly direction: string;
}

/** Shift below which lines of several directions are one, cm⁻¹. */
const SAME = 0.05;
const AXES = ["x", "y", "z"] as const;

const LONGITUDINAL_UNITS = { wavenumber: "cm⁻¹", transverseWavenumber: "cm⁻¹" } as const;
const LONGITUDINAL_COLUMNS = ["symmetry", "direction", "wavenumber", "transverse", "transverseWavenumber"] as const;

function byDirections(lines: readonly LongitudinalLine[]): readonly LongitudinalRow[] {
  const rows: LongitudinalRow[] = [];
  for (const line of lines) {
    const axis = AXES[line.direction.indexOf(1)]!;
    const same = rows.findIndex((r) => r.symmetry === line.symmetry && Math.abs(r.wavenumber - line.wavenumber) < SAME);
    if (same < 0) rows.push({ ...line, direction: axis });
    else rows[same] = { ...rows[same]!, direction: `${rows[same]!.direction}, ${axis}` };
  }
  return rows.sort((a, b) => a.wavenumber - b.wavenumber);
}

/** Modes and longitudinal lines as text tables, with what a reader should know. */
export function printModes({ list, longitudinal }: Modes): void {
  printRows(list, MODE_UNITS, filledColumns(list, Object.keys(MODE_UNITS)));
  const imaginary = list.filter((m) => m.kind === "vibration" && m.wavenumber < 0);
  if (imaginary.length > 0)
    print(
      `negative: imaginary wavenumbers, the energy falls along ${imaginary.length === 1 ? "mode" : "modes"} ${imaginary.map((m) => m.mode).join(", ")}; the structure is no minimum of these forces`,
    );
  if (longitudinal.length === 0) return;
  print("longitudinal lines, by direction of the wave vector:");
  printRows(byDirections(longitudinal), LONGITUDINAL_UNITS, LONGITUDINAL_COLUMNS);
}

/** Modes as one object, with what a trajectory is projected on by `--modes`. */
function modesJson({ list, longitudinal, modes }: Modes): string {
  const { structure, masses, wavenumbers, eigenvectors } = modes;
  const value = {
    modes: list,
    ...(longitudinal.length > 0 && { longitudinal }),
    units: MODE_UNITS,
    atoms: structure.species.length,
    normalModes: { structure, masses, wavenumbers, eigenvectors },
  };
  // Arrays on one line each: an eigenvector has many numbers.
  return `${JSON.stringify(value, (_, v) => (ArrayBuffer.isView(v) ? Array.from(v as Float64Array, (x) => Number(x.toPrecision(12))) : v))}\n`;
}

/** Modes and, below them, longitudinal lines as rows of one table. */
function modesCsv({ list, longitudinal }: Modes): string {
  const units = { ...MODE_UNITS, ...LONGITUDINAL_UNITS };
  const rows: object[] = [
    ...list,
    ...byDirections(longitudinal).map(({ transverse, transverseWavenumber, ...row }) => ({
      ...row,
      kind: "longitudinal",
      transverse,
      transverseWavenumber,
    })),
  ];
  const columns = [...Object.keys(MODE_UNITS), "direction", "transverse", "transverseWavenumber"];
  return tableCsv(rows, units, filledColumns(rows, columns));
}

/** Writes modes as CSV, JSON or as a stick plot of what light sees of them. */
export async function writeModes(modes: Modes, out: string, picture: PictureFlags): Promise<void> {
  await writeOutput(
    out,
    {
      csv: () => modesCsv(modes),
      json: () => modesJson(modes),
      figure: () => sticksOf(modes),
    },
    picture,
  );
  if (!isStandardOutput(out)) print(`wrote ${out}`);
}

/** Infrared intensities and Raman activities, whichever are known, as sticks; degenerate modes are one, measured lines a quarter as high. */
function sticksOf({ list, origin }: Modes): Figure {
  const kinds = [
    ["infrared", "Infrared intensity"],
    ["raman", "Raman activity"],
  ] as const;
  const known = kinds.filter(([key]) => list.some((m) => (m[key] ?? 0) > 0));
  const figures = (known.length > 0 ? known : kinds.slice(0, 1)).map(([key, quantity]) => {
    const seen: { position: number; height: number; label: string; measured: number | undefined }[] = [];
    for (const { kind, wavenumber: position, symmetry: label, measured, [key]: height = 0 } of list) {
      if (kind !== "vibration" || !(height > 0)) continue;
      const same = seen.find((s) => s.label === label && Math.abs(s.position - position) < DEGENERATE);
      if (same) same.height += height;
      else seen.push({ position, height, label, measured });
    }
    const measured = seen.flatMap((m) =>
      m.measured === undefined ? [] : [{ position: m.measured, height: m.height / 4 }],
    );
    return stickFigure(
      { harmonic: seen, ...(measured.length > 0 && { measured }) },
      {
        title: `${origin}, harmonic modes`,
        x: { quantity: "Wavenumber", unit: "cm⁻¹" },
        y: { quantity, unit: MODE_UNITS[key], possible: [0, Number.POSITIVE_INFINITY] },
      },
    );
  });
  return figures.length === 1 ? figures[0]! : panels(figures);
}
