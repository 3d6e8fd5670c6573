import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readFrames } from "../../src/io/load.js";
import { loadSeries } from "../../src/io/loadSeries.js";
import { parsePoscar } from "../../src/io/poscar.js";
import type { FrameQuantity } from "../../src/series/fromFrames.js";
import { warningText } from "../../src/warnings.js";

const folder = new URL("cases/faults/", import.meta.url).pathname;

/** Errors and warnings of reading a file, without its folder. */
async function said(file: string): Promise<string[]> {
  const path = `${folder}silent/${file}`;
  const heard: string[] = [];
  const onWarning = (w: Parameters<typeof warningText>[0]) => heard.push(warningText(w));
  const columns = /^columns|header\.dat|time-ps\.dat/.test(file);
  try {
    if (!columns) await readFrames(path, { onWarning });
    else {
      const quantity: FrameQuantity = /6|9|voigt|header|order/.test(file) ? "polarizability" : "polarization";
      const given = /time/.test(file) && !file.endsWith("given") ? {} : { timestep: 1 };
      await loadSeries(path, { quantity, onWarning, ...given });
    }
  } catch (cause) {
    heard.push((cause as Error).message);
  }
  return heard.map((text) => text.replaceAll(`${folder}silent/`, ""));
}

/** What is no fault after all: honoured as it stands. */
const honoured = ["columns-names-wrong-order", "notime.xyz", "poscar-same-species-twice", "xyz-stress-voigt"];

describe("false data that were taken in silence", () => {
  it.each(readdirSync(`${folder}silent`).filter((f) => !honoured.includes(f)))("%s is told", async (file) => {
    expect(await said(file)).not.toEqual([]);
  });

  it.each([
    ["ff-energy-missing-half.xyz", /25 of 50 frames have no energy: 0, 2, 4, 6/],
    ["ff-energy-nan.xyz", /energy is not finite and left out in frame 3/],
    ["coincident.xyz", /in one place in frame 3 .*atoms 1 \(H\) and 2 \(H\)/],
    ["dup-frame.xyz", /positions of an earlier frame in frame 7 \(those of frame 6\)/],
    ["gap-frame.xyz", /frame 7 is 4 fs after frame 6, expected 2 fs/],
    ["time-missing-one.xyz", /1 of 50 frames have no time: 3/],
    ["pol-missing.xyz", /1 of 50 frames have no polarizability: 3/],
    ["xyz-handedness-changes", /handedness of the cell changes in frame 1/],
    ["xyz-species-swap", /other ones than in frame 0 in frame 1 \(atom 0 is H, in frame 0 O\)/],
    ["xyz-unknown-species", /"h" is no chemical element in frame 0 \(atom 2; is it H\?\)/],
    ["xyz-energy-comma", /energy cannot be used as energy.*it is 2 values/],
    ["xdatcar-two-joined", /frame 11 is -10 steps after frame 10/],
    ["xdatcar-jump", /jumps by several cells/],
    ["xdatcar-gap", /frame 1 is 2 steps after frame 0/],
    ["lammps-step-gap", /frame 2 is 60 steps after frame 1, expected 10 steps/],
    ["lammps-float-id", /id 2.5, expected a whole number/],
    ["lammps-missing-id", /ids/],
    ["poscar-huge", /a coordinate is/],
    ["poscar-dot", /expected a number for a position, found "\."/],
    ["columns-dot", /expected a number in column 2, found "\."/],
    ["columns-time-gap-given", /row 2 is 2 fs after row 1, expected 1 fs/],
    ["columns-joined-restart", /comment between the rows/],
    ["columns-index-as-data", /number of the row/],
    ["esc.xyz", /\\x1b\[2J/],
  ])("%s says what and where", async (file, pattern) => {
    expect((await said(file)).join("\n")).toMatch(pattern);
  });

  it("names of columns in a comment are honoured: the same tensors with and without #", async () => {
    const load = (file: string) =>
      loadSeries(`${folder}silent/${file}`, { quantity: "polarizability", timestep: 1, onWarning: () => {} });
    const [hash, plain] = [await load("hash-header.dat"), await load("nohash-header.dat")];
    expect(hash.values).toEqual(plain.values);
    expect([...hash.values.subarray(0, 9)]).toEqual([
      9.23546, 0.00663, 0.14494, 0.00663, 8.90783, 0.12882, 0.14494, 0.12882, 10.03133,
    ]);
  });

  it("a cell thinner than an atom is told, and no images are searched by the thousand", () => {
    const heard: string[] = [];
    const text = "x\n1\n4 0 0\n0 4 0\n0.001 0.002 0.003\nSi O\n1 1\nDirect\n0 0 0\n0.5 0.5 0.5\n";
    parsePoscar(text, { onWarning: (w) => heard.push(w.problem) });
    expect(heard).toEqual([expect.stringMatching(/the cell is thinner than an atom in frame 0 \(0\.0030 Å\)/)]);
  });

  it("a lone point is no number, in any place of any format", () => {
    for (const bad of [".", "-.", "+.", "-", "+", "e5", ".e5"])
      expect(() => parsePoscar(`x\n1\n4 0 0\n0 4 0\n0 0 4\nSi\n1\nDirect\n0 0 ${bad}\n`), bad).toThrow(/text:9/);
    for (const good of [".5", "5.", "-.5", "+.5", "5", "-5.e0"])
      expect(() => parsePoscar(`x\n1\n9 0 0\n0 9 0\n0 0 9\nSi\n1\nDirect\n0 0 ${good}\n`), good).not.toThrow();
  });

  it("what the fuzz run broke ends in an error of ours or finite numbers", async () => {
    for (const file of readdirSync(`${folder}fuzz`))
      try {
        const frames = await readFrames(`${folder}fuzz/${file}`, {
          onWarning: () => {},
          ...(file.startsWith("lammps") && { species: ["Si", "O"], lammpsUnits: "metal" as const }),
        });
        for (const { structure } of frames) expect(structure.positions.every(Number.isFinite), file).toBe(true);
      } catch (cause) {
        expect((cause as Error).name, file).toMatch(/^(Format|Data|Option|Shape|Unit)Error$/);
      }
  });
});
