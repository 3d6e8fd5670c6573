/**
 * A figure as plain data: plotly.js traces and layout, nothing that needs a browser.
 * `JSON.stringify({ data, layout })` of it is what any plotly.js shows; {@link renderSvg} draws the same figure without a browser.
 */
import { csvCell } from "../table/csv.js";

/** One curve or set of markers: a plotly.js scatter trace. Options of plotly beside the named ones pass through. */
export interface Trace {
  readonly type: "scatter";
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** Legend entry. */
  readonly name?: string;
  readonly mode?: "lines" | "markers" | "lines+markers" | "none";
  /** Axes by plotly's names, "x", "x2", …; default "x" and "y". */
  readonly xaxis?: string;
  readonly yaxis?: string;
  readonly [plotlyOption: string]: unknown;
}

/** Any plotly.js options. */
export type PlotlyOptions = Readonly<Record<string, unknown>>;

/** plotly.js layout; sizes in pixels. Margins are zero: every panel's place is the `domain` of its axes. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly annotations: readonly PlotlyOptions[];
  readonly shapes: readonly PlotlyOptions[];
  readonly [plotlyOption: string]: unknown;
}

export interface Figure {
  readonly data: readonly Trace[];
  readonly layout: Layout;
  /** What is shown, in words, for readers who do not see the picture. */
  readonly description: string;
}

/**
 * The figure as JSON text that plotly.js reads: typed arrays become plain ones, numbers keep `digits` significant digits.
 * Two equal figures give equal text.
 * @param digits default 6
 */
export function figureJson(figure: Figure, digits = 6): string {
  const rounded = (value: number): number | null => (Number.isFinite(value) ? Number(value.toPrecision(digits)) : null);
  return JSON.stringify({ data: figure.data, layout: figure.layout }, (_key, value: unknown) => {
    if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, rounded);
    return typeof value === "number" ? rounded(value) : value;
  });
}

/**
 * The numbers behind the curves as CSV: a column per curve, headed "curve: quantity (unit)", after a column with its x,
 * headed "quantity (unit)"; curves that follow each other with the same x share it. Shorter columns end with empty cells,
 * panels are told apart by their letters. Filled bands are columns of their own, "curve (band)", as closed outlines.
 */
export function figureCsv(figure: Figure): string {
  const panels = "xaxis2" in figure.layout;
  const title = (axis: string): string => {
    const options = figure.layout[axis.replace(/^[xy]/, "$&axis")] as { title?: { text?: string } } | undefined;
    return plainText(options?.title?.text ?? "");
  };
  const columns: { readonly head: string; readonly values: ArrayLike<number> }[] = [];
  let x: ArrayLike<number> | undefined;
  let panel = "";
  // The ring of a linked view is not data.
  for (const trace of figure.data.filter((t) => t.meta !== "chosen")) {
    const { xaxis = "x", yaxis = "y" } = trace;
    const letter = panels ? `${String.fromCharCode(96 + Number(xaxis.slice(1) || 1))}) ` : "";
    if (!x || panel !== xaxis || !sameValues(x, trace.x))
      columns.push({ head: letter + title(xaxis), values: trace.x });
    columns.push({
      head: `${letter}${trace.name ? `${plainText(trace.name)}: ` : ""}${title(yaxis)}`,
      values: trace.y,
    });
    x = trace.x;
    panel = xaxis;
  }
  const rows = [columns.map((c) => csvCell(c.head)).join(",")];
  const length = Math.max(0, ...columns.map((c) => c.values.length));
  for (let i = 0; i < length; i++)
    rows.push(columns.map((c) => (Number.isFinite(c.values[i]) ? String(c.values[i]) : "")).join(","));
  return `${rows.join("\n")}\n`;
}

function sameValues(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Text without plotly's markup: "α<sub>xx</sub>" gives "α_xx". */
export function plainText(markup: string): string {
  return markup
    .replace(/<sub>/g, "_")
    .replace(/<sup>/g, "^")
    .replace(/<br>/g, " ")
    .replace(/<[^>]*>/g, "");
}
