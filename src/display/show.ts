import type { Figure } from "../figure/figure.js";
import { renderSvg } from "../figure/static.js";
import { renderStructureSvg } from "../figure/structureSvg.js";
import type { StructureView } from "../figure/structureView.js";
import { figureHtml, plotlyBundleScript } from "./figureHtml.js";
import { displayBundle } from "./kernelDisplay.js";
import { structureHtml, structureLibraryScript } from "./structureHtml.js";

/** Libraries that this process has sent: once per run of a notebook is enough. */
const sent = new Set<"plots" | "structures">();
let shown = 0;

/**
 * Shows a figure or a structure below the cell: a static picture wherever scripts do not run (an untrusted or reopened
 * notebook, a web page), an interactive one where they do. Outside a notebook it prints the description.
 * @example
 * const alpha = (await loadDataset("h2o")).series("polarizability");
 * show(spectrumFigure({ DFPT: raman(alpha) }))
 */
export function show(figure: Figure | StructureView): void {
  const library = "kind" in figure ? "structures" : "plots";
  const svg = "kind" in figure ? renderStructureSvg(figure) : renderSvg(figure);
  const html = "kind" in figure ? structureHtml(figure, svg, shown++) : figureHtml(figure, svg, shown++);
  const script = sent.has(library) ? "" : library === "plots" ? plotlyBundleScript() : structureLibraryScript();
  const displayed = displayBundle({
    "text/html": script === "" ? html : `${html}\n<script>${script}</script>`,
    "image/svg+xml": svg,
    "text/plain": figure.description,
  });
  if (displayed) sent.add(library);
  else console.log(figure.description);
}
