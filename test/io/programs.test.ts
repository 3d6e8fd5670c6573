/** Files of other programs as people have them; inputs in cases/, right values from closed forms. */
import { describe, expect, it } from "vitest";
import { parseExtxyz } from "../../src/io/extxyz.js";
import { readFrames } from "../../src/io/load.js";
import { loadSeries } from "../../src/io/loadSeries.js";
import { parsePoscar } from "../../src/io/poscar.js";
import type { Warning } from "../../src/warnings.js";

const file = (name: string) => new URL(`cases/${name}`, import.meta.url).pathname;

describe("extended XYZ of other programs", () => {
  it("names with colons (metatrain) are names", async () => {
    const [frame] = await readFrames(file("extxyz-double-colon/train.xyz"));
    expect(Object.keys(frame!.arrays!)).toEqual(["mtt::born_charges"]);
    const keys = { bornCharges: "mtt::born_charges" };
    const [asked] = await readFrames(file("extxyz-double-colon/train.xyz"), { keys });
    expect(Array.from(asked!.bornCharges!.subarray(0, 9))).toEqual([1.1, 0, 0, 0, 1.2, 0, 0, 0, 1.3]);
    const [comment] = parseExtxyz('1\nmtt::dipole="1 2 3" mtt::x=4\nAr 0 0 0\n', {
      keys: { polarization: "mtt::dipole" },
    });
    expect(Array.from(comment!.polarization!)).toEqual([1, 2, 3]);
    expect(comment!.info).toEqual({ "mtt::x": 4 });
  });

  it.each(["a:R", "a:R:0", "species:S:1:pos:R:3:", "a:X:3", "species:S:1::pos:R:3"])(
    "Properties %s is refused",
    (properties) => {
      expect(() => parseExtxyz(`1\nProperties=${properties} x=1\nAr 0 0 0\n`)).toThrow(/Properties/);
    },
  );

  it("nan in a column nobody needs is left out and told; positions may not be nan", async () => {
    const [frame] = await readFrames(file("extxyz-nan/magmoms.xyz"));
    expect(frame!.energy).toBe(-7.5);
    expect(frame!.arrays).toBeUndefined();
    expect(frame!.notFinite).toEqual({ magmoms: "magmoms" });
    expect(() => parseExtxyz("1\n\nAr 0 nan 0\n")).toThrow(/nan/);
  });

  it("nan in what somebody needs is named with its frame", async () => {
    const [frame] = await readFrames(file("extxyz-nan/comment.xyz"));
    expect(frame!.notFinite).toEqual({ energy: "energy", polarization: "dipole" });
    await expect(loadSeries(file("extxyz-nan/comment.xyz"), { quantity: "polarization", timestep: 1 })).rejects.toThrow(
      /dipole is nan in frame 0/,
    );
  });
});

describe("hand-edited POSCARs", () => {
  it.each(["scale-comment", "lattice-comment", "no-newline"])("with %s", async (kind) => {
    const warnings: Warning[] = [];
    const [frame] = await readFrames(file(`poscar-hand-edited/POSCAR.${kind}`), { onWarning: (m) => warnings.push(m) });
    expect(frame!.structure.species).toEqual(["Na", "Cl"]);
    expect(Array.from(frame!.structure.positions)).toEqual([0, 0, 0, 2, 2, 2]);
    expect(Array.from(frame!.structure.cell!)).toEqual([4, 0, 0, 0, 4, 0, 0, 0, 4]);
    expect(warnings.length).toBe(kind === "no-newline" ? 1 : 0);
  });

  it("of VASP 4 with the species given", async () => {
    const [frame] = await readFrames(file("poscar-hand-edited/POSCAR.vasp4"), { species: ["Na", "Cl"] });
    expect(frame!.structure.species).toEqual(["Na", "Cl"]);
  });

  it("a last number that was cut is refused where the other numbers show it", () => {
    const head = "x\n1\n4 0 0\n0 4 0\n0 0 4\nNa Cl\n1 1\nDirect\n0.000000 0.000000 0.000000\n";
    const quiet = { onWarning: () => {} };
    expect(() => parsePoscar(Buffer.from(`${head}0.500000 0.500000 0.5000`), quiet)).toThrow(/may have been cut/);
    expect(() => parsePoscar(Buffer.from(`${head}0.500000 0.500000`), quiet)).toThrow(/line ends early/);
    expect(() => parsePoscar(Buffer.from(`${head}`), quiet)).toThrow(/1 of 2 positions/);
    expect(parsePoscar(Buffer.from(`${head}0.500000 0.500000 0.500000`), quiet).structure.positions[5]).toBe(2);
    expect(parsePoscar(Buffer.from(`${head}0.500000 0.500000 0.500 T T T`), quiet).structure.positions[5]).toBe(2);
  });
});

describe("Quantum ESPRESSO with verbosity = 'high'", () => {
  it("takes positions and forces from the first table of each", async () => {
    const [frame] = await readFrames(file("qe-verbosity-high/pw.out"));
    const a = 10.6 * 0.529177210903; // Å, CODATA 2018
    const right = [0.01 * a, 0, 0, 0.5 * a, 0.5 * a, 0.5 * a];
    // Rounding of one product.
    for (const [i, x] of right.entries()) expect(frame!.structure.positions[i]).toBeCloseTo(x, 12);
    expect(frame!.energy).toBeCloseTo(-125.5 * 13.605693122994, 8);
    expect(frame!.forces![0]).toBeCloseTo((-0.01 * 13.605693122994) / 0.529177210903, 10);
    expect(frame!.forces![3]).toBeCloseTo((0.01 * 13.605693122994) / 0.529177210903, 10);
  });
});
