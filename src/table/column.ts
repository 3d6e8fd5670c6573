import { ShapeError } from "../errors.js";

/** A named column; numbers or texts. */
export interface Column {
  readonly name: string;
  /** Shown in the header; "1" or nothing for a pure number. */
  readonly unit?: string;
  readonly values: ArrayLike<number> | readonly string[];
}

/** "name (unit)" */
export function columnHeader({ name, unit }: Column): string {
  return unit === undefined || unit === "1" ? name : `${name} (${unit})`;
}

/** Rows of the columns, 0 without columns. @throws ShapeError if they differ in length */
export function rowCount(columns: readonly Column[]): number {
  const [first] = columns;
  for (const c of columns)
    if (c.values.length !== first!.values.length)
      throw new ShapeError({
        where: "table",
        problem: `column "${c.name}" has ${c.values.length} rows, "${first!.name}" has ${first!.values.length}`,
      });
  return first?.values.length ?? 0;
}
