/** What can be shown as a table, given to a data frame, or written as CSV or JSON: named columns with units. */
import { ShapeError } from "../errors.js";
import { components } from "../series/components.js";
import { isTensorSeries, seriesLength, type TensorSeries } from "../series/tensorSeries.js";
import { isSpectrum, type Spectrum, spectrumColumns } from "../spectrum/spectrum.js";
import { type Column, columnHeader, rowCount } from "../table/column.js";
import { columnsCsv } from "../table/csv.js";
import { columnsJson } from "../table/json.js";

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
  rowCount(list);
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

/** A table as CSV with one header row "name (unit)". Texts that a spreadsheet would run as formulas get a leading apostrophe. */
export function tableCsv(table: Tabular, units?: Readonly<Record<string, string>>): string {
  return columnsCsv(columnsOf(table, units));
}

/**
 * A table as JSON: `{"columns": [{"name": …, "unit": …, "values": […]}]}`; numbers that are not finite become null.
 * @example notebook.tableJson({ a: [1] }, { a: "Å" }) // '{"columns":[{"name":"a","unit":"Å","values":[1]}]}'
 */
export function tableJson(table: Tabular, units?: Readonly<Record<string, string>>): string {
  return columnsJson(columnsOf(table, units));
}

function listOf(table: Tabular): readonly Column[] {
  if (Array.isArray(table)) return table as readonly Column[];
  if (isSpectrum(table)) return spectrumColumns(table);
  if (isTensorSeries(table)) return seriesColumns(table);
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

function isDataFrame(table: object): table is DataFrameLike {
  const { columns, values } = table as Partial<DataFrameLike>;
  return (
    Array.isArray(columns) &&
    columns.every((c) => typeof c === "string") &&
    Array.isArray(values) &&
    values.every(Array.isArray)
  );
}
