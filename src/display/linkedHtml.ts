/** A figure beside the structure or motion behind its chosen point. */
import type { LinkedView } from "../figure/linked.js";
import { atFrame } from "../figure/motion.js";
import { renderStructureSvg } from "../figure/structureSvg.js";
import type { Links } from "../page/linkData.js";
import { figureHtml } from "./figureHtml.js";
import { escapeHtml, jsonForScript } from "./html.js";
import { enqueueCode, pageScript } from "./pageScript.js";
import { sceneOf, structureHtml } from "./structureHtml.js";

/**
 * Both pictures as HTML that stands alone; {@link linkScript} adds what chooses once the scripts of figures and structures have run.
 * @param svg of the figure
 * @param index number of the output within its page, part of its elements' names; the next number is used, too
 */
export function linkedHtml(linked: LinkedView, svg: string, index: number): string {
  const { figure, views, anchors, nearest, of } = linked;
  const first = anchors[0]!;
  const view = views[first.view]!;
  const plot = figureHtml(figure, svg, index);
  const structure = structureHtml(view, renderStructureSvg(atFrame(view, first.frame)), index + 1);
  const ring = figure.data.at(-1)!;
  const links: Links = {
    plot: idOf(plot),
    structure: idOf(structure),
    ring: figure.data.length - 1,
    axes: [ring.xaxis ?? "x", ring.yaxis ?? "y"],
    nearest,
    of,
    anchors: anchors.map((a) => [rounded(a.x), rounded(a.y), a.view, a.frame, a.text]),
    ...(views.length > 1 && { scenes: views.map(sceneOf) }),
  };
  const id = `${idOf(plot)}-linked`;
  const json = jsonForScript(JSON.stringify(links));
  return `<div id="${id}" class="spectensor-linked" style="display:flex;flex-wrap:wrap;gap:6px 20px;align-items:flex-end;margin-bottom:14px">
<div style="max-width:100%">${plot}</div>
<div style="flex:0 1 ${view.width}px;min-width:0;max-width:100%">${structure}</div>
<p class="spectensor-chosen" style="flex-basis:100%;margin:2px 0 0">${escapeHtml(first.text)}</p>
</div>
<script>${enqueueCode("spectensorLinks", id, json)}</script>`;
}

/** Script that lets a place of the figure be chosen. */
export function linkScript(): string {
  return pageScript("links");
}

function idOf(html: string): string {
  return /^<div id="([^"]*)"/.exec(html)![1]!;
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
