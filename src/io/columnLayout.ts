/** What the columns of a plain file are, once it is known. */
import type { ColumnQuantity } from "./columnGroups.js";
import type { Lines } from "./lines.js";

/** What each column of the file is. */
export interface ColumnLayout {
  readonly width: number;
  /** The column of times, or −1. */
  readonly time: number;
  /** The column of step numbers, or −1. */
  readonly step: number;
  /** Columns of the values in the file, in the order they stand there. */
  readonly values: readonly number[];
  /** For each of the nine components its place among `values`; absent for a vector. */
  readonly tensor?: Int32Array;
  /** What the names say that the columns are. */
  readonly quantity?: ColumnQuantity;
  /** Units that the header states, as written. */
  readonly units: { readonly time?: string; readonly values?: string };
  /** Which lines of the head name the columns and their units. */
  readonly used: readonly HeadLine[];
  /** Whether the order of six components is only the usual one, said by nobody. */
  readonly assumed: boolean;
}

/** A line before the first row. */
export interface HeadLine {
  readonly text: string;
  /** Begins with #, ! or %. */
  readonly comment: boolean;
}

/** An order that the caller gave, where it is one of as many components. */
export function askedOrder(lines: Lines, count: number, asked: Int32Array | undefined): Int32Array | undefined {
  if (asked && Math.max(...asked) + 1 !== count)
    lines.fail(`${count} columns, the declared component order has ${Math.max(...asked) + 1}`);
  return asked;
}
