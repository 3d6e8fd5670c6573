import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataError, FormatError } from "../../src/errors.js";
import { parseOutcar } from "../../src/io/outcar.js";
import { loadPoscar, parsePoscar, poscarText, writePoscar } from "../../src/io/poscar.js";
import { parseVasprun } from "../../src/io/vasprun.js";
import { loadXdatcar, parseXdatcar, writeXdatcar } from "../../src/io/xdatcar.js";
import { createTrajectory, frameStructure } from "../../src/structure/trajectory.js";
import { electronvoltPerCubicAngstromPerGigapascal as gigapascal } from "../../src/units/constants.js";
import { expectClose } from "../support/close.js";
import { quartz } from "../support/crystals.js";
import * as sample from "./samples.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "spectensor-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("parsePoscar", () => {
  it("reads scale, selective dynamics, fractional positions and velocities", () => {
    const { structure, velocities } = parsePoscar(sample.poscar);
    expect(structure.species).toEqual(["Si", "O", "O"]);
    expectClose(structure.cell!, [5, 0, 0, -2.5, 4.330127018922193, 0, 0, 0, 5.5], { relative: 1e-15 });
    expectClose(structure.positions.subarray(0, 3), [2.5, 0, 5.5 / 3], { relative: 1e-15 });
    expectClose(structure.positions.subarray(3, 6), [0.25 * 5 - 0.75 * 2.5, 0.75 * 4.330127018922193, 0.6875], {
      relative: 1e-14,
    });
    expect([...velocities!]).toEqual([0.001, 0.002, -0.003, 0.004, -0.005, 0.006, -0.007, 0.008, 0.009]);
  });

  it("scales Cartesian positions with the cell, a negative scale being the volume", () => {
    const text = (scale: string) => `x\n${scale}\n2 0 0\n0 2 0\n0 0 2\nAr\n1\nCartesian\n1 0.5 0.25\n`;
    expect([...parsePoscar(text("1.5")).structure.positions]).toEqual([1.5, 0.75, 0.375]);
    const { cell, positions } = parsePoscar(text("-64")).structure;
    expectClose(cell!, [4, 0, 0, 0, 4, 0, 0, 0, 4], { relative: 1e-15 });
    expectClose(positions, [2, 1, 0.5], { relative: 1e-15 });
    expect([...parsePoscar(text("1 2 3")).structure.positions]).toEqual([1, 1, 0.75]);
  });

  it("takes species from the option or the comment in files of VASP 4, and says so if it cannot", () => {
    const text = (comment: string) => `${comment}\n1\n3 0 0\n0 3 0\n0 0 3\n1 2\nDirect\n0 0 0\n.5 .5 0\n.5 0 .5\n`;
    expect(parsePoscar(text("Si O")).structure.species).toEqual(["Si", "O", "O"]);
    expect(parsePoscar(text("test"), { species: ["Na", "Cl"] }).structure.species).toEqual(["Na", "Cl", "Cl"]);
    expect(() => parsePoscar(text("test"))).toThrow(/text:6: no chemical symbols.*species/);
  });

  it("reads lattice velocities, POTCAR suffixes and comments behind counts", () => {
    const text = `x\n1.0\n3 0 0\n0 3 0\n0 0 3\nNa_pv Cl/1a2b\n1 1 ! counts\nDirect\n0 0 0 Na\n.5 .5 .5 Cl\nLattice velocities and vectors\n1\n0 0 0\n0 0 0\n0 0 0\n3 0 0\n0 3 0\n0 0 3\n\n1 2 3\n4 5 6\n`;
    const { structure, velocities } = parsePoscar(text);
    expect(structure.species).toEqual(["Na", "Cl"]);
    expect([...velocities!]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("refuses more or fewer positions than declared", () => {
    expect(() => parsePoscar(sample.poscar.replace("     1     2", "     1     3"))).toThrow(FormatError);
    expect(() => parsePoscar(sample.poscar.replace("     1     2", "     1     1"))).toThrow(
      /text:12: more positions than the 2/,
    );
  });

  it("reads back what writePoscar writes", async () => {
    const structure = { ...quartz(), species: ["Si", "O", "Si", "O", "O", "O", "O", "Si", "O"] };
    const path = join(folder, "POSCAR.gz");
    await writePoscar(path, structure, "two\nlines");
    const back = (await loadPoscar(path)).structure;
    expect(back.species).toEqual(structure.species);
    expectClose(back.positions, structure.positions, { absolute: 1e-14 });
    expectClose(back.cell!, structure.cell!, { absolute: 1e-15 });
    expect(() =>
      poscarText({ species: ["H"], positions: new Float64Array(3), periodic: [false, false, false] }),
    ).toThrow(DataError);
  });
});

describe("parseXdatcar", () => {
  it("reads fixed and variable cells", () => {
    const fixed = parseXdatcar(sample.xdatcar, { timestep: 0.5 });
    expect(fixed.cells!.length).toBe(9);
    expect(fixed.timestep).toBe(0.5);
    expectClose(frameStructure(fixed, 1).positions[2]!, 0.66345275 * 5.37419, { relative: 1e-15 });
    const varied = parseXdatcar(sample.xdatcarVariable);
    expect([...varied.positions.filter((_, i) => i % 6 === 0)]).toEqual([0.5 * 4.87343, 2.5]);
    expect(varied.cells!.length).toBe(18);
  });

  it("keeps every stride-th configuration and multiplies the time step", () => {
    const t = parseXdatcar(sample.xdatcar, { timestep: 2, stride: 2 });
    expect([t.timestep, t.positions.length]).toEqual([4, 6]);
  });

  it("reads back what writeXdatcar writes, with fixed and variable cell", async () => {
    const a = quartz();
    const b = { ...a, positions: a.positions.map((x) => x + 0.01) };
    const c = { ...b, cell: a.cell!.map((x) => 1.01 * x) };
    for (const t of [createTrajectory([a, b], 1), createTrajectory([a, b, c], 1)]) {
      const path = join(folder, "XDATCAR.gz");
      await writeXdatcar(path, t, { decimals: 16 });
      const back = await loadXdatcar(path, { timestep: 1 });
      expect(back.cells!.length).toBe(t.cells!.length);
      expectClose(back.positions, t.positions, { absolute: 1e-14 });
      expect(back.species).toEqual(t.species);
    }
  });

  it("refuses atoms that change on the way", () => {
    const odd = sample.xdatcarVariable.replace(/ {3}Si {3}O(?![\s\S]*Si {3}O)/, "   Si   S");
    expect(() => parseXdatcar(odd)).toThrow(/configuration 2 has other atoms/);
  });
});

describe("parseOutcar", () => {
  it.each([
    "BORN EFFECTIVE CHARGES (in e, cummulative output)",
    "BORN EFFECTIVE CHARGES (in |e|, cummulative output)",
    "BORN EFFECTIVE CHARGES (including local field effects) (in e, cummulative output)",
    "BORN EFFECTIVE CHARGES (including local field effects) (in |e|, cummulative output)",
  ])('reads Born charges below "%s", rows being the field', (header) => {
    const last = parseOutcar(sample.outcarWith(header))[1]!;
    expect([...last.bornCharges!.subarray(0, 9)]).toEqual([
      2.96605, 0.0396, -0.00141, -0.01072, 3.58445, -0.36705, 0.0112, 0.31817, 3.45944,
    ]);
  });

  it("prefers charges and ε∞ with local fields over those without, in either order", () => {
    const without = sample.outcarWith(
      "BORN EFFECTIVE CHARGES (excluding local field effects) (in |e|, cummulative output)",
    );
    const block = /\n BORN[\s\S]*3\.45944\n[\s\S]*?-3\.45944\n/.exec(without)![0];
    const both = sample.outcar.replace(/\n BORN/, `${block.replaceAll("2.96605", "9.99999")}\n BORN`);
    const after = sample.outcar.replace(" General", `${block.replaceAll("2.96605", "9.99999")} General`);
    for (const text of [both, after]) expect(parseOutcar(text)[1]!.bornCharges![0]).toBe(2.96605);
    expect(parseOutcar(without)[1]!.bornCharges![0]).toBe(2.96605);
  });

  it("reads steps with time, energy, forces, stress under tension positive, and touching cell vectors", () => {
    const [a, b] = parseOutcar(sample.outcar);
    expect([a!.time, b!.time, a!.energy, b!.energy]).toEqual([0, 0.5, -71.02127918, -72.02127918]);
    expect([...a!.structure.cell!]).toEqual([24, 0, 0, -12, 20.784609691, 0, 0, -12, 30]);
    expect(a!.structure.species).toEqual(["Si", "O"]);
    expect([...a!.forces!.subarray(0, 3)]).toEqual([1.814117, -0.803465, -0.215204]);
    const kbar = -gigapascal / 10;
    expectClose(
      a!.stress!,
      [-19.14399, -14.24051, 7.82347, -14.24051, -42.01031, 27.45917, 7.82347, 27.45917, -45.48706].map(
        (x) => x * kbar,
      ),
      { relative: 1e-14 },
    );
    expect([a!.dielectric, a!.bornCharges]).toEqual([undefined, undefined]);
    expect([...b!.dielectric!]).toEqual([
      2.534301, 0.00883, -0.005262, 0.008831, 2.548085, -0.005494, -0.005261, -0.005494, 2.577736,
    ]);
  });

  it("says which ion's charges are missing", () => {
    const text = sample.outcar.replace(/ ion {4}2[\s\S]*?-3\.45944\n/, "\n");
    expect(() => parseOutcar(text)).toThrow(/text:\d+: Born charges for 1 of 2 ions/);
  });

  it('refuses a run that did not end, unless read with incomplete: "drop"', () => {
    const text = sample.outcar.replace(" General timing and accounting informations for this job:\n", "");
    expect(() => parseOutcar(text)).toThrow(/timing summary is missing/);
    // Both are whole: the second has all that the first has, and more.
    expect(parseOutcar(text, { incomplete: "drop", onWarning: () => {} }).length).toBe(2);
    const cut = text.slice(0, text.lastIndexOf("  free  energy"));
    expect(parseOutcar(cut, { incomplete: "drop", onWarning: () => {} }).length).toBe(1);
  });
});

describe("parseVasprun", () => {
  it("reads every step: structure, energy of the ionic step, forces, stress, ε∞, Born charges, time", () => {
    const [a, b] = parseVasprun(sample.vasprun);
    expect([a!.time, b!.time, a!.energy, b!.energy]).toEqual([0, 2, -2.5, -3.5]);
    expect(a!.structure.species).toEqual(["Si", "O"]);
    expectClose(a!.structure.positions, [0.125 * 5 + 0.5, 1.5, 3.5, 0.75 * 5 + 0.25, 3, 1.75], { relative: 1e-15 });
    expect([...a!.forces!]).toEqual([0.1, -0.2, 0.3, -0.1, 0.2, -0.3]);
    expectClose(a!.stress![0]!, -1e-3, { relative: 1e-8 });
    expect(a!.dielectric![1]).toBe(-0.00000575);
    expect([...b!.bornCharges!.subarray(0, 9)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("names the line of malformed XML and of a table with the wrong size", () => {
    expect(() => parseVasprun(sample.vasprun.replace("</crystal>", "</cristal>"))).toThrow(/text:31: not well-formed/);
    expect(() =>
      parseVasprun(sample.vasprun.replace("<v>       0.75000000       0.50000000       0.25000000 </v>", "")),
    ).toThrow(/text:\d+: 3 numbers in <varray:positions> of step 1, expected 6/);
  });

  it("keeps nothing but whole steps of a cut file on request", () => {
    const cut = sample.vasprun.slice(0, sample.vasprun.lastIndexOf("<energy>"));
    expect(() => parseVasprun(cut)).toThrow(/the file ends inside <calculation>/);
    expect(parseVasprun(cut, { incomplete: "drop" }).map((f) => f.energy)).toEqual([-2.5]);
  });
});
