import { OptionError, UnitError } from "../errors.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { oneOf, range, text } from "../options/values.js";
import {
  component,
  SYMMETRIC_COMPONENTS,
  type SymmetricComponent,
  VECTOR_COMPONENTS,
  type VectorComponent,
} from "../series/components.js";
import { invariants } from "../series/invariants.js";
import { seriesLength, type TensorQuantity, type TensorSeries } from "../series/tensorSeries.js";
import { type AxisOptions, axisTitle } from "./axis.js";
import type { Figure } from "./figure.js";
import { FIGURE_FIELDS, type FigureOptions, lineFigure } from "./lines.js";

/** A Cartesian component, or an invariant of a [3, 3] tensor: the mean a or the squared anisotropy γ². */
export type PlottedComponent = VectorComponent | SymmetricComponent | "mean" | "anisotropy";

/** Whether a series has it is seen later. */
export const componentOption = oneOf<PlottedComponent>([
  ...VECTOR_COMPONENTS,
  ...SYMMETRIC_COMPONENTS,
  "mean",
  "anisotropy",
]);

const SYMBOL: Readonly<Record<TensorQuantity, string>> = {
  polarizability: "α",
  dielectric: "ε",
  polarization: "P",
  current: "Ṗ",
  bornCharges: "Z*",
};

/** One number per frame of a series with the symbol and unit that its axis shows. */
export interface PlottedValues extends Pick<AxisOptions, "quantity" | "unit"> {
  readonly values: Float64Array;
}

/**
 * The values of a component with symbol and unit, e.g. α<sub>xx</sub> in Å³.
 * @throws OptionError for a component that the series does not have
 */
export function plottedValues(series: TensorSeries, name: PlottedComponent): PlottedValues {
  const symbol = SYMBOL[series.quantity];
  const unit = series.unit === "1" ? undefined : series.unit;
  const withUnit = (u: string | undefined): { unit?: string } => (u === undefined ? {} : { unit: u });
  if (name === "mean") return { values: invariants(series).mean, quantity: `mean ${symbol}`, ...withUnit(unit) };
  if (name === "anisotropy") {
    const squared = unit === "Å³" ? "Å⁶" : unit && `(${unit})²`;
    return { values: invariants(series).anisotropy, quantity: "anisotropy γ²", ...withUnit(squared) };
  }
  return { values: component(series, name), quantity: `${symbol}<sub>${name}</sub>`, ...withUnit(unit) };
}

export interface TimeSeriesFigureOptions extends FigureOptions {
  /** Default "xx" for a tensor, "x" for a vector. */
  readonly component?: PlottedComponent;
  /** First and last time shown, fs; default all. */
  readonly range?: readonly [number, number];
  /** Which of the series is the one to compare with, drawn dark; default none. */
  readonly reference?: string;
}

const OPTIONS = record({
  ...FIGURE_FIELDS,
  component: componentOption.optional(),
  range: range("fs").optional(),
  reference: text().optional(),
} satisfies Fields<TimeSeriesFigureOptions>);

/**
 * A component of one or more series against time (fs, or ps beyond 20 ps).
 * @param series by legend entry; time starts at zero for each
 * @throws UnitError if quantities or units differ
 * @throws OptionError for an unknown component or reference
 * @example
 * const { reference, displaced, series, trajectory } = await loadDataset("h2o");
 * const lrm = await predictLinearResponse(await linearResponse(reference!, displaced), trajectory());
 * show(timeSeriesFigure({ DFPT: series("polarizability"), LRM: lrm }, { component: "xx", reference: "DFPT" }))
 */
export function timeSeriesFigure(
  series: Readonly<Record<string, TensorSeries>>,
  options: TimeSeriesFigureOptions = {},
): Figure {
  const { component: asked, range: shown, reference, ...rest } = readOptions(OPTIONS, options, "timeSeriesFigure");
  const entries = Object.entries(series);
  requireEntry(series, reference);
  const name = asked ?? (entries[0]![1].shape.length === 1 ? "x" : "xx");
  const plotted = entries.map(([label, s]) => ({ label, series: s, ...plottedValues(s, name) }));
  requireSameAxis(plotted);
  const [from, to] = shown ?? [0, Math.max(...entries.map(([, s]) => (seriesLength(s) - 1) * s.timestep))];
  const [timeUnit, femtoseconds] = to - from > 20_000 ? (["ps", 1000] as const) : (["fs", 1] as const);
  const lines = plotted.map(({ label, series: s, values }) => {
    const first = Math.max(0, Math.ceil(from / s.timestep));
    const last = Math.min(values.length, Math.floor(to / s.timestep) + 1);
    const y = values.subarray(first, Math.max(first, last));
    const x = Float64Array.from(y, (_, i) => ((first + i) * s.timestep) / femtoseconds);
    return { label, x, y, role: label === reference ? ("reference" as const) : ("series" as const) };
  });
  const { quantity, unit } = plotted[0]!;
  return lineFigure(lines, {
    ...rest,
    x: { quantity: "Time", unit: timeUnit, range: [from / femtoseconds, to / femtoseconds] },
    y: { quantity, ...(unit !== undefined && { unit }) },
  });
}

/** @throws OptionError if there is nothing to draw or `reference` is not among the entries */
export function requireEntry(entries: Readonly<Record<string, unknown>>, reference: string | undefined): void {
  const names = Object.keys(entries);
  if (names.length === 0) throw new OptionError("a figure needs at least one entry, as { label: values }");
  if (reference !== undefined && !names.includes(reference))
    throw new OptionError({
      where: "reference",
      problem: `no entry is called "${reference}"`,
      advice: `entries: ${names.join(", ")}`,
    });
}

/** @throws UnitError unless all would be drawn on the same axis */
export function requireSameAxis(
  plotted: readonly (Pick<AxisOptions, "quantity" | "unit"> & { readonly label: string })[],
): void {
  const first = plotted[0]!;
  for (const other of plotted)
    if (axisTitle(other) !== axisTitle(first))
      throw new UnitError({
        where: "figure",
        problem: `"${first.label}" is ${axisTitle(first)}, "${other.label}" is ${axisTitle(other)}`,
        advice: "draw them in two panels or convert one",
      });
}
