import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { AbortedError, DataError } from "../../src/errors.js";
import type { CodeCell, Notebook } from "../../src/runner/nbformat.js";
import { loadNotebook, writeNotebook } from "../../src/runner/nbformat.js";
import { type NotebookResult, resultsText, runNotebooks } from "../../src/runner/runNotebooks.js";
import { licencesOf, thumbnailOf } from "../../src/runner/summary.js";

// The sources may change while the tests run; what the key is made of is tested in cache.test.ts.
vi.mock("../../src/runner/cache.js", async (original) => ({
  ...(await original<typeof import("../../src/runner/cache.js")>()),
  packageHash: () => Promise.resolve("constant"),
}));

// Inside the checkout, so that cells find the built package by its name.
const root = fileURLToPath(new URL("../../coverage", import.meta.url));
mkdirSync(root, { recursive: true });
const scratch = mkdtempSync(join(root, "run-test-"));
const galleryDir = join(scratch, "gallery");
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const code = (id: string, source: string): CodeCell => ({
  cell_type: "code",
  id,
  metadata: {},
  source,
  execution_count: null,
  outputs: [],
});
function notebook(text: string, ...sources: readonly string[]): Notebook {
  const spectensor = { title: "Title <of> it", claim: "A claim.", paper: "Somebody 2024", figure: "Figure 7" };
  const cells = [
    { cell_type: "markdown" as const, id: "m", metadata: {}, source: text },
    ...sources.map((s, i) => code(`c${i}`, s)),
  ];
  return { nbformat: 4, nbformat_minor: 5, metadata: { spectensor }, cells };
}
const DISPLAYS = [
  `import { lineFigure, progressBar, show, showComparison, showProvenance, showTable } from "spectensor";
   const figure = lineFigure([{ label: "A", x: [0, 1], y: [1, 2] }], { x: { quantity: "x", unit: "fs" }, y: { quantity: "y" } });
   show(figure);`,
  `const { onProgress } = progressBar();
   onProgress({ label: "fit", done: 1, total: 2 }); onProgress({ label: "fit", done: 2, total: 2 });
   show(figure);
   showTable({ a: [1.5] }, { units: { a: "Å" } });`,
  `showComparison([{ quantity: "q", paper: 1, ours: 1.01, tolerance: { kind: "absolute", value: 0.1 } }]);`,
  `const entry = { id: "set", licence: "CC-BY-4.0", files: [{ path: "set/a.xyz", sha256: "ab".repeat(32) }] };
   showProvenance([{ entry } as any], { seed: 1 });`,
];
const MISSED = `import { showComparison } from "spectensor";
showComparison([{ quantity: "q", paper: 1, ours: 2, tolerance: { kind: "absolute", value: 0.1 } }]);`;

const run = (options: object = {}): Promise<readonly NotebookResult[]> =>
  runNotebooks({ paths: [scratch], galleryDir, ...options });
const good = join(scratch, "good.ipynb");
const bad = join(scratch, "deep", "bad.ipynb");

describe("runNotebooks", () => {
  let results: readonly NotebookResult[];
  beforeAll(async () => {
    await writeNotebook(good, notebook("# T\n\nSome $x^2$ text, 5 $ and 6 $.", ...DISPLAYS));
    await writeNotebook(bad, notebook("# T", MISSED, "console.log('never')"));
    writeFileSync(join(scratch, "broken.ipynb"), "{");
    results = await run();
  });
  const of = (path: string): NotebookResult => results.find((r) => r.path === path)!;

  it("runs every notebook of a folder; failures do not stop the others", () => {
    expect(results.map((r) => [r.path.slice(scratch.length + 1), r.status, r.origin])).toEqual([
      ["broken.ipynb", "failed", "run"],
      [join("deep", "bad.ipynb"), "failed", "run"],
      ["good.ipynb", "passed", "run"],
    ]);
    expect(of(bad).failure).toEqual({
      cell: 2,
      message: "ToleranceError: paper against ours: q is 2.00, expected 1 ± 0.1",
    });
    expect(of(bad).comparison).toEqual([expect.objectContaining({ quantity: "q", pass: false })]);
    expect(results[0]!.failure).toMatchObject({
      cell: 0,
      message: expect.stringMatching(/broken\.ipynb: not JSON .*give a notebook/),
    });
    expect(resultsText(results)).toMatch(/✗ Title <of> it .*bad\.ipynb.*\n {2}cell 2: ToleranceError/);
  });

  it("records figure, table, comparison and provenance in the executed copy", async () => {
    const executed = await loadNotebook(of(good).executed!);
    const bundles = executed.cells
      .flatMap((c) => (c.cell_type === "code" ? c.outputs : []))
      .map((o) => (o.output_type === "display_data" ? Object.keys(o.data).sort() : o.output_type));
    expect(bundles).toEqual([
      ["image/svg+xml", "text/html", "text/plain"],
      ["text/html", "text/plain"],
      ["image/svg+xml", "text/html", "text/plain"],
      ["text/html", "text/plain"],
      ["application/vnd.spectensor.comparison+json", "text/html", "text/plain"],
      ["application/vnd.spectensor.provenance+json", "text/html", "text/plain"],
    ]);
    expect(thumbnailOf(executed)).toMatchObject({ description: "y against x in fs: A." });
    expect(licencesOf(executed)).toEqual(["CC-BY-4.0"]);
    const json = readFileSync(of(good).executed!, "utf8");
    expect(json.match(/window\.spectensorPlotly = module/g)).toHaveLength(1);
    expect(json).not.toContain(scratch);
  });

  it("writes pages that need nothing else: no addresses of scripts, styles or pictures", () => {
    const pages = [of(good).page!, of(bad).page!, join(galleryDir, "index.html")].map((p) => readFileSync(p, "utf8"));
    for (const page of pages) {
      const outside = [...page.matchAll(/<(?:img|script|link|iframe)\b[^>]*?\s(?:src|href)="(?!data:)([^"]*)"/g)];
      expect(outside.map((m) => m[1])).toEqual([]);
    }
    const has = (page: string | undefined, text: string): boolean => page!.includes(text);
    expect(has(pages[0], '<mn class="tml-sml-pad">2</mn></msup></math> text, 5 $ and 6 $.')).toBe(true);
    expect(has(pages[1], "ToleranceError: paper against ours")).toBe(true);
    expect(has(pages[2], "Figure 7: Title &#60;of&#62; it")).toBe(true);
    expect(has(pages[2], "1 of 2 notebooks pass their own checks")).toBe(true);
    expect(has(pages[2], "data: CC-BY-4.0")).toBe(true);
  });

  it("links every card to a page that exists", () => {
    const index = readFileSync(join(galleryDir, "index.html"), "utf8");
    const links = [...index.matchAll(/<a href="([^"#]+)"/g)].map((m) => m[1]!);
    // A page and the notebook itself for each.
    expect(links).toHaveLength(4);
    for (const link of links) expect(existsSync(join(galleryDir, decodeURI(link)))).toBe(true);
  });

  it("takes over what has not changed, runs failures and changed code again, and follows changed text", async () => {
    await writeNotebook(good, notebook("# Other text", ...DISPLAYS));
    const again = await run({ paths: [good, bad] });
    expect(again.map((r) => [r.status, r.origin])).toEqual([
      ["passed", "cache"],
      ["failed", "run"],
    ]);
    expect(readFileSync(again[0]!.page!, "utf8")).toContain("Other text");
    await writeNotebook(good, notebook("# T", "1", "2", "3", "4"));
    expect((await run({ paths: [good] }))[0]).toMatchObject({ origin: "run", comparison: [] });
    expect((await run({ paths: [good], cache: "ignore" }))[0]!.origin).toBe("run");
  });

  it("drops the card of a notebook that is gone", async () => {
    rmSync(bad);
    await run({ paths: [good] });
    expect(readFileSync(join(galleryDir, "index.html"), "utf8")).not.toContain("bad.html");
  });

  it("stops on abort and leaves no half-written file", async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 500);
    await expect(run({ paths: [good], cache: "ignore", signal: abort.signal })).rejects.toThrow(AbortedError);
    expect(readdirSync(galleryDir, { recursive: true, encoding: "utf8" }).filter((f) => /(^|\/)\./.test(f))).toEqual(
      [],
    );
  });

  it("says so when there is no notebook", async () => {
    mkdirSync(join(scratch, "empty"));
    await expect(run({ paths: [join(scratch, "empty")] })).rejects.toThrow(DataError);
    await expect(run({ paths: [join(scratch, "nowhere")] })).rejects.toThrow(/no such notebook or folder/);
  });
});
