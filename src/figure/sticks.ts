/** Lines of a spectrum as sticks. */

import type { AxisOptions } from "./axis.js";
import type { Figure } from "./figure.js";
import { type FigureOptions, type Line, lineFigure } from "./lines.js";

/** One stick. */
export interface Stick {
  readonly position: number;
  readonly height: number;
  /** Written at the top, e.g. the symmetry. */
  readonly label?: string;
}

export interface StickFigureOptions extends FigureOptions {
  readonly x: AxisOptions;
  readonly y: AxisOptions;
}

/**
 * Sticks from 0 to their heights, one series per legend entry, with labels at the positions of labelled ones.
 * @throws OptionError for an unknown option
 * @example
 * figures.stickFigure({ harmonic: [{ position: 464, height: 1, label: "A1" }] }, { x: { quantity: "Wavenumber", unit: "cm⁻¹" }, y: { quantity: "Intensity" } }).data.length // 1
 */
export function stickFigure(series: Readonly<Record<string, readonly Stick[]>>, options: StickFigureOptions): Figure {
  const lines = Object.entries(series).map(([label, sticks]): Line => {
    const sorted = [...sticks].sort((a, b) => a.position - b.position);
    // Along the base line from stick to stick: up and down at each.
    return {
      label,
      x: Float64Array.from(sorted.flatMap((s) => [s.position, s.position, s.position])),
      y: Float64Array.from(sorted.flatMap((s) => [0, s.height, 0])),
    };
  });
  const marks = Object.values(series)
    .flat()
    .flatMap(({ position, label }) => (label ? [{ axis: "x" as const, value: position, label }] : []));
  return lineFigure(lines, { ...options, marks });
}
