import { extname } from "node:path";
import { OptionError } from "../errors.js";
import { readOptions } from "../options/record.js";
import { writeWhole } from "../system/wholeFile.js";
import { type Figure, figureCsv, figureJson } from "./figure.js";
import { PICTURE_OPTIONS, type PictureOptions, pictureSvg, renderPdf, renderPng } from "./picture.js";
import type { StructureView } from "./structureView.js";

/** Endings of files that pictures are written to. */
export const PICTURE_FORMATS = ["svg", "png", "pdf"] as const;
export type PictureFormat = (typeof PICTURE_FORMATS)[number];

/** A picture as the content of a file. */
export async function pictureContent(
  figure: Figure | StructureView,
  format: PictureFormat,
  options: PictureOptions = {},
): Promise<string | Uint8Array> {
  return format === "svg"
    ? pictureSvg(figure, options)
    : format === "png"
      ? renderPng(figure, options)
      : renderPdf(figure, options);
}

/**
 * Writes a figure or structure to a file, whole or not at all.
 * @param path ends in .svg, .png, .pdf, or, for figures with axes, .csv (the numbers) or .json (data and layout of plotly.js)
 * @throws OptionError for another ending, an unknown option, or a size without room for the axes
 * @throws FileError if the file cannot be written
 * @example
 * const spectrum = raman((await loadDataset("h2o")).series("polarizability"));
 * await figures.saveFigure(spectrumFigure({ DFPT: spectrum }), "raman.pdf", { width: 86, fontSize: 8 })
 */
export async function saveFigure(
  figure: Figure | StructureView,
  path: string,
  options: PictureOptions = {},
): Promise<void> {
  await writeWhole(path, await contentFor(figure, path, readOptions(PICTURE_OPTIONS, options, "saveFigure")));
}

async function contentFor(
  figure: Figure | StructureView,
  path: string,
  options: PictureOptions,
): Promise<string | Uint8Array> {
  const ending = extname(path).slice(1).toLowerCase();
  const format = PICTURE_FORMATS.find((f) => f === ending);
  if (format) return pictureContent(figure, format, options);
  if (!("kind" in figure)) {
    if (ending === "csv") return figureCsv(figure);
    if (ending === "json") return figureJson(figure);
  }
  throw new OptionError({
    where: path,
    problem: `a ${"kind" in figure ? "picture of a structure" : "figure"} cannot be written as "${ending}"`,
    advice: `end the name in .${[...PICTURE_FORMATS, ...("kind" in figure ? [] : ["csv", "json"])].join(", .")}`,
  });
}
