import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { JSDOM as JsdomConstructor } from "jsdom";
import { SpectensorError } from "../errors.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { oneOf } from "../options/values.js";
import { type Figure, figureJson } from "./figure.js";
import { installTextMetrics } from "./textMetrics.js";
import { recolour, type ThemeName } from "./theme.js";
import { escapeXml, wellFormedText } from "./xml.js";

export interface StaticOptions {
  /** Default "light". */
  readonly theme?: ThemeName;
}

export const STATIC_OPTIONS = record({
  theme: oneOf(["light", "dark"]).default("light"),
} satisfies Fields<StaticOptions>);

/** The part of plotly.js that draws without a browser. */
interface Plotly {
  newPlot(element: object, data: unknown, layout: unknown, config: object): Promise<unknown>;
  purge(element: object): void;
  readonly Snapshot: { toSVG(element: object, format: "svg"): string };
}

/** Loaded on first use (about a second), then kept: a window holds nothing but the library. */
let loaded:
  | { readonly plotly: Plotly; readonly document: Document; readonly parse: (json: string) => unknown }
  | undefined;

const require = createRequire(import.meta.url);

/** Path of the plotly.js bundle that draws all figures. */
export function plotlyBundlePath(): string {
  return require.resolve("plotly.js-cartesian-dist-min/plotly-cartesian.min.js");
}

/**
 * Draws a figure as SVG text in Node. The same figure gives the same text, on any machine:
 * coordinates have at most two decimals, and no identifier is random.
 * @throws SpectensorError if plotly.js rejects the figure
 */
export function renderSvg(figure: Figure, options: StaticOptions = {}): string {
  const { theme } = readOptions(STATIC_OPTIONS, options, "renderSvg");
  loaded ??= load();
  const { plotly, document, parse } = loaded;
  const element = document.createElement("div");
  document.body.append(element);
  try {
    const json = recolour(figureJson(figure), theme);
    const { data, layout } = parse(guarded(json)) as Record<string, unknown>;
    let failure: unknown;
    plotly.newPlot(element, data, layout, { staticPlot: true, responsive: false }).catch((error: unknown) => {
      failure = error;
    });
    if (failure) throw failure;
    return titled(unguarded(tidy(plotly.Snapshot.toSVG(element, "svg"))), figure.description);
  } catch (cause) {
    throw new SpectensorError({
      where: "figure",
      problem: `plotly.js could not draw it: ${cause instanceof Error ? cause.message : cause}`,
      cause,
    });
  } finally {
    plotly.purge(element);
    element.remove();
  }
}

function load(): NonNullable<typeof loaded> {
  const { JSDOM } = require("jsdom") as { JSDOM: typeof JsdomConstructor };
  const { window } = new JSDOM("<!doctype html><body></body>", { runScripts: "outside-only" });
  window.URL.createObjectURL = () => "";
  installTextMetrics(window);
  window.eval(readFileSync(plotlyBundlePath(), "utf8"));
  // Arrays must come from the window's own realm, or plotly.js does not take them for arrays.
  return {
    plotly: window.Plotly as Plotly,
    document: window.document,
    parse: window.JSON.parse as (json: string) => unknown,
  };
}

/** Stand-ins for characters that plotly.js would unescape on its way to SVG, so that `]]>` or a quotation mark breaks the file. */
const GUARDS = { '"': "\ue000", ">": "\ue001", "'": "\ue002" } as const;

/** Texts of a figure that plotly.js draws as they are; markup such as `<sub>` stays. */
function guarded(json: string): string {
  return JSON.stringify(JSON.parse(json), (key, value: unknown) => {
    if (typeof value !== "string") return value;
    if (key !== "text" && key !== "name") return value;
    return wellFormedText(value)
      .replace(/"|&quot;|&#34;/g, GUARDS['"'])
      .replace(/'|&#39;/g, GUARDS["'"])
      .replace(/\]\]>/g, `]]${GUARDS[">"]}`)
      .replace(/&gt;|&#62;/g, GUARDS[">"]);
  });
}

function unguarded(svg: string): string {
  return Object.entries(GUARDS).reduce((s, [c, guard]) => s.replaceAll(guard, `&#${c.charCodeAt(0)};`), svg);
}

/** Adds the description for screen readers. */
function titled(svg: string, description: string): string {
  return svg.replace(
    /^<svg ([^>]*)>/,
    (_, attributes) => `<svg ${attributes} role="img"><title>${escapeXml(description)}</title>`,
  );
}

/** Rounds coordinates, replaces plotly's random identifiers by constant ones and drops empty groups. */
function tidy(svg: string): string {
  const plot = /id="defs-([0-9a-f]{6})"/.exec(svg)![1]!;
  const traces: string[] = [];
  let text = svg.replace(/<[^>]*>/g, (tag) =>
    tag
      .replaceAll(plot, "-plot-")
      .replace(/\btrace([0-9a-f]{6})\b/g, (_, id: string) => {
        if (!traces.includes(id)) traces.push(id);
        return `trace-${traces.indexOf(id)}`;
      })
      .replace(/-?\d+\.\d{3,}/g, (number) => String(Math.round(Number(number) * 100) / 100)),
  );
  for (let before = ""; before !== text; ) {
    before = text;
    text = text.replace(/<(g|defs|path)( class="[^"]*")?( style="")?(\/>|><\/\1>)/g, "");
  }
  return text;
}
