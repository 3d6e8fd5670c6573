import type { Tokens } from "marked";
import { escapeHtml, svgAddress } from "../display/html.js";
import { SpectensorError } from "../errors.js";
import { figureLinks, figuresOf } from "./figureFiles.js";
import { type Cell, mimeText, type Notebook, type Output } from "./nbformat.js";
import { pageHtml } from "./page.js";

export interface NotebookPageOptions {
  readonly title: string;
  /** Address of the gallery, relative to the page. */
  readonly home?: string;
  /** Name of the page; with it figures get links to the files that {@link writeFigureFiles} puts beside it. */
  readonly page?: string;
}

/**
 * An executed notebook as one HTML file: text with formulas, code, and outputs as they are, so that its figures are
 * pictures without scripts and interactive with them.
 * @throws SpectensorError if the libraries for Markdown and formulas are not installed
 */
export async function notebookPage(notebook: Notebook, options: NotebookPageOptions): Promise<string> {
  const markdown = await markdownRenderer();
  const { page } = options;
  const figures = page === undefined ? undefined : figuresOf(notebook);
  const links = (output: Output): string => {
    const figure = figures?.get(output);
    return figure && page !== undefined ? figureLinks(figure, page) : "";
  };
  const cells = notebook.cells.map((cell) => cellHtml(cell, markdown, links));
  const titled = notebook.cells.some((c) => c.cell_type === "markdown" && /^#\s/m.test(c.source));
  const heading = titled ? [] : [`<h1>${escapeHtml(options.title)}</h1>`];
  return pageHtml({
    title: options.title,
    body: [...heading, ...cells].join("\n"),
    ...(options.home !== undefined && { home: options.home }),
  });
}

function cellHtml(cell: Cell, markdown: (source: string) => string, links: (output: Output) => string): string {
  if (cell.cell_type !== "code")
    return cell.cell_type === "raw" ? "" : `<div class="text">${markdown(cell.source)}</div>`;
  if (cell.source.trim() === "") return "";
  const count = cell.execution_count ?? " ";
  const code = `<pre tabindex="0" aria-label="Code of cell ${count}"><code>${escapeHtml(cell.source)}</code></pre>`;
  // Cells that did not run have no number to be told apart by.
  const named = cell.execution_count === null ? "" : ` aria-label="Cell ${count}"`;
  return `<section${named}><div class="number" aria-hidden="true">[${count}]</div>${code}${cell.outputs.map((o) => outputHtml(o, count) + links(o)).join("\n")}</section>`;
}

/** The richest form of an output that a web page can show. What may be wider than a small screen scrolls, also by keyboard. */
function outputHtml(output: Output, cell: number | string): string {
  if (output.output_type === "stream")
    return `<div class="output ${output.name}"><pre tabindex="0">${escapeHtml(withoutColours(output.text))}</pre></div>`;
  if (output.output_type === "error")
    return `<div class="output error" role="alert"><pre tabindex="0">${escapeHtml(`${output.ename}: ${output.evalue}`)}</pre></div>`;
  const { data } = output;
  const html = mimeText(data, "text/html");
  if (html !== undefined)
    return `<div class="output" tabindex="0" role="group" aria-label="Output of cell ${cell}">${html}</div>`;
  const svg = mimeText(data, "image/svg+xml");
  const alt = escapeHtml(mimeText(data, "text/plain") ?? "picture");
  if (svg !== undefined) return `<div class="output"><img src="${svgAddress(svg)}" alt="${alt}"></div>`;
  const png = mimeText(data, "image/png");
  if (png !== undefined)
    return `<div class="output"><img src="data:image/png;base64,${png.replace(/\s/g, "")}" alt="${alt}"></div>`;
  return `<div class="output"><pre tabindex="0">${escapeHtml(mimeText(data, "text/plain") ?? "")}</pre></div>`;
}

function withoutColours(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colour codes begin with the escape character
  return text.replace(/\u001b\[[0-9;]*m/g, "");
}

/** Markdown with $inline$ and $$displayed$$ formulas, which become MathML. */
async function markdownRenderer(): Promise<(source: string) => string> {
  const [{ Marked }, { default: temml }] = await Promise.all([import("marked"), import("temml")]).catch((cause) => {
    throw new SpectensorError({
      where: "notebook pages",
      problem: "the packages marked and temml are not installed",
      advice: "run `npm install marked temml`",
      cause,
    });
  });
  const formula = (tex: string, displayMode: boolean): string =>
    temml.renderToString(tex.trim(), { displayMode, throwOnError: false });
  const extension = (
    name: string,
    level: "block" | "inline",
    start: string,
    pattern: RegExp,
    displayMode: boolean,
  ) => ({
    name,
    level,
    start: (source: string) => {
      const at = source.indexOf(start);
      return at < 0 ? undefined : at;
    },
    tokenizer: (source: string) => {
      const match = pattern.exec(source);
      return match ? { type: name, raw: match[0], tex: match[1] } : undefined;
    },
    renderer: (token: Tokens.Generic) => formula(String(token.tex), displayMode),
  });
  const marked = new Marked({
    extensions: [
      extension("displayFormula", "block", "$$", /^\$\$([\s\S]+?)\$\$(?:\n|$)/, true),
      extension("displayFormulaInText", "inline", "$$", /^\$\$([\s\S]+?)\$\$/, true),
      extension("inlineFormula", "inline", "$", /^\$(?!\s)((?:\\\$|[^$\n])+?)(?<!\s)\$(?!\d)/, false),
    ],
  });
  return (source) => marked.parse(source, { async: false });
}
