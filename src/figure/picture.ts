/** Figures and structures as pictures for print and screen: SVG, PNG and PDF of a stated width and letter size. */
import { createRequire } from "node:module";
import { crc32 } from "node:zlib";
import type PDFDocument from "pdfkit";
import { OptionError } from "../errors.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { oneOf, positive } from "../options/values.js";
import type { Figure } from "./figure.js";
import { resizeFigure } from "./resize.js";
import { renderSvg, type StaticOptions } from "./static.js";
import { renderStructureSvg } from "./structureSvg.js";
import type { StructureView } from "./structureView.js";
import { FONT_SIZE } from "./theme.js";

/** How large a picture is in print. */
export interface PictureOptions extends StaticOptions {
  /** Width in print, mm, e.g. 86 for a column and 178 for a page of most journals; default: 0.265 mm (1/96 inch) per pixel of the figure. */
  readonly width?: number;
  /** Height in print, mm; default: in proportion to the width. */
  readonly height?: number;
  /** Size of the letters in print, points; default 8 where a width is given, otherwise 9.75. The numbers of the axes are 0.6 points smaller. */
  readonly fontSize?: number;
  /** Dots per inch of a PNG, default 300 where a width is given, otherwise 192. */
  readonly resolution?: number;
}

export const PICTURE_OPTIONS = record({
  theme: oneOf(["light", "dark"]).default("light"),
  width: positive("mm").optional(),
  height: positive("mm").optional(),
  fontSize: positive("points").optional(),
  resolution: positive("dots per inch").optional(),
} satisfies Fields<PictureOptions>);

/** A drawn picture. */
interface Picture {
  readonly svg: string;
  readonly title: string;
  /** Points. */
  readonly width: number;
  readonly height: number;
}

const POINTS_PER_MM = 72 / 25.4;
const POINTS_PER_PIXEL = 0.75;
const require = createRequire(import.meta.url);

/**
 * A figure as SVG of a stated size: `width` and `height` in mm, letters of `fontSize` points. Without options the same as renderSvg.
 * @throws OptionError for an unknown option, or a size that leaves no room for the axes
 */
export function pictureSvg(figure: Figure | StructureView, options: PictureOptions = {}): string {
  const given = readOptions(PICTURE_OPTIONS, options, "pictureSvg");
  const { svg, width, height } = draw(figure, given);
  if (given.width === undefined && given.height === undefined && given.fontSize === undefined) return svg;
  const mm = (points: number): string => `${Number((points / POINTS_PER_MM).toFixed(3))}mm`;
  const pixels = pictureOf(svg, "");
  const box = `viewBox="0 0 ${pixels.width / POINTS_PER_PIXEL} ${pixels.height / POINTS_PER_PIXEL}"`;
  return svg.replace(/^<svg [^>]*>/, (tag) =>
    tag
      .replace(/ viewBox="[^"]*"/, "")
      .replace(/ width="[^"]*"/, ` width="${mm(width)}"`)
      .replace(/ height="[^"]*"/, ` height="${mm(height)}" ${box}`),
  );
}

/**
 * A figure as PNG, drawn with the font that comes with the package: the same bytes on any machine of a kind.
 * @throws OptionError for an unknown option or a size that leaves no room
 * @example
 * figures.renderPng(lineFigure([{ x: [0, 1], y: [0, 1] }], { x: { quantity: "t", unit: "fs" }, y: { quantity: "E", unit: "eV" } })).length > 1000 // true
 */
export function renderPng(figure: Figure | StructureView, options: PictureOptions = {}): Uint8Array {
  const given = readOptions(PICTURE_OPTIONS, options, "renderPng");
  return pngOf(draw(figure, given), given.resolution ?? (given.width === undefined ? 192 : 300));
}

/**
 * A figure as PDF of one page as large as the picture, with its letters as text in an embedded font and its curves as curves.
 * @throws OptionError for an unknown option or a size that leaves no room
 */
export async function renderPdf(figure: Figure | StructureView, options: PictureOptions = {}): Promise<Uint8Array> {
  return pdfOf(draw(figure, readOptions(PICTURE_OPTIONS, options, "renderPdf")));
}

/** A picture that is there as SVG, as PNG of 192 dots per inch and as PDF. `undefined` unless {@link hasSize}. */
export async function picturesOfSvg(
  svg: string,
  title: string,
): Promise<{ readonly png: Uint8Array; readonly pdf: Uint8Array } | undefined> {
  if (!hasSize(svg)) return undefined;
  const picture = pictureOf(svg, title);
  return { png: pngOf(picture, 192), pdf: await pdfOf(picture) };
}

/** Whether an SVG states its size, and one that can be drawn: 1 to 5000 pixels. */
export function hasSize(svg: string): boolean {
  const { width, height } = pictureOf(svg, "");
  return [width, height].every((points) => points >= POINTS_PER_PIXEL && points <= 5000 * POINTS_PER_PIXEL);
}

function pictureOf(svg: string, title: string): Picture {
  const size = (side: string): number =>
    POINTS_PER_PIXEL * Number(new RegExp(`^<svg [^>]* ${side}="([\\d.]+)`).exec(svg)?.[1]);
  return { svg, title, width: size("width"), height: size("height") };
}

function draw(figure: Figure | StructureView, options: PictureOptions): Picture {
  const { theme = "light", width: mm, height: tall, fontSize } = options;
  if ("kind" in figure) {
    if (fontSize !== undefined)
      throw new OptionError({
        where: "fontSize",
        problem: "pictures of structures grow as a whole",
        advice: "give width",
      });
    const picture = pictureOf(renderStructureSvg(figure, { theme }), figure.description);
    const factor = Math.min(
      mm === undefined ? Number.POSITIVE_INFINITY : (mm * POINTS_PER_MM) / picture.width,
      tall === undefined ? Number.POSITIVE_INFINITY : (tall * POINTS_PER_MM) / picture.height,
    );
    if (factor === Number.POSITIVE_INFINITY) return picture;
    return { ...picture, width: factor * picture.width, height: factor * picture.height };
  }
  const { layout, description } = figure;
  if (mm === undefined && tall === undefined && fontSize === undefined)
    return pictureOf(renderSvg(figure, { theme }), description);
  // Points per pixel of the figure that is drawn.
  const scale = (fontSize ?? (mm === undefined ? FONT_SIZE * POINTS_PER_PIXEL : 8)) / FONT_SIZE;
  const width = mm === undefined ? POINTS_PER_PIXEL * layout.width : mm * POINTS_PER_MM;
  const height = tall === undefined ? undefined : (tall * POINTS_PER_MM) / scale;
  const resized = resizeFigure(figure, width / scale, height);
  const svg = renderSvg(resized, { theme });
  return { svg, title: description, width, height: resized.layout.height * scale };
}

/** Files of the font: its letters are as wide as those of Arial and Helvetica, which the figures are laid out for. */
function fontFiles(): { readonly regular: string; readonly bold: string } {
  const file = (name: string): string => require.resolve(`@expo-google-fonts/arimo/${name}/Arimo_${name}.ttf`);
  return { regular: file("400Regular"), bold: file("700Bold") };
}

/** Characters that the font lacks, and what stands for them. */
const STAND_INS: Readonly<Record<string, string>> = {
  "⟨": "‹",
  "⟩": "›",
  "∝": "~",
  "↔": "–",
  "✓": "√",
  "✗": "×",
  "∈": "є",
};

function writable(svg: string): string {
  return svg.replace(/[⟨⟩∝↔✓✗∈]/g, (c) => STAND_INS[c]!);
}

function pngOf({ svg, width }: Picture, resolution: number): Uint8Array {
  const { Resvg } = require("@resvg/resvg-js") as typeof import("@resvg/resvg-js");
  const { regular, bold } = fontFiles();
  const png = new Resvg(writable(svg), {
    fitTo: { mode: "width", value: Math.round((width * resolution) / 72) },
    font: { loadSystemFonts: false, fontFiles: [regular, bold], defaultFontFamily: "Arimo" },
  })
    .render()
    .asPng();
  return withResolution(png, resolution);
}

/** Says in a PNG how large it is in print, which word processors honour. */
function withResolution(png: Buffer, resolution: number): Uint8Array {
  const perMetre = Math.round(resolution / 0.0254);
  const chunk = Buffer.alloc(21);
  chunk.writeUInt32BE(9, 0);
  chunk.write("pHYs", 4, "latin1");
  chunk.writeUInt32BE(perMetre, 8);
  chunk.writeUInt32BE(perMetre, 12);
  chunk.writeUInt8(1, 16);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 17)), 17);
  // After the signature (8 bytes) and the header (25).
  return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)]);
}

async function pdfOf({ svg, title, width, height }: Picture): Promise<Uint8Array> {
  const Document = require("pdfkit") as typeof PDFDocument;
  const { regular, bold } = fontFiles();
  // The date of today would make two files of one figure differ.
  const info = { Title: title, Creator: "spectensor", CreationDate: new Date(0) };
  const document = new Document({
    size: [width, height],
    margin: 0,
    font: regular,
    lang: "en",
    displayTitle: true,
    info,
  });
  document.registerFont("regular", regular).registerFont("bold", bold);
  const draw = require("svg-to-pdfkit") as (
    document: object,
    svg: string,
    x: number,
    y: number,
    options: object,
  ) => void;
  const pieces: Uint8Array[] = [];
  document.on("data", (piece: Uint8Array) => pieces.push(piece));
  const ended = new Promise<void>((resolve, reject) => document.on("end", resolve).on("error", reject));
  draw(document, writable(svg), 0, 0, {
    width,
    height,
    preserveAspectRatio: "xMinYMin meet",
    fontCallback: (_family: string, isBold: boolean) => (isBold ? "bold" : "regular"),
  });
  document.end();
  await ended;
  return Buffer.concat(pieces);
}
