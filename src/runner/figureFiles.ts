/** The figures of an executed notebook as files beside its page: the picture as SVG, PNG and PDF, the numbers as CSV. */
import { readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { figureOfHtml } from "../display/figureHtml.js";
import { encodedPath, escapeHtml } from "../display/html.js";
import { type Figure, figureCsv } from "../figure/figure.js";
import { hasSize, picturesOfSvg } from "../figure/picture.js";
import { writeInFolder } from "./files.js";
import { mimeText, type Notebook, type Output } from "./nbformat.js";
import { isHarmlessSvg } from "./svgFile.js";

/** A figure in the order of the notebook. */
export interface NotebookFigure {
  /** From 1. */
  readonly number: number;
  readonly svg: string;
  /** In words. */
  readonly description: string;
  /** Absent where nothing is plotted, as in pictures of structures. */
  readonly csv?: string;
}

/** Every output that is a figure. */
export function figuresOf(notebook: Notebook): ReadonlyMap<Output, NotebookFigure> {
  const figures = new Map<Output, NotebookFigure>();
  for (const cell of notebook.cells)
    for (const output of cell.cell_type === "code" ? cell.outputs : []) {
      const svg = output.output_type === "display_data" ? mimeText(output.data, "image/svg+xml") : undefined;
      if (svg === undefined || output.output_type !== "display_data") continue;
      const figure = figureOfHtml(mimeText(output.data, "text/html") ?? "");
      const csv = figure && csvOf(figure);
      const description = mimeText(output.data, "text/plain") ?? "";
      figures.set(output, { number: figures.size + 1, svg, description, ...(csv !== undefined && { csv }) });
    }
  return figures;
}

/** `undefined` for data that look like a figure's and are none. */
function csvOf(figure: Pick<Figure, "data" | "layout">): string | undefined {
  try {
    return figureCsv({ ...figure, description: "" });
  } catch {
    return undefined;
  }
}

/** Folder of the files of a page: "fit-figures" beside "fit.html". */
export function figureFolder(page: string): string {
  return page.replace(/\.html$/, "-figures");
}

/** Name of a file of a figure, on the disk as for whoever downloads it: "fit-picture-1.svg". */
function fileName(page: string, number: number, kind: string): string {
  return `${basename(page, ".html")}-picture-${number}.${kind}`;
}

/** Writes `fit-picture-1.svg`, … beside a page `fit.html`, and removes those of an earlier run. */
export async function writeFigureFiles(page: string, notebook: Notebook): Promise<void> {
  const folder = figureFolder(page);
  const files: { readonly name: string; readonly content: string | Uint8Array }[] = [];
  for (const { number, svg, csv, description } of figuresOf(notebook).values()) {
    const add = (kind: string, content: string | Uint8Array | undefined): void => {
      if (content !== undefined) files.push({ name: fileName(page, number, kind), content });
    };
    if (isHarmlessSvg(svg)) {
      const pictures = await picturesOfSvg(svg, description);
      add("svg", svg);
      add("png", pictures?.png);
      add("pdf", pictures?.pdf);
    }
    add("csv", csv);
  }
  for (const { name, content } of files) await writeInFolder(join(folder, name), content);
  for (const name of await readdir(folder).catch(() => []))
    if (/(?:^figure|-picture)-\d+\.(svg|csv|png|pdf)$/.test(name) && !files.some((f) => f.name === name))
      await rm(join(folder, name));
}

/**
 * Caption with links to the files of a figure.
 * @param page where the links stand
 * @param of what the notebook shows, e.g. "Grumet et al. 2024, Figure 4"; pictures are counted within it
 */
export function figureLinks(figure: NotebookFigure, page: string, of?: string): string {
  const { number, csv, svg } = figure;
  const caption = of === undefined ? `Picture ${number}` : `${of}, picture ${number}`;
  const link = (kind: string, text: string): string => {
    const name = fileName(page, number, kind);
    const address = encodedPath(`${basename(figureFolder(page))}/${name}`);
    return `<a href="${address}" download="${escapeHtml(name)}" aria-label="${escapeHtml(caption)}, ${text}">${text}</a>`;
  };
  const links = [
    ...(isHarmlessSvg(svg) ? [link("svg", "SVG")] : []),
    ...(isHarmlessSvg(svg) && hasSize(svg) ? [link("png", "PNG"), link("pdf", "PDF")] : []),
    ...(csv === undefined ? [] : [link("csv", "data (CSV)")]),
  ];
  return links.length === 0 ? "" : `<p class="files">${escapeHtml(caption)}: ${links.join(", ")}</p>`;
}
