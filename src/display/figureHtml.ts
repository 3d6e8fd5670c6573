/** A figure in a page: its picture, which becomes a plot where scripts are. */
import { createHash } from "node:crypto";
import { type Figure, figureJson } from "../figure/figure.js";
import { plotlyBundlePath } from "../figure/static.js";
import { escapeHtml, jsonForScript, svgAddress } from "./html.js";
import { enqueueCode, libraryScript } from "./pageScript.js";

/**
 * The figure as HTML that works alone with its static picture and becomes interactive once {@link plotlyBundleScript} has run in
 * the page.
 * @param index number of the figure within its page, part of its element's name
 */
export function figureHtml(figure: Figure, svg: string, index: number): string {
  const json = figureJson(figure);
  const id = `spectensor-${index}-${createHash("sha256").update(json).digest("hex").slice(0, 8)}`;
  const { width, height } = figure.layout;
  const image = `<img src="${svgAddress(svg)}" alt="${escapeHtml(figure.description)}" width="${width}" height="${height}" style="max-width:100%;height:auto">`;
  return `<div id="${id}" class="spectensor-figure" style="overflow-x:auto">${image}</div>\n<script>${enqueueCode("spectensorPlots", id, jsonForScript(json))}</script>`;
}

/** The figure that {@link figureHtml} put into an output, with numbers of six digits; `undefined` for another output. */
export function figureOfHtml(html: string): Pick<Figure, "data" | "layout"> | undefined {
  const json =
    /^(?:<div [^>]*class="spectensor-linked"[^>]*>\s*<div[^>]*>)?<div [^>]*class="spectensor-figure"[\s\S]*?\["spectensor-[^"]*",\n(.*)\n\]/.exec(
      html,
    )?.[1];
  if (json === undefined) return undefined;
  try {
    return JSON.parse(json) as Pick<Figure, "data" | "layout">;
  } catch {
    return undefined;
  }
}

/** Script that puts plotly.js into the page and draws the figures. */
export function plotlyBundleScript(): string {
  return libraryScript(plotlyBundlePath(), "spectensorPlotly", "plots");
}
