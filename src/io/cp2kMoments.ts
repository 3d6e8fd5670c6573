import { determinant3 } from "../math/matrix3.js";
import type { TensorSeries } from "../series/tensorSeries.js";
import { electronAngstromPerDebye as debye } from "../units/constants.js";
import { isNorm } from "./columnRows.js";
import { type ColumnRow, seriesOfRows } from "./columns.js";
import type { Lines } from "./lines.js";
import { polarizationFormat } from "./rowFormat.js";
import { type more, needLine, nextLine, parseAll, type ReadOptions } from "./source.js";

/** No row of the report is longer. */
const longestRow = 1000;

/**
 * The dipoles that CP2K prints (DFT%PRINT%MOMENTS), debye: one `MOMENTS| iteration x y z norm [cell]` a line, or the longer
 * report with its line "X= … Y= … Z= … Total= …". The file has no times. The "cell matrix [Debye]" up to which the report defines a
 * Berry-phase dipole is what `loadSeries` takes jumps out by; the cell of the short form, whose unit is not settled, is not read, and a
 * second reference point (`MOMENTS_REF2|`) is left out.
 * @param options.timestep fs between the dipoles
 * @throws FormatError with file and line, also where the printed norm is not that of the components
 */
export function parseCp2kMoments(
  input: string | Uint8Array,
  options: ReadOptions & { readonly timestep?: number } = {},
): TensorSeries {
  const rows = parseAll(readCp2kMoments, input, options);
  return seriesOfRows(rows, options.name ?? "text", { quantity: "polarization", ...options });
}

/** Moments of CP2K for the loaders. */
export const cp2kFormat = polarizationFormat<MomentRow>(
  {
    name: "cp2k",
    title: "dipole moments of CP2K",
    sniff: ({ text }) => /^[ \t]*(MOMENTS(_REF2)?\||Dipole moment \[Debye\])/m.test(text),
  },
  () => readCp2kMoments,
  quantaOf,
);

/** A dipole, with the vectors e·a, e·b, e·c up to which it is defined, [3, 3], e·Å, where the file prints them. */
interface MomentRow extends ColumnRow {
  readonly quanta?: Float64Array;
}

/** One matrix if all are the same, one for each row if not; `undefined` if a row has none. */
function quantaOf(rows: readonly MomentRow[]): Float64Array | undefined {
  const [first] = rows;
  if (!first?.quanta || !rows.every((r) => r.quanta)) return undefined;
  if (rows.every((r) => r.quanta!.every((x, i) => x === first.quanta![i]))) return first.quanta;
  const all = new Float64Array(9 * rows.length);
  rows.forEach((r, k) => {
    all.set(r.quanta!, 9 * k);
  });
  return all;
}

/** The format as a line reader. */
export function* readCp2kMoments(lines: Lines): Generator<MomentRow | typeof more, void, void> {
  let rows = 0;
  let kind: "compact" | "report" | undefined;
  let matrix: number[] = [];
  while (yield* nextLine(lines)) {
    if (lines.startsWithOneOf(["[X]", "[Y]", "[Z]"])) {
      matrix = [...(lines.startsWithOneOf(["[X]"]) ? [] : matrix), ...cellRow(lines)];
      continue;
    }
    if (!lines.startsWithOneOf(["MOMENTS|", "Dipole moment [Debye]"])) continue;
    const found = lines.text().includes("MOMENTS|") ? "compact" : "report";
    // A run can print both; they are the same moments.
    kind ??= found;
    if (found !== kind) continue;
    const quanta = cellVectors(matrix);
    matrix = [];
    yield found === "compact" ? compact(lines) : { ...(yield* report(lines)), ...(quanta && { quanta }) };
    rows++;
  }
  if (rows === 0) lines.failEnd("no dipole moment (MOMENTS| …) in it");
}

function compact(lines: Lines): ColumnRow {
  const words = lines.text().trim().split(/\s+/).slice(1);
  // An iteration can have several levels, "1_5"; the last one counts.
  const step = Number(/(\d+)$/.exec(words[0] ?? "")?.[1] ?? Number.NaN);
  const numbers = words.slice(1).map(Number);
  if (!Number.isInteger(step) || (numbers.length !== 4 && numbers.length !== 13) || !numbers.every(Number.isFinite))
    lines.fail("expected MOMENTS| iteration, x, y, z, norm and perhaps a cell of nine numbers", "the line is damaged");
  return { step, values: dipole(lines, numbers) };
}

function* report(lines: Lines): Generator<typeof more, ColumnRow, void> {
  yield* needLine(lines, "no components below the title of a dipole moment");
  const match = /X=\s*(\S+)\s+Y=\s*(\S+)\s+Z=\s*(\S+)\s+Total=\s*(\S+)/.exec(lines.text(longestRow));
  const numbers = match?.slice(1).map(Number) ?? [];
  if (numbers.length !== 4 || !numbers.every(Number.isFinite))
    lines.fail(`expected X= … Y= … Z= … Total= …, found "${lines.text().trim().slice(0, 40)}"`);
  return { values: dipole(lines, numbers) };
}

function dipole(lines: Lines, numbers: readonly number[]): Float64Array {
  const [x, y, z, norm] = numbers as [number, number, number, number];
  if (!isNorm(norm, x, y, z))
    lines.fail(`the printed norm is ${norm}, that of the components ${Math.hypot(x, y, z)}`, "the line is damaged");
  return Float64Array.of(x * debye, y * debye, z * debye);
}

/** The numbers of `[X] [ 59.6 0.0 0.0 ] [i]`; none of another line. */
function cellRow(lines: Lines): number[] {
  const words = /^\s*\[[XYZ]\]\s*=?\s*\[([^\]]*)\]/.exec(lines.text(longestRow))?.[1]?.trim().split(/\s+/) ?? [];
  return words.map(Number);
}

/** a, b, c as rows, e·Å, from the rows X, Y, Z in debye of a matrix that has them as columns; `undefined` for another one. */
function cellVectors(matrix: readonly number[]): Float64Array | undefined {
  if (matrix.length !== 9 || !matrix.every(Number.isFinite)) return undefined;
  const vectors = Float64Array.from({ length: 9 }, (_, k) => matrix[3 * (k % 3) + Math.floor(k / 3)]! * debye);
  return determinant3(vectors) === 0 ? undefined : vectors;
}
