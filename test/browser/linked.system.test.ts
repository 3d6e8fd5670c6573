import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { linkedHtml } from "../../src/display/linkedHtml.js";
import { type LinkedView, linkFrames, linkModes } from "../../src/figure/linked.js";
import { parityFigure } from "../../src/figure/parity.js";
import { spectrumFigure } from "../../src/figure/spectrum.js";
import { renderSvg } from "../../src/figure/static.js";
import { drawingLibraries, drawingScript, drawingsOf } from "../../src/runner/drawings.js";
import { pageHtml } from "../../src/runner/page.js";
import { sanitizeHtml } from "../../src/runner/sanitize.js";
import { displacedForces } from "../../src/spectrum/displacedForces.js";
import { forceConstants } from "../../src/spectrum/forceConstants.js";
import { normalModes } from "../../src/spectrum/phonons.js";
import { raman } from "../../src/spectrum/raman.js";
import { accessibilityProblems, CHROMIUM, NO_CHROMIUM, scratchFolder, watchedPage } from "./support.js";

const scratch = scratchFolder("linked-test");

describe.skipIf(!CHROMIUM)(`linked views in Chromium${CHROMIUM ? "" : ` (skipped: ${NO_CHROMIUM})`}`, () => {
  const address = pathToFileURL(join(scratch, "linked.html")).href;
  let browser: Browser;
  let flat: Browser;
  let parity: LinkedView;
  let lines: LinkedView;
  beforeAll(async () => {
    const water = await loadDataset("h2o");
    const trajectory = water.trajectory();
    const frames = [0, 400, 40, 700, 120];
    const pairs = { reference: [1, 2, 3, 4, 5], predicted: [1, 2.1, 4, 4, 4.8] };
    parity = linkFrames(parityFigure({ model: pairs }, { axis: { quantity: "α", unit: "Å³" } }), trajectory, {
      frames,
    });
    const { reference, displaced } = water;
    const modes = normalModes(forceConstants(reference!.structure, displacedForces(reference!, displaced)));
    lines = linkModes(spectrumFigure({ DFPT: raman(water.series("polarizability")) }, { range: [1000, 4200] }), modes);
    const html = [parity, lines].map((view, k) => linkedHtml(view, renderSvg(view.figure), 2 * k)).join("\n");
    const drawings = drawingsOf(html);
    const scripts = [...drawings.map(drawingScript), ...drawingLibraries(drawings)];
    const body = `<h1>Linked</h1>${sanitizeHtml(html)}`;
    writeFileSync(join(scratch, "linked.html"), pageHtml({ title: "Linked", body, scripts }));
    const args = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
    browser = await chromium.launch({ executablePath: CHROMIUM!, args });
    flat = await chromium.launch({ executablePath: CHROMIUM!, args: ["--no-sandbox", "--disable-3d-apis"] });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await flat?.close();
  });

  /** The page with both plots drawn and one of the outputs in sight. */
  async function opened(from: Browser, output: number) {
    const watched = await watchedPage(from, { viewport: { width: 1300, height: 900 }, reducedMotion: "reduce" });
    const { page } = watched;
    await page.goto(address);
    await expect.poll(() => page.locator(".js-plotly-plot .plot-container").count(), { timeout: 100_000 }).toBe(2);
    const linked = page.locator(".spectensor-linked").nth(output);
    await linked.scrollIntoViewIfNeeded();
    return { ...watched, linked, chosen: linked.locator("output"), slider: linked.locator("label input") };
  }

  /** Clicks at a place of a plot in the units of its axes. */
  async function clickAt(page: Page, output: number, x: number, y: number): Promise<void> {
    const plot = page.locator(".spectensor-linked").nth(output).locator(".js-plotly-plot");
    const place = await plot.evaluate(
      (element, [x, y]) => {
        type Axis = { _offset: number; d2p(value: number): number };
        const { xaxis, yaxis } = (element as unknown as { _fullLayout: { xaxis: Axis; yaxis: Axis } })._fullLayout;
        const { left, top } = element.getBoundingClientRect();
        return { x: left + xaxis._offset + xaxis.d2p(x!), y: top + yaxis._offset + yaxis.d2p(y!) };
      },
      [x, y],
    );
    await page.mouse.click(place.x, place.y);
  }

  const ring = (page: Page, output: number): Promise<number[]> =>
    page
      .locator(".spectensor-linked")
      .nth(output)
      .locator(".js-plotly-plot")
      .evaluate((element) => {
        const { data } = element as unknown as { data: { x: number[]; y: number[] }[] };
        return [data.at(-1)!.x[0]!, data.at(-1)!.y[0]!];
      });

  it("begin with the outlier; a click on a point rings it and shows its structure", async () => {
    const { page, linked, chosen, complaints } = await opened(browser, 0);
    await expect.poll(() => chosen.textContent()).toMatch(/^1 of 5: frame 40, .*off by \+1\.0 Å³$/);
    const viewer = linked.getByRole("application");
    await expect.poll(() => viewer.count(), { timeout: 100_000 }).toBe(1);
    const caption = linked.locator(".spectensor-structure span").last();
    await expect.poll(() => caption.textContent()).toBe("0.080 ps");
    const before = await viewer.screenshot();
    await clickAt(page, 0, 2, 2.1);
    expect(await chosen.textContent()).toMatch(/^3 of 5: frame 400, 0\.800 ps, off by \+0\.10 Å³$/);
    await expect.poll(() => ring(page, 0)).toEqual([2, 2.1]);
    expect(await caption.textContent()).toBe("0.800 ps");
    expect((await viewer.screenshot()).equals(before)).toBe(false);
    // Where no point is near, nothing is chosen.
    await clickAt(page, 0, 1.5, 4);
    expect(await chosen.textContent()).toMatch(/^3 of 5/);
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("can be walked through with the arrow keys alone, in another theme too", async () => {
    const { page, chosen, slider, complaints } = await opened(browser, 0);
    await slider.focus();
    await page.keyboard.press("ArrowRight");
    expect(await chosen.textContent()).toMatch(/^2 of 5: frame 120/);
    expect(await slider.getAttribute("aria-valuetext")).toBe(await chosen.textContent());
    await expect.poll(() => ring(page, 0)).toEqual([5, 4.8]);
    await page.keyboard.press("End");
    expect(await chosen.textContent()).toMatch(/^5 of 5/);
    const last = await ring(page, 0);
    await page.getByRole("button", { name: "Dark colours" }).click();
    await expect.poll(() => ring(page, 0)).toEqual(last);
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("show the mode nearest to a click in a spectrum, and play it on request", async () => {
    const { page, linked, chosen, complaints } = await opened(browser, 1);
    await expect.poll(() => chosen.textContent()).toMatch(/^1 of 3: 15\d\d\.\d cm⁻¹, A1, mode 7$/);
    const viewer = linked.getByRole("application");
    await expect.poll(() => viewer.count(), { timeout: 100_000 }).toBe(1);
    const [bend, stretch] = [lines.anchors[0]!, lines.anchors[1]!];
    const before = await viewer.screenshot();
    await clickAt(page, 1, stretch.x + 4, stretch.y / 2);
    expect(await chosen.textContent()).toBe(`2 of 3: ${stretch.text}`);
    expect(await linked.locator(".spectensor-structure").textContent()).toContain(
      `mode 8, ${stretch.x.toFixed(1)} cm⁻¹`,
    );
    await expect.poll(async () => (await viewer.screenshot()).equals(before)).toBe(false);
    await clickAt(page, 1, bend.x, 0);
    expect(await chosen.textContent()).toBe(`1 of 3: ${bend.text}`);
    // The reader asked for less motion: it waits to be started.
    await expect.poll(() => linked.getByRole("button", { name: "Play" }).count()).toBe(1);
    await linked.getByRole("button", { name: "Play" }).click();
    const phase = linked.locator(".spectensor-structure span").last();
    await expect.poll(() => phase.textContent()).toMatch(/^[1-9]\d*°$/);
    await linked.getByRole("button", { name: "Pause" }).click();
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("say what is chosen where there is no WebGL, and are pictures without scripts", async () => {
    const { page, chosen, slider, complaints } = await opened(flat, 0);
    await slider.focus();
    await page.keyboard.press("ArrowRight");
    expect(await chosen.textContent()).toMatch(/^2 of 5: frame 120/);
    expect(complaints).toEqual([]);
    await page.context().close();
    const context = await browser.newContext({ javaScriptEnabled: false });
    const still = await context.newPage();
    await still.goto(address);
    expect(await still.locator(".spectensor-linked img").count()).toBe(4);
    expect(await still.locator(".spectensor-chosen").first().textContent()).toMatch(/^frame 40/);
    await context.close();
  });
});
