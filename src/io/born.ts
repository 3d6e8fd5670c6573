import { rowWidths } from "./lastLine.js";
import type { Lines } from "./lines.js";
import { type more, needLine, nextLine, READ_OPTIONS, type ReadOptions, type Source } from "./source.js";
import { textReader } from "./textReader.js";

/** What a phonopy BORN file holds. */
export interface BornFile {
  /** ε∞, [3, 3]. */
  readonly dielectric: Float64Array;
  /** Z* of the symmetry-independent atoms of the primitive cell, [k, 3 (field), 3 (displacement)], e. */
  readonly bornCharges: Float64Array;
  /** The numbers of these atoms in the primitive cell, from 0, where the first line says them. */
  readonly atoms?: readonly number[];
}

const born = textReader("Born", READ_OPTIONS, () => readBorn);

/**
 * A phonopy BORN file: a line with a factor or a comment, ε∞, and Z* of the symmetry-independent atoms, nine numbers a
 * line, the row of a Z* being the direction of the field as in VASP. `bornChargesOfAtoms` gives every atom its own.
 * @throws FormatError with file and line
 */
export function parseBorn(input: string | Uint8Array, options: ReadOptions = {}): BornFile {
  return born.parse(input, options)[0]!;
}

/** Reads a phonopy BORN file; see {@link parseBorn}. */
export async function loadBorn(source: Source, options: ReadOptions = {}): Promise<BornFile> {
  return (await born.load(source, options))[0]!;
}

/** Whether the first lines of a text are those of a BORN file: a factor or comment, then rows of nine numbers alone. */
export function startsLikeBorn(lines: readonly string[]): boolean {
  const [first = "", ...rest] = lines.filter((line) => line.trim() !== "");
  const nine = (line: string) =>
    tensorWords(line).length === 9 && tensorWords(line).every((w) => /^[-+.\deEdD]+$/.test(w));
  const head = /^\s*(#|default|[-+.\deEdD]+\s*(\S{1,3}\s*)*$)/i.test(first) && tensorWords(first).length !== 9;
  return head && rest.length >= 2 && nine(rest[0]!) && nine(rest[1]!);
}

function tensorWords(line: string): string[] {
  return line
    .replace(/[#!].*$/, "")
    .trim()
    .split(/\s+/);
}

function* readBorn(lines: Lines): Generator<BornFile | typeof more, void, void> {
  lines.takesUnterminated = true;
  yield* needLine(lines, "the file is empty");
  const first = lines.text();
  const listed = /atoms?\s+((?:\d+\s*)+)/i.exec(first)?.[1];
  const rows: number[] = [];
  const row = new Float64Array(9);
  const widths = rowWidths();
  let count = 0;
  while (yield* nextLine(lines)) {
    if (lines.isBlank()) continue;
    lines.numbers(row, 0, 9, count === 0 ? "the dielectric tensor" : `the Born charges of atom ${count}`);
    if (!lines.atLineEnd() && !lines.atComment()) lines.endLine("the nine components of a tensor");
    const words = tensorWords(lines.text());
    if (lines.unterminated && lines.atLineEnd()) widths.takeLast(lines, words);
    widths.add(words);
    rows.push(...row);
    count++;
    if (count > 1e5) lines.fail("more than 100000 tensors", "this is not a BORN file");
  }
  if (count < 2) return lines.failEnd("expected ε∞ and Born charges, nine numbers a line each");
  const atoms = listed
    ?.trim()
    .split(/\s+/)
    .map((word) => Number(word) - 1);
  if (atoms && (atoms.length !== count - 1 || atoms.some((a) => a < 0)))
    lines.fail(`the first line names ${atoms.length} atoms, there are ${count - 1} Born charges`);
  yield {
    dielectric: Float64Array.from(rows.slice(0, 9)),
    bornCharges: Float64Array.from(rows.slice(9)),
    ...(atoms && { atoms }),
  };
}
