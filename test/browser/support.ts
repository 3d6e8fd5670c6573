/** A real browser for tests of pages. Nothing is downloaded: who has none skips these tests. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, vi } from "vitest";
import { findProgram, pathOf } from "../../src/cli/findJupyter.js";

// WebGL drawn by a processor that others use as well takes its time.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

export const REPOSITORY: string = fileURLToPath(new URL("../../", import.meta.url));

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Chromium of this machine: SPECTENSOR_CHROMIUM, or what is on the path. */
export const CHROMIUM: string | undefined =
  process.env.SPECTENSOR_CHROMIUM ?? names.map((name) => findProgram(name, pathOf(process.env))).find(Boolean);

export const NO_CHROMIUM = "no Chromium on the path; name one in SPECTENSOR_CHROMIUM";

export function launchChromium(): Promise<Browser> {
  // Inside containers Chromium's own sandbox cannot be set up; the pages are ours.
  const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"];
  return chromium.launch({ executablePath: CHROMIUM!, args });
}

/** A page that notes what goes wrong in it and what it asks other machines for. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors in the console, uncaught errors, requests to anything but this machine. */
  readonly complaints: string[];
}

export async function watchedPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext(options);
  // As long as a test may take: how busy the machine is says nothing about the page.
  context.setDefaultTimeout(100_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (m) => {
    if (m.type() === "error") complaints.push(`console: ${m.text()} (${m.location().url})`);
  });
  page.on("pageerror", (e) => complaints.push(`uncaught: ${e.message}`));
  page.on("request", (r) => {
    if (!/^(file|data|blob):|^(https?|wss?):\/\/127\.0\.0\.1:/.test(r.url())) complaints.push(`request: ${r.url()}`);
  });
  return { page, complaints };
}

/** Leaves a picture of the page in `coverage` after each failed test. */
export function picturesOfFailures(page: () => Page | undefined): void {
  afterEach(async ({ task }) => {
    if (task.result?.state !== "fail") return;
    const name = task.name.replace(/\W+/g, "-");
    await page()?.screenshot({ path: join(REPOSITORY, "coverage", "browser", `${name}.png`) });
  });
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds in the page as it stands. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    type Axe = { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> };
    const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run();
    return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 200)} ${n.failureSummary ?? ""}`));
  });
}

/** A folder inside the checkout, so that cells find the built package by its name; removed after the tests of the file. */
export function scratchFolder(name: string): string {
  const root = join(REPOSITORY, "coverage");
  mkdirSync(root, { recursive: true });
  const folder = mkdtempSync(join(root, `${name}-`));
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** Points with the mouse at (x, y) of the first plot and waits for what the plot says about it. */
export async function hoverText(page: Page, x: number, y: number): Promise<string> {
  const plot = page.locator(".js-plotly-plot").first();
  await plot.scrollIntoViewIfNeeded();
  const place = await plot.evaluate(
    (element, [x, y]) => {
      type Axis = { _offset: number; l2p(value: number): number };
      const { xaxis, yaxis } = (element as unknown as { _fullLayout: { xaxis: Axis; yaxis: Axis } })._fullLayout;
      const { left, top } = element.getBoundingClientRect();
      return { x: left + xaxis._offset + xaxis.l2p(x!), y: top + yaxis._offset + yaxis.l2p(y!) };
    },
    [x, y],
  );
  const label = plot.locator(".hoverlayer .hovertext").first();
  // The first movement over a plot that was just drawn may be lost.
  for (let k = 0; k < 20 && (await label.count()) === 0; k++) {
    await page.mouse.move(place.x + (k % 2), place.y);
    await page.waitForTimeout(250);
  }
  return (await label.textContent({ timeout: 5000 })) ?? "";
}
