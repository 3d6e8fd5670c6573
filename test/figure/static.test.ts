import { expect, it, vi } from "vitest";
import { renderSvg } from "../../src/figure/static.js";
import { exampleFigures } from "./example.js";

const figures = exampleFigures();

for (const [name, figure] of Object.entries(figures)) {
  it(`draws the ${name} figure as it is on record, without a warning`, async () => {
    const warnings = (["warn", "error", "log"] as const).map((level) => vi.spyOn(console, level));
    const svg = renderSvg(figure);
    await expect(svg.replace(/><(?!\/?t)/g, ">\n<")).toMatchFileSnapshot(`snapshots/${name}.svg`);
    for (const w of warnings) expect(w).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
}

it("draws the same text twice, and again after other figures", () => {
  const first = renderSvg(figures.spectrum!);
  renderSvg(figures.parity!);
  expect(renderSvg(figures.spectrum!)).toBe(first);
});

it("keeps every text inside the picture", () => {
  for (const figure of Object.values(figures)) {
    const { width, height } = figure.layout;
    for (const [, x, y] of renderSvg(figure).matchAll(/<text[^>]* x="([-\d.]+)" y="([-\d.]+)"/g)) {
      expect(Number(x)).toBeGreaterThanOrEqual(0);
      expect(Number(x)).toBeLessThanOrEqual(width);
      expect(Number(y)).toBeLessThanOrEqual(height);
    }
  }
});

it("recolours for a dark page and changes nothing else", () => {
  const [light, dark] = [renderSvg(figures.spectrum!), renderSvg(figures.spectrum!, { theme: "dark" })];
  expect(dark).not.toBe(light);
  const colourless = (svg: string): string => svg.replace(/rgba?\([^)]*\)|(fill|stroke)-opacity: [\d.]+/g, "");
  expect(colourless(dark)).toBe(colourless(light));
});

it("carries the description for screen readers and numbers of at most two decimals", () => {
  const svg = renderSvg(figures.timeSeries!);
  expect(svg).toContain("<title>α_xx in Å³ against Time in fs: DFPT, LRM. Substitute data:");
  expect(svg).not.toMatch(/<[^>]*\d\.\d{3,}/);
});
