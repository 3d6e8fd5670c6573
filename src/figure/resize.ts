/** The same figure at another size: frames stretch, what is around them keeps its size in pixels. */
import { OptionError } from "../errors.js";
import type { Figure, Layout, PlotlyOptions, Trace } from "./figure.js";
import { LEGEND_GAP, LEGEND_ROW, type LegendShape, legendRows, legendShape, plotlyLegend } from "./legend.js";
import { MARGIN } from "./lines.js";
import { isRemark, LINE_HEIGHT, type Remark, remarkAnnotations, remarkLines, remarksOf } from "./remarks.js";

/** Least width and height of a frame, pixels. */
const LEAST = [80, 50] as const;

type Span = readonly [number, number];

interface Panel {
  /** Suffix of its axes: "", "2", … */
  readonly n: string;
  /** The frame in the old figure, pixels from its lower left corner. */
  readonly x: Span;
  readonly y: Span;
  readonly labels: readonly string[];
  readonly remarks: readonly Remark[];
}

/**
 * A figure of `width` pixels whose letters have the size they had: the frames of its panels become narrower or wider, texts are broken
 * into lines anew, legends that do not fit into a row become lists.
 * @param width pixels
 * @param height pixels; default: as much lower as the figure is narrower, and what more lines of text take
 * @throws OptionError if no room for the frames is left
 */
export function resizeFigure(figure: Figure, width: number, height?: number): Figure {
  const { layout } = figure;
  const panels = panelsOf(figure);
  const rows = groups(panels);
  const wide = rows.map((row) =>
    stretch(
      withRest(
        row.map((p) => p.x),
        layout.width,
      ),
      layout.width,
      width,
    ),
  );
  const frames = new Map(rows.flatMap((row, r) => row.map((p) => [p, wide[r]!(p.x)] as const)));
  const extra = new Map(panels.map((p) => [p, extraLines(p, frames.get(p)!, layout)] as const));
  const most = (row: readonly Panel[], side: "above" | "below"): number =>
    Math.max(...row.map((p) => extra.get(p)![side]));
  const more = rows.reduce((sum, row) => sum + most(row, "above") + most(row, "below"), 0);
  const whole = height ?? Math.round((layout.height * width) / layout.width + Math.max(0, more));
  const high = stretch(
    rows.map((row) => [Math.min(...row.map((p) => p.y[0])), Math.max(...row.map((p) => p.y[1]))] as const),
    layout.height,
    whole,
    rows.map((row) => ({ before: most(row, "below"), after: most(row, "above") })),
  );
  const parts = panels.map((p) => resizedPanel(p, layout, frames.get(p)!, high(p.y), width, whole));
  return {
    ...figure,
    layout: {
      ...layout,
      ...Object.assign({}, ...parts.map((p) => p.options)),
      width,
      height: whole,
      annotations: [...layout.annotations.filter((a) => !isRemark(a)), ...parts.flatMap((p) => p.annotations)],
    },
  };
}

function panelsOf({ data, layout }: Figure): Panel[] {
  const names = Object.keys(layout).flatMap((key) => /^xaxis(\d*)$/.exec(key)?.[1] ?? []);
  return names.map((n) => {
    const pixels = (side: "x" | "y", size: number): Span => {
      const [from, to] = (layout[`${side}axis${n}`] as { readonly domain: Span }).domain;
      return [from * size, to * size];
    };
    const own = (trace: Trace): boolean => (trace.xaxis ?? "x") === `x${n}` && trace.showlegend !== false;
    return {
      n,
      x: pixels("x", layout.width),
      y: pixels("y", layout.height),
      labels: data.filter(own).flatMap((t) => (t.name ? [t.name] : [])),
      remarks: remarksOf(layout.annotations.filter((a) => a.xref === `x${n} domain`)),
    };
  });
}

/** Panels side by side, row by row from the lowest. */
function groups(panels: readonly Panel[]): Panel[][] {
  const rows: Panel[][] = [];
  for (const p of [...panels].sort((a, b) => a.y[0] - b.y[0])) {
    const row = rows.at(-1);
    if (row && p.y[0] < Math.max(...row.map((q) => q.y[1]))) row.push(p);
    else rows.push([p]);
  }
  return rows.map((row) => row.sort((a, b) => a.x[0] - b.x[0]));
}

/** The spans of a row, and what is empty behind them where another row has more panels: that stretches, too. */
function withRest(spans: readonly Span[], length: number): Span[] {
  const end = Math.max(...spans.map(([, b]) => b)) + MARGIN.right;
  return length - end > 1 ? [...spans, [end, length]] : [...spans];
}

/**
 * Where spans go when a length changes: they share the change, gaps between them keep theirs.
 * @param more pixels by which the gaps before and after a span grow
 */
function stretch(
  spans: readonly Span[],
  length: number,
  wanted: number,
  more: readonly { readonly before: number; readonly after: number }[] = spans.map(() => ({ before: 0, after: 0 })),
): (span: Span) => Span {
  const taken = spans.reduce((sum, [a, b]) => sum + b - a, 0);
  const grown = more.reduce((sum, m) => sum + m.before + m.after, 0);
  const factor = (wanted - (length - taken) - grown) / taken;
  let shift = 0;
  const moved = spans.map(([a, b], k) => {
    const from = a + shift + more[k]!.before;
    shift = from + factor * (b - a) - b + more[k]!.after;
    return { a, b, from };
  });
  // A span of a panel lies within one of those that were given.
  return ([a, b]) => {
    const { a: start, from } = moved.find((m) => a >= m.a - 1e-6 && b <= m.b + 1e-6)!;
    return [from + factor * (a - start), from + factor * (b - start)];
  };
}

function extraLines(panel: Panel, x: Span, layout: Layout): { readonly above: number; readonly below: number } {
  const before = remarkLines(panel.remarks, panel.x[1] - panel.x[0]);
  const after = remarkLines(panel.remarks, x[1] - x[0]);
  const { orientation = "h" } = (layout[`legend${panel.n}`] ?? {}) as Partial<LegendShape>;
  const rows = legendRows(panel.labels, orientation);
  const rowsAfter = legendRows(panel.labels, legendShape(panel.labels, x[1] - x[0]).orientation);
  return {
    above: LINE_HEIGHT * (after.above - before.above) + LEGEND_ROW * (rowsAfter - rows),
    below: LINE_HEIGHT * (after.below - before.below),
  };
}

function resizedPanel(
  panel: Panel,
  layout: Layout,
  x: Span,
  y: Span,
  width: number,
  height: number,
): { readonly options: PlotlyOptions; readonly annotations: readonly PlotlyOptions[] } {
  const { n, labels, remarks } = panel;
  if (!(x[1] - x[0] >= LEAST[0] && y[1] - y[0] >= LEAST[1]))
    throw new OptionError({
      where: "size of the figure",
      problem: `${Math.round(width)} × ${Math.round(height)} pixels leave no room for a frame between the numbers of its axes`,
      advice: "make it larger, or its letters smaller",
    });
  const legend = legendShape(labels, x[1] - x[0]);
  const axis = (side: "x" | "y", before: Span, span: Span, size: number): PlotlyOptions => {
    const old = layout[`${side}axis${n}`] as PlotlyOptions;
    const ticks = (Number(old.nticks) * (span[1] - span[0])) / (before[1] - before[0]);
    return {
      ...old,
      domain: [span[0] / size, span[1] / size],
      ...(typeof old.nticks === "number" && { nticks: Math.min(old.nticks, Math.max(3, Math.round(ticks))) }),
    };
  };
  const named = remarkAnnotations(remarks, x[1] - x[0], legend.height);
  return {
    options: {
      [`xaxis${n}`]: axis("x", panel.x, x, width),
      [`yaxis${n}`]: axis("y", panel.y, y, height),
      [`legend${n}`]: plotlyLegend(legend.orientation, x[0] / width, (y[1] + LEGEND_GAP) / height),
    },
    annotations: named.map((a) => ({ ...a, xref: `x${n} domain`, yref: `y${n} domain` })),
  };
}
