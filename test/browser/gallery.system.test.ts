import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeNotebook } from "../../src/runner/nbformat.js";
import { runNotebooks } from "../../src/runner/runNotebooks.js";
import { codeNotebook } from "../support/notebooks.js";
import {
  accessibilityProblems,
  CHROMIUM,
  hoverText,
  launchChromium,
  NO_CHROMIUM,
  REPOSITORY,
  scratchFolder,
  watchedPage,
} from "./support.js";

const scratch = scratchFolder("gallery-test");
const gallery = join(scratch, "gallery");
const address = (name: string): string => pathToFileURL(join(gallery, name)).href;
// Pages stand in the gallery as their notebooks do in the checkout.
const TUTORIAL = "tutorials/01-from-trajectory-to-raman.html";
const FAILED = `${relative(REPOSITORY, scratch)}/failed.html`;
const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 390, height: 800 };

/** Shows every kind of output that a page can have and misses what it claims. */
const failing = codeNotebook(
  { spectensor: { title: "A miss", claim: "Misses, and says so.", paper: "Somebody 2024", figure: "Figure 7" } },
  `import { lineFigure, progressBar, show, showComparison, showTable } from "spectensor";
   show(lineFigure([{ label: "A", x: [0, 1, 2], y: [1, 3, 2] }], { x: { quantity: "x", unit: "fs" }, y: { quantity: "y" } }));
   showTable({ a: [1.5, 2], name: ["p", "q"] }, { units: { a: "Å" }, caption: "Two rows" });
   const { onProgress } = progressBar();
   onProgress({ label: "fit", done: 1, total: 2 });
   console.log("written"); console.error("a warning");`,
  `showComparison([{ quantity: "q", unit: "Å³", paper: 1, ours: 2, tolerance: { kind: "absolute", value: 0.1 }, source: "Table 1" }]);`,
);

describe.skipIf(!CHROMIUM)(`gallery in Chromium${CHROMIUM ? "" : ` (skipped: ${NO_CHROMIUM})`}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    await writeNotebook(join(scratch, "failed.ipynb"), failing);
    const tutorial = join(REPOSITORY, "notebooks", TUTORIAL.replace(".html", ".ipynb"));
    const results = await runNotebooks({ paths: [tutorial, join(scratch, "failed.ipynb")], galleryDir: gallery });
    expect(results.map((r) => r.status)).toEqual(["passed", "failed"]);
    browser = await launchChromium();
  }, 600_000);
  afterAll(() => browser?.close());

  describe.each([
    ["light", "wide", WIDE],
    ["dark", "wide", WIDE],
    ["light", "narrow", NARROW],
    ["dark", "narrow", NARROW],
  ] as const)("%s and %s", (colorScheme, _, viewport) => {
    it.each([
      ["index.html", 0],
      [TUTORIAL, 2],
      ["page of a failed notebook", 1],
    ])("%s: all plots drawn, nothing missing, no complaint, usable by everybody", async (name, plots) => {
      const { page, complaints } = await watchedPage(browser, { colorScheme, viewport });
      await page.goto(address(name.endsWith(".html") ? name : FAILED));
      await expectDrawn(page, plots);
      expect(await page.evaluate(() => document.documentElement.dataset.spectensorTheme)).toBe(colorScheme);
      expect(await brokenImages(page)).toEqual([]);
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(sideways).toBeLessThanOrEqual(0);
      // No cell of a card is cut.
      const cut = await page.evaluate(() =>
        [...document.querySelectorAll(".card .rows")].map((rows) => rows.scrollWidth - rows.clientWidth),
      );
      expect(cut.filter((pixels) => pixels > 1)).toEqual([]);
      expect(await accessibilityProblems(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await page.context().close();
    });
  });

  it("answers the mouse with the values of a plot", async () => {
    const { page } = await watchedPage(browser, { viewport: WIDE });
    await page.goto(address(FAILED));
    await expectDrawn(page, 1);
    expect(await hoverText(page, 1, 3)).toMatch(/1.*3/);
    await page.context().close();
  });

  it("shows every figure as a picture where scripts are switched off", async () => {
    const { page, complaints } = await watchedPage(browser, { javaScriptEnabled: false });
    await page.goto(address(TUTORIAL));
    const pictures = page.locator(".spectensor-figure img");
    expect(await pictures.count()).toBe(2);
    for (const picture of await pictures.all()) {
      expect(await picture.isVisible()).toBe(true);
      expect((await picture.boundingBox())!.height).toBeGreaterThan(200);
      expect(await picture.getAttribute("alt")).toMatch(/against/);
    }
    expect(await brokenImages(page)).toEqual([]);
    await page.goto(address("index.html"));
    expect(await brokenImages(page)).toEqual([]);
    expect(await page.locator(".card").count()).toBe(2);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("has only links that lead somewhere", async () => {
    const { page } = await watchedPage(browser);
    for (const name of pages(gallery)) {
      await page.goto(address(name));
      const targets = await page.evaluate(() =>
        [...document.querySelectorAll<HTMLAnchorElement>("a[href]")].map((a) => a.href),
      );
      expect(targets.length).toBeGreaterThan(1);
      for (const target of targets.filter((t) => t.startsWith("file:"))) {
        const { hash } = new URL(target);
        expect(existsSync(fileURLToPath(target.replace(hash, ""))), target).toBe(true);
        if (hash) expect(await page.locator(hash).count(), target).toBe(1);
      }
    }
    await page.context().close();
  });

  it("can be used with the keyboard alone: every card, the way back, the colours", async () => {
    const { page } = await watchedPage(browser, { colorScheme: "light" });
    await page.goto(address("index.html"));
    const reached: string[] = [];
    const focused = () =>
      page.evaluate(() => (document.activeElement as HTMLElement).textContent?.trim().split("\n")[0] ?? "");
    // Once round the page: after its end the keyboard comes back to the beginning.
    const focusable = await page.locator("a[href], button, summary, [tabindex='0']").count();
    for (let i = 0; i < focusable; i++) {
      await page.keyboard.press("Tab");
      reached.push(await focused());
    }
    expect(reached.slice(0, 2)).toEqual(["Skip to content", "Dark colours"]);
    const titles = await page.locator(".card h3").allTextContents();
    expect(titles).toHaveLength(2);
    expect(reached).toEqual(expect.arrayContaining(titles));

    await page.goto(address("index.html"));
    // The first place of that name is the entry of the contents, the last one the card.
    expect(reached.filter((name) => name === titles[0])).toHaveLength(2);
    for (let i = 0; i <= reached.lastIndexOf(titles[0]!); i++) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\.html$/);
    await expect.poll(() => page.url()).not.toMatch(/index\.html$/);
    await page.waitForLoadState("load");
    for (const wanted of ["Skip to content", "← All figures", "Dark colours"]) {
      await page.keyboard.press("Tab");
      expect(await focused()).toBe(wanted);
    }
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.documentElement.dataset.spectensorTheme)).toBe("dark");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL(/index\.html$/);
    expect(await page.evaluate(() => document.documentElement.dataset.spectensorTheme)).toBe("dark");
    await page.context().close();
  });
});

function pages(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".html"));
}

/** Waits until as many plots are interactive, and none is left as a picture. */
async function expectDrawn(page: Page, plots: number): Promise<void> {
  await expect.poll(() => page.locator(".js-plotly-plot .plot-container").count(), { timeout: 100_000 }).toBe(plots);
  await expect.poll(() => page.locator(".spectensor-figure img").count()).toBe(0);
  expect(await page.locator(".spectensor-figure").count()).toBe(plots);
}

/** Addresses of pictures that are shown but hold nothing. */
function brokenImages(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const images = [...document.images].filter((i) => i.checkVisibility());
    for (const i of images) i.loading = "eager";
    await Promise.all(images.map((i) => i.decode().catch(() => {})));
    return images.filter((i) => i.naturalWidth === 0).map((i) => i.src.slice(0, 80));
  });
}
