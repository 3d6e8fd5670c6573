import { describe, expect, it } from "vitest";
import { FormatError, OptionError } from "../../src/errors.js";
import { parseLammps } from "../../src/io/lammps.js";
import { expectClose } from "../support/close.js";
import { lammps } from "./samples.js";

const options = { species: ["Si", "O"], units: "metal" } as const;

describe("parseLammps", () => {
  it("takes the tilts off the bounds of a restricted triclinic box and sorts atoms by id", () => {
    const [frame] = parseLammps(lammps, options);
    // Bounds −2 … 11 enclose an x edge 0 … 10 with xy = −2 and xz = 1.
    expect([...frame!.structure.cell!]).toEqual([10, 0, 0, -2, 7.5, 0, 1, 0.5, 7]);
    expect(frame!.structure.species).toEqual(["Si", "O"]);
    expect([...frame!.structure.positions]).toEqual([0.5, 0.25, 0.125, 1.5, 2.5, 3.5]);
    expect(frame!.info).toEqual({ step: 100 });
    expect(frame!.arrays).toEqual({ type: Float64Array.of(1, 2), q: Float64Array.of(0.5, -0.5) });
  });

  it("converts velocities and forces from metal and real units, and time by the step", () => {
    const [metal] = parseLammps(lammps, { ...options, timestep: 0.5 });
    expect(metal!.time).toBe(50);
    expectClose(metal!.velocities!, [1e-3, 2e-3, 3e-3, 0.01, -0.02, 0.03], { relative: 1e-15 });
    expectClose(metal!.forces!, [-0.5, -0.25, -0.125, 0.5, 0.25, 0.125], {});
    const [real] = parseLammps(lammps, { ...options, units: "real" });
    expectClose(real!.velocities!, [1, 2, 3, 10, -20, 30], {});
    expectClose(real!.forces![3]!, 0.5 * 0.0433641, { relative: 1e-6 });
    expect(() => parseLammps(lammps, { species: ["Si", "O"] })).toThrow(
      /velocities, forces in unknown units.*say them: lammpsUnits/,
    );
    expect(() => parseLammps(lammps, { ...options, units: "lj" as never })).toThrow(OptionError);
  });

  const box = "ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n1\nITEM: BOX BOUNDS pp pp ff\n1 5\n2 8\n-3 5\n";
  it.each([
    ["id element x y z", "1 Ar 2 5 1"],
    ["id element xu yu zu", "1 Ar 2 5 1"],
    ["id element xs ys zs", "1 Ar 0.25 0.5 0.5"],
    ["id element xsu ysu zsu", "1 Ar 0.25 0.5 0.5"],
    ["element x y z ix iy iz", "Ar -2 11 1 1 -1 0"],
    ["element xs ys zs ix iy iz", "Ar -.75 1.5 .5 1 -1 0"],
  ])("gives the same position from columns %s", (names, row) => {
    const [frame] = parseLammps(`${box}ITEM: ATOMS ${names}\n${row}\n`);
    expect([...frame!.structure.positions]).toEqual([2, 5, 1]);
    expect(frame!.structure.periodic).toEqual([true, true, false]);
    expect(frame!.structure.species).toEqual(["Ar"]);
  });

  it("reads general triclinic boxes, units and time that the dump states", () => {
    const text = `ITEM: UNITS\nmetal\nITEM: TIME\n0.25\n${box.replace(/BOX[\s\S]*/, "BOX BOUNDS abc origin pp pp pp\n1 2 0 0.5\n0 3 0 0.5\n0 1 4 0.5\n")}ITEM: ATOMS element xs ys zs vx vy vz\nH 1 1 1 1 0 0\n`;
    const [frame] = parseLammps(text);
    expect([...frame!.structure.cell!]).toEqual([1, 2, 0, 0, 3, 0, 0, 1, 4]);
    expect([...frame!.structure.positions]).toEqual([1.5, 6.5, 4.5]);
    expect(frame!.time).toBe(250);
    expectClose(frame!.velocities!, [1e-3, 0, 0], { relative: 1e-15 });
  });

  it("names what is missing", () => {
    const bad = (from: string, to: string) => () =>
      parseLammps(lammps.replace(from, to), { ...options, name: "md.dump" });
    expect(bad("1 1 0.5", "2 1 0.5")).toThrow(/md\.dump:11: id 2 stands there twice/);
    expect(bad("id type x y z", "id type a b c")).toThrow(/no positions among the columns/);
    expect(bad("2 2 1.5", "2 3 1.5")).toThrow(/type 3, but species names 2: Si, O/);
    expect(() => parseLammps(lammps, { units: "metal" })).toThrow(/types without elements/);
    expect(bad("ITEM: NUMBER OF ATOMS\n2", "ITEM: NUMBER OF ATOMS\n0")).toThrow(FormatError);
  });
});
