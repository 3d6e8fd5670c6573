import { writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { writeExtxyz } from "../../src/io/extxyzWrite.js";
import { transposeTensors } from "../../src/io/tensorNames.js";
import type { Frame } from "../../src/structure/frame.js";
import { toyOxideFrames } from "../support/toyPolarization.js";
import { toyDipole } from "../support/toyTensors.js";
import { spectensorHere, temporaryFolder } from "./run.js";

const folder = temporaryFolder();
const path = (name: string): string => `${folder}/${name}`;
let frames: readonly Frame[];

beforeAll(async () => {
  // Every hundredth: far apart in time, so that no model sees the same structure twice.
  frames = (await loadDataset("h2o")).frames
    .filter((_, i) => i % 100 === 0)
    .map(({ time: _, info: __, ...frame }) => {
      // A dipole whose derivatives are known; the toy's first index is the displacement.
      const { value, derivatives } = toyDipole(frame.structure);
      return { ...frame, polarization: value, bornCharges: transposeTensors(derivatives.slice()) };
    });
  const charged = frames.map(({ structure, bornCharges }) => ({ structure, bornCharges: bornCharges! }));
  await writeExtxyz(path("good.xyz"), frames);
  const oxide = toyOxideFrames(16, 1);
  await writeExtxyz(path("oxide.xyz"), oxide);
  await writeExtxyz(
    path("transposed.xyz"),
    oxide.map((f) => ({ ...f, bornCharges: transposeTensors(f.bornCharges!.slice()) })),
  );
  await writeExtxyz(
    path("unneutral.xyz"),
    charged.map((f) => ({ ...f, bornCharges: f.bornCharges.map((z, k) => ((k % 9) % 4 === 0 ? z + 0.3 : z)) })),
  );
  const moving = Array.from({ length: 9 }, (_, k) => ({
    structure: {
      ...frames[0]!.structure,
      positions: frames[0]!.structure.positions.map((x, i) => x + (i % 3 === 1 ? 0.125 * k : 0)),
    },
    time: 2 * k,
  }));
  await writeExtxyz(path("moving.xyz"), moving);
  writeFileSync(path("cut.xyz"), "3\n\nO 0 0 0\nH 0 0 1\n");
  writeFileSync(path("foreign.bin"), "hello\nworld\n");
});

const check = async (...args: string[]) => {
  const { code, out, err } = await spectensorHere(["check", ...args.map((a) => (a.startsWith("--") ? a : path(a)))]);
  return {
    code,
    out,
    err,
    reports: args.includes("--json")
      ? out
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line))
      : [],
  };
};

describe("spectensor check", () => {
  it("prints one object per file with these keys, and 0 where nothing is odd", async () => {
    const { code, reports } = await check("good.xyz", "--json");
    expect(reports).toEqual([
      {
        format: "extxyz",
        frames: frames.length,
        atoms: 3,
        species: ["O", "H"],
        timestepFs: null,
        times: null,
        quantities: expect.arrayContaining(["energy", "forces", "polarization", "polarizability", "bornCharges"]),
        warnings: [],
        errors: [],
      },
    ]);
    expect(Object.keys(reports[0])).toEqual(
      "format frames atoms species timestepFs times quantities warnings errors".split(" "),
    );
    expect(code).toBe(0);
  });

  it("finds transposed Born charges, by the test of the fit", async () => {
    const { code, reports } = await check("transposed.xyz", "--json");
    expect((await check("oxide.xyz", "--json")).code).toBe(0);
    expect(reports[0].warnings.join()).toMatch(/transposed Born charges fit better.*--bec-order displacement-field/);
    expect(code).toBe(1);
  });

  it("finds charges that do not sum to zero", async () => {
    const { code, reports } = await check("unneutral.xyz", "--json");
    // 3 atoms with 0.3 e too much each.
    expect(reports[0].warnings.join()).toMatch(/Born charges sum to 0\.(89|90|91) e/);
    expect(code).toBe(1);
  });

  it("finds a molecule that flies away, and reads times", async () => {
    const { code, reports } = await check("moving.xyz", "--json");
    expect(reports[0]).toMatchObject({ timestepFs: 2, times: { first: 0, last: 16, even: true } });
    expect(reports[0].warnings.join()).toMatch(/centre of mass moves by 1\.00 Å/);
    expect(code).toBe(1);
  });

  it("tells where rows of columns are not evenly spaced, and what they hold", async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `${i < 20 ? i : i + 4} ${Math.cos(i)} ${Math.sin(i)} 0.5`);
    writeFileSync(path("gap.dat"), `# time (fs) x y z\n${rows.join("\n")}\n`);
    const { code, reports } = await check("gap.dat", "--json");
    expect(reports[0]).toMatchObject({ frames: 40, quantities: ["polarization"], errors: [] });
    expect(reports[0].times).toEqual({ first: 0, last: 43, even: false });
    expect(reports[0].warnings.join()).toMatch(/row 20 is 5 fs after row 19, expected 1 fs/);
    expect(code).toBe(1);
  });

  it("ends with 2 for a file that cannot be read, and tells of the others all the same", async () => {
    const { code, reports } = await check("good.xyz", "cut.xyz", "foreign.bin", "missing.xyz", "--json");
    expect(reports.map((r) => r.errors.length)).toEqual([0, 1, 1, 1]);
    expect(reports.map((r) => r.format)).toEqual(["extxyz", "extxyz", null, null]);
    expect(reports[1].errors[0]).toMatch(/2 of 3 atoms/);
    expect(reports[3].errors[0]).toMatch(/no such file/);
    expect(code).toBe(2);
  });

  const cases = new URL("../io/cases/", import.meta.url).pathname;
  const checkCase = async (file: string, ...args: string[]) => {
    const { code, out } = await spectensorHere(["check", "--json", ...args, cases + file]);
    return { code, report: JSON.parse(out) };
  };

  it.each([
    ["gap.csv", 51, 2050],
    ["overlap.csv", -499, 1499],
  ])("finds that %s is of two runs", async (file, step, last) => {
    const { code, report } = await checkCase(`columns-gap/${file}`);
    expect(report).toMatchObject({ frames: 2000, timestepFs: null, times: { first: 0, even: false }, errors: [] });
    expect(Math.abs(report.times.last - last)).toBeLessThan(2);
    expect(report.warnings.join()).toContain(`row 1000 is ${step} fs after row 999, expected 1 fs`);
    expect(code).toBe(1);
  });

  it("finds jumps between branches of a polarization, and frames with the same positions", async () => {
    const { code, report } = await checkCase("polarization-branch/berry.xyz");
    expect(report.warnings.join("\n")).toMatch(/polarization jumps by whole quanta .* 90 times \(first at frame 7\)/);
    expect(report.warnings.join("\n")).toMatch(/positions of an earlier frame in frames 1, 2/);
    expect(code).toBe(1);
    expect((await checkCase("polarization-branch/smooth.xyz")).report.warnings.join()).not.toMatch(/jump/);
  });

  it.each([
    ["xdatcar-jump", /jumps? by/],
    ["xdatcar-gap", /frame 1 is 2 steps after frame 0/],
    ["xdatcar-two-joined", /frame 11 is -10 steps after frame 10/],
    ["xdatcar-repeated-frame", /positions of an earlier frame/],
    ["dup-frame.xyz", /positions of an earlier frame in frame 7/],
    ["gap-frame.xyz", /frame 7 is 4 fs after frame 6, expected 2 fs/],
    ["xyz-polar-asym", /polarizability is not symmetric/],
    ["pol-missing.xyz", /1 of 50 frames have no polarizability: 3/],
    ["xyz-handedness-changes", /handedness of the cell changes in frame 1/],
    ["xyz-species-swap", /other ones than in frame 0/],
  ])("%s: %s", async (file, message) => {
    const { code, report } = await checkCase(`faults/silent/${file}`);
    expect(report.warnings.join("\n")).toMatch(message);
    expect(code).toBe(1);
  });

  it("compares the highest frequency in the data with what the time step shows", async () => {
    const { out } = await spectensorHere(["check", `${cases}columns-header-units/right.csv`]);
    // Lines at 1000 and 3000 cm⁻¹; bands of 417 cm⁻¹.
    expect(out).toMatch(/sampling +shows frequencies up to 16678 cm⁻¹; the data have them up to about 3[0-9]00 cm⁻¹/);
    const water = (await loadDataset("h2o")).frames.slice(0, 400);
    await writeExtxyz(path("fine.xyz"), water);
    await writeExtxyz(
      path("coarse.xyz"),
      water.filter((_, k) => k % 4 === 0),
    );
    expect((await check("fine.xyz", "--json")).reports[0]).toMatchObject({ timestepFs: 2, warnings: [] });
    const { code, reports } = await check("coarse.xyz", "--json");
    expect(reports[0].warnings.join()).toMatch(/a time step of 8 fs shows frequencies up to 2085 cm⁻¹.* fold/);
    expect(code).toBe(1);
  });

  it("takes the time step that the file does not have, and tells one that contradicts it", async () => {
    const file = `${cases}gpumd-out/dipole.out`;
    const { out } = await spectensorHere(["check", "--json", "--timestep", "1", file]);
    expect(JSON.parse(out)).toMatchObject({ frames: 2000, timestepFs: 1, times: null, quantities: ["polarization"] });
    const { reports } = await check("moving.xyz", "--json", "--timestep=3");
    expect(reports[0].warnings.join()).toMatch(/2 fs apart by their times, not 3 fs as given/);
  });

  it("prints a page for people", async () => {
    const { code, out } = await check("good.xyz");
    for (const line of [
      /format +extxyz/,
      /atoms +3: O H2/,
      /ΣZ\* +at most/,
      /good for +a polarizability model/,
      /nothing odd/,
    ])
      expect(out).toMatch(line);
    expect(code).toBe(0);
  });
});

describe("spectensor doctor", () => {
  it("finds this installation well, with a known answer", async () => {
    const { code, out } = await spectensorHere(["doctor", "--json"]);
    const { ok, checks } = JSON.parse(out);
    const state = Object.fromEntries(checks.map((c: { name: string; state: string }) => [c.name, c.state]));
    expect(state).toMatchObject({ "Node.js": "ok", "kernels agree": "ok", data: "ok", "known answer": "ok" });
    expect(code).toBe(ok ? 0 : 1);
  });
});
