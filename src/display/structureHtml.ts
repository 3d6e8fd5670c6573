/** A structure in a page: its picture, which becomes a viewer that can be turned where scripts and WebGL are. */
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import type { Vector } from "../figure/structureImages.js";
import { extent, projector } from "../figure/structureProjection.js";
import { BOND_COLOUR, BOND_RADIUS } from "../figure/structureSvg.js";
import { GLYPH_COLOURS, type Motion, type StructureView } from "../figure/structureView.js";
import { THEMES } from "../figure/theme.js";
import type { Numbers, Scene, SceneMotion } from "../page/scene.js";
import { escapeHtml, jsonForScript, svgAddress } from "./html.js";
import { enqueueCode, libraryScript } from "./pageScript.js";

/**
 * The picture as HTML that stands alone; {@link structureLibraryScript} makes it a viewer once it has run in the page.
 * @param index number of the picture within its page, part of its element's name
 */
export function structureHtml(view: StructureView, svg: string, index: number): string {
  const scene = jsonForScript(JSON.stringify(sceneOf(view)));
  const id = `spectensor-${index}-${createHash("sha256").update(scene).digest("hex").slice(0, 8)}`;
  const image = `<img src="${svgAddress(svg)}" alt="${escapeHtml(view.description)}" width="${view.width}" height="${view.height}" style="max-width:100%;height:auto">`;
  return `<div id="${id}" class="spectensor-structure">${image}</div>\n<script>${enqueueCode("spectensorStructures", id, scene)}</script>`;
}

/** Script that puts 3Dmol.js into the page and starts the viewers. */
export function structureLibraryScript(): string {
  const path = createRequire(import.meta.url).resolve("3dmol/build/3Dmol-min.js");
  return libraryScript(path, "spectensor3Dmol", "structures");
}

/** Å */
const EDGE_RADIUS = 0.015;

/** What the viewer of a page draws. */
export function sceneOf(view: StructureView): Scene {
  const turn = projector(view);
  const { low, high } = extent(view);
  const rounded = (v: Vector): Numbers => v.map((x) => Math.round(1000 * x) / 1000);
  const place = (v: Vector): Numbers => {
    const [x, y, z] = turn(v);
    return rounded([x - (low[0] + high[0]) / 2, y - (low[1] + high[1]) / 2, z - (low[2] + high[2]) / 2]);
  };
  const balls: Record<string, Numbers[]> = {};
  for (const b of view.balls) {
    balls[b.colour] ??= [];
    balls[b.colour]!.push([...place(b.position), b.radius]);
  }
  const sign = (value: number): string => (value < 0 ? GLYPH_COLOURS.negative : GLYPH_COLOURS.positive);
  const { background, text, axis } = THEMES.light;
  return {
    size: [view.width, view.height],
    reach: [(high[0] - low[0]) / 2, (high[1] - low[1]) / 2],
    balls,
    sticks: [
      [BOND_COLOUR, BOND_RADIUS, view.bonds.map((b) => [...place(b.from), ...place(b.to)])],
      [axis, EDGE_RADIUS, view.edges.map(([a, b]) => [...place(a), ...place(b)])],
    ],
    arrows: [GLYPH_COLOURS.arrow, view.arrows.map((a) => [...place(a.from), ...place(a.to)])],
    ellipsoids: view.ellipsoids.map(({ centre, axes, values }) => [
      place(centre),
      axes.map((a) => rounded(turn(a))),
      sign(values[0] + values[1] + values[2]),
      values.map(sign),
    ]),
    labels: view.balls.flatMap((b) => (b.label ? [[b.label, place(b.position)] as const] : [])),
    directions: view.directions.map(({ name, along }) => [name, rounded(turn(along))]),
    legend: view.legend.map((e) => [e.colour, e.text]),
    ...(view.note !== undefined && { note: view.note }),
    ...(view.motion && { motion: motionOf(view, view.motion, Object.keys(balls)) }),
    colours: { background, text, axis },
  };
}

/** @param colours in the order of the scene's balls */
function motionOf(view: StructureView, motion: Motion, colours: readonly string[]): SceneMotion {
  const turn = projector(view);
  const { shifts, captions, seconds } = motion;
  return {
    shifts: shifts.map((s) =>
      view.balls.flatMap((_, i) => turn([s[3 * i]!, s[3 * i + 1]!, s[3 * i + 2]!]).map((x) => Math.round(1000 * x))),
    ),
    captions,
    seconds,
    balls: colours.flatMap((colour) => view.balls.flatMap((b, i) => (b.colour === colour ? [i] : []))),
    sticks: view.bonds.map((b) => b.ends),
  };
}
