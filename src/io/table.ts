import type { Lines } from "./lines.js";
import { parseNumber } from "./number.js";
import { type more, nextLine, parseAll, type ReadOptions } from "./source.js";

/** Columns of numbers with what the lines above them say. */
export interface NumberTable {
  /** Names of the columns, where the file has a header line. */
  readonly names?: readonly string[];
  /** What the comment lines (#, !, %, ##) say, in order. */
  readonly comments: readonly string[];
  readonly columns: readonly Float64Array[];
}

/**
 * A table of numbers: columns separated by commas, semicolons, tabs or blanks; comment lines begin with #, ! or %; one
 * header line may name the columns. A comma is the decimal sign where semicolons, tabs or blanks separate the columns.
 * @throws FormatError with file and line
 */
export function parseTable(input: string | Uint8Array, options: ReadOptions = {}): NumberTable {
  return parseAll(readTable, input, options)[0]!;
}

function* readTable(lines: Lines): Generator<NumberTable | typeof more, void, void> {
  lines.takesUnterminated = true;
  const comments: string[] = [];
  let names: readonly string[] | undefined;
  const rows: number[][] = [];
  let separator: string | RegExp | undefined;
  while (yield* nextLine(lines)) {
    const text = lines.text();
    if (text.trim() === "") continue;
    if (/^\s*[#!%]/.test(text)) {
      comments.push(text.replace(/^\s*[#!%]+\s*/, "").trim());
      continue;
    }
    separator ??= separatorOf(text);
    const words = text
      .trim()
      .split(separator)
      .map((word) => word.trim().replace(/^"(.*)"$/, "$1"));
    if (words.length > 1 && words[words.length - 1] === "") words.pop(); // a separator at the line's end
    const numbers = words.map((word) => numberOf(word, separator !== ","));
    if (rows.length === 0 && !names && numbers.some(Number.isNaN)) {
      names = words;
      separator = undefined;
      continue;
    }
    const wrong = numbers.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) lines.fail(`expected a number in column ${wrong + 1}, found "${words[wrong]!.slice(0, 40)}"`);
    const width = rows[0]?.length ?? numbers.length;
    if (numbers.length !== width) lines.fail(`${numbers.length} columns, expected ${width} as in the first row`);
    rows.push(numbers);
  }
  const width = rows[0]?.length;
  if (width === undefined) return lines.failEnd("no row of numbers in it");
  if (names && names.length !== width) lines.fail(`the header names ${names.length} columns, the rows have ${width}`);
  yield {
    ...(names && { names }),
    comments,
    columns: Array.from({ length: width }, (_, k) => Float64Array.from(rows, (row) => row[k]!)),
  };
}

function separatorOf(text: string): string | RegExp {
  if (text.includes(";")) return ";";
  if (text.includes("\t")) return "\t";
  // "1,5 2,5" has decimal commas, "1.5, 2.5" and "1,2" have separators.
  return text.includes(",") && !/\d,\d+\s+[-+]?\d+,\d/.test(text) ? "," : /\s+/;
}

function numberOf(word: string, decimalComma: boolean): number {
  const bytes = Buffer.from(decimalComma ? word.replace(/^([-+]?\d*),(\d+([eE][-+]?\d+)?)$/, "$1.$2") : word);
  return parseNumber(bytes, 0, bytes.length);
}
