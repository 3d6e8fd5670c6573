import { ShapeError } from "../errors.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { number, oneOf, text } from "../options/values.js";
import { AXIS_FIELDS, type AxisOptions } from "./axis.js";
import type { Figure } from "./figure.js";
import { bandEdges, FIGURE_FIELDS, type FigureOptions, type Line, lineFigure } from "./lines.js";
import { requireEntry } from "./timeSeries.js";

/** How a score depends on the number of training data. */
export interface CurvePoints {
  /** Training set sizes. */
  readonly sizes: ArrayLike<number>;
  /** Mean score over repeated draws. */
  readonly mean: ArrayLike<number>;
  /** Median score over repeated draws; drawn instead of the mean where it is given. */
  readonly median?: ArrayLike<number>;
  /** Half-width of the band, e.g. the standard deviation over draws. */
  readonly spread?: ArrayLike<number>;
}

export interface LearningCurveFigureOptions extends FigureOptions {
  /** The score: quantity, unit and, if wanted, range. */
  readonly score: Pick<AxisOptions, "quantity" | "unit" | "range" | "possible">;
  /** Default "linear"; "log-log" shows power laws as straight lines. */
  readonly scale?: "linear" | "log-log";
  /** A score to reach, drawn as a horizontal line. */
  readonly threshold?: number;
  /** Which curve is the one to compare with. */
  readonly reference?: string;
}

const { quantity, unit, range, possible } = AXIS_FIELDS;
const OPTIONS = record({
  ...FIGURE_FIELDS,
  score: record({ quantity, unit, range, possible }),
  scale: oneOf(["linear", "log-log"]).default("linear"),
  threshold: number().optional(),
  reference: text().optional(),
} satisfies Fields<LearningCurveFigureOptions>);

/**
 * Score against training set size, with bands.
 * @param curves by legend entry
 * @throws ShapeError if a curve's arrays differ in length, or a size or score is not positive on logarithmic axes
 */
export function learningCurveFigure(
  curves: Readonly<Record<string, CurvePoints>>,
  options: LearningCurveFigureOptions,
): Figure {
  const { score, scale, threshold, reference, ...rest } = readOptions(OPTIONS, options, "learningCurveFigure");
  requireEntry(curves, reference);
  const log = scale === "log-log";
  const lines = Object.entries(curves).map(([label, c]): Line => {
    if (log) requirePositive(label, c);
    return {
      label,
      x: c.sizes,
      y: centreOf(c),
      mode: "lines+markers",
      role: label === reference ? "reference" : "series",
      ...(c.spread && { band: log ? clipped(centreOf(c), c.spread) : c.spread }),
    };
  });
  return lineFigure(lines, {
    ...rest,
    x: {
      quantity: "Training structures",
      ...(log && { scale: "log", range: logRange(Object.values(curves).map((c) => c.sizes)) }),
    },
    y: { ...(log && { scale: "log", range: logRange(lines.flatMap(bounds)) }), ...score },
    ...(threshold !== undefined && { marks: [{ axis: "y", value: threshold }] }),
  });
}

function centreOf({ mean, median }: CurvePoints): ArrayLike<number> {
  return median ?? mean;
}

/** A band must stay above zero on a logarithmic axis: at most 90 % of the value. */
function clipped(centre: ArrayLike<number>, spread: ArrayLike<number>): Float64Array {
  return Float64Array.from(spread, (s, i) => Math.min(s, 0.9 * centre[i]!));
}

/** A curve with the edges of its band. */
function bounds(line: Line): ArrayLike<number>[] {
  const edges = bandEdges(line);
  return edges ? [edges.low, edges.high] : [line.y];
}

/** Smallest and largest value with a margin of 5 % of the logarithmic range. */
function logRange(all: readonly ArrayLike<number>[]): [number, number] {
  const values = all.flatMap((a) => Array.from(a));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = Math.max((high / low) ** 0.05, 1.05);
  return [low / margin, high * margin];
}

function requirePositive(where: string, { sizes, mean }: CurvePoints): void {
  for (const values of [sizes, mean])
    for (let i = 0; i < values.length; i++)
      if (!(values[i]! > 0))
        throw new ShapeError({
          where,
          problem: `point ${i} has the value ${values[i]}, a logarithmic axis needs positive ones`,
        });
}
