import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { convertFrequency } from "../../src/units/frequency.js";
import { spectensor, spectensorHere, temporaryFolder } from "./run.js";

const folder = temporaryFolder();
const FRAMES = 400;
const TIMESTEP = 2;
/** 40 whole periods in the record, so that the line falls on a point of the axis. */
const WAVENUMBER = convertFrequency((40 / (FRAMES * TIMESTEP)) * 1e3, "THz", "cm-1");

const points = (csv: string): number[][] =>
  csv
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",").map(Number));
const highest = (rows: readonly number[][], from = 0): number =>
  rows.filter((r) => r[0]! >= from).reduce((best, r) => (r[1]! > best[1]! ? r : best))[0]!;

describe("spectensor raman, of a file", () => {
  beforeAll(() => {
    const rows = Array.from({ length: FRAMES }, (_, i) => {
      const a = 10 + 0.1 * Math.cos((2 * Math.PI * 40 * i) / FRAMES);
      return `${a} ${a} ${a} 0 0 0`;
    });
    writeFileSync(join(folder, "alpha.dat"), `${rows.join("\n")}\n`);
  });

  it("prints CSV with names, units and the line where it is", async () => {
    const { code, out, err } = await spectensor(["raman", "alpha.dat", "--timestep", "2"], { cwd: folder });
    expect([code, err]).toEqual([0, expect.stringMatching(/^warning: alpha\.dat: six columns without names .*\n$/)]);
    const [names] = out.split("\n");
    expect(names).toMatch(/^wavenumber_cm-1,unpolarised_A\^6/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII, for programs of every age
    expect(out).toMatch(/^[\x00-\x7f]*$/);
    const rows = points(out);
    expect(new Set(rows.map((r) => r.length))).toEqual(new Set([names!.split(",").length]));
    expect(rows.flat().every(Number.isFinite)).toBe(true);
    expect(highest(rows, 100)).toBeCloseTo(WAVENUMBER, 4);
  });

  it("prints one JSON object with the same numbers", async () => {
    const args = ["raman", "alpha.dat", "--timestep", "2"];
    const [csv, json] = await Promise.all([
      spectensor(args, { cwd: folder }),
      spectensor([...args, "--json"], { cwd: folder }),
    ]);
    const spectrum = JSON.parse(json.out);
    expect(spectrum).toMatchObject({ quantity: "raman", frames: FRAMES, timestep: TIMESTEP, axis: { unit: "cm-1" } });
    expect(spectrum.peaks.map((p: { position: number }) => Math.round(p.position))).toContain(Math.round(WAVENUMBER));
    const [rows, values] = [points(csv.out), spectrum.intensities.unpolarised.values];
    expect(values.length).toBe(rows.length);
    // Nine digits are printed.
    for (const [k, row] of rows.entries()) expect(Math.abs(row[1]! - values[k])).toBeLessThanOrEqual(1e-8 * values[k]);
  });

  it("applies options: half the frames give half the range", async () => {
    const args = [
      "raman",
      "alpha.dat",
      "--timestep",
      "2",
      "--stride",
      "2",
      "--broadening",
      "none",
      "--factors",
      "none",
    ];
    const { out } = await spectensor(args, { cwd: folder });
    const axis = points(out).map((r) => r[0]!);
    expect(axis.at(-1)).toBeCloseTo(convertFrequency(1e3 / (2 * 2 * TIMESTEP), "THz", "cm-1"), 4);
  });

  it("writes a whole file and nothing beside it", async () => {
    const args = ["raman", "alpha.dat", "--timestep", "2", "--out", "spectrum.svg"];
    const { code, out } = await spectensor(args, { cwd: folder });
    expect(code).toBe(0);
    const [wrote, resolution, heads, highestLine] = out.split("\n");
    expect([wrote, resolution]).toEqual(["wrote spectrum.svg", expect.stringMatching(/^resolution [\d.]+ cm-1$/)]);
    expect(heads).toMatch(/^peak \(cm-1\) +width \(cm-1\) +height \(Å⁶/);
    expect(Number(highestLine!.split(/ +/)[0])).toBeCloseTo(WAVENUMBER, 0);
    expect(readFileSync(join(folder, "spectrum.svg"), "utf8")).toMatch(/^<svg [\s\S]*<\/svg>\s*$/);
    expect(readdirSync(folder).sort()).toEqual(["alpha.dat", "spectrum.svg"]);
    rmSync(join(folder, "spectrum.svg"));
  });

  it.each([
    ["png", "\x89PNG"],
    ["pdf", "%PDF-"],
  ])("draws a .%s of the width and letters that were asked for", async (ending, start) => {
    const file = `spectrum.${ending}`;
    const size = ["--width", "86", "--font-size", "8"];
    const args = ["raman", "alpha.dat", "--timestep", "2", "--out", file, ...size];
    expect((await spectensor(args, { cwd: folder })).out).toMatch(new RegExp(`^wrote ${file}\nresolution`));
    const bytes = readFileSync(join(folder, file));
    expect(bytes.toString("latin1").startsWith(start)).toBe(true);
    if (ending === "png") expect(bytes.readUInt32BE(16)).toBe(Math.round((86 / 25.4) * 300));
    else expect(bytes.toString("latin1")).toMatch(/MediaBox \[0 0 243\.77/);
    rmSync(join(folder, file));
  });

  it("says what is wrong on standard error, in one line", async () => {
    const { code, out, err } = await spectensor(["raman", "alpha.dat"], { cwd: folder });
    expect([code, out]).toEqual([1, ""]);
    expect(err.replace(/^warning: .*\n/, "")).toBe(
      "DataError: alpha.dat: no time step: the rows have no times; give the time between them in fs as --timestep\n",
    );
  });

  it.each([
    ["a missing file", ["missing.dat"], 1, /^FormatError: missing\.dat: no such file/],
    ["a wrong number", ["h2o", "--timestep", "-2"], 2, /^OptionError: --timestep: expected .*"-2"/],
    ["a wrong shape", ["h2o", "--broadening", "box:3"], 2, /^OptionError: --broadening/],
    ["a wrong factor", ["h2o", "--factors", "lazer"], 2, /^OptionError: .*lazer/],
    ["a wrong ending", ["h2o", "--out", "x.tiff"], 2, /^OptionError: --out: .*x\.tiff/],
    ["bytes for a terminal", ["h2o", "--out", "png"], 2, /^OptionError: --out: png .*--out picture\.png/],
    ["a width of no picture", ["h2o", "--out", "x.csv", "--width", "86"], 2, /^OptionError: --width: .*x\.csv is none/],
    ["dots of curves", ["h2o", "--out", "x.pdf", "--resolution", "300"], 2, /^OptionError: --resolution: .*\.png/],
    ["a column too narrow", ["h2o", "--out", "x.pdf", "--width", "20"], 2, /^OptionError: .*no room/],
    [
      "a data set without polarizabilities",
      ["sio2-vasp-cell"],
      1,
      /^SpectensorError: data set sio2-vasp-cell: has no /,
    ],
  ])("says what is wrong with %s", async (_, args, exit, message) => {
    const { code, out, err } = await spectensorHere(["raman", ...args]);
    expect([code, out]).toEqual([exit, ""]);
    expect(err).toMatch(message);
    expect(err.trim().split("\n")).toHaveLength(1);
  });
});

it("spectensor raman h2o: the O–H stretch of the embedded molecule is the highest line above 3000 cm⁻¹", async () => {
  const { code, out } = await spectensor(["raman", "h2o"]);
  expect(code).toBe(0);
  expect(out.split("\n")[0]).toMatch(/^wavenumber_cm-1,unpolarised_/);
  // PBE, classical nuclei: between 3600 and 3800 cm⁻¹.
  expect(Math.abs(highest(points(out), 3000) - 3700)).toBeLessThan(100);
});
