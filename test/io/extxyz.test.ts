import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FormatError, OptionError } from "../../src/errors.js";
import { loadExtxyz, parseExtxyz, streamExtxyz } from "../../src/io/extxyz.js";
import { extxyzText, writeExtxyz } from "../../src/io/extxyzWrite.js";
import { expectClose } from "../support/close.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "spectensor-"));
});
afterAll(() => rm(folder, { recursive: true }));

const water = `3
Lattice="5 0 0 0 6 0 1 0 7" Properties=species:S:1:pos:R:3:tag:I:1:forces:R:3:bec:R:9 energy=-14.25 time=2.5 dipole="1 2 3" polarizability="1 2 3 2 4 5 3 5 6" dielectric=[[2, 0, 0], [0, 3, 0], [0, 0, 4]] stress="1 2 3 4 5 6" label="a \\"b\\" c" flag count=7 list=[1,2] pbc="T T F"
O 0 0 0.1 8 1 2 3 1 2 3 4 5 6 7 8 9
H 0.7 0 -.5 1 0.1 0.2 0.3 -1 0 0 0 -1 0 0 0 -1
H -0.7 0 -5e-1 1 -1.5D-1 0 0 1 1 1 2 2 2 3 3 3
`;

describe("parseExtxyz", () => {
  it("maps declared columns and keys to the fields of a frame", () => {
    const [f] = parseExtxyz(water);
    expect(f!.structure.species).toEqual(["O", "H", "H"]);
    expect([...f!.structure.positions]).toEqual([0, 0, 0.1, 0.7, 0, -0.5, -0.7, 0, -0.5]);
    expect([...f!.structure.cell!]).toEqual([5, 0, 0, 0, 6, 0, 1, 0, 7]);
    expect(f!.structure.periodic).toEqual([true, true, false]);
    expect([...f!.forces!]).toEqual([1, 2, 3, 0.1, 0.2, 0.3, -0.15, 0, 0]);
    expect([...f!.bornCharges!.subarray(0, 9)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(f!.energy).toBe(-14.25);
    expect(f!.time).toBe(2.5);
    expect([...f!.polarization!]).toEqual([1, 2, 3]);
    expect([...f!.polarizability!]).toEqual([1, 2, 3, 2, 4, 5, 3, 5, 6]);
    expect([...f!.dielectric!]).toEqual([2, 0, 0, 0, 3, 0, 0, 0, 4]);
    expect([...f!.stress!]).toEqual([1, 6, 5, 6, 2, 4, 5, 4, 3]);
    expect(f!.info).toEqual({ label: 'a "b" c', flag: true, count: 7, list: Float64Array.of(1, 2) });
    expect(f!.arrays).toEqual({ tag: Float64Array.of(8, 1, 1) });
  });

  it("maps names, units and component orders as told", () => {
    const text = (comment: string) =>
      `1\nProperties=species:S:1:pos:R:3:f_dft:R:3:apt:R:9 ${comment}\nH 0 0 0 1 2 3 1 2 3 4 5 6 7 8 9\n`;
    const [f] = parseExtxyz(text('mu="1 2 3" alpha="1 2 3 4 5 6" E=2'), {
      keys: { polarization: "mu", polarizability: "alpha", forces: "f_dft", bornCharges: "apt", energy: "E" },
      units: { polarization: "debye", polarizability: "bohr³", energy: "hartree" },
      components: "xx yy zz yz xz xy",
      becOrder: "displacement-field",
    });
    expectClose(f!.polarization!, [0.20819434, 0.41638867, 0.62458301], { relative: 1e-7 });
    expectClose(
      f!.polarizability!,
      [1, 6, 5, 6, 2, 4, 5, 4, 3].map((x) => x * 0.14818471),
      { relative: 1e-7 },
    );
    expectClose(f!.energy!, 54.42277, { relative: 1e-7 });
    expect([...f!.forces!]).toEqual([1, 2, 3]);
    expect([...f!.bornCharges!]).toEqual([1, 4, 7, 2, 5, 8, 3, 6, 9]);
  });

  it("does not guess the order of six components, and reports names that are not there", () => {
    const text = '1\nepsilon="1 2 3 4 5 6"\nH 0 0 0\n';
    expect(() => parseExtxyz(text)).toThrow(/text:2: epsilon has 6 components in an undeclared order; say which/);
    expect([...parseExtxyz(text, { components: "xx yy zz xy yz zx" })[0]!.dielectric!]).toEqual([
      1, 4, 6, 4, 2, 5, 6, 5, 3,
    ]);
    expect(() => parseExtxyz(text, { keys: { polarizability: "alpha" }, components: "xx yy zz xy yz zx" })).toThrow(
      /no "alpha" in this frame.*epsilon/,
    );
    expect(() => parseExtxyz(text, { components: "xx yy zz xy yz" })).toThrow(OptionError);
    expect(() => parseExtxyz(text, { keys: { colour: "red" } as never })).toThrow(/unknown field "colour"/);
    expect(() => parseExtxyz(text, { units: { polarization: "furlong" } as never })).toThrow(/furlong/);
  });

  it("reads every dialect of arrays, quotes and flags", () => {
    const values = ["[1, 2, 3]", "[1,2,3]", '"1 2 3"', "'1 2 3'", "{1 2 3}", "_JSON [1, 2, 3]", '"1D0, 2.0, 3"'];
    for (const value of values)
      expect([...parseExtxyz(`1\ndipole=${value} pbc=[F, F, F] done\nH 0 0 0\n`)[0]!.polarization!], value).toEqual([
        1, 2, 3,
      ]);
    const [f] = parseExtxyz('1\nLattice=[[2,0,0],[0,3,0],[0,0,4]] pbc="1 0 T" a = 5 b="x y" "my key"=T\nH 0 0 0\n');
    expect(f!.structure.periodic).toEqual([true, false, true]);
    expect(f!.info).toEqual({ a: 5, b: "x y", "my key": true });
  });

  it("turns a virial into a stress, σ = −W/V", () => {
    const [f] = parseExtxyz('1\nLattice="2 0 0 0 2 0 0 0 2" virial="8 0 0 0 16 0 0 0 0"\nH 0 0 0\n');
    expect([...f!.stress!]).toEqual([-1, 0, 0, 0, -2, 0, 0, 0, 0]);
  });

  it("reads plain XYZ, its comment kept", () => {
    const [f] = parseExtxyz("2\n i = 3, E = -1.5\nO 0 0 0\nH 0 0 1\n\n");
    expect(f!.info).toEqual({ comment: "i = 3, E = -1.5" });
    expect(f!.structure.cell).toBeUndefined();
    expect(f!.structure.periodic).toEqual([false, false, false]);
    expect(() => parseExtxyz("1\n\nO 0 0 0 0.5\n")).toThrow(/text:3: more columns than plain XYZ has/);
  });

  it.each([
    ["a short atom line", "H 0.7 0 -.5 1 0.1", "H 0.7 0", /text:4: bec is missing: the line ends early/],
    ["text for a number", "0.7 0 -.5", "0.7 O -.5", /text:4: expected a number for pos, found "O"/],
    ["not a number", "H 0.7", "H NaN", /found "NaN"/],
    ["overflow", "H 0.7", "H *******", /too little room/],
    ["a wrong count", "3\nLattice", "2\nLattice", /text:5: expected a number for the number of atoms/],
    ["a flat cell", "0 6 0", "0 0 0", /text:2: .*cell volume is 0/],
    ["an open quote", 'pbc="T T F"', 'pbc="T T F', /text:2: a quote that is never closed in the value of "pbc"/],
    ["bad Properties", "pos:R:3", "pos:R", /Properties is/],
    ["no positions", "pos:R:3", "xyz:R:3", /has no pos:R:3/],
    ["a second forces", "energy=-14.25", "energy=-14.25 Energy=3", /energy stands there twice/],
    ["bad pbc", 'pbc="T T F"', 'pbc="yes"', /pbc is "yes"/],
  ])("refuses %s with file and line", (_, from, to, message) => {
    expect(water).toContain(from);
    expect(() => parseExtxyz(water.replace(from, to))).toThrow(message);
    expect(() => parseExtxyz(water.replace(from, to))).toThrow(FormatError);
  });

  it("swaps the indices of Born charges that are stored displacement first", () => {
    const [f] = parseExtxyz(water, { becOrder: "displacement-field" });
    expect([...f!.bornCharges!.subarray(0, 9)]).toEqual([1, 4, 7, 2, 5, 8, 3, 6, 9]);
  });
});

describe("streamExtxyz and loadExtxyz", () => {
  it("read back what writeExtxyz wrote, plain and gzipped, to the last bit", async () => {
    const frames = parseExtxyz(water + water.replace("0 0 0.1 8", "0.30000000000000004 1e-300 0.1 8"));
    for (const name of ["w.xyz", "w.xyz.gz"]) {
      const path = join(folder, name);
      await writeExtxyz(path, frames);
      expect(await loadExtxyz(path)).toEqual(frames);
      let k = 0;
      for await (const frame of streamExtxyz(path)) expect(frame).toEqual(frames[k++]);
      expect(k).toBe(2);
    }
    const [plain, packed] = await Promise.all([readFile(join(folder, "w.xyz")), readFile(join(folder, "w.xyz.gz"))]);
    expect(plain.toString()).toBe([...extxyzText(frames)].join(""));
    expect(packed.subarray(0, 2)).toEqual(Buffer.of(0x1f, 0x8b));
    expect(parseExtxyz(packed)).toEqual(frames);
    expect((await readdir(folder)).sort()).toEqual(["w.xyz", "w.xyz.gz"]);
  });
});

describe("blanks of other kinds in the comment line", () => {
  it.each(["\u00a0", "\ufeff", "\v", "\f", "\u2003"])("%j ends a token like any blank", (blank) => {
    const [frame] = parseExtxyz(`1\nenergy=-1${blank}${blank}x=2 ${blank}\nAr 0 0 0\n`);
    expect(frame!.energy).toBe(-1);
    expect(frame!.info).toEqual({ x: 2 });
  });
});
