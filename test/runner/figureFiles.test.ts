import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { figureHtml, figureOfHtml } from "../../src/display/figureHtml.js";
import { structureHtml } from "../../src/display/structureHtml.js";
import { figureCsv } from "../../src/figure/figure.js";
import { lineFigure } from "../../src/figure/lines.js";
import { renderStructureSvg } from "../../src/figure/structureSvg.js";
import { structureView } from "../../src/figure/structureView.js";
import { figureFolder, figuresOf, writeFigureFiles } from "../../src/runner/figureFiles.js";
import type { Notebook, Output } from "../../src/runner/nbformat.js";
import { notebookPage } from "../../src/runner/notebookPage.js";
import { createStructure } from "../../src/structure/structure.js";

const folder = mkdtempSync(join(tmpdir(), "spectensor-figures-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const figure = lineFigure(
  [
    { label: '</script> "A", B', x: [0, 1.5], y: [1, -2] },
    { label: "C", x: [0, 1.5], y: [3, 4], band: [0.1, 0.2] },
  ],
  { x: { quantity: "Time", unit: "fs" }, y: { quantity: "α<sub>xx</sub>", unit: "Å³" } },
);
const view = structureView(createStructure({ species: ["O"], positions: [[0, 0, 0]] }));
const SVG = "<svg><!-- plot --></svg>";

const display = (data: Record<string, string>): Output => ({ output_type: "display_data", data, metadata: {} });
const plot = display({ "text/html": figureHtml(figure, SVG, 0), "image/svg+xml": SVG, "text/plain": "x" });
const table = display({ "text/html": "<table></table>", "text/plain": "t" });
const picture = renderStructureSvg(view);
const atoms = display({ "text/html": structureHtml(view, picture, 1), "image/svg+xml": picture, "text/plain": "y" });
const notebook = (outputs: readonly Output[]): Notebook => ({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {},
  cells: [{ cell_type: "code", id: "c", metadata: {}, source: "1", execution_count: 1, outputs }],
});

describe("figures of a notebook", () => {
  it("come back out of their outputs with the numbers they went in with", () => {
    const back = figureOfHtml(figureHtml(figure, SVG, 0))!;
    expect(figureCsv({ ...back, description: "" })).toBe(figureCsv(figure));
    expect(back.layout.width).toBe(figure.layout.width);
    for (const html of ["<p>text</p>", structureHtml(view, picture, 1)]) expect(figureOfHtml(html)).toBeUndefined();
  });

  it("are numbered in order; tables are none, pictures of structures have no numbers", () => {
    const figures = [...figuresOf(notebook([table, plot, atoms])).values()];
    expect(figures.map((f) => [f.number, f.csv === undefined])).toEqual([
      [1, false],
      [2, true],
    ]);
    expect(figures[0]!.csv!.split("\n").slice(0, 2)).toEqual([
      // Tags are markup, whatever they are called.
      'Time (fs)," ""A"", B: α_xx (Å³)",Time (fs),C (band): α_xx (Å³),Time (fs),C: α_xx (Å³)',
      expect.stringMatching(/^0,1,0,/),
    ]);
  });

  it("are files beside the page, linked from it; those of an earlier run go", async () => {
    const path = join(folder, "a & b.html");
    await writeFigureFiles(path, notebook([plot, atoms, plot]));
    await writeFigureFiles(path, notebook([table, plot, atoms]));
    const name = (number: number, ending: string) => `a & b-picture-${number}.${ending}`;
    const written = [
      // No size, no dots.
      name(1, "csv"),
      name(1, "svg"),
      ...["pdf", "png", "svg"].map((ending) => name(2, ending)),
    ];
    expect(readdirSync(figureFolder(path)).sort()).toEqual(written);
    expect(readFileSync(join(figureFolder(path), name(1, "svg")), "utf8")).toBe(SVG);
    expect(readFileSync(join(figureFolder(path), name(2, "pdf")), "latin1")).toMatch(/^%PDF-/);
    const page = await notebookPage(notebook([table, plot, atoms]), { title: "T", page: "a & b.html" });
    const links = [...page.matchAll(/<a href="([^"]+)" download/g)].map((m) =>
      decodeURIComponent(m[1]!.replace(/&#(\d+);/g, (_, c) => String.fromCharCode(Number(c)))),
    );
    expect(links.map((link) => link.slice(link.lastIndexOf("/") + 1)).sort()).toEqual(written);
    for (const link of links) expect(existsSync(join(folder, link))).toBe(true);
    expect(page).toContain('<p class="files">Picture 1: ');
    const spectensor = { paper: "Somebody 2024", figure: "Figure 7" };
    const followed = { ...notebook([plot]), metadata: { spectensor } };
    expect(await notebookPage(followed, { title: "T", page: "a & b.html" })).toContain(
      '<p class="files">Somebody 2024, Figure 7, picture 1: ',
    );
    expect(await notebookPage(notebook([plot]), { title: "T" })).not.toContain("-figures/");
  });
});
