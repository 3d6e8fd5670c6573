import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JSDOM } from "jsdom";
import { SaxesParser } from "saxes";
import { afterAll, describe, expect, it } from "vitest";
import { figureHtml } from "../../src/display/figureHtml.js";
import { lineFigure } from "../../src/figure/lines.js";
import { renderSvg } from "../../src/figure/static.js";
import { renderStructureSvg } from "../../src/figure/structureSvg.js";
import { structureView } from "../../src/figure/structureView.js";
import { writeFigureFiles } from "../../src/runner/figureFiles.js";
import { findNotebooks, isWithin, placeInGallery } from "../../src/runner/findNotebooks.js";
import { writeGallery } from "../../src/runner/gallery.js";
import { type Notebook, type Output, writeNotebook } from "../../src/runner/nbformat.js";
import { notebookPage } from "../../src/runner/notebookPage.js";
import { plain } from "../../src/runner/outputHtml.js";
import { sanitizeHtml } from "../../src/runner/sanitize.js";
import { isHarmlessSvg } from "../../src/runner/svgFile.js";
import { createStructure } from "../../src/structure/structure.js";
import { csvCell } from "../../src/table/csv.js";
import { tableText } from "../../src/table/text.js";

const scratch = mkdtempSync(join(tmpdir(), "hostile-test-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Calls `owned()` by every way a browser has, if it is let. */
const ATTACKS: readonly string[] = [
  "<script>owned()</script>",
  '<img src="x" onerror="owned()">',
  '<a href="javascript:owned()">a</a>',
  '<a href=" &#106;ava&#x0A;script:owned()">b</a>',
  '<svg onload="owned()"><script>owned()</script><a xlink:href="javascript:owned()"><text>t</text></a></svg>',
  '<math><mi xlink:href="javascript:owned()">x</mi></math>',
  '<iframe srcdoc="<script>owned()</script>"></iframe>',
  '<object data="javascript:owned()"></object><embed src="javascript:owned()">',
  '<form action="javascript:owned()"><button>c</button></form>',
  '<style>@import "http://example.org/a.css"; main { display: none }</style>',
  '<details open ontoggle="owned()">d</details>',
  "<template><script>owned()</script></template><noscript><p title='</noscript><img src=x onerror=owned()>'>",
  '<base href="http://example.org/"><meta http-equiv="refresh" content="0;url=http://example.org/">',
  '"><script>owned()</script>',
];
const ALL = ATTACKS.join("\n");

const output = (data: Record<string, unknown>): Output => ({ output_type: "display_data", data, metadata: {} });
const figure = lineFigure([{ label: ALL, x: [0, 1], y: [1, 2] }], { x: { quantity: "x" }, y: { quantity: ALL } });
const outputs: readonly Output[] = [
  { output_type: "stream", name: `stdout"><script>owned()</script>` as "stdout", text: ALL },
  { output_type: "error", ename: ALL, evalue: ALL, traceback: [ALL] },
  output({ "text/html": ALL }),
  output({
    "image/svg+xml": `<svg xmlns="http://www.w3.org/2000/svg"><script>owned()</script></svg>`,
    "text/plain": ALL,
  }),
  output({ "image/png": `"><script>owned()</script>`, "text/plain": ALL }),
  output({
    "text/html": figureHtml(figure, renderSvg(figure), 0),
    "image/svg+xml": renderSvg(figure),
    "text/plain": ALL,
  }),
  output({
    "text/html": `<div id="spectensor-1-a"></div><script>(window.spectensorPlots = []).push(["spectensor-1-a",\n{"a":1}\n]); document.dispatchEvent(new Event("spectensorPlots"));owned();</script>`,
  }),
  output({ "application/vnd.spectensor.comparison+json": { against: ALL, rows: [{ paper: ALL }] } }),
];
const notebook: Notebook = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {
    spectensor: {
      title: ALL,
      claim: ALL,
      paper: ALL,
      figure: ALL,
      run: { key: "k", source: "a.ipynb", mode: "quick", seconds: 1, failure: { cell: 2, message: ALL } },
    },
  },
  cells: [
    {
      cell_type: "markdown",
      id: "m",
      metadata: {},
      source: `# T ${ALL}\n\n${ALL}\n\n[l](javascript:owned()) $\\href{javascript:owned()}{x}$`,
    },
    { cell_type: "code", id: "c", metadata: {}, source: ALL, execution_count: ALL as unknown as number, outputs },
  ],
};

/** The same as a file that can be read at all. */
const valid: Notebook = {
  ...notebook,
  cells: notebook.cells.map((c) =>
    c.cell_type === "code"
      ? { ...c, execution_count: 1, outputs: c.outputs.filter((o) => o.output_type !== "stream") }
      : c,
  ),
};

/** What is called in a page that is opened with scripts on; what its links and attributes would call. */
function dangers(html: string): string[] {
  const found: string[] = [];
  const { window } = new JSDOM(html, {
    runScripts: "dangerously",
    pretendToBeVisual: true,
    beforeParse(w) {
      Object.assign(w, { owned: () => found.push("called"), matchMedia: () => ({ matches: false }) });
    },
  });
  for (const element of window.document.querySelectorAll("*")) {
    for (const { name, value } of element.attributes)
      if (/^on/.test(name) || (/href|src|action|data/.test(name) && /^\s*j\s*a\s*v\s*a/i.test(plain(value))))
        found.push(`${element.localName} ${name}=${value}`);
    if (/^(iframe|object|embed|form|base|template)$/.test(element.localName)) found.push(element.localName);
    if (element.localName === "style" && element.closest("main")) found.push("style");
  }
  window.close();
  return found;
}

describe("what a picture says to those who do not see it", () => {
  const said = ALL.replaceAll("\n", " ");
  const attribute = said.replaceAll("&", "&amp;").replaceAll('"', "&quot;");

  it.each(["alt", "title", "aria-label"])("is kept in %s as it was written", (name) => {
    const clean = sanitizeHtml(`<p><img src="data:," ${name}="${attribute} --> ]>"></p>`);
    const [image] = new JSDOM(clean).window.document.querySelectorAll("img");
    expect(image!.getAttribute(name)).toBe(`${said} --> ]>`);
  });

  // Elements whose content is raw text end at the first "</": nothing of a description may look like it.
  it.each(["noscript", "style", "textarea", "title", "xmp"])("does not get out of <%s>", (element) => {
    const clean = sanitizeHtml(`<img src="data:," alt="</${element}><b>out</b>">`);
    expect(new JSDOM(`<${element}>${clean}</${element}>`).window.document.querySelector("b")).toBeNull();
  });
});

describe("a hostile notebook", () => {
  it("runs nothing in its page", async () => {
    const page = await notebookPage(notebook, { title: ALL, page: `a"><script>owned()</script>.html` });
    expect(dangers(page)).toEqual([]);
    // Only scripts with a hash in the page's policy run, even if one got through.
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)![1]!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    expect(page.match(/<script/g)!.length).toBe(policy.match(/'sha256-/g)!.length);
  });

  it("runs nothing in the gallery, and does not stop it", async () => {
    const folder = join(scratch, "gallery");
    mkdirSync(folder);
    writeFileSync(join(folder, "a.ipynb"), "{}");
    await writeNotebook(join(folder, "x", "javascript:owned().ipynb"), {
      ...valid,
      metadata: {
        spectensor: {
          ...(notebook.metadata.spectensor as object),
          run: { key: "k", source: "a.ipynb", mode: "quick", seconds: 1 },
        },
      },
    });
    const odd = {
      ...valid,
      metadata: { spectensor: { title: { a: 1 }, run: { source: 5, failure: { cell: ALL } } } },
    };
    await writeNotebook(join(folder, "odd.ipynb"), odd);
    const page = readFileSync(await writeGallery(folder), "utf8");
    expect(page).toContain("javascript%3Aowned");
    expect(dangers(page)).toEqual([]);
  });

  it("writes no picture that runs something when it is opened by itself", async () => {
    const page = join(scratch, "p.html");
    await writeFigureFiles(page, notebook);
    for (const name of readdirSync(join(scratch, "p-figures")).filter((n) => n.endsWith(".svg")))
      expect(isHarmlessSvg(readFileSync(join(scratch, "p-figures", name), "utf8"))).toBe(true);
    const hostile = [
      "<svg><script>1</script></svg>",
      '<svg onload="1"/>',
      '<svg><a href="javascript:1"/></svg>',
      '<svg><use href="http://example.org/a.svg#b"/></svg>',
      "<svg><foreignObject/></svg>",
      '<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>',
      "<svg><style>@import 'a'</style></svg>",
      "<svg>",
    ];
    expect(hostile.map(isHarmlessSvg)).toEqual(hostile.map(() => false));
  });
});

describe("pictures", () => {
  const NASTY = `a ]]> b & c "d" 'e' <f> &amp; &quot; \u0007 \ud800 end`;
  const wellFormed = (svg: string): string => {
    let text = "";
    const parser = new SaxesParser({ xmlns: true });
    parser.on("error", (e) => {
      throw e;
    });
    parser.on("text", (t) => {
      text += t;
    });
    parser.write(svg).close();
    return text;
  };

  it("are well-formed XML whatever their labels hold", () => {
    const plot = lineFigure([{ label: NASTY, x: [0, 1], y: [1, 2] }], { x: { quantity: NASTY }, y: { quantity: "y" } });
    const view = structureView(createStructure({ species: ["O"], positions: [[0, 0, 0]] }), {
      labels: [NASTY],
      note: NASTY,
    });
    for (const svg of [renderSvg(plot), renderStructureSvg(view)]) {
      expect(wellFormed(svg)).toContain("a ]]> b & c \"d\" 'e'");
      expect(isHarmlessSvg(svg)).toBe(true);
    }
  });
});

describe("cells of CSV", () => {
  it("are no formulas, while numbers stay numbers", () => {
    const formulas = [
      "=1+1",
      "+cmd|' /C calc'!A0",
      "-1+1",
      "@SUM(1)",
      "\t=1",
      "\r=1",
      '=HYPERLINK("http://example.org")',
    ];
    for (const f of formulas) expect(csvCell(f).replace(/^"/, "")).toMatch(/^'/);
    for (const n of ["-1.5", "+2", "-1e-3", " -4 "]) expect(csvCell(n)).toBe(n);
    expect([-1.5, 2, Number.NaN, -Infinity].map(csvCell)).toEqual(["-1.5", "2", "NaN", "-Infinity"]);
    expect(csvCell('a,"b"\nc')).toBe('"a,""b""\nc"');
  });
});

describe("texts from files", () => {
  const ORDERS = "\u001b[2J\u001b]0;title\u0007\u009b31m\u0008a\u0000";

  it("order nothing of a terminal", () => {
    const text = tableText([{ name: ORDERS, values: [ORDERS] }], { caption: "c" });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(plain(ORDERS)).toBe("31ma");
  });
});

describe("places in the gallery", () => {
  it("are another one for every notebook", () => {
    const paths = [
      "a.ipynb",
      "notebooks/a.ipynb",
      "../a.ipynb",
      "../b/a.ipynb",
      ".hidden/a.ipynb",
      "index.ipynb",
      "/nowhere/a.ipynb",
    ];
    writeFileSync(join(scratch, "a.ipynb"), "{}");
    const here = process.cwd();
    process.chdir(scratch);
    try {
      const places = paths.map(placeInGallery);
      expect(new Set(places).size).toBe(paths.length);
      for (const place of places) expect(place).not.toMatch(/^\.|^\/|^index\.ipynb/);
    } finally {
      process.chdir(here);
    }
  });

  it("are found without packages, hidden folders and the gallery, but with a folder called like it", async () => {
    const root = join(scratch, "tree");
    for (const place of [
      "",
      "gallery",
      "gallery2",
      "node_modules/p",
      ".hidden",
      "venv/lib",
      "deep/er",
      "deep/node_modules",
    ]) {
      mkdirSync(join(root, place), { recursive: true });
      writeFileSync(join(root, place, "n.ipynb"), "{}");
    }
    const found = await findNotebooks([root, join(root, "n.ipynb")], join(root, "gallery"));
    expect(found.map((p) => p.slice(root.length + 1)).sort()).toEqual([
      "deep/er/n.ipynb",
      "gallery2/n.ipynb",
      "n.ipynb",
    ]);
    expect([isWithin("/a/b", "/a"), isWithin("/a", "/a"), isWithin("/ab", "/a"), isWithin("/x", "/")]).toEqual([
      true,
      true,
      false,
      true,
    ]);
  });
});
