import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseNotebook } from "../../src/runner/nbformat.js";
import { NOTEBOOKS, notebookPaths } from "./cells.js";

const FIGURE =
  /\b(lineFigure|spectrumFigure|parityFigure|timeSeriesFigure|learningCurveFigure|stickFigure|compareSpectra|energyFigure|temperatureFigure|displacementFigure|radialDistributionFigure|velocityAutocorrelationFigure)\(/g;

describe("figures of the notebooks", () => {
  it.each(notebookPaths())("%s: each says in a title which system and method", (path) => {
    const { cells } = parseNotebook(readFileSync(join(NOTEBOOKS, path), "utf8"), path);
    const without = cells.flatMap((c) => {
      if (c.cell_type !== "code") return [];
      const figures = c.source.match(FIGURE)?.length ?? 0;
      // A helper or a loop names several at once.
      const titles = c.source.match(/\btitle\b\s*[:,}]/g)?.length ?? 0;
      return figures > 0 && titles === 0 ? [c.id] : [];
    });
    expect(without).toEqual([]);
  });
});
