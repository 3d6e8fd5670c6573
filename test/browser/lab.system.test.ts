import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findJupyter } from "../../src/cli/findJupyter.js";
import { writeNotebook } from "../../src/runner/nbformat.js";
import { codeNotebook } from "../support/notebooks.js";
import { type JupyterLab, type OpenNotebook, openNotebook, startJupyterLab } from "./jupyterLab.js";
import {
  CHROMIUM,
  hoverText,
  launchChromium,
  NO_CHROMIUM,
  picturesOfFailures,
  REPOSITORY,
  scratchFolder,
  type WatchedPage,
  watchedPage,
} from "./support.js";

const JUPYTER = findJupyter({ folder: REPOSITORY });
const missing = CHROMIUM
  ? JUPYTER
    ? ""
    : " (skipped: no JupyterLab; name one in SPECTENSOR_JUPYTER)"
  : ` (skipped: ${NO_CHROMIUM})`;

const FIGURE = codeNotebook(
  {},
  `import { lineFigure, show, showTable } from "spectensor";`,
  `show(lineFigure([{ label: "A", x: [0, 1, 2], y: [1, 3, 2] }], { x: { quantity: "time", unit: "fs" }, y: { quantity: "α_xx", unit: "Å³" } }));`,
  `showTable({ RMSE: [0.25], name: ["p"] }, { units: { RMSE: "Å³" } });`,
);

const WORK = codeNotebook(
  {},
  `import { loadDataset, polarizabilityLearningCurve, progressBar } from "spectensor";`,
  `const water = await loadDataset("h3o");`,
  `const set = await loadDataset("h2o");`,
  `const curve = await polarizabilityLearningCurve(set.frames, { sizes: [100], draws: 20_000, ...progressBar() });`,
  `console.log(set.frames.length, "frames");`,
  "loadDat",
  `const series = set.series("polarizability");\nseries.timestep`,
);

describe.skipIf(missing)(`notebooks in JupyterLab${missing}`, () => {
  const folder = scratchFolder("lab-test");
  let lab: JupyterLab;
  let browser: Browser;
  let watched: WatchedPage;

  beforeAll(async () => {
    await writeNotebook(join(folder, "figure.ipynb"), FIGURE);
    await writeNotebook(join(folder, "work.ipynb"), WORK);
    [lab, browser] = await Promise.all([startJupyterLab(folder, join(folder, ".jupyter")), launchChromium()]);
    watched = await watchedPage(browser, { viewport: { width: 1300, height: 1000 } });
  }, 300_000);
  picturesOfFailures(() => watched?.page);
  afterAll(async () => {
    await browser?.close();
    await lab?.stop();
  }, 60_000);

  describe("a figure", () => {
    let notebook: OpenNotebook;
    const plots = () => watched.page.locator(".js-plotly-plot .plot-container");

    it("appears when all cells are run, on this installation's kernel, and answers the mouse", async () => {
      notebook = await openNotebook(watched.page, lab, "figure.ipynb");
      await notebook.menu("Run", /^Run All Cells/);
      expect([await notebook.finished(0), await notebook.finished(1), await notebook.finished(2)]).toEqual([1, 2, 3]);
      await expect.poll(() => plots().count()).toBe(1);
      expect(await hoverText(watched.page, 1, 3)).toMatch(/1.*3/);
      expect(await notebook.output(2).locator("th").allTextContents()).toEqual(["RMSE (Å³)", "name"]);
    });

    it("appears again after a restart", async () => {
      await notebook.menu("Kernel", /^Restart Kernel and Run All Cells/);
      await watched.page.locator(".jp-Dialog button.jp-mod-accept").click();
      await expect.poll(() => plots().count(), { timeout: 100_000 }).toBe(0);
      expect(await notebook.finished(2)).toBe(3);
      await expect.poll(() => plots().count()).toBe(1);
      expect(await hoverText(watched.page, 2, 2)).toMatch(/2.*2/);
    });

    it("is still there as a picture in a file of somebody else, where no script runs", async () => {
      await watched.page.keyboard.press("Control+s");
      const saved = join(folder, "figure.ipynb");
      await expect.poll(() => readFileSync(saved, "utf8").includes("svg+xml"), { timeout: 100_000 }).toBe(true);
      // Another text, so that Jupyter has no signature of it.
      writeFileSync(join(folder, "foreign.ipynb"), readFileSync(saved, "utf8").replace("α_xx", "α_yy"));
      notebook = await openNotebook(watched.page, lab, "foreign.ipynb");
      const picture = notebook.output(1).locator("img");
      await picture.waitFor();
      await picture.evaluate((image: HTMLImageElement) => image.decode());
      expect((await picture.boundingBox())!.height).toBeGreaterThan(200);
      expect(await picture.getAttribute("alt")).toMatch(/^α_xx in Å³ against time in fs/);
      expect(await plots().count()).toBe(0);
      expect(await notebook.output(2).locator("td").allTextContents()).toEqual(["0.2500", "p"]);
    });
  });

  describe("work", () => {
    let notebook: OpenNotebook;

    it("that fails says why, and nothing else", async () => {
      notebook = await openNotebook(watched.page, lab, "work.ipynb");
      for (const index of [0, 1]) {
        await notebook.run(index);
        await notebook.finished(index);
      }
      await expect
        .poll(() => notebook.output(1).textContent())
        .toMatch(/^\s*DataError: no data set "h3o"; did you mean "h2o"\?\s*$/);
      // After a failed cell the kernel refuses what is already queued, for 0.2 s.
      await watched.page.waitForTimeout(2000);
    });

    it("shows its progress in place, ends with the stop button, and leaves the kernel usable", async () => {
      await notebook.run(2);
      await notebook.finished(2);
      await notebook.run(3);
      const status = notebook.output(3).getByRole("status");
      await status.first().waitFor({ timeout: 60_000 });
      const seen = new Set<string>();
      for (let i = 0; i < 40 && seen.size < 3; i++) {
        seen.add((await status.last().textContent()) ?? "");
        await watched.page.waitForTimeout(300);
      }
      expect(seen.size).toBeGreaterThan(2);
      // The features may be done already ("took …"); the draws last.
      await expect
        .poll(() => status.last().textContent(), { timeout: 100_000 })
        .toMatch(/^[\w ]+: [\d,]+ of [\d,]+ \w+, [\d,.]+ \w+\/s, .* left$/);
      await watched.page.getByTitle("Interrupt the kernel").first().click();
      await notebook.finished(3);
      await expect
        .poll(() => notebook.output(3).textContent(), { timeout: 60_000 })
        .toMatch(/interrupted at \d+ of 20000/);
      await watched.page.waitForTimeout(2000); // as after any failed cell
      await notebook.run(4);
      await notebook.finished(4, 60_000);
      await expect.poll(() => notebook.output(4).textContent()).toMatch(/^\s*1001 frames\s*$/);
    });
  });

  describe("a name", () => {
    it("is completed with Tab", async () => {
      const notebook = await openNotebook(watched.page, lab, "work.ipynb");
      await notebook.edit(5);
      await watched.page.keyboard.press("Tab");
      const choice = watched.page.locator(".jp-Completer-item", { hasText: "loadDataset" });
      await choice.waitFor({ timeout: 60_000 });
      await watched.page.keyboard.press("Enter");
      await expect.poll(() => notebook.cell(5).locator(".cm-content").textContent()).toBe("loadDataset");
    });

    it("says with Shift+Tab what it is and in which unit", async () => {
      const notebook = await openNotebook(watched.page, lab, "work.ipynb");
      await notebook.edit(6);
      await watched.page.keyboard.press("Shift+Tab");
      const tip = watched.page.locator(".jp-Tooltip");
      await tip.waitFor({ timeout: 60_000 });
      expect(await tip.textContent()).toMatch(/TensorSeries\.timestep: number[\s\S]*Time between frames, fs\./);
    });
  });

  it("nothing of ours complains in the browser's console, and no other machine is asked", () => {
    // JupyterLab itself says so of every kernel without a debugger.
    expect(watched.complaints.filter((c) => c !== "uncaught: No active debugger session")).toEqual([]);
  });
});
