import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseNotebook } from "../../src/runner/nbformat.js";
import {
  judgingChecksum,
  type RecordedVerdicts,
  VERDICTS_BEGIN,
  VERDICTS_END,
  verdictsDocument,
  verdictsMarkdown,
  withVerdicts,
} from "../../src/runner/verdicts.js";
import { NOTEBOOKS, notebookPaths } from "./cells.js";

const records = JSON.parse(readFileSync(join(NOTEBOOKS, "verdicts.json"), "utf8")) as RecordedVerdicts[];
const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

describe("the verdicts in README", () => {
  it("are those recorded", () => {
    expect(withVerdicts(readme, records), "run `npm start` and `npm run verdicts`").toBe(readme);
  });

  it("stand with their intervals in docs/verdicts.md", () => {
    expect(readFileSync(new URL("../../docs/verdicts.md", import.meta.url), "utf8")).toBe(verdictsDocument(records));
    const judged = records.flatMap((r) => r.claims.filter((c) => c.numbers[2]));
    // Numbers without an interval are exact ones: symmetry, counts, errors of one fit.
    expect(judged.filter((c) => c.numbers[2]!.includes("[")).length).toBeGreaterThan(judged.length / 2);
  });

  it("are recorded for every notebook that judges, as its cells stand", () => {
    const judging = notebookPaths().flatMap((path) => {
      const cells = judgingChecksum(parseNotebook(readFileSync(join(NOTEBOOKS, path), "utf8"), path));
      return cells ? [[path, cells]] : [];
    });
    expect(
      Object.fromEntries(records.map((r) => [r.notebook, r.cells])),
      "run `npm start` and `npm run verdicts`",
    ).toEqual(Object.fromEntries(judging));
    expect(judging.length).toBeGreaterThan(5);
  });

  it("count what was judged, and name what is refuted", () => {
    const claims = [
      { claim: "a | b", verdict: "refuted", numbers: ["N", "20", "30 [25, 40]", "at most 20", "∞, mean"] },
      { claim: "c", verdict: "reproduced", numbers: ["N", "", "3", "at most 20", "∞, mean"] },
      { claim: "d", verdict: "not testable", numbers: ["", "", "", "", ""], reason: "no data" },
    ] as const;
    const table = verdictsMarkdown([{ notebook: "x/y.ipynb", figure: "Figure 1", cells: "0", claims }]);
    expect(table.split("\n")).toEqual([
      VERDICTS_BEGIN,
      "| notebook | reproduced | refuted | not testable | refuted statements |",
      "| --- | --- | --- | --- | --- |",
      "| [Figure 1](notebooks/x/y.ipynb) | 1 | 1 | 1 | a \\| b |",
      "| all | 1 | 1 | 1 | |",
      VERDICTS_END,
    ]);
    expect(withVerdicts("without marks", [])).toBeUndefined();
    const document = verdictsDocument([{ notebook: "x/y.ipynb", figure: "Figure 1", cells: "0", claims }]);
    expect(document).toContain("| a \\| b | N | 20 | 30 [25, 40] | at most 20 | ∞, mean | **refuted** |");
    expect(document).toContain("| d |  |  |  |  |  | **not testable** (no data) |");
  });
});
