import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { detectFormat } from "../../src/io/formats.js";
import { readFrames } from "../../src/io/load.js";
import { parseXdatcar } from "../../src/io/xdatcar.js";
import * as sample from "./samples.js";

const file = (name: string) => new URL(`cases/${name}`, import.meta.url).pathname;
const text = (name: string) => readFileSync(file(name), "utf8");

describe("XDATCAR of older versions", () => {
  it("5.2 has blank lines in the place of titles", async () => {
    expect(await detectFormat(file("xdatcar-old/XDATCAR.52"))).toBe("xdatcar");
    const frames = await readFrames(file("xdatcar-old/XDATCAR.52"));
    expect(frames.map((f) => f.structure.positions[0])).toEqual([0.4, 0.8]);
    expect(frames[0]!.structure.species).toEqual(["Na", "Cl"]);
    const old = text("xdatcar-old/XDATCAR.52");
    const t = parseXdatcar(old, { timestep: 2 });
    expect([t.timestep, t.positions.length]).toEqual([2, 12]);
    expect(() => parseXdatcar(old.replace(/\n\n(?= +0\.2)/, "\n"))).toThrow(/more than the 2 positions/);
    expect(() => parseXdatcar(old.replace(/.*\n\s*$/, ""))).toThrow(/1 of 2 positions in configuration 2/);
  });

  it("4.6 has no cell, which is explained", async () => {
    await expect(readFrames(file("xdatcar-old/XDATCAR.46"))).rejects.toThrow(
      /XDATCAR of VASP 4: .*neither the cell nor the species/,
    );
  });

  it("columns may touch", () => {
    const t = parseXdatcar(sample.xdatcar.replace("   0.45331252  0.99149845", " -10.45331252-10.99149845"));
    expect(t.positions[1]! / 4.220514).toBeCloseTo(-10.99149845, 12);
    expect(() => parseXdatcar(sample.xdatcar.replace("0.45331252", "**********"))).toThrow(/too little room/);
  });
});
