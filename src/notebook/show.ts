import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Figure, figureJson } from "../figure/figure.js";
import { plotlyBundlePath, renderSvg } from "../figure/static.js";
import { renderStructureSvg } from "../figure/structureSvg.js";
import type { StructureView } from "../figure/structureView.js";
import { DARK_OF } from "../figure/theme.js";
import { codeForScript, escapeHtml, jsonForScript, svgAddress } from "./html.js";
import { displayBundle } from "./kernelDisplay.js";
import { structureHtml, structureLibraryScript } from "./structureHtml.js";

/** Libraries that this process has sent: once per run of a notebook is enough. */
const sent = new Set<"plots" | "structures">();
let shown = 0;

/**
 * Shows a figure or a structure below the cell: a static picture wherever scripts do not run (an untrusted or reopened
 * notebook, a web page), an interactive one where they do. Outside a notebook it prints the description.
 * @example
 * const alpha = (await loadDataset("h2o")).series("polarizability");
 * show(spectrumFigure({ DFPT: raman(alpha) }))
 */
export function show(figure: Figure | StructureView): void {
  const library = "kind" in figure ? "structures" : "plots";
  const svg = "kind" in figure ? renderStructureSvg(figure) : renderSvg(figure);
  const html = "kind" in figure ? structureHtml(figure, svg, shown++) : figureHtml(figure, svg, shown++);
  const script = sent.has(library) ? "" : library === "plots" ? plotlyBundleScript() : structureLibraryScript();
  const displayed = displayBundle({
    "text/html": script === "" ? html : `${html}\n<script>${script}</script>`,
    "image/svg+xml": svg,
    "text/plain": figure.description,
  });
  if (displayed) sent.add(library);
  else console.log(figure.description);
}

/**
 * The figure as HTML that works alone with its static picture and becomes interactive once the bundle has run in the page.
 * @param index number of the figure within its page, part of its element's name
 */
export function figureHtml(figure: Figure, svg: string, index: number): string {
  const json = figureJson(figure);
  const id = `spectensor-${index}-${createHash("sha256").update(json).digest("hex").slice(0, 8)}`;
  const { width, height } = figure.layout;
  const image = `<img src="${svgAddress(svg)}" alt="${escapeHtml(figure.description)}" width="${width}" height="${height}" style="max-width:100%;height:auto">`;
  return `<div id="${id}" class="spectensor-figure" style="overflow-x:auto">${image}</div>\n<script>(${DRAW})(${JSON.stringify(id)},\n${jsonForScript(json)}\n, ${JSON.stringify(DARK_OF)});</script>`;
}

/** The figure that {@link figureHtml} put into an output, with numbers of six digits; `undefined` for another output. */
export function figureOfHtml(html: string): Pick<Figure, "data" | "layout"> | undefined {
  const json = /^<div [^>]*class="spectensor-figure"[\s\S]*?\("spectensor-[^"]*",\n(.*)\n, /.exec(html)?.[1];
  return json === undefined ? undefined : (JSON.parse(json) as Pick<Figure, "data" | "layout">);
}

/**
 * Script that puts plotly.js into the page under a name of our own, whatever module loader the page has,
 * and tells waiting figures.
 */
export function plotlyBundleScript(): string {
  const bundle = readFileSync(plotlyBundlePath(), "utf8");
  return `(function () { var module = { exports: {} }, exports = module.exports, define; ${codeForScript(bundle)}
window.spectensorPlotly = module.exports; document.dispatchEvent(new Event("spectensor-plotly")); })();`;
}

/**
 * Runs in the page: replaces the picture by the plot when plotly.js is there, and draws again when the page changes its theme.
 * A page tells its theme by data-spectensor-theme on its root element; pages that do not are light.
 * Nothing is offered that would send data anywhere.
 */
const DRAW = `function (id, figure, darkOf) {
  var host = document.getElementById(id), plot;
  function dark() { return document.documentElement.dataset.spectensorTheme === "dark"; }
  function draw() {
    var plotly = window.spectensorPlotly;
    if (!plotly || !host || !host.isConnected) return;
    var text = JSON.stringify(figure);
    if (dark()) text = text.replace(/#[0-9a-f]{6}/g, function (c) { return darkOf[c] || c; });
    var spec = JSON.parse(text);
    var next = document.createElement("div");
    next.style.width = spec.layout.width + "px";
    next.style.height = spec.layout.height + "px";
    next.setAttribute("role", "figure");
    next.setAttribute("aria-label", (host.querySelector("img") || plot).getAttribute(plot ? "aria-label" : "alt"));
    host.appendChild(next);
    plotly.newPlot(next, spec.data, spec.layout, { displaylogo: false, responsive: false, plotlyServerURL: "",
      modeBarButtonsToRemove: ["lasso2d", "select2d", "sendChartToCloud"], toImageButtonOptions: { format: "svg" } }).then(function () {
      while (host.firstChild !== next) host.removeChild(host.firstChild);
      plot = next;
    }, function (error) { host.removeChild(next); console.error("figure not drawn", error); });
  }
  document.addEventListener("spectensor-plotly", draw);
  document.addEventListener("spectensor-theme", draw);
  draw();
}`;
