import { readOptions } from "../options/record.js";
import { STATIC_OPTIONS, type StaticOptions } from "./static.js";
import { shade } from "./structureColours.js";
import type { Ellipsoid } from "./structureGlyphs.js";
import type { Vector } from "./structureImages.js";
import { extent, projector } from "./structureProjection.js";
import { GLYPH_COLOURS, type LegendEntry, type StructureView } from "./structureView.js";
import { textWidth } from "./textMetrics.js";
import { FONT_FAMILY, FONT_SIZE, recolour, THEMES } from "./theme.js";
import { escapeXml } from "./xml.js";

const { text: TEXT, axis: AXIS, background: BACKGROUND } = THEMES.light;
/** Bonds, in both themes. */
export const BOND_COLOUR = "#98a1ab";
const MARGIN = 14;
const LINE = 20;
/** Pixels per Å at most, so that a small molecule does not fill the page. */
const LARGEST_SCALE = 95;
/** Bond radius, Å. */
export const BOND_RADIUS = 0.08;

/** A piece of the picture, and how near it is to the viewer. */
interface Piece {
  readonly depth: number;
  readonly svg: string;
}

/**
 * Draws a structure as SVG text, a parallel projection with the nearer parts over the farther ones. The same view gives the
 * same text on any machine; colours are #rrggbb, coordinates have one decimal.
 */
export function renderStructureSvg(view: StructureView, options: StaticOptions = {}): string {
  const { theme } = readOptions(STATIC_OPTIONS, options, "renderStructureSvg");
  const rows = legendRows(view);
  const below = LINE * (rows.length + (view.note ? 1 : 0)) + 8;
  const { low, high } = extent(view);
  const room = [view.width - 2 * MARGIN, view.height - below - 2 * MARGIN] as const;
  const scale = Math.min(room[0] / (high[0] - low[0]), room[1] / (high[1] - low[1]), LARGEST_SCALE);
  const turn = projector(view);
  const place = (v: Vector): Vector => {
    const [x, y, z] = turn(v);
    return [
      view.width / 2 + scale * (x - (low[0] + high[0]) / 2),
      (view.height - below) / 2 - scale * (y - (low[1] + high[1]) / 2),
      scale * z,
    ];
  };
  const pieces = [
    ...edgePieces(view, place),
    ...bondPieces(view, place, scale),
    ...view.balls.map((b): Piece => {
      const [x, y, z] = place(b.position);
      const r = scale * b.radius;
      return {
        depth: z,
        svg: `<circle cx="${f(x)}" cy="${f(y)}" r="${f(r)}" fill="url(#ball${b.colour.slice(1)})" stroke="${shade(b.colour, -0.45)}" stroke-width=".8"/>`,
      };
    }),
    ...view.ellipsoids.map((e): Piece => ({ depth: place(e.centre)[2] + 0.01, svg: ellipsoidSvg(e, place, scale) })),
    ...view.arrows.map((a): Piece => arrowPiece(place(a.from), place(a.to))),
    ...view.balls.flatMap((b) => labelPiece(b.label, place(b.position), scale * b.radius)),
  ].sort((a, b) => a.depth - b.depth);
  const gradients = [...new Set(view.balls.map((b) => b.colour))].map(
    (c) =>
      `<radialGradient id="ball${c.slice(1)}" cx=".36" cy=".32" r=".75"><stop offset="0" stop-color="${shade(c, 0.6)}"/><stop offset=".5" stop-color="${c}"/><stop offset="1" stop-color="${shade(c, -0.3)}"/></radialGradient>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${view.width}" height="${view.height}" viewBox="0 0 ${view.width} ${view.height}" role="img" font-family="${FONT_FAMILY}" font-size="${FONT_SIZE}"><title>${escapeXml(view.description)}</title><defs>${gradients.join("")}</defs><rect width="100%" height="100%" fill="${BACKGROUND}"/>${pieces.map((p) => p.svg).join("")}${directionsSvg(view, view.height - below)}${legendSvg(rows, view, view.height - below)}</svg>`;
  return recolour(svg, theme);
}

function edgePieces(view: StructureView, place: (v: Vector) => Vector): Piece[] {
  // In parts, because the near end of an edge may lie in front of an atom that hides the far end.
  const parts = 6;
  return view.edges.flatMap(([from, to]) =>
    Array.from({ length: parts }, (_, k) => {
      const [a, b] = [place(between(from, to, k / parts)), place(between(from, to, (k + 1) / parts))];
      return { depth: (a[2] + b[2]) / 2, svg: line(a, b, AXIS, 1) };
    }),
  );
}

/** From surface to surface, so that a ball hides what is inside of it. */
function bondPieces(view: StructureView, place: (v: Vector) => Vector, scale: number): Piece[] {
  return view.bonds.map(({ from, to, ends }) => {
    const length = Math.hypot(to[0] - from[0], to[1] - from[1], to[2] - from[2]);
    const inside = ends.map((k) => Math.sqrt(Math.max(0, view.balls[k]!.radius ** 2 - BOND_RADIUS ** 2)) / length);
    const a = place(between(from, to, inside[0]!));
    const b = place(between(from, to, 1 - (inside[1] ?? 0)));
    const width = 2 * BOND_RADIUS * scale;
    return {
      depth: (a[2] + b[2]) / 2,
      svg:
        line(a, b, shade(BOND_COLOUR, -0.3), width, ends.length === 2 ? "butt" : "round") +
        line(a, b, BOND_COLOUR, 0.62 * width),
    };
  });
}

function arrowPiece(a: Vector, b: Vector): Piece {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = Math.hypot(dx, dy);
  const [ux, uy] = length > 0 ? [dx / length, dy / length] : [0, 0];
  const head = Math.min(11, length);
  const [hx, hy] = [b[0] - head * ux, b[1] - head * uy];
  const side = 0.45 * head;
  const tip = `${f(b[0])},${f(b[1])} ${f(hx - side * uy)},${f(hy + side * ux)} ${f(hx + side * uy)},${f(hy - side * ux)}`;
  return {
    depth: Math.max(a[2], b[2]),
    svg: `${line(a, [hx, hy, 0], GLYPH_COLOURS.arrow, 3)}<polygon points="${tip}" fill="${GLYPH_COLOURS.arrow}"/>`,
  };
}

/** Outline, the near halves of the principal sections, and the axes: far halves below the surface, near halves over it. */
function ellipsoidSvg(e: Ellipsoid, place: (v: Vector) => Vector, scale: number): string {
  const [x, y, z] = place(e.centre);
  const axes = e.axes.map((a): Vector => {
    const tip = place([e.centre[0] + a[0], e.centre[1] + a[1], e.centre[2] + a[2]]);
    return [tip[0] - x, tip[1] - y, tip[2] - z];
  });
  // The outline of {centre + M s, |s| = 1} is the ellipse of the upper left 2 × 2 block of M Mᵀ.
  const sum = (p: number, q: number): number => axes.reduce((total, a) => total + a[p]! * a[q]!, 0);
  const [xx, xy, yy] = [sum(0, 0), sum(0, 1), sum(1, 1)];
  const [mean, half] = [(xx + yy) / 2, Math.hypot((xx - yy) / 2, xy)];
  const angle = (90 / Math.PI) * Math.atan2(2 * xy, xx - yy);
  const surface = e.values[0] + e.values[1] + e.values[2] < 0 ? GLYPH_COLOURS.negative : GLYPH_COLOURS.positive;
  const outline = `<ellipse rx="${f(Math.sqrt(mean + half))}" ry="${f(Math.sqrt(Math.max(0, mean - half)))}" transform="translate(${f(x)} ${f(y)}) rotate(${f(angle)})" fill="${surface}" fill-opacity=".28" stroke="${surface}"/>`;
  const ends = (sign: number): string =>
    axes
      .map((a, k) => {
        const s = (a[2] >= 0 ? 1 : -1) * sign * (1 + (0.1 * scale) / Math.max(1, Math.hypot(...a)));
        const colour = e.values[k]! < 0 ? GLYPH_COLOURS.negative : GLYPH_COLOURS.positive;
        return line([x, y, 0], [x + s * a[0], y + s * a[1], 0], colour, 2);
      })
      .join("");
  const sections = [0, 1, 2].map((k) => nearHalf(axes[k]!, axes[(k + 1) % 3]!, x, y));
  return `${ends(-1)}${outline}<path d="${sections.join("")}" fill="none" stroke="${surface}" stroke-opacity=".65"/>${ends(1)}`;
}

/** The half of the ellipse u cos t + v sin t that faces the viewer. */
function nearHalf(u: Vector, v: Vector, x: number, y: number): string {
  const start = Math.atan2(v[2], u[2]) - Math.PI / 2;
  const points = Array.from({ length: 17 }, (_, k) => {
    const t = start + (Math.PI * k) / 16;
    const [c, s] = [Math.cos(t), Math.sin(t)];
    return `${f(x + c * u[0] + s * v[0])} ${f(y + c * u[1] + s * v[1])}`;
  });
  return `M${points.join("L")}`;
}

function labelPiece(label: string | undefined, [x, y, z]: Vector, radius: number): Piece[] {
  if (!label) return [];
  const [tx, ty] = [x + 0.72 * radius + 2, y - 0.72 * radius - 2];
  return [
    {
      // Over the atom's own bonds, below what is far in front of it.
      depth: z + 3 * radius,
      svg: `<text x="${f(tx)}" y="${f(ty)}" fill="${TEXT}" stroke="${BACKGROUND}" stroke-width="3" paint-order="stroke">${escapeXml(label)}</text>`,
    },
  ];
}

/** The named directions, in the lower left corner. */
function directionsSvg(view: StructureView, bottom: number): string {
  const turn = projector(view);
  const [x, y] = [38, bottom - 34];
  return view.directions
    .map(({ name, along }) => {
      const [dx, dy] = turn(along);
      const at = (reach: number): Vector => [x + reach * dx, y - reach * dy, 0];
      const label = at(31);
      return `${line([x, y, 0], at(23), AXIS, 1.5)}<text x="${f(label[0])}" y="${f(label[1] + 4)}" fill="${TEXT}" font-size="${FONT_SIZE - 1}" font-style="italic" text-anchor="middle">${name}</text>`;
    })
    .join("");
}

/** Entries of the legend, as many to a row as fit. */
function legendRows(view: StructureView): readonly (readonly LegendEntry[])[] {
  const rows: LegendEntry[][] = [];
  let used = Infinity;
  for (const entry of view.legend) {
    const width = entryWidth(entry);
    if (used + width > view.width - 2 * MARGIN) {
      rows.push([]);
      used = 0;
    }
    rows.at(-1)!.push(entry);
    used += width;
  }
  return rows;
}

function legendSvg(rows: readonly (readonly LegendEntry[])[], view: StructureView, top: number): string {
  const texts: string[] = [];
  rows.forEach((row, r) => {
    let x = (view.width - row.reduce((sum, e) => sum + entryWidth(e), 0)) / 2 + 12;
    const y = top + LINE * (r + 0.5);
    for (const entry of row) {
      texts.push(
        `<circle cx="${f(x)}" cy="${f(y)}" r="5.5" fill="${entry.colour}" stroke="${shade(entry.colour, -0.3)}"/><text x="${f(x + 10)}" y="${f(y + 4.5)}" fill="${TEXT}">${escapeXml(entry.text)}</text>`,
      );
      x += entryWidth(entry);
    }
  });
  if (view.note)
    texts.push(
      `<text x="${f(view.width / 2)}" y="${f(top + LINE * (rows.length + 0.5) + 4.5)}" fill="${AXIS}" font-size="${FONT_SIZE - 1}" text-anchor="middle">${escapeXml(view.note)}</text>`,
    );
  return texts.join("");
}

function entryWidth(entry: LegendEntry): number {
  return 34 + textWidth(entry.text, FONT_SIZE);
}

function line(a: Vector, b: Vector, colour: string, width: number, cap: "butt" | "round" = "butt"): string {
  const round = cap === "round" ? ' stroke-linecap="round"' : "";
  return `<line x1="${f(a[0])}" y1="${f(a[1])}" x2="${f(b[0])}" y2="${f(b[1])}" stroke="${colour}" stroke-width="${f(width)}"${round}/>`;
}

function between(a: Vector, b: Vector, t: number): Vector {
  return [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), a[2] + t * (b[2] - a[2])];
}

/** One decimal, no negative zero. */
function f(value: number): string {
  return String(Math.round(value * 10) / 10 || 0);
}
