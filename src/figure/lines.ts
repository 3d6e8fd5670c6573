import { OptionError, ShapeError } from "../errors.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { list, number, oneOf, positive, text } from "../options/values.js";
import { AXIS_FIELDS, type AxisOptions, plotlyAxis, possibleValues } from "./axis.js";
import { dashesOf } from "./coincidence.js";
import { type Figure, type PlotlyOptions, plainText, type Trace } from "./figure.js";
import { LEGEND_GAP, legendShape, plotlyLegend } from "./legend.js";
import { LINE_HEIGHT, type Remark, remarkAnnotations, remarkLines } from "./remarks.js";
import { FONT_FAMILY, FONT_SIZE, SYMBOLS, THEMES, translucent } from "./theme.js";

/** Edges of a band, point by point. */
export interface BandEdges {
  readonly low: ArrayLike<number>;
  readonly high: ArrayLike<number>;
}

/** One curve. */
export interface Line {
  /** Legend entry; no entry if left out. */
  readonly label?: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** A band around y: its half-width, or its edges. */
  readonly band?: ArrayLike<number> | BandEdges;
  /** Default "lines"; "sticks" are lines from 0 up to each point. */
  readonly mode?: "lines" | "markers" | "lines+markers" | "sticks";
  /** "reference" draws the curve that others are compared with (dark, behind the others). Default "series". */
  readonly role?: "series" | "reference";
  /** Default "solid". */
  readonly dash?: "solid" | "dash" | "dot";
}

/** A labelled position on an axis, drawn as a thin line across the panel. */
export interface Mark {
  readonly axis: "x" | "y";
  readonly value: number;
  readonly label?: string;
}

/** Options that every figure takes. */
export interface FigureOptions {
  /** Above the frame: which system and which method, e.g. "α-quartz at 300 K, PBE". */
  readonly title?: string;
  /** Said in the figure when its data stand in for those of the paper, e.g. "PBE instead of the paper's SCAN". */
  readonly substitute?: string;
  /** A remark below the axis. */
  readonly note?: string;
  /** Size in pixels; default 640 × 400, taller where title and legend take more than one line. */
  readonly size?: { readonly width: number; readonly height: number };
  /** In words, for readers who do not see the picture; default: from axes and legend. */
  readonly description?: string;
}

export const FIGURE_FIELDS = {
  title: text().optional(),
  substitute: text().optional(),
  note: text().optional(),
  size: record({ width: positive("pixels"), height: positive("pixels") }).optional(),
  description: text().optional(),
} satisfies Fields<FigureOptions>;
export const FIGURE_OPTIONS = record(FIGURE_FIELDS);

export interface LineFigureOptions extends FigureOptions {
  readonly x: AxisOptions;
  readonly y: AxisOptions;
  readonly marks?: readonly Mark[];
}

const MARK_FIELDS = { value: number(), label: text().optional() } satisfies Fields<Omit<Mark, "axis">>;
export const markOption = record(MARK_FIELDS);
const OPTIONS = record({
  ...FIGURE_FIELDS,
  x: record(AXIS_FIELDS),
  y: record(AXIS_FIELDS),
  marks: list(record({ axis: oneOf(["x", "y"]), ...MARK_FIELDS } satisfies Fields<Mark>)).optional(),
} satisfies Fields<LineFigureOptions>);

/** Distances in pixels between the frame of a panel and the edge of its figure. */
export const MARGIN = { left: 74, right: 18, top: 18, bottom: 56 };

/**
 * A figure of curves on two axes: what all other kinds of figure are made of.
 * @throws ShapeError if x, y and band of a line differ in length or a value is not finite
 * @throws OptionError for an unknown option or a size that leaves no room
 */
export function lineFigure(lines: readonly Line[], options: LineFigureOptions): Figure {
  readOptions(OPTIONS, options, "lineFigure");
  for (const [i, line] of lines.entries()) checkLine(line, line.label ?? `line ${i}`);
  const { width } = options.size ?? { width: 640 };
  const frame = width - MARGIN.left - MARGIN.right;
  const labels = lines.flatMap((l) => (l.label === undefined ? [] : [l.label]));
  const legend = legendShape(labels, frame);
  const remarks = remarksIn(options);
  const count = remarkLines(remarks, frame);
  const above = legend.height + LINE_HEIGHT * count.above;
  const height = options.size?.height ?? 400 + Math.max(0, above - LINE_HEIGHT - LEGEND_GAP);
  const top = MARGIN.top + above;
  const bottom = MARGIN.bottom + LINE_HEIGHT * count.below;
  const inner = { width: frame, height: height - top - bottom };
  if (!(inner.width >= 80 && inner.height >= 60))
    throw new OptionError({
      where: "size",
      problem: `${width} × ${height} pixels leave no room for the axes`,
      advice: `give at least ${MARGIN.left + MARGIN.right + 80} × ${top + bottom + 60}`,
    });
  const domainX = [MARGIN.left / width, 1 - MARGIN.right / width] as const;
  const domainY = [bottom / height, 1 - top / height] as const;
  const { background, text: ink } = THEMES.light;
  const [data, order] = traces(lines, options.y);
  return {
    data,
    layout: {
      width,
      height,
      margin: { l: 0, r: 0, t: 0, b: 0, pad: 0, autoexpand: false },
      paper_bgcolor: background,
      plot_bgcolor: background,
      font: { family: FONT_FAMILY, size: FONT_SIZE, color: ink },
      hovermode: "closest",
      showlegend: labels.length > 0,
      legend: plotlyLegend(legend.orientation, domainX[0], domainY[1] + LEGEND_GAP / height),
      xaxis: plotlyAxis(options.x, "x", domainX),
      yaxis: plotlyAxis(options.y, "y", domainY),
      annotations: [...markLabels(options), ...remarkAnnotations(remarks, frame, legend.height)],
      shapes: (options.marks ?? []).map(markLine),
    },
    description: options.description ?? describe(order, options),
  };
}

/**
 * Reference curves first, so that they lie behind, and broad, so that they are seen where another lies on them; colours by order among the
 * others, of which one that lies on an earlier one is dashed, with hollow markers. Also returns the labels.
 */
function traces(lines: readonly Line[], axis: AxisOptions): [Trace[], string[]] {
  const { reference, series } = THEMES.light;
  const out: Trace[] = [];
  const labels: string[] = [];
  let next = 0;
  const dashes = dashesOf(lines.filter((l) => l.role !== "reference"));
  for (const line of [...lines.filter((l) => l.role === "reference"), ...lines.filter((l) => l.role !== "reference")]) {
    const broad = line.role === "reference" && lines.length > 1 && line.dash === undefined;
    const i = line.role === "reference" ? 0 : next++;
    const colour = line.role === "reference" ? reference : series[i % series.length]!;
    const symbol = SYMBOLS[i % SYMBOLS.length]!;
    const mode = line.mode === "sticks" ? "lines" : (line.mode ?? "lines");
    const group = line.label === undefined ? {} : { legendgroup: line.label };
    const bandName = line.label && { name: `${line.label} (band)` };
    const edges = possibleEdges(line, axis);
    if (edges) out.push({ ...band(line, edges, colour), ...group, ...bandName });
    if (line.label !== undefined) labels.push(plainText(line.label));
    out.push({
      type: "scatter",
      ...(line.mode === "sticks" ? fromZero(line) : { x: line.x, y: line.y }),
      mode,
      name: line.label ?? "",
      showlegend: line.label !== undefined,
      ...group,
      line: {
        color: broad ? translucent(colour, 0.5) : colour,
        width: broad ? 4.5 : 1.8,
        dash: line.dash ?? dashes.get(line) ?? "solid",
        // Every point is drawn: plotly.js would leave out points that it thinks nobody sees, and curves would have corners.
        simplify: false,
      },
      ...(mode !== "lines" && {
        marker: {
          color: mode === "markers" ? translucent(colour, 0.65) : colour,
          size: mode === "markers" ? 6 : dashes.has(line) ? 11 : 7,
          // A ring, in which the marker of the curve below is seen.
          symbol: dashes.has(line) ? `${symbol}-open` : symbol,
        },
      }),
      hoverlabel: { namelength: -1 },
    });
  }
  return [out, labels];
}

/** Each point as a line of its own from 0, with a gap after it. */
function fromZero({ x, y }: Line): { readonly x: Float64Array; readonly y: Float64Array } {
  const points = Array.from(x, (at, i) => [at, y[i]!] as const);
  return {
    x: Float64Array.from(points.flatMap(([at]) => [at, at, at])),
    y: Float64Array.from(points.flatMap(([, height]) => [0, height, Number.NaN])),
  };
}

/** Edges of a line's band, if it has one. */
export function bandEdges({ y, band: b }: Line): BandEdges | undefined {
  if (!b || "low" in b) return b;
  return { low: Float64Array.from(y, (v, i) => v - b[i]!), high: Float64Array.from(y, (v, i) => v + b[i]!) };
}

/** The band without what cannot be: beyond the possible values, or below a tenth of the curve on a logarithmic axis. */
function possibleEdges(line: Line, axis: AxisOptions): BandEdges | undefined {
  const edges = bandEdges(line);
  if (!edges) return undefined;
  const [least, most] = possibleValues(axis);
  const floor = (i: number): number => (axis.scale === "log" ? Math.max(least, 0.1 * line.y[i]!) : least);
  return {
    low: Float64Array.from(edges.low, (v, i) => Math.min(Math.max(v, floor(i)), Math.max(line.y[i]!, floor(i)))),
    high: Float64Array.from(edges.high, (v, i) => Math.max(Math.min(v, most), Math.min(line.y[i]!, most))),
  };
}

function band(line: Line, { low, high }: BandEdges, colour: string): Trace {
  const n = line.x.length;
  const x = new Float64Array(2 * n);
  const y = new Float64Array(2 * n);
  for (let i = 0; i < n; i++) {
    x[i] = x[2 * n - 1 - i] = line.x[i]!;
    y[i] = high[i]!;
    y[2 * n - 1 - i] = low[i]!;
  }
  return {
    type: "scatter",
    x,
    y,
    mode: "none",
    fill: "toself",
    fillcolor: translucent(colour, 0.22),
    hoverinfo: "skip",
    showlegend: false,
  };
}

function markLine(mark: Mark): PlotlyOptions {
  const across = mark.axis === "x" ? { yref: "y domain", y0: 0, y1: 1 } : { xref: "x domain", x0: 0, x1: 1 };
  const at =
    mark.axis === "x" ? { xref: "x", x0: mark.value, x1: mark.value } : { yref: "y", y0: mark.value, y1: mark.value };
  return { type: "line", layer: "below", line: { color: THEMES.light.axis, width: 1, dash: "dot" }, ...across, ...at };
}

function markLabels(options: LineFigureOptions): PlotlyOptions[] {
  const onLog = (axis: AxisOptions, value: number): number => (axis.scale === "log" ? Math.log10(value) : value);
  return (options.marks ?? []).flatMap((mark): PlotlyOptions[] => {
    if (mark.label === undefined) return [];
    const place =
      mark.axis === "x"
        ? {
            xref: "x",
            x: onLog(options.x, mark.value),
            yref: "y domain",
            y: 1,
            xanchor: "left",
            yanchor: "top",
            textangle: -90,
          }
        : { xref: "x domain", x: 1, yref: "y", y: onLog(options.y, mark.value), xanchor: "right", yanchor: "bottom" };
    return [{ text: mark.label, showarrow: false, font: { size: FONT_SIZE - 2, color: THEMES.light.axis }, ...place }];
  });
}

function remarksIn({ title, substitute, note }: FigureOptions): Remark[] {
  return [
    ...(title ? [{ kind: "title", text: title } as const] : []),
    ...(substitute ? [{ kind: "warning", text: `Substitute data: ${substitute}` } as const] : []),
    ...(note ? [{ kind: "note", text: note } as const] : []),
  ];
}

function describe(labels: readonly string[], options: LineFigureOptions): string {
  const axis = (a: AxisOptions): string => plainText(a.unit === undefined ? a.quantity : `${a.quantity} in ${a.unit}`);
  const title = options.title ? `${plainText(options.title)}: ` : "";
  const curves = labels.length === 0 ? "" : `: ${labels.join(", ")}`;
  const remarkText = options.substitute ? `. Substitute data: ${options.substitute}` : "";
  return `${title}${axis(options.y)} against ${axis(options.x)}${curves}${remarkText}.`;
}

function checkLine(line: Line, where: string): void {
  const n = line.x.length;
  const edges = !line.band ? [] : "low" in line.band ? [line.band.low, line.band.high] : [line.band];
  const lengths = edges.map((e) => e.length);
  if (line.y.length !== n || lengths.some((m) => m !== n))
    throw new ShapeError({
      where,
      problem: `x has ${n} values, y ${line.y.length}${line.band ? ` and band ${lengths.join(", ")}` : ""}; they must be equal`,
    });
  for (const values of [line.x, line.y, ...edges])
    for (let i = 0; i < values.length; i++)
      if (!Number.isFinite(values[i]))
        throw new ShapeError({ where, problem: `point ${i} has the value ${values[i]}, not a finite number` });
}
