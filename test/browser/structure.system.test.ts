import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findJupyter } from "../../src/cli/findJupyter.js";
import { structureHtml, structureLibraryScript } from "../../src/display/structureHtml.js";
import { renderStructureSvg } from "../../src/figure/structureSvg.js";
import { type StructureView, structureView } from "../../src/figure/structureView.js";
import { drawingScript, drawingsOf } from "../../src/runner/drawings.js";
import { writeNotebook } from "../../src/runner/nbformat.js";
import { pageHtml } from "../../src/runner/page.js";
import { sanitizeHtml } from "../../src/runner/sanitize.js";
import { createStructure } from "../../src/structure/structure.js";
import { codeNotebook } from "../support/notebooks.js";
import { type JupyterLab, openNotebook, startJupyterLab } from "./jupyterLab.js";
import {
  accessibilityProblems,
  CHROMIUM,
  NO_CHROMIUM,
  picturesOfFailures,
  REPOSITORY,
  scratchFolder,
  watchedPage,
} from "./support.js";

const scratch = scratchFolder("structure-test");
const LABEL = "</script><img src=x onerror=alert(1)>";

const salt = createStructure({
  species: ["Na", "Cl"],
  positions: [
    [0, 0, 0],
    [2.82, 2.82, 2.82],
  ],
  cell: [
    [0, 2.82, 2.82],
    [2.82, 0, 2.82],
    [2.82, 2.82, 0],
  ],
});
const views: readonly StructureView[] = [
  structureView(salt, {
    bornCharges: Float64Array.of(1, 0.2, 0, 0, 1.4, 0, 0, 0, 0.8, -1, 0, 0.3, 0, -1, 0, 0, 0, -0.6),
    labels: ["Na", LABEL],
    note: LABEL,
  }),
  structureView(salt, { displacements: Float64Array.of(0.1, 0, 0, 0, 0.1, -0.2), cell: "hidden", images: "none" }),
];

/** Fraction of the element's pixels that differ from its corner, and the number of colours among them. */
async function painted(page: Page, element: Locator): Promise<{ fraction: number; colours: number }> {
  const png = (await element.screenshot()).toString("base64");
  return page.evaluate(async (data) => {
    // The test's types know no browser.
    type Pixels = { data: Uint8ClampedArray };
    type Context = { drawImage(image: unknown, x: number, y: number): void; getImageData(...box: number[]): Pixels };
    const page = globalThis as unknown as {
      createImageBitmap(blob: unknown): Promise<{ width: number; height: number }>;
      OffscreenCanvas: new (width: number, height: number) => { getContext(kind: "2d"): Context };
    };
    // The page may not fetch anything, data: addresses included.
    const blob = new Blob([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], { type: "image/png" });
    const bitmap = await page.createImageBitmap(blob);
    const context = new page.OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    context.drawImage(bitmap, 0, 0);
    const { data: p } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    const at = (i: number): number => (p[i]! << 16) | (p[i + 1]! << 8) | p[i + 2]!;
    const paper = at(4 * (8 * bitmap.width + 8));
    const colours = new Set<number>();
    let count = 0;
    for (let i = 0; i < p.length; i += 4)
      if (at(i) !== paper) {
        count++;
        colours.add(at(i));
      }
    return { fraction: (4 * count) / p.length, colours: colours.size };
  }, png);
}

/** Chromium whose WebGL is drawn by the processor. */
function launchWithWebGl(): Promise<Browser> {
  const args = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
  return chromium.launch({ executablePath: CHROMIUM!, args });
}

describe.skipIf(!CHROMIUM)(`structures in Chromium${CHROMIUM ? "" : ` (skipped: ${NO_CHROMIUM})`}`, () => {
  const file = join(scratch, "structures.html");
  const address = pathToFileURL(file).href;
  let browser: Browser;
  let flat: Browser;
  beforeAll(async () => {
    const [first, second] = views.map((v, i) => structureHtml(v, renderStructureSvg(v), i));
    // One picture before the library and one after it, as in notebooks.
    const [before, after] = [first!, second!].map((html) => drawingsOf(html).map(drawingScript));
    const body = `<h1>Structures</h1>${sanitizeHtml(first! + second!)}`;
    const scripts = [...before!, structureLibraryScript(), ...after!];
    writeFileSync(file, pageHtml({ title: "Structures", body, scripts }));
    browser = await launchWithWebGl();
    flat = await chromium.launch({ executablePath: CHROMIUM!, args: ["--no-sandbox", "--disable-3d-apis"] });
  });
  afterAll(async () => {
    await browser?.close();
    await flat?.close();
  });

  it.each(["light", "dark"] as const)(
    "become viewers that draw, are named and turn by keys, %s",
    async (colorScheme) => {
      const { page, complaints } = await watchedPage(browser, { colorScheme });
      await page.goto(address);
      const viewers = page.getByRole("application");
      await viewers.nth(1).scrollIntoViewIfNeeded();
      await expect.poll(() => viewers.count(), { timeout: 100_000 }).toBe(2);
      for (const k of [0, 1]) {
        const viewer = viewers.nth(k);
        await expect.poll(async () => (await painted(page, viewer)).colours, { timeout: 100_000 }).toBeGreaterThan(100);
        expect((await painted(page, viewer)).fraction).toBeGreaterThan(0.03);
        expect(await viewer.getAttribute("aria-label")).toContain(views[k]!.description);
      }
      await viewers.first().focus();
      const before = await viewers.first().screenshot();
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("+");
      expect((await viewers.first().screenshot()).equals(before)).toBe(false);
      await page.keyboard.press("0");
      expect((await viewers.first().screenshot()).equals(before)).toBe(true);
      expect(await accessibilityProblems(page)).toEqual([]);
      expect(complaints).toEqual([]);
    },
  );

  it("follow the theme button, and let the page scroll until they have the focus", async () => {
    const { page, complaints } = await watchedPage(browser, {
      colorScheme: "light",
      viewport: { width: 500, height: 400 },
    });
    await page.goto(address);
    const viewer = page.getByRole("application").first();
    await viewer.waitFor({ timeout: 100_000 });
    await expect.poll(async () => (await painted(page, viewer)).colours, { timeout: 100_000 }).toBeGreaterThan(100);
    const light = await viewer.screenshot();
    await page.getByRole("button", { name: "Dark colours" }).click();
    expect((await viewer.screenshot()).equals(light)).toBe(false);
    await page.getByRole("button", { name: "Light colours" }).click();
    await page.evaluate(() => (globalThis as unknown as { scrollTo(x: number, y: number): void }).scrollTo(0, 60));
    const scrolled = (): Promise<number> => page.evaluate(() => (globalThis as unknown as { scrollY: number }).scrollY);
    const { x, y } = (await viewer.boundingBox())!;
    await page.mouse.move(x + 100, y + 100);
    await page.mouse.wheel(0, 80);
    await expect.poll(scrolled).toBeGreaterThan(60);
    await viewer.focus();
    await page.waitForTimeout(200);
    const [at, picture] = [await scrolled(), await viewer.screenshot()];
    await page.mouse.wheel(0, -40);
    await page.waitForTimeout(200);
    expect(await scrolled()).toBe(at);
    expect((await viewer.screenshot()).equals(picture)).toBe(false);
    expect(complaints).toEqual([]);
  });

  it.each(["light", "dark"] as const)("stay pictures where there is no WebGL, %s", async (colorScheme) => {
    const { page, complaints } = await watchedPage(flat, { colorScheme });
    await page.goto(address);
    const pictures = page.locator(".spectensor-structure img");
    expect(await pictures.count()).toBe(2);
    await page.waitForTimeout(500);
    expect(await page.getByRole("application").count()).toBe(0);
    const svg = await pictures.first().evaluate((img) => atob((img as unknown as { src: string }).src.split(",")[1]!));
    expect(svg.includes('fill="#ffffff"')).toBe(colorScheme === "light");
    expect((await painted(page, pictures.first())).colours).toBeGreaterThan(50);
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it("are pictures where scripts do not run", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(address);
    const picture = page.locator(".spectensor-structure img").first();
    expect(await picture.getAttribute("alt")).toBe(views[0]!.description);
    expect(await page.getByRole("application").count()).toBe(0);
    await context.close();
  });
});

const JUPYTER = CHROMIUM && findJupyter({ folder: REPOSITORY });

describe.skipIf(!JUPYTER)(
  `structures in JupyterLab${JUPYTER ? "" : " (skipped: no JupyterLab or no Chromium)"}`,
  () => {
    const folder = scratchFolder("structure-lab-test");
    let lab: JupyterLab;
    let seen: Page | undefined;
    picturesOfFailures(() => seen);
    let browser: Browser;
    beforeAll(async () => {
      const show = `const set = await loadDataset("sio2");
      const { structure, bornCharges } = set.reference!;
      show(structureView(structure, { bornCharges }));
      show(structureView(structure, { labels: "numbers" }));`;
      const cells = [
        `import { loadDataset, show, structureView } from "spectensor";`,
        show,
        "show(structureView(structure));",
      ];
      await writeNotebook(join(folder, "structures.ipynb"), codeNotebook({}, ...cells));
      [lab, browser] = await Promise.all([startJupyterLab(folder, join(folder, ".jupyter")), launchWithWebGl()]);
    }, 300_000);
    afterAll(async () => {
      await browser?.close();
      await lab?.stop();
    }, 60_000);

    it("become viewers, several in a cell and in the cells after, whose keys are not the notebook's", async () => {
      const { page, complaints } = await watchedPage(browser, { viewport: { width: 1300, height: 1000 } });
      seen = page;
      const notebook = await openNotebook(page, lab, "structures.ipynb");
      await notebook.menu("Run", /^Run All Cells/);
      expect(await notebook.finished(2)).toBe(3);
      const viewers = notebook.output(2).getByRole("application");
      await notebook.output(2).scrollIntoViewIfNeeded();
      await expect.poll(async () => (await painted(page, viewers)).colours, { timeout: 100_000 }).toBeGreaterThan(100);
      await notebook.output(1).scrollIntoViewIfNeeded();
      await expect.poll(() => notebook.output(1).getByRole("application").count()).toBe(2);
      await notebook.output(2).scrollIntoViewIfNeeded();
      await viewers.focus();
      let before = await viewers.screenshot();
      const asBefore = async (): Promise<boolean> => (await viewers.screenshot()).equals(before);
      // The frame of the focus may come a moment later.
      while (!(await asBefore())) before = await viewers.screenshot();
      // In command mode "ArrowUp" goes to the cell above and "0" twice restarts the kernel.
      for (const key of ["ArrowUp", "+", "a"]) await page.keyboard.press(key);
      await expect.poll(asBefore, { timeout: 100_000 }).toBe(false);
      for (const key of ["0", "0"]) await page.keyboard.press(key);
      await expect.poll(asBefore, { timeout: 100_000 }).toBe(true);
      expect(await page.locator(".jp-Dialog").count()).toBe(0);
      expect(await page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell").count()).toBe(3);
      // JupyterLab's own: it asks for a debugger that this kernel does not have.
      expect(complaints.filter((c) => !/debugger session|127\.0\.0\.1/.test(c))).toEqual([]);
    });
  },
);
