import { ShapeError } from "../errors.js";
import { readOptions } from "../options/record.js";
import { SIGNAL_OPTIONS } from "../options/values.js";
import { seriesLength, type TensorSeries } from "../series/tensorSeries.js";
import { rowMajor } from "./tensorNames.js";
import { writeText } from "./write.js";

/**
 * A series of vectors or 3×3 tensors as CSV, one piece per row: time in fs, then all components, with a header that
 * names quantity and unit. `parseColumns` reads it back to the last bit.
 * @throws ShapeError for other shapes
 */
export function* columnsText(series: TensorSeries): Generator<string, void, void> {
  const { shape, quantity, unit, values, timestep } = series;
  const tensor = shape.length === 2 && shape[0] === 3 && shape[1] === 3;
  if (!tensor && !(shape.length === 1 && shape[0] === 3))
    throw new ShapeError({
      where: quantity,
      problem: `tensors of shape [${shape.join(", ")}] do not fit into columns`,
      advice: "write extended XYZ",
    });
  const names = (tensor ? rowMajor : "x y z").split(" ");
  yield `${["time (fs)", ...names.map((name) => `${quantity}_${name} (${unit})`)].join(",")}\n`;
  const size = names.length;
  for (let f = 0; f < seriesLength(series); f++)
    yield `${f * timestep},${values.subarray(f * size, (f + 1) * size).join(",")}\n`;
}

/** Writes a series as CSV, gzipped when the name ends in .gz; the file appears whole or not at all. */
export function writeColumns(
  path: string,
  series: TensorSeries,
  options: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  return writeText(path, columnsText(series), readOptions(SIGNAL_OPTIONS, options, "writeColumns"));
}
