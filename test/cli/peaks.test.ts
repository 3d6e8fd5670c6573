import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { spectensorHere } from "./run.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "spectensor-peaks-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("spectensor harmonic, as a table of modes", () => {
  it("labels motions as a whole, gives symmetry, units, and exact zeros, as text, CSV and sticks", async () => {
    const text = await spectensorHere(["harmonic", "h2o"]);
    expect(text.code).toBe(0);
    expect(text.out).toMatch(/wavenumber, cm⁻¹ +infrared, km\/mol +raman, Å⁴\/u/);
    expect(text.out.match(/rotation/g)).toHaveLength(3);
    expect(text.out.match(/translation/g)).toHaveLength(3);
    expect(text.out).toMatch(/B2/);
    expect(text.out).not.toMatch(/e-\d\d/);
    const csv = (await spectensorHere(["harmonic", "h2o", "--out", "csv"])).out.split("\n");
    expect(csv[0]).toBe("mode,kind,symmetry,wavenumber_cm-1,infrared_km/mol,raman_A^4/u,depolarisation");
    expect(csv).toHaveLength(11);
    expect(csv[1]).toMatch(/^1,(translation|rotation),,0,0,0,$/);
    const file = join(folder, "modes.svg");
    await spectensorHere(["harmonic", "h2o", "--out", file]);
    expect(await readFile(file, "utf8")).toMatch(/^<svg[\s\S]*B2/);
  });

  it("lists the longitudinal lines of a polar crystal", async () => {
    const { out } = await spectensorHere(["harmonic", "aln", "--json"]);
    const { longitudinal, modes } = JSON.parse(out);
    expect(longitudinal.length).toBeGreaterThanOrEqual(2);
    for (const l of longitudinal) expect(l.wavenumber).toBeGreaterThan(modes[l.transverse - 1].wavenumber);
  });
});

describe("spectensor raman --peaks", () => {
  it("gives position, height, width, area with units, mode, symmetry and the nearest measured line", async () => {
    const modes = join(folder, "modes.json");
    await writeFile(modes, (await spectensorHere(["harmonic", "h2o", "--json"])).out);
    const flags = ["raman", "h2o", "--peaks", "--modes", modes, "--measured", "1595,3657,3756"];
    const csv = (await spectensorHere([...flags, "--out", "csv"])).out.trimEnd().split("\n");
    expect(csv[0]).toMatch(/^position_cm-1,height_[ -+\--~]+,width_cm-1,area_[ -+\--~]+ cm-1,symmetry,mode,/);
    const stretch = csv.find((line) => line.split(",").includes("3657"))!;
    expect(stretch).toMatch(/,A1,8,/);
    const table = JSON.parse((await spectensorHere([...flags, "--json"])).out);
    expect(table.rows.length).toBe(csv.length - 1);
    expect((await spectensorHere([...flags, "--out", "svg"])).out).toMatch(/^<svg/);
    expect((await spectensorHere(flags)).out).toMatch(/position, cm⁻¹/);
  });

  it("refuses modes that are none", async () => {
    const { code, err } = await spectensorHere(["raman", "h2o", "--peaks", "--modes", join(folder, "none.json")]);
    expect([code, err]).toEqual([2, expect.stringMatching(/harmonic REFERENCE/)]);
  });
});
