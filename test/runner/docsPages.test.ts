import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import {
  documentGroups,
  documentText,
  executedReadme,
  groupText,
  notebookDocument,
} from "../../src/runner/docsPages.js";
import { loadNotebook } from "../../src/runner/nbformat.js";
import { PAPERS } from "../../src/runner/papers.js";

const notebooks = fileURLToPath(new URL("../../notebooks/", import.meta.url));
const files = ["grumet-2024", "schmiedmayer-2024", "tutorials"].flatMap((folder) =>
  readdirSync(join(notebooks, folder))
    .filter((name) => name.endsWith(".ipynb"))
    .map((name) => `${folder}/${name}`),
);
const documents = await Promise.all(
  files.map(async (file) => notebookDocument(await loadNotebook(join(notebooks, file)), file)),
);
const groups = documentGroups(documents);

describe("documents of the hosted site", () => {
  it("hold every notebook once: papers first, in the order of their figures", () => {
    expect(groups.flatMap((g) => g.documents.map((d) => d.name)).sort()).toEqual(documents.map((d) => d.name).sort());
    expect(groups.map((g) => g.title)).toEqual([...Object.keys(PAPERS), "Tutorials"]);
    for (const { title, documents: own } of groups) {
      const order = PAPERS[title]?.figures ?? [];
      const places = own.map((d) => order.indexOf(d.figure ?? ""));
      expect(places).toEqual([...places].sort((a, b) => a - b));
      if (order.length > 0) expect(places).not.toContain(-1);
    }
  });

  it("have the words of their notebook for the search, and links to page and paper, none into the checkout", () => {
    for (const d of documents) {
      const text = documentText(d, "pages");
      expect(text).toContain(`(pages/${d.name}.html)`);
      if (d.paper) expect(text).toContain(`https://doi.org/${PAPERS[d.paper]!.doi}`);
      expect(text).not.toMatch(/\$/);
      for (const [, target] of text.matchAll(/\]\(([^)]*)\)/g)) expect(target).toMatch(/^(https?:|pages\/)/);
      expect(text.match(/^# /gm)).toHaveLength(1);
      expect(d.text.length).toBeGreaterThan(300);
    }
    const quartz = documents.find((d) => d.name.includes("sio2"))!;
    expect(quartz.text).toMatch(/soft mode/);
  });

  it("are the children of their group, and the executed notebooks have an index", () => {
    const [first] = groups;
    expect(groupText(first!, "pages")).toContain(`  - ./${first!.documents[0]!.name}.md`);
    const readme = executedReadme(groups);
    for (const d of documents) expect(readme).toContain(`](${d.name}.ipynb)`);
  });
});
