import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { OptionError } from "../../src/errors.js";
import type { Figure, PlotlyOptions } from "../../src/figure/figure.js";
import { lineFigure } from "../../src/figure/lines.js";
import { panels } from "../../src/figure/panels.js";
import { pictureSvg, renderPdf, renderPng } from "../../src/figure/picture.js";
import { resizeFigure } from "../../src/figure/resize.js";
import { saveFigure } from "../../src/figure/saveFigure.js";
import { renderSvg } from "../../src/figure/static.js";
import { structureView } from "../../src/figure/structureView.js";
import { createStructure } from "../../src/structure/structure.js";
import { exampleFigures } from "./example.js";
import { textBoxes, textProblems } from "./textBoxes.js";

const folder = mkdtempSync(join(tmpdir(), "picture-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const figures = exampleFigures();
const long = lineFigure(
  ["linear response alone", "machine learning on top of it", "density functional theory"].map((label, k) => ({
    label,
    x: [0, 1, 2],
    y: [k, 2, 1],
  })),
  {
    title: "α-quartz with 72 atoms at 300 K, PBE, ordinary and extraordinary",
    note: "A remark that takes more than one line as soon as the figure is a column of a journal wide.",
    x: { quantity: "Wavenumber", unit: "cm⁻¹" },
    y: { quantity: "⟨|M|²⟩", unit: "e²·Å²" },
  },
);
const domains = (f: Figure): Record<string, [number, number]> =>
  Object.fromEntries(
    Object.keys(f.layout).flatMap((key) => {
      const [, side] = /^([xy])axis\d*$/.exec(key) ?? [];
      const size = side === "x" ? f.layout.width : f.layout.height;
      const { domain } = f.layout[key] as { domain: [number, number] };
      return side ? [[key, [domain[0] * size, domain[1] * size] as [number, number]]] : [];
    }),
  );

describe("resizeFigure", () => {
  it("changes frames alone: margins and letters keep their pixels", () => {
    const { spectrum } = figures;
    const small = resizeFigure(spectrum!, 400, 300);
    const [before, after] = [domains(spectrum!), domains(small)];
    expect(after.xaxis![0]).toBeCloseTo(before.xaxis![0], 9);
    expect(400 - after.xaxis![1]).toBeCloseTo(640 - before.xaxis![1], 9);
    expect(after.yaxis![0]).toBeCloseTo(before.yaxis![0], 9);
    expect(300 - after.yaxis![1]).toBeCloseTo(spectrum!.layout.height - before.yaxis![1], 9);
    expect(small.layout.font).toEqual(spectrum!.layout.font);
    expect(small.data).toBe(spectrum!.data);
  });

  it("keeps the gaps between panels side by side and in rows", () => {
    const { grid } = figures;
    const [before, after] = [domains(grid!), domains(resizeFigure(grid!, grid!.layout.width + 200))];
    expect(after.xaxis2![0] - after.xaxis![1]).toBeCloseTo(before.xaxis2![0] - before.xaxis![1], 9);
    expect(after.yaxis![0] - after.yaxis3![1]).toBeCloseTo(before.yaxis![0] - before.yaxis3![1], 9);
    const wide = (d: [number, number]): number => d[1] - d[0];
    expect(wide(after.xaxis!) / wide(before.xaxis!)).toBeCloseTo(wide(after.xaxis2!) / wide(before.xaxis2!), 9);
  });

  it("is the figure itself at its own size", () => {
    for (const f of [...Object.values(figures), long]) {
      const same = resizeFigure(f, f.layout.width, f.layout.height);
      // Rounded: fractions are computed once more. Annotations may come in another order.
      const rounded = (value: unknown): string =>
        JSON.stringify(value, (_, v: unknown) => (typeof v === "number" ? Number(v.toPrecision(9)) : v));
      const text = (f: Figure): string[] => f.layout.annotations.map(rounded).sort();
      expect(text(same)).toEqual(text(f));
      for (const key of Object.keys(f.layout).filter((k) => k !== "annotations" && !k.endsWith("axis")))
        expect(rounded(same.layout[key]), key).toBe(rounded(f.layout[key]));
      for (const key of ["xaxis", "yaxis"])
        expect(rounded((same.layout[key] as PlotlyOptions).domain)).toBe(
          rounded((f.layout[key] as PlotlyOptions).domain),
        );
    }
  });

  it.each([330, 396, 500, 900])("at %d pixels no text is cut or lies over another", (width) => {
    for (const [name, f] of Object.entries({ ...figures, long })) {
      const wide = name === "grid" ? width + 300 : width;
      const resized = resizeFigure(f, wide);
      expect(textProblems(renderSvg(resized), resized.layout), name).toEqual([]);
    }
  });

  it("refuses a size without room", () => {
    expect(() => resizeFigure(figures.grid!, 250)).toThrow(OptionError);
    expect(() => resizeFigure(figures.spectrum!, 600, 100)).toThrow(/leave no room for a frame/);
  });
});

describe("titles", () => {
  it("stand above the legend, in lines that fit, one panel's beside the other's", () => {
    const svg = renderSvg(long);
    expect(textProblems(svg, long.layout)).toEqual([]);
    const box = (start: string) => textBoxes(svg).find((b) => b.text.startsWith(start))!;
    expect(box("α-quartz").bottom).toBeLessThan(box("linear response").top + 4);
    const two = panels([long, long], { columns: 2 });
    expect(textProblems(renderSvg(two), two.layout)).toEqual([]);
    expect(long.description).toMatch(/^α-quartz with 72 atoms/);
  });

  it("stand above a legend of any length", () => {
    for (let entries = 1; entries <= 12; entries++) {
      const curves = Array.from({ length: entries }, (_, k) => ({
        label: `a curve with a name, ${k}`,
        x: [0, 1],
        y: [k, k + 1],
      }));
      const f = lineFigure(curves, { title: "Title", x: { quantity: "x" }, y: { quantity: "y" } });
      const boxes = textBoxes(renderSvg(f));
      const title = boxes.find((b) => b.text === "Title")!;
      const first = boxes.find((b) => b.text === "a curve with a name, 0")!;
      // Letters with room for accents and descenders touch where lines of text do.
      expect(title.bottom - first.top, `${entries} entries`).toBeLessThan(3);
      expect(textProblems(renderSvg(f), f.layout)).toEqual([]);
    }
  });
});

/** Width, height and dots per metre of a PNG. */
function pngHeader(png: Uint8Array): { width: number; height: number; perMetre: number } {
  const bytes = Buffer.from(png);
  expect(bytes.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
  const physical = bytes.indexOf("pHYs");
  return {
    width: bytes.readUInt32BE(16),
    height: bytes.readUInt32BE(20),
    perMetre: bytes.readUInt32BE(physical + 4),
  };
}

describe("renderPng", () => {
  it("has the dots of its width in print and says how many make a metre", () => {
    const png = pngHeader(renderPng(figures.spectrum!, { width: 86 }));
    expect(png.width).toBe(Math.round((86 / 25.4) * 300));
    expect(png.perMetre).toBe(Math.round(300 / 0.0254));
    expect(pngHeader(renderPng(figures.spectrum!)).width).toBe(2 * 640);
    expect(pngHeader(renderPng(figures.spectrum!, { width: 86, height: 50, resolution: 600 })).height).toBeCloseTo(
      (50 / 25.4) * 600,
      -1,
    );
  });

  it("draws letters, also those that few fonts have", () => {
    const drawn = (title: string): Uint8Array =>
      renderPng(lineFigure([{ x: [0, 1], y: [0, 1] }], { title, x: { quantity: "x" }, y: { quantity: "y" } }));
    const empty = drawn("·");
    for (const letter of ["A", "⁻", "₀", "α", "⟨", "ħ"])
      expect(Buffer.compare(drawn(letter), empty), letter).not.toBe(0);
  });

  it("draws structures", () => {
    const view = structureView(createStructure({ species: ["O"], positions: [[0, 0, 0]] }));
    expect(pngHeader(renderPng(view, { width: 40, resolution: 254 })).width).toBe(400);
    expect(() => renderPng(view, { fontSize: 8 })).toThrow(/fontSize/);
  });
});

/** Streams of a PDF, unpacked. */
function streams(pdf: Uint8Array): string[] {
  const bytes = Buffer.from(pdf).toString("latin1");
  return [...bytes.matchAll(/stream\n([\s\S]*?)\nendstream/g)].flatMap(([, packed]) => {
    try {
      return [inflateSync(Buffer.from(packed!, "latin1")).toString("latin1")];
    } catch {
      return [];
    }
  });
}

/** The text of a PDF as a reader copies it: glyphs by the table from glyphs to letters that its font brings along. */
function textOf(pdf: Uint8Array): string {
  const all = streams(pdf);
  const [table] = all
    .filter((s) => s.includes("beginbfrange"))
    .map((s) =>
      (/\[(<[^\]]*)\]/.exec(s)![1]!.match(/[0-9a-f]{4,}/g) ?? []).map((hex) =>
        String.fromCodePoint(Number.parseInt(hex, 16)),
      ),
    );
  return all
    .flatMap((s) => [...s.matchAll(/<([0-9a-f]{4})> Tj/g)])
    .map(([, glyph]) => table![Number.parseInt(glyph!, 16)] ?? "?")
    .join("");
}

describe("renderPdf", () => {
  it("is a page of the width that was asked for, with its letters as text, the same bytes each time", async () => {
    const pdf = await renderPdf(figures.spectrum!, { width: 86, fontSize: 7 });
    const text = Buffer.from(pdf).toString("latin1");
    const [, width, height] = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(text)!.map(Number);
    expect(width).toBeCloseTo((86 * 72) / 25.4, 1);
    expect(height! / width!).toBeCloseTo(400 / 640, 1);
    expect(text).toContain("/FontFile2");
    expect(
      Buffer.compare(Buffer.from(await renderPdf(figures.spectrum!, { width: 86, fontSize: 7 })), Buffer.from(pdf)),
    ).toBe(0);
    const words = textOf(pdf).replace(/\u200b/g, "");
    for (const word of ["Raman shift (cm⁻¹)", "Raman intensity", "DFPT", "Δ-ML", "1000"]) expect(words).toContain(word);
  });

  it("has letters of the size that was asked for", async () => {
    const all = streams(await renderPdf(figures.spectrum!, { width: 86, fontSize: 7 }));
    // Size of the font times the scales of the page.
    const page = all.find((s) => /^1 0 0 -1 0 [\d.]+ cm/.test(s))!;
    const scale = [...page.matchAll(/^([\d.]+) 0 0 \1 0 0 cm$/gm)].reduce((product, [, s]) => product * Number(s), 1);
    const sizes = all.flatMap((s) => [...s.matchAll(/\/F\d+ ([\d.]+) Tf/g)]).map(([, size]) => Number(size) * scale);
    expect(Math.max(...sizes)).toBeCloseTo(7, 2);
  });
});

describe("saveFigure", () => {
  it("writes what the ending says, whole", async () => {
    for (const [ending, start] of [
      ["svg", "<svg "],
      ["png", "\x89PNG"],
      ["pdf", "%PDF-"],
      ["csv", "Raman shift"],
      ["json", "{"],
    ]) {
      const file = join(folder, `figure.${ending}`);
      await saveFigure(figures.spectrum!, file);
      expect(readFileSync(file, "latin1").startsWith(start!), ending).toBe(true);
    }
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  it("leaves an earlier file as it was when it cannot draw", async () => {
    const file = join(folder, "earlier.pdf");
    writeFileSync(file, "earlier");
    await expect(saveFigure(figures.spectrum!, file, { width: 10 })).rejects.toThrow(OptionError);
    await expect(saveFigure(figures.spectrum!, join(folder, "x.tiff"))).rejects.toThrow(
      /end the name in \.svg, \.png, \.pdf, \.csv, \.json/,
    );
    expect(readFileSync(file, "utf8")).toBe("earlier");
  });

  it("states mm in an SVG", () => {
    expect(pictureSvg(figures.spectrum!, { width: 86 })).toMatch(
      /^<svg [^>]*width="86mm" height="[\d.]+mm"[^>]*viewBox="0 0 /,
    );
    expect(pictureSvg(figures.spectrum!)).toBe(renderSvg(figures.spectrum!));
  });
});

it("every letter of figures and notebooks is in the font of pictures or has a stand-in", async () => {
  const require = createRequire(import.meta.url);
  const fontkit = createRequire(require.resolve("pdfkit"))("fontkit") as {
    openSync(path: string): { hasGlyphForCodePoint(code: number): boolean };
  };
  const font = fontkit.openSync(require.resolve("@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf"));
  const root = new URL("../../", import.meta.url).pathname;
  const files = ["src/figure", "src/spectrum", "notebooks"].flatMap((where) =>
    readdirSync(join(root, where), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(ts|ipynb)$/.test(name) && !name.includes("node_modules") && !name.startsWith("textMetrics"))
      .map((name) => join(root, where, name)),
  );
  expect(files.length).toBeGreaterThan(20);
  const stand = /const STAND_INS[^}]*}/.exec(readFileSync(join(root, "src/figure/picture.ts"), "utf8"))![0];
  const missing = new Set<string>();
  for (const file of files)
    for (const c of readFileSync(file, "utf8").match(/[^\n -~]/gu) ?? [])
      if (!font.hasGlyphForCodePoint(c.codePointAt(0)!) && !stand.includes(c)) missing.add(c);
  expect([...missing].join(" ")).toBe("");
});
