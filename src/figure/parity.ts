import { OptionError, ShapeError } from "../errors.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { text } from "../options/values.js";
import type { TensorSeries } from "../series/tensorSeries.js";
import { AXIS_FIELDS, type AxisOptions } from "./axis.js";
import type { Figure } from "./figure.js";
import { FIGURE_FIELDS, type FigureOptions, type Line, lineFigure } from "./lines.js";
import { componentOption, type PlottedComponent, plottedValues, requireEntry, requireSameAxis } from "./timeSeries.js";

/** Values that should agree, one pair per point. */
export interface Pairs {
  readonly reference: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
}

export interface ParityFigureOptions extends FigureOptions {
  /** Quantity and unit on both axes. */
  readonly axis: Pick<AxisOptions, "quantity" | "unit">;
  /** How the reference was obtained, for its axis, default "reference". */
  readonly reference?: string;
}

const { quantity, unit } = AXIS_FIELDS;
const OPTIONS = record({
  ...FIGURE_FIELDS,
  axis: record({ quantity, unit }),
  reference: text().default("reference"),
} satisfies Fields<ParityFigureOptions>);

/**
 * Predicted against reference values with the line on which they agree; both axes have the same range.
 * @param pairs by legend entry
 * @throws ShapeError if reference and prediction differ in length or a value is not finite
 * @example
 * const pairs = { reference: [1.48, 1.5, 1.53], predicted: [1.47, 1.5, 1.54] };
 * show(parityFigure({ "LRM, R² = 0.93": pairs }, { axis: { quantity: "α<sub>xx</sub>", unit: "Å³" } }))
 */
export function parityFigure(pairs: Readonly<Record<string, Pairs>>, options: ParityFigureOptions): Figure {
  const { axis, reference: name, ...rest } = readOptions(OPTIONS, options, "parityFigure");
  requireEntry(pairs, undefined);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const [label, { reference, predicted }] of Object.entries(pairs)) {
    if (reference.length !== predicted.length)
      throw new ShapeError({
        where: label,
        problem: `${predicted.length} predicted values for ${reference.length} reference values`,
      });
    for (const values of [reference, predicted])
      for (let i = 0; i < values.length; i++) {
        low = Math.min(low, values[i]!);
        high = Math.max(high, values[i]!);
      }
  }
  if (!(low <= high)) throw new OptionError("a parity figure needs at least one pair of values");
  const margin = 0.04 * (high - low) || 0.5;
  const range: [number, number] = [low - margin, high + margin];
  const identity: Line = { x: range, y: range, role: "reference", dash: "dash" };
  const lines = Object.entries(pairs).map(
    ([label, p]): Line => ({ label, x: p.reference, y: p.predicted, mode: "markers" }),
  );
  return lineFigure([identity, ...lines], {
    size: { width: 460, height: 460 },
    ...rest,
    x: { ...axis, quantity: `${axis.quantity}, ${name}`, range },
    y: { ...axis, quantity: `${axis.quantity}, predicted`, range },
  });
}

export interface SeriesParityFigureOptions extends FigureOptions {
  /** Default "xx" for a tensor, "x" for a vector. */
  readonly component?: PlottedComponent;
}

const SERIES_OPTIONS = record({
  ...FIGURE_FIELDS,
  component: componentOption.optional(),
} satisfies Fields<SeriesParityFigureOptions>);

/**
 * {@link parityFigure} of one component of predicted series against a reference series, frame by frame.
 * @throws ShapeError if a prediction has another number of frames than the reference
 * @throws UnitError if quantities or units differ
 */
export function seriesParityFigure(
  reference: TensorSeries,
  predicted: Readonly<Record<string, TensorSeries>>,
  options: SeriesParityFigureOptions = {},
): Figure {
  const { component: asked, ...rest } = readOptions(SERIES_OPTIONS, options, "seriesParityFigure");
  const name = asked ?? (reference.shape.length === 1 ? "x" : "xx");
  const target = plottedValues(reference, name);
  const others = Object.entries(predicted).map(([label, s]) => ({ label, ...plottedValues(s, name) }));
  requireSameAxis([{ label: reference.origin, ...target }, ...others]);
  const { values, quantity, unit } = target;
  return parityFigure(Object.fromEntries(others.map((o) => [o.label, { reference: values, predicted: o.values }])), {
    ...rest,
    axis: { quantity, ...(unit !== undefined && { unit }) },
    reference: reference.origin,
  });
}
