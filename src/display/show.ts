import type { Figure } from "../figure/figure.js";
import type { LinkedView } from "../figure/linked.js";
import { renderSvg } from "../figure/static.js";
import { renderStructureSvg } from "../figure/structureSvg.js";
import type { StructureView } from "../figure/structureView.js";
import { figureHtml, plotlyBundleScript } from "./figureHtml.js";
import { displayBundle } from "./kernelDisplay.js";
import { linkedHtml, linkScript } from "./linkedHtml.js";
import { structureHtml, structureLibraryScript } from "./structureHtml.js";

type Library = "plots" | "structures" | "links";
const SCRIPTS: Readonly<Record<Library, () => string>> = {
  plots: plotlyBundleScript,
  structures: structureLibraryScript,
  links: linkScript,
};
/** Libraries that this process has sent: once per run of a notebook is enough. */
const sent = new Set<Library>();
let shown = 0;

/**
 * Shows a figure, a structure, or a figure linked with structures below the cell: a static picture wherever scripts do not run (an untrusted or
 * reopened notebook, a web page), an interactive one where they do. Outside a notebook it prints the description.
 * @example
 * const alpha = (await loadDataset("h2o")).series("polarizability");
 * show(spectrumFigure({ DFPT: raman(alpha) }))
 */
export function show(figure: Figure | StructureView | LinkedView): void {
  const { html, svg, libraries } = drawn(figure);
  const missing = libraries.filter((library) => !sent.has(library));
  const scripts = missing.map((library) => `\n<script>${SCRIPTS[library]()}</script>`);
  const displayed = displayBundle({
    "text/html": html + scripts.join(""),
    "image/svg+xml": svg,
    "text/plain": figure.description,
  });
  if (displayed) for (const library of missing) sent.add(library);
  else console.log(figure.description);
}

function drawn(figure: Figure | StructureView | LinkedView): {
  readonly html: string;
  readonly svg: string;
  readonly libraries: readonly Library[];
} {
  const index = shown;
  if (!("kind" in figure)) {
    shown += 1;
    const svg = renderSvg(figure);
    return { html: figureHtml(figure, svg, index), svg, libraries: ["plots"] };
  }
  if (figure.kind === "structure") {
    shown += 1;
    const svg = renderStructureSvg(figure);
    return { html: structureHtml(figure, svg, index), svg, libraries: ["structures"] };
  }
  shown += 2;
  const svg = renderSvg(figure.figure);
  return { html: linkedHtml(figure, svg, index), svg, libraries: ["plots", "structures", "links"] };
}
