import { OptionError } from "../errors.js";
import type { Fields } from "../options/record.js";
import { checkedBy, oneOf, range, text } from "../options/values.js";
import type { PlotlyOptions } from "./figure.js";
import { FONT_SIZE, THEMES } from "./theme.js";

/** What an axis shows. */
export interface AxisOptions {
  /** Name or symbol of the quantity, e.g. "Time", "α<sub>xx</sub>". */
  readonly quantity: string;
  /** Unit, e.g. "fs", "cm⁻¹", "arb. units"; leave out for a pure number. */
  readonly unit?: string;
  /** First and last value; a decreasing pair reverses the axis. Default: from the data. */
  readonly range?: readonly [number, number];
  /** Least and largest value that the quantity can have, e.g. [−Infinity, 1] for R²: bands end there. Default: by `possibleValues`. */
  readonly possible?: readonly [number, number];
  /** Default "linear". */
  readonly scale?: "linear" | "log";
  /** "hidden" leaves out the numbers, for arbitrary units. Default "shown". */
  readonly ticks?: "shown" | "hidden";
}

export const AXIS_FIELDS = {
  quantity: text(),
  unit: text().optional(),
  range: range().optional(),
  possible: checkedBy<readonly [number, number]>(
    (v) => Array.isArray(v) && v.length === 2 && Number(v[0]) < Number(v[1]),
    "least and largest value",
  ).optional(),
  scale: oneOf(["linear", "log"]).optional(),
  ticks: oneOf(["shown", "hidden"]).optional(),
} satisfies Fields<AxisOptions>;

/** What values a quantity can have, by its name: R² and similarities at most 1, errors, spreads and intensities at least 0. */
export function possibleValues({
  quantity,
  possible,
}: Pick<AxisOptions, "quantity" | "possible">): readonly [number, number] {
  if (possible) return possible;
  if (/^(?:R²|R<sup>2<\/sup>|median R²|mean R²)/i.test(quantity)) return [Number.NEGATIVE_INFINITY, 1];
  if (/similarity|overlap/i.test(quantity)) return [-1, 1];
  if (/\b(?:RMSE|RMSPE|MAE)\b|^(?:Raman )?intensity|^absorption$/i.test(quantity)) return [0, Number.POSITIVE_INFINITY];
  return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
}

/** Title of an axis: "Time (fs)". */
export function axisTitle(axis: Pick<AxisOptions, "quantity" | "unit">): string {
  return axis.unit === undefined ? axis.quantity : `${axis.quantity} (${axis.unit})`;
}

/**
 * The plotly.js options of an axis.
 * @param side which axis it is
 * @param domain its place as fractions of the figure
 * @throws OptionError for a range that is empty, or not positive on a logarithmic axis
 */
export function plotlyAxis(axis: AxisOptions, side: "x" | "y", domain: readonly [number, number]): PlotlyOptions {
  const { axis: line, text, grid } = THEMES.light;
  const log = axis.scale === "log";
  if (axis.range) {
    const [a, b] = axis.range;
    if (!(Number.isFinite(a) && Number.isFinite(b) && a !== b && (!log || (a > 0 && b > 0))))
      throw new OptionError({
        where: `range of the axis "${axis.quantity}"`,
        problem: `[${a}, ${b}] is not a range`,
        advice: log ? "give two different positive numbers" : "give two different finite numbers",
      });
  }
  return {
    title: { text: axisTitle(axis), font: { size: FONT_SIZE, color: text }, standoff: 8 },
    type: log ? "log" : "linear",
    ...(axis.range
      ? { range: log ? axis.range.map(Math.log10) : [...axis.range], autorange: false }
      : { autorange: true }),
    domain: [...domain],
    showline: true,
    linecolor: line,
    linewidth: 1,
    mirror: true,
    ticks: axis.ticks === "hidden" ? "" : "outside",
    ticklen: 4,
    tickcolor: line,
    tickfont: { size: FONT_SIZE - 1, color: text },
    showticklabels: axis.ticks !== "hidden",
    showgrid: axis.ticks !== "hidden",
    gridcolor: grid,
    zeroline: false,
    exponentformat: "power",
    minexponent: 4,
    ...(log && axis.range ? logTicks(axis.range) : { nticks: side === "x" ? 8 : 6 }),
  };
}

const upTo10 = (step: number): number[] => Array.from({ length: 9 / step }, (_, k) => 1 + k * step);
/** Multiples of powers of ten at which ticks may stand, from few to many. */
const mantissas: readonly (readonly number[])[] = [[1], [1, 2, 5], upTo10(1), upTo10(0.5), upTo10(0.1)];

/** Ticks at few multiples of powers of ten, but at three places at least, written as plain numbers where short. */
function logTicks(range: readonly [number, number]): PlotlyOptions {
  const [low, high] = [Math.min(...range), Math.max(...range)];
  const ticksAt = (multiples: readonly number[]): number[] => {
    const values: number[] = [];
    for (let k = Math.floor(Math.log10(low)); k <= Math.log10(high); k++)
      for (const m of multiples) {
        const value = Number(`${m.toPrecision(2)}e${k}`);
        if (value >= low && value <= high) values.push(value);
      }
    return values;
  };
  const values = mantissas.map(ticksAt).find((ticks) => ticks.length >= 3) ?? ticksAt(mantissas.at(-1)!);
  const text = values.map((v) => {
    if (v >= 1e-3 && v < 1e5) return String(v);
    const [multiple, power] = v.toExponential().split("e");
    return `${multiple === "1" ? "" : `${multiple}·`}10<sup>${Number(power)}</sup>`.replace("-", "−");
  });
  return { tickmode: "array", tickvals: values, ticktext: text };
}
