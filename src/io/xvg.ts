import type { TensorSeries } from "../series/tensorSeries.js";
import { isNorm, lastDigit } from "./columnRows.js";
import { type ColumnRow, seriesOfRows } from "./columns.js";
import { statedScale } from "./fieldUnits.js";
import type { Lines } from "./lines.js";
import { polarizationFormat } from "./rowFormat.js";
import { type more, nextLine, parseAll, type ReadOptions } from "./source.js";

/**
 * The total dipole in a GROMACS .xvg file (`gmx dipoles`, Mtot.xvg): time, M_x, M_y, M_z and |M|. The units are those that
 * the axis labels state, "Time (ps)" and "(Debye)".
 * @throws FormatError with file and line, also where a label states no unit, or the last column is not the length
 */
export function parseXvg(input: string | Uint8Array, options: ReadOptions = {}): TensorSeries {
  return seriesOfRows(parseAll(readXvg, input, options), options.name ?? "text", { quantity: "polarization" });
}

/** GROMACS .xvg for the loaders. */
export const xvgFormat = polarizationFormat(
  {
    name: "xvg",
    title: "a GROMACS .xvg file",
    sniff: ({ text }) => /^@\s*(title|[xy]axis|TYPE)\b/m.test(text),
  },
  () => readXvg,
);

/** The .xvg format as a line reader. */
export function* readXvg(lines: Lines): Generator<ColumnRow | typeof more, void, void> {
  const labels: Record<"x" | "y", string> = { x: "", y: "" };
  let scales: { time: number; values: number } | undefined;
  let width = 0;
  let rows = 0;
  while (yield* nextLine(lines)) {
    const first = lines.firstByte();
    if (first < 0 || first === 35) continue;
    const text = lines.text().trim();
    if (first === 64) {
      const [, axis, label] = /^@\s*([xy])axis\s+label\s+"(.*)"/.exec(text) ?? [];
      if (axis === "x" || axis === "y") labels[axis] = label!;
      continue;
    }
    if (first === 38) {
      if (rows > 0 && (yield* nextLine(lines)) && !lines.isBlank())
        lines.fail("several sets of data in one file (&)", "write one set per file");
      continue;
    }
    const words = text.split(/\s+/);
    const row = Float64Array.from(words, Number);
    scales ??= {
      time: unitOf(lines, labels.x, "time"),
      values: unitOf(lines, labels.y, "polarization"),
    };
    if (width === 0) width = row.length;
    if (row.length !== width || !(width === 4 || width === 5))
      lines.fail(`${row.length} columns, expected time, M_x, M_y, M_z and |M|`, "gmx dipoles writes it as Mtot.xvg");
    const wrong = row.findIndex((v) => !Number.isFinite(v));
    if (wrong >= 0) lines.fail(`expected a number in column ${wrong + 1}`);
    const [t, x, y, z, length] = row as unknown as [number, number, number, number, number?];
    if (length !== undefined && !isNorm(length, x, y, z))
      lines.fail(`the last column is ${length}, but |M| is ${Math.hypot(x, y, z)}`, "these are not M_x, M_y, M_z, |M|");
    rows++;
    yield {
      time: t * scales.time,
      digit: lastDigit(words[0]!) * scales.time,
      values: Float64Array.of(x, y, z).map((m) => m * scales!.values),
    };
  }
  if (rows === 0) lines.failEnd("no row of numbers in it");
}

function unitOf(lines: Lines, label: string, field: "time" | "polarization"): number {
  const unit = /\(([^()]+)\)\s*$/.exec(label)?.[1];
  if (unit === undefined)
    return lines.fail(
      `the label of the ${field === "time" ? "x" : "y"} axis, "${label}", states no unit of ${field}`,
      'expected e.g. "Time (ps)" and "Total Dipole Moment (Debye)"',
    );
  return statedScale(field, unit, (problem, advice) => lines.fail(problem, advice));
}
