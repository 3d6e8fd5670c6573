/** A last line without line break, as editors leave it and as a full disk does. */
import type { Lines } from "./lines.js";

/** Remembers how rows of numbers are written, to tell a last row that was cut from one that only lacks its line break. */
export interface RowWidths {
  /** Looks at the numbers of a whole row. */
  add(words: readonly string[]): void;
  /**
   * Takes the row at the end of the text, with a warning.
   * @throws FormatError if its last number has fewer decimals than the others: programs write all with the same width, so
   * that one was cut
   */
  takeLast(lines: Lines, words: readonly string[]): void;
}

export function rowWidths(): RowWidths {
  const all = new Set<number>();
  /** Of each column, how many rows have so many decimals. */
  const columns: Map<number, number>[] = [];
  return {
    add(words) {
      for (const [c, word] of words.entries()) {
        const found = decimals(word);
        all.add(found);
        columns[c] ??= new Map();
        columns[c].set(found, (columns[c].get(found) ?? 0) + 1);
      }
    },
    takeLast(lines, words) {
      const last = words[words.length - 1]!;
      const others = new Set([...all, ...words.slice(0, -1).map(decimals)]);
      const column = [...(columns[words.length - 1] ?? [])];
      const fewer = (expected: number | undefined) => expected !== undefined && decimals(last) < expected;
      if (
        /[.eEdD+-]$/.test(last) ||
        (others.size === 1 && fewer([...others][0])) ||
        (column.length === 1 && column[0]![1] > 1 && fewer(column[0]![0]))
      )
        lines.failEnd(
          `the last line has no line break, and its last number, "${last}", has fewer digits than the others, so it may have been cut`,
        );
      lines.warn(`the file has no line break at its end; its last number is taken as it stands, ${last}`);
    },
  };
}

function decimals(word: string): number {
  const point = word.indexOf(".");
  return point < 0 ? 0 : word.length - point - 1; // an exponent counts: it can be cut too
}
