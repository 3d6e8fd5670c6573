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
 * Sticks from 0 to their heights, one series per legend entry, with labels at the positions of labelled ones. The axis goes beyond the
 * first and the last stick, and to 0 where that is near.
 * @throws OptionError for an unknown option
 * @example
 * figures.stickFigure({ harmonic: [{ position: 464, height: 1, label: "A1" }] }, { x: { quantity: "Wavenumber", unit: "cm⁻¹" }, y: { quantity: "Intensity" } }).data.length // 1
 */
export function stickFigure(series: Readonly<Record<string, readonly Stick[]>>, options: StickFigureOptions): Figure {
  const lines = Object.entries(series).map(([label, sticks]): Line => {
    const sorted = [...sticks].sort((a, b) => a.position - b.position);
    return { label, mode: "sticks", x: sorted.map((s) => s.position), y: sorted.map((s) => s.height) };
  });
  const marks = Object.values(series)
    .flat()
    .flatMap(({ position, label }) => (label ? [{ axis: "x" as const, value: position, label }] : []));
  // Whether there is an axis, and options at all, lineFigure says.
  const range = options?.x?.range ?? rangeOf(Object.values(series).flatMap((sticks) => sticks.map((s) => s.position)));
  return lineFigure(lines, { ...options, ...(range && options?.x && { x: { ...options.x, range } }), marks });
}

/** Room beside the outermost sticks, as a part of what they span. */
const ROOM = 0.08;

function rangeOf(positions: readonly number[]): readonly [number, number] | undefined {
  if (positions.length === 0) return undefined;
  const [first, last] = [Math.min(...positions), Math.max(...positions)];
  const room = ROOM * Math.max(last - first, Math.abs(last) / 2, 1);
  return [first >= 0 && first < 0.4 * last ? 0 : first - room, last + room];
}
