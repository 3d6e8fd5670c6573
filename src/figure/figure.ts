/**
 * A figure as plain data: plotly.js traces and layout, nothing that needs a browser.
 * `JSON.stringify({ data, layout })` of it is what any plotly.js shows; {@link renderSvg} draws the same figure without a browser.
 */

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
 * The numbers behind the curves as CSV: columns `curve,x,y`, one row per point, with the axis titles as comment line.
 * Filled bands are included as curves named like their line with " (band)".
 */
export function figureCsv(figure: Figure): string {
  const titles = Object.entries(figure.layout)
    .filter(([key]) => /^[xy]axis\d*$/.test(key))
    .map(([key, axis]) => `${key}: ${plainText((axis as { title?: { text?: string } }).title?.text ?? "")}`);
  const rows = [`# ${titles.join("; ")}`, "curve,x,y"];
  for (const trace of figure.data) {
    const name = plainText(trace.name ?? "");
    for (let i = 0; i < trace.x.length; i++)
      rows.push(`${/[",]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name},${trace.x[i]},${trace.y[i]}`);
  }
  return `${rows.join("\n")}\n`;
}

/** Text without plotly's markup: "α<sub>xx</sub>" gives "α_xx". */
export function plainText(markup: string): string {
  return markup
    .replace(/<sub>/g, "_")
    .replace(/<sup>/g, "^")
    .replace(/<br>/g, " ")
    .replace(/<[^>]*>/g, "");
}
