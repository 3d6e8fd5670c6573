/** Names, units and symbols as other people's files of frames spell them. */
import { describe, expect, it } from "vitest";
import { parseExtxyz } from "../../src/io/extxyz.js";
import type { TensorOptions } from "../../src/io/frameFields.js";
import { parseLammps } from "../../src/io/lammps.js";
import { readFrames } from "../../src/io/load.js";
import { loadSeries } from "../../src/io/loadSeries.js";

const debye = 0.20819434; // e·Å
const bohr = 0.529177211; // Å
const hartree = 27.2113862; // eV
const rows = "O 0 0 0\nH 0.96 0 0\nH -0.24 0.93 0\n";
const frame = (pairs: string, properties = "species:S:1:pos:R:3", atoms = rows) =>
  `3\nLattice="10 0 0 0 10 0 0 0 10" Properties=${properties} ${pairs}\n${atoms}`;
const read = (pairs: string, options: TensorOptions = {}) => parseExtxyz(frame(pairs), options)[0]!;
const lines = (text: string) => [Buffer.from(text)];

describe("units in extended XYZ", () => {
  it.each([
    ['dipole_debye="0 0 2"', {}],
    ['dipole_debye="0 0 2"', { keys: { polarization: "dipole_debye" } }],
    ['mu_debye="0 0 2"', { keys: { polarization: "mu_debye" } }],
    ['dipole_D="0 0 2"', {}],
    ['dipole="0 0 2" unit_dipole=Debye', {}],
    ['dipole="0 0 2" dipole_unit="e*nm/10"', { units: { polarization: "debye" } }],
  ] as const)("%s is in debye", (pairs, options) => {
    expect(read(pairs, options).polarization![2]).toBeCloseTo(2 * debye, 7);
  });

  it("a plain name goes before one with a unit, which stays what else the file holds", () => {
    const { polarization, info } = read('dipole="0 0 1" dipole_debye="0 0 4.8"');
    expect([polarization![2], info]).toEqual([1, { dipole_debye: Float64Array.of(0, 0, 4.8) }]);
    // Neither per atom nor a unit.
    expect(read("energy_per_atom=3 time_step=2")).not.toHaveProperty("energy");
  });

  it("a unit in the name that contradicts the options is refused", () => {
    expect(() => read('dipole_debye="0 0 1"', { units: { polarization: "e·bohr" } })).toThrow(/another unit/);
    expect(() => read('dipole="0 0 1" dipole_unit="e*nm/10"')).toThrow(/"e\*nm\/10", which is no known unit/);
  });

  it("times with a unit in their name show a gap", async () => {
    const file = (name: string, scale: number) =>
      [0, 1, 2, 3, 14, 15, 16].map((t) => frame(`${name}=${t * scale} dipole="0 0 ${t}"`)).join("");
    for (const [name, scale] of [
      ["time_fs", 1],
      ["time_ps", 1e-3],
    ] as const) {
      expect(parseExtxyz(file(name, scale))[1]!.time).toBeCloseTo(1, 9);
      await expect(loadSeries(lines(file(name, scale)), { quantity: "polarization" })).rejects.toThrow(
        /frame 4 is 11 fs after frame 3/,
      );
    }
  });

  it("units=au are those of everything; a list has those of energy and length", () => {
    const au = read('dipole="0 0 1" energy=-3 units=au');
    expect(au.polarization![2]).toBeCloseTo(bohr, 7);
    expect(au.energy).toBeCloseTo(-3 * hartree, 5);
    expect(au.structure.cell![0]).toBeCloseTo(10 * bohr, 7);
    const listed = parseExtxyz(
      frame('energy=-3 units="Hartree, bohr"', "species:S:1:pos:R:3:forces:R:3", rows.replaceAll("\n", " 0 0 1\n")),
    );
    expect(listed[0]!.energy).toBeCloseTo(-3 * hartree, 5);
    expect(listed[0]!.forces![2]).toBeCloseTo(hartree / bohr, 5);
    expect(read('energy=-3 units="eV, Angstrom"')).toMatchObject({ energy: -3 });
    expect(read('energy=-3 units="furlong"', { units: { length: "Å" } }).structure.cell![0]).toBe(10);
  });

  it("ASE's momenta are velocities times mass, in √(u·eV)", () => {
    const text = frame(
      "",
      "species:S:1:pos:R:3:momenta:R:3",
      "O 0 0 0 1 0 0\nH 0.96 0 0 0 2 0\nH -0.24 0.93 0 0 0 0\n",
    );
    // √(eV/u) = 0.0982269 Å/fs; standard weights 15.999 and 1.008.
    for (const options of [{}, { keys: { velocities: "momenta" } }]) {
      const { velocities } = parseExtxyz(text, options)[0]!;
      expect(velocities![0]).toBeCloseTo(0.0982269 / 15.999, 7);
      expect(velocities![4]).toBeCloseTo((2 * 0.0982269) / 1.008, 6);
    }
    const own = text.replace("momenta:R:3", "momenta:R:3:masses:R:1").replaceAll(/^([OH] .*)$/gm, "$1 2");
    expect(parseExtxyz(own)[0]!.velocities![0]).toBeCloseTo(0.0982269 / 2, 7);
    const both = frame("", "species:S:1:pos:R:3:momenta:R:3:vel:R:3", rows.replaceAll("\n", " 1 0 0 5 0 0\n"));
    expect(parseExtxyz(both)[0]!.velocities![0]).toBe(5);
  });
});

describe("other spellings of frames", () => {
  it("atomic numbers are symbols", async () => {
    const z = "8 0 0 0\n1 0.96 0 0\n1 -0.24 0.93 0\n";
    expect(parseExtxyz(frame("", "Z:I:1:pos:R:3", z))[0]!.structure.species).toEqual(["O", "H", "H"]);
    expect((await readFrames(lines(`3\nwater\n${z}`)))[0]!.structure.species).toEqual(["O", "H", "H"]);
    expect(() => parseExtxyz(frame("", "Z:I:1:pos:R:3", z.replace("8 ", "0 ")))).toThrow(/symbol of atom 0 .* is "0"/);
  });

  it("cell stands for Lattice, where it holds vectors", () => {
    const text = (cell: string) => `3\nProperties=species:S:1:pos:R:3 cell="${cell}" pbc="T T T"\n${rows}`;
    expect(parseExtxyz(text("10 0 0 1 10 0 0 0 11"))[0]!.structure.cell![3]).toBe(1);
    expect(() => parseExtxyz(text("cubic"))).toThrow();
  });

  it.each(["timestep=0.5", "iteration=3", "step=0"])("%s in every frame is no number of a step", async (pair) => {
    const text = Array.from({ length: 10 }, (_, k) =>
      frame(`${pair} dipole="0 0 ${Math.sin(k)}"`, undefined, rows.replace("0.96", `0.96${k}`)),
    ).join("");
    const warnings: string[] = [];
    const series = await loadSeries(lines(text), {
      quantity: "polarization",
      timestep: 2,
      onWarning: ({ problem }) => warnings.push(problem),
    });
    expect([series.timestep, warnings]).toEqual([2, []]);
    const uneven = text.replace(pair, `${pair.split("=")[0]}=99`);
    await expect(
      loadSeries(lines(uneven), { quantity: "polarization", timestep: 2, onWarning: () => {} }),
    ).rejects.toThrow(/steps after/);
  });

  it("old comments of i-PI are read, and those without units with that of the options", () => {
    const old = (content: string) =>
      `3\n# CELL{abcABC}:   10.0 10.0 10.0 90.0 90.0 90.0  ${content} Step:           7  Bead:       0\n${rows}`;
    const [first] = parseExtxyz(old("Traj: positions{angstrom}"));
    expect([first!.structure.cell![0], first!.info]).toEqual([10, expect.objectContaining({ step: 7 })]);
    expect(parseExtxyz(old(""), { units: { length: "bohr" } })[0]!.structure.cell![0]).toBeCloseTo(10 * bohr, 6);
    expect(() => parseExtxyz(old(""))).toThrow(/states no unit of length; say it, e.g. units: \{ length: "bohr" \}/);
    expect(() => parseExtxyz(old("Traj: forces{atomic_unit}"))).toThrow(/holds forces, not positions/);
  });

  it("elements of LAMMPS dumps are named, or told by their masses", () => {
    const dump = (columns: string, atoms: readonly string[]) =>
      `ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n3\nITEM: BOX BOUNDS ff ff ff\n0 10\n0 10\n0 10\nITEM: ATOMS id ${columns} x y z\n${atoms
        .map((a, k) => `${k + 1} ${a} ${1 + k} 1 1\n`)
        .join("")}`;
    const species = (text: string, names?: readonly string[]) =>
      parseLammps(text, names ? { species: names } : {})[0]!.structure.species;
    const named = dump("element", ["Ow", "Hw", "Hw"]);
    expect(species(named, ["Ow=O", "Hw=H"])).toEqual(["O", "H", "H"]);
    expect(species(dump("element", ["O", "Hw", "Hw"]), ["Hw=H"])).toEqual(["O", "H", "H"]);
    expect(() => species(named)).toThrow(/"Ow=O", "Hw=H"/);
    const masses = ["15.9994", "1.008", "1.00794"];
    expect(species(dump("mass", masses))).toEqual(["O", "H", "H"]);
    expect(
      species(
        dump(
          "type mass",
          masses.map((m, k) => `${k === 0 ? 2 : 1} ${m}`),
        ),
      ),
    ).toEqual(["O", "H", "H"]);
    expect(() => species(dump("mass", ["15.035", "1.008", "1.008"]))).toThrow(/not every mass is that of an element/);
  });
});

describe("a tensor in some frames only", () => {
  const text = Array.from({ length: 200 }, (_, k) =>
    frame(
      `time=${k}${k % 10 === 0 ? ` dipole="0 0 ${Math.sin(k)}"` : ""}`,
      undefined,
      rows.replace("0.96", `0.${960 + k}`),
    ),
  ).join("");
  const load = (stride?: number) =>
    loadSeries(lines(text), { quantity: "polarization", onWarning: () => {}, ...(stride !== undefined && { stride }) });

  it("is read with the stride that it has, which the message names", async () => {
    await expect(load()).rejects.toThrow(
      /180 of 200 frames have no polarization: it stands in every 10th.*; give stride: 10/,
    );
    const { values, timestep } = await load(20);
    expect([values.length, timestep, values[5]]).toEqual([30, 20, Math.sin(20)]);
    await expect(load(4)).rejects.toThrow(/every 10th/);
  });
});
