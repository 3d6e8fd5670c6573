import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
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

  it("sets measured lines beside the modes", async () => {
    const { out } = await spectensorHere(["harmonic", "h2o", "--measured", "1595,3657,3756"]);
    expect(out).toMatch(/measured, cm⁻¹ +difference, cm⁻¹/);
    expect(out).toMatch(/B2 .* 3756 +46\./);
  });

  it("of crystals has Raman activities and exact zeros, tells imaginary modes, merges directions, in text and CSV", async () => {
    const { out, err } = await spectensorHere(["harmonic", "sio2"]);
    expect(err).toBe("");
    expect(out).toMatch(/raman, Å⁴\/u/);
    expect(out.match(/translation +0 +0 +0/g)).toHaveLength(3);
    expect(out).toMatch(/imaginary wavenumbers.* modes 1, 2;/);
    expect(out).toMatch(/A2 +z +\d/);
    expect(out).toMatch(/E +x, y +\d/);
    const csv = (await spectensorHere(["harmonic", "nacl", "--out", "csv"])).out.trimEnd().split("\n");
    expect(csv[0]).toMatch(/,direction,transverse,transverseWavenumber_cm-1$/);
    expect(csv.filter((row) => row.includes("longitudinal"))).toEqual([
      expect.stringMatching(/T1u,249\.\d+.*"x, y, z"/),
    ]);
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
    expect(csv[0]).toMatch(/^position_cm-1,height_[ -+\--~]+,width_cm-1,area_[ -+\--~]+,symmetry,share,mode,/);
    const stretch = csv.find((line) => line.split(",").includes("3657"))!;
    expect(stretch).toMatch(/,A1,0\.9\d+,8,/);
    const table = JSON.parse((await spectensorHere([...flags, "--json"])).out);
    expect(table.rows.length).toBe(csv.length - 1);
    expect((await spectensorHere([...flags, "--out", "svg"])).out).toMatch(/^<svg/);
    expect((await spectensorHere(flags)).out).toMatch(/position, cm⁻¹/);
  });

  it("projects the trajectory on the modes: of a data set by itself, of a file with --modes; without positions the nearest mode is named", async () => {
    const own = (await spectensorHere(["raman", "h2o", "--peaks"])).out;
    expect(own).toMatch(/symmetry +share +mode/);
    expect(own).toMatch(/rotation +0\.99\d+\n/);
    const file = fileURLToPath(new URL("../../data/h2o/trajectory.xyz.gz", import.meta.url));
    const modes = join(folder, "modes.json");
    await writeFile(modes, (await spectensorHere(["harmonic", "h2o", "--json"])).out);
    const from = (await spectensorHere(["raman", file, "--timestep", "2", "--peaks", "--modes", modes])).out;
    expect(from).toBe(own);
    const numbers = join(folder, "alpha.dat");
    const tensors = (await loadDataset("h2o")).series("polarizability").values;
    const rows = Array.from({ length: 200 }, (_, k) => tensors.slice(9 * k, 9 * k + 9).join(" "));
    await writeFile(numbers, `${rows.join("\n")}\n`);
    const bare = await spectensorHere(["raman", numbers, "--timestep", "2", "--peaks", "--modes", modes]);
    expect([bare.code, bare.err]).toEqual([0, expect.stringMatching(/no trajectory to project/)]);
    expect(bare.out).toMatch(/symmetry +mode/);
  });

  it("refuses modes that are none", async () => {
    const { code, err } = await spectensorHere(["raman", "h2o", "--peaks", "--modes", join(folder, "none.json")]);
    expect([code, err]).toEqual([2, expect.stringMatching(/harmonic REFERENCE/)]);
  });
});

describe("--compare with a measured spectrum", () => {
  it("shows both in a picture, takes its lines for the peaks, and is refused beside --measured or far away", async () => {
    const measured = join(folder, "measured.csv");
    const points = Array.from({ length: 400 }, (_, k) => 1000 + 8 * k);
    const lines = [1595, 3657];
    const value = (v: number): number => lines.reduce((sum, l) => sum + 1 / (1 + ((v - l) / 15) ** 2), 0.01);
    await writeFile(
      measured,
      `wavenumber (cm-1),Raman intensity\n${points.map((v) => `${v},${value(v)}`).join("\n")}\n`,
    );
    const svg = (await spectensorHere(["raman", "h2o", "--compare", measured, "--out", "svg"])).out;
    expect(svg).toMatch(/^<svg/);
    expect(svg).toContain("measured.csv");
    expect(svg).toContain("h2o");
    const sticks = (await spectensorHere(["raman", "h2o", "--measured", "1595,3657", "--out", "svg"])).out;
    expect(sticks).toContain("measured");
    const table = JSON.parse((await spectensorHere(["raman", "h2o", "--compare", measured, "--peaks", "--json"])).out);
    const found = (table.rows as { measured?: number }[]).flatMap((r) =>
      r.measured === undefined ? [] : [r.measured],
    );
    expect(found.length).toBe(lines.length);
    // Half a step of the measured table.
    for (const [k, v] of found.entries()) expect(Math.abs(v - lines[k]!)).toBeLessThan(4);
    const both = await spectensorHere(["raman", "h2o", "--compare", measured, "--measured", "1595", "--peaks"]);
    expect([both.code, both.err]).toEqual([2, expect.stringMatching(/leave out one/)]);
    const far = join(folder, "far.csv");
    await writeFile(far, "wavenumber (cm-1),Raman intensity\n90000,1\n90010,2\n90020,1\n");
    const none = await spectensorHere(["raman", "h2o", "--compare", far, "--out", "svg"]);
    expect([none.code, none.err]).toEqual([1, expect.stringMatching(/no wavenumbers in common/)]);
  });
});
