import { OptionError } from "../errors.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { integer, oneOf } from "../options/values.js";
import type { Figure, PlotlyOptions, Trace } from "./figure.js";
import { FONT_SIZE, THEMES } from "./theme.js";

export interface PanelsOptions {
  /** Figures per row: 1 stacks them, the number of figures puts them side by side. Default 1. */
  readonly columns?: number;
  /** "letters" writes a), b), … at the top left of each panel. Default "letters". */
  readonly labels?: "letters" | "none";
}

const OPTIONS = record({
  columns: integer({ atLeast: 1 }).default(1),
  labels: oneOf(["letters", "none"]).default("letters"),
} satisfies Fields<PanelsOptions>);

/**
 * Several figures as panels of one, row by row. Each keeps its size, axes, legend and remarks.
 * @throws OptionError if there is no figure, one has panels already, or `columns` is not a whole number ≥ 1
 */
export function panels(figures: readonly Figure[], options: PanelsOptions = {}): Figure {
  const { columns, labels } = readOptions(OPTIONS, options, "panels");
  const first = figures[0];
  if (!first) throw new OptionError("panels needs at least one figure");
  if (figures.some((f) => "xaxis2" in f.layout))
    throw new OptionError("a figure that has panels cannot become one; pass all figures at once");
  const rows = Array.from({ length: Math.ceil(figures.length / columns) }, (_, r) =>
    figures.slice(r * columns, (r + 1) * columns),
  );
  const rowHeights = rows.map((row) => Math.max(...row.map((f) => f.layout.height)));
  const width = Math.max(...rows.map((row) => row.reduce((sum, f) => sum + f.layout.width, 0)));
  const height = rowHeights.reduce((a, b) => a + b, 0);

  const data: Trace[] = [];
  const annotations: PlotlyOptions[] = [];
  const shapes: PlotlyOptions[] = [];
  const axes: Record<string, unknown> = {};
  let top = height;
  let index = 0;
  for (const [r, row] of rows.entries()) {
    top -= rowHeights[r]!;
    let left = 0;
    for (const figure of row) {
      const { layout } = figure;
      const n = index === 0 ? "" : String(index + 1);
      const bottom = top + rowHeights[r]! - layout.height;
      const place: Place = {
        n,
        x: (fraction) => (left + fraction * layout.width) / width,
        y: (fraction) => (bottom + fraction * layout.height) / height,
      };
      data.push(...figure.data.map((t) => panelTrace(t, n)));
      annotations.push(...layout.annotations.map((a) => renamed(a, n)));
      shapes.push(...layout.shapes.map((s) => renamed(s, n)));
      if (labels === "letters") annotations.push(letter(index, n));
      axes[`xaxis${n}`] = panelAxis(layout.xaxis as PlotlyOptions, place, "x");
      axes[`yaxis${n}`] = panelAxis(layout.yaxis as PlotlyOptions, place, "y");
      axes[`legend${n}`] = panelLegend(layout.legend as PlotlyOptions, place);
      left += layout.width;
      index++;
    }
  }
  return {
    data,
    layout: {
      ...first.layout,
      ...axes,
      width,
      height,
      annotations,
      shapes,
      showlegend: figures.some((f) => f.layout.showlegend === true),
    },
    description: figures.map((f, i) => `${letterOf(i)} ${f.description}`).join(" "),
  };
}

interface Place {
  /** Suffix of the panel's axes: "", "2", … */
  readonly n: string;
  /** Fractions of the panel's figure → fractions of the whole. */
  readonly x: (fraction: number) => number;
  readonly y: (fraction: number) => number;
}

function panelTrace(trace: Trace, n: string): Trace {
  const legend = n === "" ? {} : { legend: `legend${n}` };
  const group = typeof trace.legendgroup === "string" ? { legendgroup: `${trace.legendgroup} ${n}` } : {};
  return { ...trace, xaxis: `x${n}`, yaxis: `y${n}`, ...legend, ...group };
}

/** An annotation or shape whose references "x", "y domain" … point to the panel's axes. */
function renamed(item: PlotlyOptions, n: string): PlotlyOptions {
  const axis = (ref: unknown): unknown => (typeof ref === "string" ? ref.replace(/^([xy])(?= |$)/, `$1${n}`) : ref);
  return { ...item, xref: axis(item.xref), yref: axis(item.yref) };
}

function panelAxis(axis: PlotlyOptions, place: Place, side: "x" | "y"): PlotlyOptions {
  const [from, to] = axis.domain as [number, number];
  return { ...axis, domain: [place[side](from), place[side](to)], anchor: `${side === "x" ? "y" : "x"}${place.n}` };
}

function panelLegend(legend: PlotlyOptions, place: Place): PlotlyOptions {
  return { ...legend, x: place.x(legend.x as number), y: place.y(legend.y as number) };
}

function letterOf(index: number): string {
  return `${String.fromCharCode(97 + index)})`;
}

function letter(index: number, n: string): PlotlyOptions {
  return {
    text: `<b>${letterOf(index)}</b>`,
    showarrow: false,
    font: { size: FONT_SIZE + 2, color: THEMES.light.text },
    xref: `x${n} domain`,
    x: 0,
    xanchor: "right",
    xshift: -36,
    yref: `y${n} domain`,
    y: 1,
    yanchor: "bottom",
    yshift: 4,
  };
}
