import { describe, expect, it } from "vitest";
import { parseColumns } from "../../src/io/columns.js";
import { parseExtxyz } from "../../src/io/extxyz.js";
import { parseLammps } from "../../src/io/lammps.js";
import { readFrames } from "../../src/io/load.js";
import { loadSeries } from "../../src/io/loadSeries.js";
import { infrared } from "../../src/spectrum/infrared.js";
import { findPeaks } from "../../src/spectrum/peaks.js";
import { unitScale } from "../../src/units/convert.js";
import { unitFactor } from "../../src/units/unitNames.js";

const cases = new URL("cases/", import.meta.url).pathname;
const quiet = { onWarning: () => {} };

describe("units that a header of columns states", () => {
  it.each(["time-ps.csv", "t_ps.dat", "debye.csv"])("%s gives the spectrum of right.csv", async (file) => {
    const load = (name: string) =>
      loadSeries(`${cases}columns-header-units/${name}`, { quantity: "polarization", ...quiet });
    const [right, other] = [await load("right.csv"), await load(file)];
    expect(other.timestep).toBeCloseTo(1, 9);
    const [a, b] = [right, other].map((s) => findPeaks(infrared(s, { temperature: 300 })));
    expect(b!.map((p) => p.position)).toHaveLength(2);
    // Values are printed with seven decimals in both units.
    for (const [k, peak] of b!.entries()) {
      expect(peak.position).toBeCloseTo(a![k]!.position, 1);
      expect(peak.height / a![k]!.height).toBeCloseTo(1, 3);
      expect(Math.abs(peak.position - [1000, 3000][k]!)).toBeLessThan(3);
    }
  });

  it.each([
    ["time (ps)", 1000],
    ["t/ps", 1000],
    ["time[ps]", 1000],
    ["Time_ps", 1000],
    ["time (fs)", 1],
    ["t [ns]", 1e6],
    ["time/a.u.", unitScale("time", "a.u.")],
    ['"time (ps)"', 1000],
    ["time", 1],
  ])("%s: one step is %d fs", (name, factor) => {
    const s = parseColumns(`${name};x;y;z\n0;1;2;3\n1;1;2;4\n2;1;2;3\n`, quiet);
    expect(s.timestep).toBeCloseTo(factor, 9);
  });

  it.each([
    ["mu_x (D)", unitScale("dipole", "debye")],
    ["mu_x/D", unitScale("dipole", "debye")],
    ["dipole_x [e*Å]", 1],
    ["P_x (e bohr)", unitScale("dipole", "e·bohr")],
    ["x_debye", unitScale("dipole", "debye")],
  ])("%s: one unit is %d e·Å", (name, factor) => {
    const header = ["x", "y", "z"].map((c) => name.replace(/x(?=[ _/[(]|$)/, c)).join(";");
    expect(parseColumns(`${header}\n1;0;0\n2;0;0\n`, { timestep: 1, ...quiet }).values[0]).toBeCloseTo(factor, 12);
  });

  it("the same in a comment above the rows, with the unit apart from the name", () => {
    const s = parseColumns("# run 5\n# time (ps) mu_x (D) mu_y (D) mu_z (D)\n0 1 0 0\n0.001 1 0 1\n", quiet);
    expect(s.timestep).toBeCloseTo(1, 9);
    expect(s.values[0]).toBeCloseTo(unitScale("dipole", "debye"), 12);
  });

  it("an unknown unit, different ones for the components, or one that contradicts the options is refused", () => {
    const read =
      (header: string, options = {}) =>
      () =>
        parseColumns(`${header}\n0,1,2,3\n1,1,2,4\n`, { ...quiet, ...options });
    expect(read("time (fortnight),x,y,z")).toThrow(
      /text:2: the file says that time is in "fortnight".*known are fs, ps/,
    );
    expect(read("time,x (D),y (D),z (parsec)")).toThrow(/not one unit in the header but "D" and "parsec"/);
    expect(read("time,x (furlong),y (furlong),z (furlong)")).toThrow(/polarization is in "furlong"/);
    expect(read("time (ps),x,y,z", { units: { time: "fs" } })).toThrow(/header says that time is in "ps"/);
    expect(read("time (ps),x,y,z", { units: { time: "ps" } })).not.toThrow();
    expect(read("time,xx (D),yy (D),zz (D)")).toThrow(/names no tensor/);
  });

  it.each([
    "# mu_x mu_y mu_z / D",
    "# mu_x mu_y mu_z (D)",
    "# Dx(D) Dy(D) Dz(D)",
    "# mux_D muy_D muz_D",
    "# px/D py/D pz/D",
  ])("%s: a unit said once, or with names of another kind, is that of all", (header) => {
    const s = parseColumns(`${header}\n1 0 0\n2 0 0\n`, { timestep: 1, ...quiet });
    expect(s.values[0]).toBeCloseTo(unitScale("dipole", "debye"), 12);
  });

  it("columns left out keep the names and units of the others", () => {
    const s = parseColumns("# t/ps px/D py/D pz/D\n0 1 0 0\n1 2 0 0\n", { timestep: 1000, skipColumns: 1, ...quiet });
    expect(s.values[0]).toBeCloseTo(unitScale("dipole", "debye"), 12);
  });

  it.each([
    "# dipole moment in Debye",
    "# all in atomic units",
    "# foo / D",
    "# dipoles [a.u.], by CP2K",
    "# e*bohr",
    "! from a run; units: fs, debye",
  ])("%s: a unit in passing is refused until somebody says what it means", (header) => {
    const read = (options = {}) => parseColumns(`${header}\n1 0 0\n2 0 0\n`, { timestep: 1, ...quiet, ...options });
    expect(() => read()).toThrow(/^text:2: a comment says ".+"; .* say it with units: \{ polarization: /);
    expect(read({ units: { polarization: "debye" } }).values[0]).toBeCloseTo(unitScale("dipole", "debye"), 12);
    expect(read({ units: { polarization: 1 } }).values[0]).toBe(1);
  });

  it.each(["# dipole of run D, 300 K", "# e·Å, cell 10 bohr wide", "# made by MDaura on 3 nodes"])(
    "%s: no unit of a dipole is mentioned",
    (header) => expect(parseColumns(`${header}\n1 0 0\n2 0 0\n`, { timestep: 1, ...quiet }).values[0]).toBe(1),
  );

  it.each([
    "# alpha: xx xy xz yy yz zz (bohr^3)",
    "# columns are xx xy xz yy yz zz / bohr^3",
    "# xx xy xz yy yz zz of run 7 in Å^3",
  ])("%s: names among other words are read", (header) => {
    const s = parseColumns(`${header}\n1 2 3 4 5 6\n2 2 3 4 5 6\n`, { timestep: 1, ...quiet });
    const unit = header.includes("bohr") ? unitScale("polarizability", "bohr³") : 1;
    expect([...s.values.slice(0, 9)].map((v) => v / unit)).toEqual(
      [1, 2, 3, 2, 4, 5, 3, 5, 6].map((v) => expect.closeTo(v, 9)),
    );
  });

  it("names of other things are not taken for a tensor", () => {
    const read = (options = {}) =>
      parseColumns("# step T E p Vol dt\n1 2 3 4 5 6\n2 2 3 4 5 6\n", { timestep: 1, ...quiet, ...options });
    expect(() => read()).toThrow(/the header names 6 columns, and no tensor among them: step, T, E, p, Vol, dt/);
    expect(read({ components: "xx yy zz xy yz zx" }).values[0]).toBe(1);
  });

  it("options say what no header does", () => {
    const s = parseColumns("time,x,y,z\n0,1,2,3\n1,1,2,4\n", { units: { time: "ps", polarization: "debye" } });
    expect([s.timestep, s.values[0]]).toEqual([1000, unitScale("dipole", "debye")]);
  });
});

describe("units that extended XYZ states", () => {
  const frame = (comment: string, atom = "H 1 0 0 1 2 3 0 0 1") =>
    `1\nLattice="10 0 0 0 10 0 0 0 10" Properties=species:S:1:pos:R:3:vel:R:3:forces:R:3 ${comment}\n${atom}\n`;

  it("as NAME-unit keys, spelt one way or another", () => {
    const [f] = parseExtxyz(
      frame('dipole="1 0 0" dipole-unit=debye energy=1 energy_unit=Hartree time=2 time-units=ps length-unit=bohr'),
    );
    const bohr = unitScale("length", "bohr");
    expect(f!.polarization![0]).toBeCloseTo(unitScale("dipole", "debye"), 12);
    expect(f!.energy).toBeCloseTo(unitScale("energy", "hartree"), 10);
    expect(f!.time).toBe(2000);
    expect(f!.structure.positions[0]).toBeCloseTo(bohr, 12);
    expect(f!.structure.cell![0]).toBeCloseTo(10 * bohr, 12);
  });

  it("as units=metal or real of LAMMPS, or said by the caller", () => {
    const dump = 'Timestep=4 Time=0.5 Stress="1 0 0 0 1 0 0 0 1"';
    expect(() => parseExtxyz(frame(dump))).toThrow(/LAMMPS has written this file.*time, velocities, forces, stress/);
    const [said] = parseExtxyz(frame(dump), { lammpsUnits: "metal" });
    const [stated] = parseExtxyz(frame(`${dump} units=metal`));
    expect(stated!.velocities).toEqual(said!.velocities);
    expect([said!.time, said!.velocities![1], said!.forces![2]]).toEqual([500, 2e-3, 1]);
    // 1 bar of pressure is a stress of −1e-4 GPa.
    expect(said!.stress![0]! / unitScale("pressure", "GPa")).toBeCloseTo(-1e-4, 12);
    const [real] = parseExtxyz(frame(dump), { lammpsUnits: "real" });
    expect([real!.time, real!.velocities![1]]).toEqual([0.5, 2]);
    expect(real!.forces![2]).toBeCloseTo(unitScale("energy", "kcal/mol"), 12);
    expect(() => parseExtxyz(frame(`${dump} units=metal`), { lammpsUnits: "real" })).toThrow(/says units metal/);
  });

  it("unknown or contradicting ones are refused", () => {
    expect(() => parseExtxyz(frame('dipole="1 0 0" dipole-unit=furlong'))).toThrow(/polarization is in "furlong"/);
    expect(() => parseExtxyz(frame("length-unit=parsec"))).toThrow(/length is in "parsec"/);
    expect(() => parseExtxyz(frame("time=1 time-unit=ps"), { units: { time: "fs" } })).toThrow(/another unit of time/);
  });
});

describe("units of LAMMPS dumps", () => {
  const dump = (head: string, length = 1) =>
    `${head}ITEM: TIMESTEP\n5\nITEM: NUMBER OF ATOMS\n1\nITEM: BOX BOUNDS pp pp pp\n0 ${10 * length}\n0 ${10 * length}\n0 ${10 * length}\nITEM: ATOMS id element x y z vx vy vz fx fy fz\n1 O ${length} 0 0 1 0 0 1 0 0\n`;

  it("are those of ITEM: UNITS or of the options, and may not contradict", () => {
    expect(() => parseLammps(dump(""))).toThrow(/unknown units.*lammpsUnits/);
    expect(() => parseLammps(dump("ITEM: UNITS\nmetal\n"), { units: "real" })).toThrow(/says units metal/);
    expect(() => parseLammps(dump("ITEM: UNITS\nlj\n"))).toThrow(/units lj/);
    const [metal] = parseLammps(dump("ITEM: UNITS\nmetal\n"));
    expect([metal!.velocities![0], metal!.forces![0]]).toEqual([1e-3, 1]);
  });

  it("of every system give one structure in Å, from the manual's table", () => {
    // One Å, one Å/fs and 1 eV/Å in each system; CODATA constants.
    const ev = 1.602176634e-19;
    const table = {
      si: [1e-10, 1e5, ev * 1e10],
      cgs: [1e-8, 1e7, ev * 1e15],
      micro: [1e-4, 1e5, (ev * 1e10) / 1e-9],
      nano: [0.1, 1e5, (ev * 1e10) / 1e-12],
    } as const;
    for (const [units, [length, velocity, force]] of Object.entries(table)) {
      const text = dump("", length).replace("0 0 1 0 0 1 0 0", `0 0 ${velocity} 0 0 ${force} 0 0`);
      const [frame] = parseLammps(text, { units: units as "si" });
      expect(frame!.structure.positions[0], units).toBeCloseTo(1, 9);
      expect(frame!.structure.cell![0], units).toBeCloseTo(10, 8);
      expect(frame!.velocities![0], units).toBeCloseTo(1, 9);
      expect(frame!.forces![0], units).toBeCloseTo(1, 6);
    }
  });

  it("files of the command line's case: types and velocities", async () => {
    const [types] = await readFrames(`${cases}lammps-cli/types.lammpstrj`, { species: ["O", "H"], ...quiet });
    expect(types!.structure.species).toEqual(["O", "H", "H"]);
    const [moving] = await readFrames(`${cases}lammps-cli/velocities.lammpstrj`, { lammpsUnits: "metal", ...quiet });
    expect(moving!.velocities![0]).toBe(1e-3);
  });
});

describe("unitFactor", () => {
  it("agrees with convert for its own names, and knows how people write them", () => {
    for (const [quantity, name, ours] of [
      ["time", "Femtoseconds", "fs"],
      ["length", "(Angstrom)", "Å"],
      ["polarizability", "Å^3", "Å³"],
      ["polarizability", "bohr**3", "bohr³"],
      ["dipole", "e*Å", "e·Å"],
      ["dipole", "atomic_unit", "a.u."],
      ["force", "eV/Ang", "eV/Å"],
      ["pressure", "kB", "kbar"],
    ] as const)
      expect(unitFactor(quantity, name), name).toBe(unitScale(quantity, ours as never));
    expect(unitFactor("time", "parsec")).toBeUndefined();
    expect(unitFactor("time", "constructor")).toBeUndefined();
  });
});
