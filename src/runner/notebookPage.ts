import { escapeHtml } from "../display/html.js";
import { type Drawing, drawingLibraries, drawingScript, drawingsOf } from "./drawings.js";
import { figureLinks, figuresOf } from "./figureFiles.js";
import { highlightCode } from "./highlight.js";
import { markdownRenderer } from "./markdown.js";
import { type Cell, mimeText, type Notebook, type Output } from "./nbformat.js";
import { outputHtml } from "./outputHtml.js";
import { pageHtml } from "./page.js";
import { titleOf } from "./summary.js";

export interface NotebookPageOptions {
  readonly title: string;
  /** Address of the gallery, relative to the page. */
  readonly home?: string;
  /** Name of the page; with it figures get links to the files that {@link writeFigureFiles} puts beside it. */
  readonly page?: string;
  /** HTML that leads to what the page was made from, below the heading. */
  readonly links?: string;
}

/**
 * An executed notebook as one HTML file: text with formulas, code, and outputs, so that its figures are pictures without scripts and
 * interactive with them. Texts and outputs may be anybody's: nothing in them runs.
 * @throws SpectensorError if the libraries for Markdown and formulas are not installed
 */
export async function notebookPage(notebook: Notebook, options: NotebookPageOptions): Promise<string> {
  const markdown = await markdownRenderer();
  const { page } = options;
  const figures = page === undefined ? undefined : figuresOf(notebook);
  const { paper, figure } = titleOf(notebook, options.title);
  const of = [paper, figure].filter((part) => part !== undefined).join(", ") || undefined;
  const links = (output: Output): string => {
    const picture = figures?.get(output);
    return picture && page !== undefined ? figureLinks(picture, page, of) : "";
  };
  const cells = notebook.cells.map((cell) => cellHtml(cell, markdown, links));
  const titled = notebook.cells.some((c) => c.cell_type === "markdown" && /^#\s/m.test(c.source));
  const heading = titled ? [] : [`<h1>${escapeHtml(options.title)}</h1>`];
  const drawings = drawingsIn(notebook);
  return pageHtml({
    title: options.title,
    body: [...heading, ...cells, options.links ?? ""].join("\n"),
    scripts: [...drawings.map(drawingScript), ...drawingLibraries(drawings)],
    ...(options.home !== undefined && { home: options.home }),
  });
}

function drawingsIn(notebook: Notebook): readonly Drawing[] {
  return notebook.cells.flatMap((cell) =>
    cell.cell_type === "code"
      ? cell.outputs.flatMap((o) => ("data" in o ? drawingsOf(mimeText(o.data, "text/html") ?? "") : []))
      : [],
  );
}

function cellHtml(cell: Cell, markdown: (source: string) => string, links: (output: Output) => string): string {
  if (cell.cell_type !== "code")
    return cell.cell_type === "raw" ? "" : `<div class="text">${markdown(cell.source)}</div>`;
  if (cell.source.trim() === "") return "";
  const count = Number.isInteger(cell.execution_count) ? String(cell.execution_count) : " ";
  const code = `<pre class="code" aria-label="Code of cell ${count}"><code>${highlightCode(cell.source)}</code></pre>`;
  // Cells that did not run have no number to be told apart by.
  const named = cell.execution_count === null ? "" : ` aria-label="Cell ${count}"`;
  return `<section${named}><div class="number" aria-hidden="true">[${count}]</div>${code}${cell.outputs.map((o) => outputHtml(o, count) + links(o)).join("\n")}</section>`;
}
