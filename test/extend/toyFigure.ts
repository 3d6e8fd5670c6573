/** A figure in one file: values in the order of their size. */
import type { Figure } from "../../src/figure/figure.js";
import { FIGURE_FIELDS, type FigureOptions, lineFigure } from "../../src/figure/lines.js";
import { type Fields, readOptions, record } from "../../src/options/record.js";
import { text } from "../../src/options/values.js";

export interface RankFigureOptions extends FigureOptions {
  /** What the values are. */
  readonly quantity: string;
}

const OPTIONS = record({ ...FIGURE_FIELDS, quantity: text() } satisfies Fields<RankFigureOptions>);

export function rankFigure(values: Readonly<Record<string, ArrayLike<number>>>, options: RankFigureOptions): Figure {
  const { quantity, ...rest } = readOptions(OPTIONS, options, "rankFigure");
  const lines = Object.entries(values).map(([label, v]) => ({
    label,
    x: Float64Array.from(v, (_, k) => k + 1),
    y: Float64Array.from(v).sort(),
  }));
  return lineFigure(lines, { ...rest, x: { quantity: "Rank" }, y: { quantity } });
}
