/** Dipoles, polarizabilities and trajectories as GROMACS, CP2K, GPUMD, i-PI and LAMMPS write them. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseColumns } from "../../src/io/columns.js";
import { parseCp2kMoments } from "../../src/io/cp2kMoments.js";
import { parseExtxyz } from "../../src/io/extxyz.js";
import { detectFormat } from "../../src/io/formats.js";
import { parseLammps } from "../../src/io/lammps.js";
import { readFrames } from "../../src/io/load.js";
import { loadSeries } from "../../src/io/loadSeries.js";
import { parseXvg } from "../../src/io/xvg.js";
import { infrared } from "../../src/spectrum/infrared.js";
import { findPeaks } from "../../src/spectrum/peaks.js";
import { raman } from "../../src/spectrum/raman.js";
import { largestDifference } from "../support/close.js";

const file = (name: string) => new URL(`cases/${name}`, import.meta.url).pathname;
const debye = 0.20819434; // e·Å
const strongest = (spectrum: ReturnType<typeof infrared>) =>
  findPeaks(spectrum, { count: 2 }).map(({ position, height }) => ({ position, height }));

describe("GROMACS .xvg", () => {
  it("has the lines and heights of the same dipole in e·Å and fs", async () => {
    expect(await detectFormat(file("gromacs-xvg/Mtot.xvg"))).toBe("xvg");
    const series = await loadSeries(file("gromacs-xvg/Mtot.xvg"), { quantity: "polarization" });
    expect(series.timestep).toBeCloseTo(1, 9);
    const found = strongest(infrared(series, { temperature: 300 }));
    const right = strongest(
      infrared(await loadSeries(file("columns-header-units/right.csv"), { quantity: "polarization" }), {
        temperature: 300,
      }),
    );
    // The .xvg has six decimals of a debye.
    found.forEach((peak, k) => {
      expect(Math.abs(peak.position - [1000, 3000][k]!)).toBeLessThan(2);
      expect(peak.height / right[k]!.height).toBeCloseTo(1, 3);
    });
  });

  const text = readFileSync(file("gromacs-xvg/Mtot.xvg"), "utf8");
  it.each<[string, string, RegExp]>([
    ["Time (ps)", "Time", /x axis, "Time", states no unit/],
    ["Time (ps)", "Time (parsec)", /time is in "parsec"/],
    ["Moment (Debye)", "Moment", /y axis.*states no unit/],
    ["1.993658", "1.893658", /:8: the last column is 1.893658, but \|M\| is 1.9936/],
  ])("%s → %s is refused", (from, to, message) => {
    expect(text).toContain(from);
    expect(() => parseXvg(text.replace(from, to))).toThrow(message);
  });

  it("honours nanoseconds", () => {
    expect(parseXvg(text.replace("Time (ps)", "Time (ns)")).timestep).toBeCloseTo(1000, 6);
  });
});

describe("CP2K", () => {
  it("MOMENTS| lines are debye", async () => {
    expect(await detectFormat(file("cp2k-moments/moments.dat"))).toBe("cp2k");
    const series = await loadSeries(file("cp2k-moments/moments.dat"), { quantity: "polarization", timestep: 1 });
    expect(series.values[0]).toBeCloseTo(0.1, 7);
    const [first] = strongest(infrared(series, { temperature: 300 }));
    // The file is short: its resolution is some 80 cm⁻¹.
    expect(Math.abs(first!.position - 1000)).toBeLessThan(10);
  });

  it("the long report is the same dipole; a damaged norm and a missing iteration are refused", () => {
    const report = (x: number) =>
      `  Dipole moment [Debye]\n    X= ${x.toExponential(7)} Y= 0.0000000E+00 Z=  4.0000000E+00  Total=  ${Math.hypot(x, 4).toFixed(7)}\n`;
    const long = parseCp2kMoments(report(3) + report(3.5) + report(3), { timestep: 2 });
    expect(long.values[0]).toBeCloseTo(3 * debye, 6);
    expect(long.values[5]).toBeCloseTo(4 * debye, 6);
    const compact = " MOMENTS| 1 3.0 0.0 4.0 5.0\n MOMENTS_REF2| 1 9 9 9 9\n MOMENTS| 2 3.0 0.0 4.0 5.0\n";
    expect(parseCp2kMoments(compact, { timestep: 2 }).values.length).toBe(6);
    expect(() => parseCp2kMoments(compact.replace("4.0 5.0", "4.0 5.1"), { timestep: 2 })).toThrow(/norm is 5.1/);
    expect(() => parseCp2kMoments(`${compact} MOMENTS| 4 3.0 0.0 4.0 5.0\n`, { timestep: 2 })).toThrow(/row 2/);
  });

  it("Berry-phase dipoles are unwrapped by the printed cell matrix, whose columns are the vectors", async () => {
    // a = (50, 0, 0), b = (10, 50, 0), c = (0, 5, 40) debye. The dipole goes once around along b.
    const matrix = "     [X] [ 50.0 10.0 0.0 ] [i]\n     [Y]=[ 0.0 50.0 5.0 ]*[j]\n     [Z] [ 0.0 0.0 40.0 ] [k]\n";
    const path = Array.from({ length: 200 }, (_, k) => [0.05 * k, 0.25 * k, 30 * Math.sin(0.05 * k)] as const);
    const report = (folded: boolean, cell: string) =>
      path
        .map(([x, y, z]) => {
          const n = folded ? Math.round(y / 50) : 0;
          const [u, v] = [x - 10 * n, y - 50 * n];
          return `${cell}  Dipole moment [Debye]\n    X= ${u} Y= ${v} Z= ${z} Total= ${Math.hypot(u, v, z)}\n`;
        })
        .join("");
    const load = (text: string, warnings: string[] = []) =>
      loadSeries([Buffer.from(text)], {
        quantity: "polarization",
        timestep: 1,
        onWarning: ({ problem }) => warnings.push(problem),
      });
    const warnings: string[] = [];
    const found = await load(report(true, matrix), warnings);
    const right = await load(report(false, ""));
    // Debye twice converted: rounding.
    expect(largestDifference(found.values, right.values)).toBeLessThan(1e-12);
    expect(warnings).toEqual([
      expect.stringMatching(/jumps by whole quanta e·a, e·b, e·c 1 times \(first at frame 100\)/),
    ]);
    await expect(load(report(true, ""))).rejects.toThrow(/frame 100: the polarization jumps by .*quantum is not known/);
  });

  it("the comment of -pos-1.xyz gives time, step and energy in hartree", () => {
    const [frame] = parseExtxyz(" 1\n i =       10, time =        5.000, E =       -17.1643447508\n  O  0.1 0.2 0.3\n");
    expect(frame!.time).toBe(5);
    expect(frame!.info).toMatchObject({ step: 10 });
    expect(frame!.energy).toBeCloseTo(-17.1643447508 * 27.211386245988, 9);
    expect(frame!.structure.periodic).toEqual([false, false, false]);
  });
});

describe("GPUMD", () => {
  it("dipole.out and polarizability.out begin with the step", async () => {
    const dipole = await loadSeries(file("gpumd-out/dipole.out"), { quantity: "polarization", timestep: 1 });
    expect(strongest(infrared(dipole, { temperature: 300 })).map((p) => Math.round(p.position / 10))).toEqual([
      100, 300,
    ]);
    const alpha = await loadSeries(file("gpumd-out/polarizability.out"), {
      quantity: "polarizability",
      timestep: 1,
      onWarning: () => {},
    });
    expect(alpha.values[1]).toBe(0.01910673);
    const found = findPeaks(raman(alpha), { count: 2 }).map((p) => Math.round(p.position / 10));
    expect(found).toEqual([100, 300]);
  });

  it("a row that is missing is found by its step, and the length behind a vector is one", () => {
    expect(() => parseColumns("0 1.0 0.0 0.0\n10 1.0 0.0 0.0\n30 1.0 0.0 0.0\n", { timestep: 1 })).toThrow(/row 2/);
    const s = parseColumns("0 3.0 0.0 4.0 5.0\n1 0.0 3.0 4.0 5.0\n", { timestep: 1 });
    expect(Array.from(s.values)).toEqual([3, 0, 4, 0, 3, 4]);
    expect(() => parseColumns("0 3.0 0.0 4.0 6.0\n1 3.0 0.0 4.0 6.0\n", { timestep: 1 })).toThrow(/5 columns/);
    expect(() => parseColumns("0.5 3.0 0.0 4.0\n1.5 3.0 0.0 4.0\n", { timestep: 1 })).toThrow(/4 columns/);
  });

  it("dump.xyz is extended XYZ with velocities in Å/fs", () => {
    const text =
      '1\nTime=10.00000000 pbc="T T T" Lattice="4 0 0 0 4 0 0 0 4" Properties=species:S:1:pos:R:3:mass:R:1:vel:R:3\nAr 1 2 3 39.948 0.001 0.002 0.003\n';
    const [frame] = parseExtxyz(text);
    expect(frame!.time).toBe(10);
    expect(Array.from(frame!.velocities!)).toEqual([0.001, 0.002, 0.003]);
  });
});

describe("i-PI", () => {
  it.each(["angstrom", "bohr"])("%s.xyz is the same water in the same box", async (name) => {
    const frames = await readFrames(file(`ipi-xyz/${name}.xyz`));
    expect(frames.length).toBeGreaterThan(2);
    // Six digits of bohr.
    expect(frames[0]!.structure.positions[3]).toBeCloseTo(0.96, 5);
    expect(frames[0]!.structure.periodic).toEqual([true, true, true]);
    Array.from(frames[0]!.structure.cell!).forEach((x, k) => {
      expect(x).toBeCloseTo(k % 4 === 0 ? 10 : 0, 4);
    });
    expect(frames[1]!.info!.step).toBe(10);
  });

  const comment = (text: string) => () => parseExtxyz(`1\n# ${text}\nAr 1 2 3\n`);
  it("angles, matrices and units of the cell that differ from those of the positions", () => {
    const cell = (text: string) => Array.from(comment(text)()[0]!.structure.cell!);
    const bohr = 0.529177210903;
    const hexagonal = cell("CELL(abcABC): 2 2 3 90 90 120 Step: 0 positions{angstrom} cell{atomic_unit}");
    [2, 0, 0, -1, Math.sqrt(3), 0, 0, 0, 3].forEach((x, k) => {
      expect(hexagonal[k]).toBeCloseTo(x * bohr, 12);
    });
    // Columns are the cell vectors: upper triangular in i-PI.
    expect(cell("CELL(H): 4 1 2 0 5 3 0 0 6 Step: 0 positions{angstrom} cell{angstrom}")).toEqual([
      4, 0, 0, 1, 5, 0, 2, 3, 6,
    ]);
  });

  it.each<[string, RegExp]>([
    ["CELL(abcABC): 2 2 3 90 90 120 Step: 0", /states no unit/],
    ["CELL(abcABC): 2 2 3 90 90 120 velocities{atomic_unit} cell{atomic_unit}", /holds velocities, not positions/],
    ["CELL(abcABC): 2 2 3 90 90 120 positions{furlong} cell{atomic_unit}", /"furlong"/],
    ["CELL(abcABC): 2 2 3 90 90 positions{angstrom}", /has 5 numbers/],
    ["CELL(abcABC): 2 2 3 10 90 120 positions{angstrom}", /./],
  ])("%s is refused", (text, message) => {
    expect(comment(text)).toThrow(message);
  });
});

describe("LAMMPS dumps", () => {
  it("types with species, and text columns that nobody needs", async () => {
    const typed = await readFrames(file("lammps-cli/types.lammpstrj"), { species: ["O", "H"] });
    expect(typed[0]!.structure.species).toEqual(["O", "H", "H"]);
    const labelled = await readFrames(file("lammps-cli/typelabel.lammpstrj"));
    expect(labelled[0]!.structure.species).toEqual(["O", "H", "H"]);
    expect(labelled[0]!.arrays!.typelabel).toEqual(["OW", "HW", "HW"]);
    const moving = await readFrames(file("lammps-cli/velocities.lammpstrj"), { lammpsUnits: "metal" });
    expect(moving[0]!.velocities![0]).toBe(1e-3);
    await expect(readFrames(file("lammps-cli/velocities.lammpstrj"))).rejects.toThrow(/velocities in unknown units/);
  });

  const dump = (columns: string, rows: string) =>
    `ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n3\nITEM: BOX BOUNDS pp pp pp\n0 10\n0 10\n0 10\nITEM: ATOMS ${columns}\n${rows}`;
  const labels = dump("id typelabel x y z", "2 HW 1 0 0\n1 OW 0 0 0\n3 HW 0 1 0\n");

  it("type labels alone", () => {
    const species = (given: readonly string[] | undefined, text = labels) =>
      parseLammps(text, given ? { species: given } : {})[0]!.structure.species;
    expect(species(["O", "H"])).toEqual(["O", "H", "H"]);
    expect(species(["HW=H", "OW=O"])).toEqual(["O", "H", "H"]);
    expect(species(undefined, labels.replaceAll("W", ""))).toEqual(["O", "H", "H"]);
    expect(species(undefined, labels.replaceAll("W", "").replace("typelabel", "type"))).toEqual(["O", "H", "H"]);
    expect(() => species(undefined)).toThrow(/which element "OW" is; say it: species: \["OW=O", "HW=H"\]/);
    expect(() => species(["O"])).toThrow(/2 labels of types \(OW, HW\), species names 1/);
    expect(() => species(["OW=O"])).toThrow(/which element "HW" is/);
    expect(() => species(["H", "O"], labels.replaceAll("W", ""))).toThrow(/label "O" would be H/);
  });

  it("nan in a column nobody needs is left out and told; in a position it is refused", () => {
    const text = dump("id element x y z c_pe", "1 O 0 0 0 nan\n2 H 1 0 0 1\n3 H 0 1 0 1\n");
    const [frame] = parseLammps(text);
    expect(frame!.notFinite).toEqual({ c_pe: "c_pe" });
    expect(frame!.arrays).toBeUndefined();
    expect(() => parseLammps(text.replace("1 O 0 0 0", "1 O 0 nan 0"))).toThrow(/number for y, found "nan"/);
  });
});
