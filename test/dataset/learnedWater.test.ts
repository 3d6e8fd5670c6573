import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { fetchDataset } from "../../src/dataset/fetch.js";
import { loadDataset } from "../../src/dataset/load.js";
import { type DatasetEntry, findDataset } from "../../src/dataset/registry.js";
import { DataError } from "../../src/errors.js";
import { spectrumError } from "../../src/spectrum/compare.js";
import { infrared } from "../../src/spectrum/infrared.js";
import { resample } from "../../src/spectrum/spectrum.js";

describe("series of learned water", async () => {
  const water = await loadDataset("water-md-ml");
  const options = { temperature: 298.2, verlet: 0.5, broadening: { kind: "gaussian", width: 20 } } as const;
  const polarization = water.ensemble("polarization");
  const current = water.ensemble("current");
  const spectrum = infrared(current, options);
  const range = { from: 60, to: 3900 };

  it("has a rate that is the derivative of the polarization", () => {
    const [p, rate] = [polarization.runs[0]!.values, current.runs[0]!.values];
    // Simpson's rule over two intervals of 2.5 fs against P(t + 5 fs) − P(t): its error is of the fourth order in the stretch's 9 fs period.
    const [differences, integrals] = [[], []] as [number[], number[]];
    for (let k = 0; k + 6 < 3 * 2000; k++) {
      differences.push(p[k + 6]! - p[k]!);
      integrals.push((2.5 / 3) * (rate[k]! + 4 * rate[k + 3]! + rate[k + 6]!));
    }
    const square = (x: number[]) => x.reduce((s, v) => s + v * v, 0);
    expect(square(differences.map((d, k) => d - integrals[k]!)) / square(differences)).toBeLessThan(0.05);
  });

  it("gives one spectrum by three routes", () => {
    // What P and Ṗ differ by is the rounding of four decimals and the ends of the runs; halves of the runs differ by more than a tenth.
    for (const other of [infrared(polarization, options), infrared({ polarization, current }, options)])
      expect(spectrumError(spectrum, other, range).value).toBeLessThan(0.05);
  });

  it("has tables whose parts add up and whose whole is the spectrum of the series", () => {
    const { wavenumber, total, molecules } = water.tables.parts!;
    const axis = wavenumber!.filter((v) => v >= range.from && v <= range.to);
    const values = resample(spectrum, axis).intensities.absorption!.values;
    const first = wavenumber!.indexOf(axis[0]!);
    const highest = Math.max(...total!);
    axis.forEach((_, k) => {
      // Five decimals of the series' currents of some 0.1 e·Å/fs.
      expect(Math.abs(values[k]! - total![first + k]!)).toBeLessThan(2e-3 * highest);
    });
    expect(molecules!.every((v) => v > 0)).toBe(true);
  });

  it("has as many runs as its tables say", () => {
    expect(water.tables["runs-64"]!.temperature!.length).toBe(water.runs);
    expect(water.quantities).toEqual(["polarizability", "polarization", "current"]);
  });
});

describe("tables and currents of a data set", () => {
  it("are told where they are missing or nameless", async () => {
    const cacheDir = await mkdtemp(join(tmpdir(), "spectensor-tables-"));
    const file = join(cacheDir, "t.csv");
    const entry = (role: string): DatasetEntry => ({
      ...findDataset("h2o"),
      id: "own",
      files: [{ role, name: "t.csv", url: pathToFileURL(file).href }],
    });
    await writeFile(file, "r,g\n1,2\n3,4\n");
    await fetchDataset(entry("table"), { cacheDir });
    const own = await loadDataset(entry("table"), { cacheDir });
    expect([...own.tables.t!.g!]).toEqual([2, 4]);
    expect(() => own.series("current")).toThrow(DataError);
    await rm(cacheDir, { recursive: true });
    const again = await mkdtemp(join(tmpdir(), "spectensor-tables-"));
    await writeFile(join(again, "source.csv"), "1,2\n3,4\n");
    const nameless = {
      ...entry("table"),
      files: [{ role: "table", name: "t.csv", url: pathToFileURL(join(again, "source.csv")).href }],
    };
    await fetchDataset(nameless, { cacheDir: again });
    await expect(loadDataset(nameless, { cacheDir: again })).rejects.toThrow("no header line");
    await rm(again, { recursive: true });
  });
});
