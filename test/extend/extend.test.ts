import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { program } from "../../src/cli/main.js";
import { spectrumCsv } from "../../src/cli/spectrumOutput.js";
import { OptionError } from "../../src/errors.js";
import { figureCsv } from "../../src/figure/figure.js";
import { spectrumFigure } from "../../src/figure/spectrum.js";
import { renderSvg } from "../../src/figure/static.js";
import { seriesOfComponents } from "../../src/series/components.js";
import { averageSpectra } from "../../src/spectrum/average.js";
import { broaden } from "../../src/spectrum/broadening.js";
import { findPeaks } from "../../src/spectrum/peaks.js";
import { temporaryFolder } from "../cli/run.js";
import { countCommand } from "./toyCommand.js";
import { rankFigure } from "./toyFigure.js";
import { meanSpectrum } from "./toySpectrum.js";

const folder = temporaryFolder();

describe("the table of what to write in CONTRIBUTING.md", () => {
  const page = readFileSync(fileURLToPath(new URL("../../CONTRIBUTING.md", import.meta.url)), "utf8");
  const rows = page
    .slice(page.indexOf("| to add a …"))
    .split("\n\n")[0]!
    .split("\n")
    .slice(2)
    .map((row) => row.split("|").map((cell) => cell.trim()));

  it("names a test for each row, and files that exist", () => {
    expect(rows.length).toBeGreaterThan(6);
    for (const [, what, write, tried] of rows) {
      const tests = [...tried!.matchAll(/`(test\/[^`]+)`/g)].map(([, path]) => path!);
      expect([what, tests.length > 0, tests.filter((path) => !existsSync(path))]).toEqual([what, true, []]);
      const named = [...write!.matchAll(/`((?:io|descriptor|model|cli|spectrum|figure)(?:\/[\w.]+)*)`/g)];
      for (const [, path] of named) expect([path, existsSync(join("src", path!))]).toEqual([path, true]);
    }
  });
});

/** A mean that swings at 500 cm⁻¹. */
function swinging(phase = 0) {
  const omega = 2 * Math.PI * 500 * 2.99792458e-5;
  const x = Float64Array.from({ length: 2000 }, (_, k) => 10 + Math.cos(omega * 2 * k + phase));
  const zero = x.map(() => 0);
  const components = { xx: x, yy: x, zz: x, xy: zero, yz: zero, zx: zero };
  return seriesOfComponents({ quantity: "polarizability", timestep: 2, origin: "toy", components });
}

describe("a spectrum in one file", () => {
  it("is averaged, broadened, searched, drawn and written like every other", () => {
    const mean = averageSpectra([0, 1, 2].map((phase) => meanSpectrum(swinging(phase))));
    expect(mean.averaged).toBe(3);
    const [line] = findPeaks(broaden(mean, { kind: "gaussian", width: 10 }), { from: 100, count: 1 });
    // The grid is 1/(2·4000 fs·c) = 4.2 cm⁻¹ wide; a parabola through three points is a tenth of that off.
    expect(Math.abs(line!.position - 500)).toBeLessThan(1);
    expect(spectrumCsv(mean)).toMatch(/^wavenumber_cm-1,mean_A\^6 cm/);
    expect(renderSvg(spectrumFigure({ toy: mean }, { range: [400, 600] }))).toMatch(/^<svg/);
    expect(() => meanSpectrum(swinging(), { scales: 2 } as object)).toThrow(/did you mean "scale"/);
  });
});

describe("a figure in one file", () => {
  it("is drawn and written, and checks its options", () => {
    const figure = rankFigure({ errors: [3, 1, 2] }, { quantity: "Error" });
    expect(figureCsv(figure)).toMatch(/1,1\n2,2\n3,3/);
    expect(renderSvg(figure)).toMatch(/^<svg/);
    expect(() => rankFigure({ errors: [1] }, { quantitiy: "Error" } as never)).toThrow(OptionError);
  });
});

describe("a command in one file", () => {
  it("reads files with the options of every command, and prints a table or JSON", async () => {
    const file = join(folder, "two.xyz");
    writeFileSync(file, "1\n\nAr 0 0 0\n".repeat(2));
    let out = "";
    const spy = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      out += text;
      return true;
    });
    try {
      const root = await program("raman");
      root.addCommand(countCommand());
      await root.parseAsync(["count", file, "--json"], { from: "user" });
      await root.parseAsync(["count", file], { from: "user" });
    } finally {
      spy.mockRestore();
    }
    expect(out).toContain('"frames": 2');
    expect(out).toMatch(/two\.xyz +2\n/);
  });
});
