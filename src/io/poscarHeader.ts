/** The head that POSCAR and XDATCAR share: comment, scale, cell, species, counts. */
import { DataError } from "../errors.js";
import { toFractional } from "../structure/cell.js";
import { cellVolume, type Structure } from "../structure/structure.js";
import type { Lines } from "./lines.js";
import { type more, needLine } from "./source.js";

export interface PoscarHeader {
  readonly comment: string;
  /** What Cartesian positions must be multiplied with. */
  readonly scale: readonly [number, number, number];
  /** Rows a, b, c, Å, scaled. */
  readonly cell: Float64Array;
  readonly species: readonly string[];
}

/** More atoms than any calculation; a larger count is a damaged or foreign file. */
const mostAtoms = 1e6;

/**
 * Reads the head; the cursor's line is the comment line already, or the next one is the scale and `title` the comment.
 * @param given one symbol per species or per atom, for files that name none (VASP 4) or mutilate the names
 * @throws FormatError
 */
export function* readPoscarHeader(
  lines: Lines,
  given: readonly string[] | undefined,
  title = lines.text(),
): Generator<typeof more, PoscarHeader, void> {
  const comment = title.trim();
  yield* needLine(lines, "no scale factor (second line)");
  const factors = [lines.number("the scale factor")];
  while (!lines.atLineEnd() && factors.length < 3 && !lines.atComment()) factors.push(lines.number("the scale factor"));
  const cell = new Float64Array(9);
  for (let row = 0; row < 3; row++) {
    yield* needLine(lines, `${row} of 3 cell vectors`);
    lines.numbers(cell, 3 * row, 3, `cell vector ${"abc"[row]}`);
  }
  const volume = cellVolume(cell);
  if (!(volume > 1e-12)) lines.fail(`the cell has volume ${volume}`, "the three vectors must be linearly independent");
  if (factors.length === 2 || factors.some((f) => f === 0) || (factors.length === 3 && factors.some((f) => f < 0)))
    lines.fail(
      `the scale factor is ${factors.join(" ")}`,
      "expected one number other than zero, or three positive ones",
    );
  const f = factors[0]! < 0 ? Math.cbrt(-factors[0]! / volume) : factors[0]!;
  const scale: [number, number, number] = factors.length === 3 ? [f, factors[1]!, factors[2]!] : [f, f, f];
  for (let k = 0; k < 9; k++) cell[k]! *= scale[k % 3]!;

  yield* needLine(lines, "no species and counts");
  let names: readonly string[] | undefined;
  if (!/^\s*\d/.test(lines.text())) {
    names = lines.words().map((w) => w.replace(/[/_].*$/, ""));
    const wrong = names.find((w) => !/^[A-Z][a-z]?$/.test(w));
    if (wrong !== undefined && given) names = undefined;
    else if (wrong !== undefined || names.length === 0)
      lines.fail(
        `expected chemical symbols, found "${lines.text().trim().slice(0, 60)}"`,
        'if this is a POSCAR or XDATCAR, give them, e.g. species: ["Si", "O"]',
      );
    yield* needLine(lines, "no atom counts");
  }
  const counts: number[] = [];
  let total = 0;
  while (!lines.atLineEnd() && !lines.atComment()) {
    counts.push(lines.integer("the number of atoms of a species"));
    total += counts[counts.length - 1]!;
    if (total > mostAtoms)
      lines.fail(`${total} atoms declared, at most ${mostAtoms} are believed`, "check the line of atom counts");
  }
  if (total === 0) lines.fail("no atoms declared");
  const kinds = names ?? given ?? symbolsIn(comment, counts.length);
  if (kinds?.length === total && !names) return { comment, scale, cell, species: kinds };
  if (!kinds) return lines.fail("no chemical symbols in the file (VASP 4)", 'give them, e.g. species: ["Si", "O"]');
  if (kinds.length !== counts.length)
    lines.fail(`${counts.length} counts for ${kinds.length} species (${kinds.join(" ")})`);
  return { comment, scale, cell, species: counts.flatMap((n, k) => new Array<string>(n).fill(kinds[k]!)) };
}

const numberPattern = "[-+]?[\\d.]+(?:[eEdD][-+]?\\d+)?";
const numbersLine = (count: string): RegExp =>
  new RegExp(`^\\s*${numberPattern}(?:\\s+${numberPattern}){${count}}\\s*(?:[!#].*)?$`);
const [oneNumber, threeNumbers] = [numbersLine("0"), numbersLine("2")];

/** Whether the first lines of a text are those of a POSCAR or XDATCAR. */
export function startsLikePoscar(lines: readonly string[]): boolean {
  return startsLikeCell(lines) && /^\s*[sdck]/im.test(`${lines[6] ?? ""}\n${lines[7] ?? ""}`);
}

/** Whether a scale and three vectors stand below the first line. */
export function startsLikeCell([, scale = "", ...vectors]: readonly string[]): boolean {
  return (
    (oneNumber.test(scale) || threeNumbers.test(scale)) && [0, 1, 2].every((k) => threeNumbers.test(vectors[k] ?? ""))
  );
}

/** Files of VASP 4 often name the species in the comment. */
function symbolsIn(comment: string, count: number): string[] | undefined {
  const words = comment.split(/\s+/);
  return words.length === count && words.every((w) => /^[A-Z][a-z]?$/.test(w)) ? words : undefined;
}

/**
 * Comment, scale 1, cell, symbols and counts as text. Atoms of one species that stand apart stay apart, so that the
 * order is kept.
 * @throws DataError if the structure has no cell
 */
export function poscarHead(structure: Structure, comment: string): string {
  const { cell, species } = structure;
  if (!cell)
    throw new DataError({
      problem: "a structure without cell cannot be written as POSCAR or XDATCAR",
      advice: "write extended XYZ",
    });
  const groups: { symbol: string; count: number }[] = [];
  for (const symbol of species) {
    const last = groups[groups.length - 1];
    if (last?.symbol === symbol) last.count++;
    else groups.push({ symbol, count: 1 });
  }
  const rows = [0, 3, 6].map((r) => [...cell.subarray(r, r + 3)].map((x) => x.toFixed(16).padStart(22)).join(""));
  return [
    comment.replace(/\s+/g, " "),
    "1.0",
    ...rows,
    groups.map((g) => g.symbol).join(" "),
    groups.map((g) => g.count).join(" "),
    "",
  ].join("\n");
}

/** Fractional positions, one atom a line. */
export function fractionalText(structure: Structure, decimals: number): string {
  const f = toFractional(structure.positions, structure.cell!);
  let text = "";
  for (let i = 0; i < f.length; i += 3)
    text += ` ${[f[i]!, f[i + 1]!, f[i + 2]!].map((x) => x.toFixed(decimals).padStart(decimals + 4)).join("")}\n`;
  return text;
}
