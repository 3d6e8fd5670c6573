/** What can be shown as a table, given to a data frame, or written as CSV or JSON: named columns with units. */
import { ShapeError } from "../errors.js";
import { components } from "../series/components.js";
import { seriesLength, type TensorSeries } from "../series/tensorSeries.js";
import { type Spectrum, spectrumColumns } from "../spectrum/spectrum.js";

/** A named column; numbers or texts. */
export interface Column {
  readonly name: string;
  /** Shown in the header; "1" or nothing for a pure number. */
  readonly unit?: string;
  readonly values: ArrayLike<number> | readonly string[];
}

/** Columns as a list, or values by name. */
export type Columns = readonly Column[] | Readonly<Record<string, Column["values"]>>;

/** A data frame as danfojs has it: names of columns and rows of values. */
export interface DataFrameLike {
  readonly columns: readonly string[];
  readonly values: readonly unknown[];
}

/** Columns, or a result that has them: a spectrum (axis and intensities), a series (time and components), a data frame. */
export type Tabular = Columns | Spectrum | TensorSeries | DataFrameLike;

/**
 * The columns of a table.
 * @param units by name of the column, for columns that do not bring theirs
 * @throws ShapeError if they differ in length, or for a series with a tensor per atom
 * @example
 * const alpha = (await loadDataset("h2o")).series("polarizability");
 * columnsOf(alpha).map((c) => c.name) // ["time", "xx", "yy", "zz", "xy", "yz", "zx"]
 */
export function columnsOf(table: Tabular, units: Readonly<Record<string, string>> = {}): readonly Column[] {
  const list = listOf(table).map((c): Column => (units[c.name] === undefined ? c : { ...c, unit: units[c.name]! }));
  for (const c of list)
    if (c.values.length !== list[0]!.values.length)
      throw new ShapeError({
        where: "table",
        problem: `column "${c.name}" has ${c.values.length} rows, "${list[0]!.name}" has ${list[0]!.values.length}`,
      });
  return list;
}

/**
 * Columns as plain arrays under headers "name (unit)", as arquero's `table(…)` and similar libraries take them.
 * @throws ShapeError if the columns differ in length
 */
export function toColumns(
  table: Tabular,
  units?: Readonly<Record<string, string>>,
): Record<string, (number | string)[]> {
  return Object.fromEntries(
    columnsOf(table, units).map((c) => [columnHeader(c), Array.from<number | string>(c.values)]),
  );
}

/**
 * A data frame of any library whose constructor takes plain columns, headers "name (unit)".
 * In a notebook: `import { DataFrame } from "danfojs-node"`, then `toDataFrame(DataFrame, raman(alpha))`.
 * @param DataFrame the constructor
 * @throws ShapeError if the columns differ in length
 */
export function toDataFrame<F>(
  DataFrame: new (columns: Record<string, (number | string)[]>) => F,
  table: Tabular,
  units?: Readonly<Record<string, string>>,
): F {
  return new DataFrame(toColumns(table, units));
}

/** A table as CSV with a header "name (unit)". */
export function tableCsv(table: Tabular, units?: Readonly<Record<string, string>>): string {
  const list = columnsOf(table, units);
  const quoted = (value: number | string): string =>
    /[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value);
  const rows = [list.map((c) => quoted(columnHeader(c)))];
  for (let i = 0; i < (list[0]?.values.length ?? 0); i++) rows.push(list.map((c) => quoted(c.values[i]!)));
  return `${rows.map((r) => r.join(",")).join("\n")}\n`;
}

/**
 * A table as JSON: `{"columns": [{"name": …, "unit": …, "values": […]}]}`; numbers that are not finite become null.
 * @example notebook.tableJson({ a: [1] }, { a: "Å" }) // '{"columns":[{"name":"a","unit":"Å","values":[1]}]}'
 */
export function tableJson(table: Tabular, units?: Readonly<Record<string, string>>): string {
  const columns = columnsOf(table, units).map(({ name, unit = "1", values }) => ({
    ...{ name, unit },
    values: Array.from<number | string>(values),
  }));
  return JSON.stringify({ columns });
}

/** "name (unit)" */
export function columnHeader({ name, unit }: Column): string {
  return unit === undefined || unit === "1" ? name : `${name} (${unit})`;
}

function listOf(table: Tabular): readonly Column[] {
  if (Array.isArray(table)) return table as readonly Column[];
  if (isSpectrum(table)) return spectrumColumns(table);
  if (isSeries(table)) return seriesColumns(table);
  if (isDataFrame(table)) {
    const rows = table.values as readonly (readonly (number | string)[])[];
    return table.columns.map((name, k) => ({ name, values: rows.map((row) => row[k]!) as number[] | string[] }));
  }
  return Object.entries(table as Readonly<Record<string, Column["values"]>>).map(([name, values]) => ({
    name,
    values,
  }));
}

function seriesColumns(series: TensorSeries): readonly Column[] {
  const named = Object.entries(components(series));
  if (named.length === 0)
    throw new ShapeError({
      where: `${series.quantity} series (${series.origin})`,
      problem: `tensors of shape [${series.shape.join(", ")}] do not make columns`,
      advice: "give the columns you want as { name: values }",
    });
  const time = Float64Array.from({ length: seriesLength(series) }, (_, i) => i * series.timestep);
  return [
    { name: "time", unit: "fs", values: time },
    ...named.map(([name, values]): Column => ({ name, unit: series.unit, values })),
  ];
}

function isSpectrum(table: object): table is Spectrum {
  return "axis" in table && "intensities" in table;
}

function isSeries(table: object): table is TensorSeries {
  return "quantity" in table && "shape" in table && "timestep" in table;
}

function isDataFrame(table: object): table is DataFrameLike {
  const { columns, values } = table as Partial<DataFrameLike>;
  return (
    Array.isArray(columns) &&
    columns.every((c) => typeof c === "string") &&
    Array.isArray(values) &&
    values.every(Array.isArray)
  );
}
