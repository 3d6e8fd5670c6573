import { describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { loadBorn, parseBorn, startsLikeBorn } from "../../src/io/born.js";
import { loadForceSets, loadForces, parseForces } from "../../src/io/forceSets.js";
import { detectFormat } from "../../src/io/formats.js";
import { readFrames } from "../../src/io/load.js";
import { parsePhonopy } from "../../src/io/phonopy.js";
import { loadPoscar } from "../../src/io/poscar.js";
import { random } from "../../src/math/random.js";
import { forceConstants } from "../../src/spectrum/forceConstants.js";
import { normalModes } from "../../src/spectrum/phonons.js";
import { supercell } from "../../src/structure/cell.js";
import { atomicMass } from "../../src/structure/elements.js";
import { bornChargesOfAtoms } from "../../src/structure/independentCharges.js";
import { createStructure } from "../../src/structure/structure.js";
import { symmetry } from "../../src/structure/symmetry.js";

const file = (name: string) => new URL(`cases/phonopy-files/${name}`, import.meta.url).pathname;
const reference = (await loadPoscar(file("POSCAR"))).structure;

/** ω of a spring k between two masses: √(k/μ) in cm⁻¹; eV/Å²/u → rad²/s² by e/(10⁻²⁰ u). */
function springWavenumber(k: number, a: string, b: string): number {
  const reduced = 1 / (1 / atomicMass(a) + 1 / atomicMass(b));
  const omega = Math.sqrt((k / reduced) * (1.602176634e-19 / (1e-20 * 1.6605390666e-27)));
  return omega / (2 * Math.PI * 29979245800);
}

describe("FORCE_SETS", () => {
  it.each(["FORCE_SETS", "FORCE_SETS.type2"])("%s gives the line of the spring", async (name) => {
    const sets = await loadForces(file(name), 2);
    const { wavenumbers } = normalModes(forceConstants(reference, sets));
    // Forces are printed with eight decimals.
    for (const k of [3, 4, 5]) expect(wavenumbers[k]).toBeCloseTo(springWavenumber(5, "Na", "Cl"), 3);
    for (const k of [0, 1, 2]) expect(Math.abs(wavenumbers[k]!)).toBeLessThan(1e-3);
  });

  it("both types agree for forces without any symmetry", () => {
    const draw = random(3);
    const normal = (n: number) => Float64Array.from({ length: n }, () => draw.normal());
    const s = createStructure({ species: ["O", "Al", "N"], positions: normal(9), cell: [6, 0, 0, 1, 7, 0, 2, 1, 8] });
    // Φ symmetric with rows that sum to zero: springs of random tensors between pairs.
    const phi = new Float64Array(81);
    for (const [i, j] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const) {
      const m = normal(9);
      for (let a = 0; a < 3; a++)
        for (let b = 0; b < 3; b++) {
          const k = m[3 * a + b]! + m[3 * b + a]!;
          for (const [p, q, sign] of [
            [i, i, 1],
            [j, j, 1],
            [i, j, -1],
            [j, i, -1],
          ] as const)
            phi[9 * (3 * p + a) + 3 * q + b]! += sign * k;
        }
    }
    const forcesOf = (u: Float64Array) =>
      Float64Array.from({ length: 9 }, (_, i) => -u.reduce((sum, x, j) => sum + phi[9 * i + j]! * x, 0));
    const snapshots = Array.from({ length: 8 }, () => {
      const displacements = normal(9).map((x) => 0.01 * x);
      return { displacements, forces: forcesOf(displacements) };
    });
    const fitted = forceConstants(s, snapshots, { symmetry: { kind: "none" } });
    // Linear algebra in double precision; the condition of eight random displacements is some hundreds.
    fitted.values.values.forEach((v, k) => {
      expect(v).toBeCloseTo(phi[k]!, 9);
    });
    expect(() => forceConstants(s, snapshots.slice(0, 4), { symmetry: { kind: "none" } })).toThrow(
      /span 4 of 6 directions; give more displaced supercells/,
    );
    const mixed = [
      ...snapshots.slice(0, 7),
      {
        atom: 0,
        displacement: Float64Array.of(0.01, 0, 0),
        forces: forcesOf(Float64Array.of(0.01, 0, 0, 0, 0, 0, 0, 0, 0)),
      },
    ];
    forceConstants(s, mixed, { symmetry: { kind: "none" } }).values.values.forEach((v, k) => {
      expect(v).toBeCloseTo(phi[k]!, 9);
    });
  });

  it("type 2 is named where type 1 is asked for, and must fill whole supercells", async () => {
    await expect(loadForceSets(file("FORCE_SETS.type2"))).rejects.toThrow(/type 2.*loadForces/);
    expect(() => parseForces("1 2 3 4 5 6\n1 2 3 4 5 6\n1 2 3 4 5 6\n", 2)).toThrow(/1 of 2 atoms in supercell 2/);
    expect(() => parseForces("1 2 3 4 5 6\n1 2 3 4 5\n", 2)).toThrow(/:2: .*line ends early/);
    expect(() => parseForces("1 2 3 4 5 6\n1 2 3 4 5 6 7\n", 2)).toThrow(/:2: more columns/);
  });
});

describe("BORN", () => {
  it("is read, and told from other tables of numbers", async () => {
    const born = await loadBorn(file("BORN"));
    expect(Array.from(born.dielectric)).toEqual([2.5, 0, 0, 0, 2.5, 0, 0, 0, 2.5]);
    const z = bornChargesOfAtoms(reference, born.bornCharges);
    expect([z[0], z[9], z[4], z[13]]).toEqual([1.1, -1.1, 1.1, -1.1]);
    const nine = "1 0 0 0 1 0 0 0 1";
    expect(startsLikeBorn(["14.4", nine, nine, nine])).toBe(true);
    expect(startsLikeBorn(["# epsilon and Z* of atoms 1 3", nine, nine, ""])).toBe(true);
    expect(startsLikeBorn([nine, nine, nine])).toBe(false);
    expect(startsLikeBorn(["2", "6", "", "1", "0.01 0 0"])).toBe(false);
  });

  it("without a last line break is taken with a warning, unless its last number shows that it was cut", () => {
    const text = (last: string) =>
      Buffer.from(`14.4\n2.5 0 0 0 2.5 0 0 0 2.5\n1.1 0 0 0 1.1 0 0 0 1.1\n-1.1 0 0 0 ${last}`);
    const heard: string[] = [];
    const onWarning = ({ problem }: { problem: string }) => heard.push(problem);
    expect(parseBorn(text("-1.1 0 0 0 -1.1"), { onWarning }).bornCharges[17]).toBe(-1.1);
    expect(heard).toEqual([expect.stringMatching(/no line break at its end.*-1\.1$/)]);
    for (const cut of ["-1.1 0 0 0 -1.", "-1.1 0 0 0 -1", "-1.1 0 0 0 -", "-1.1 0 0 0", "-1.1"])
      expect(() => parseBorn(text(cut), { onWarning }), cut).toThrow(/:4: /);
    expect(heard.length).toBe(1);
    expect(parseBorn(text("-1.1 0 0 0 -1"), { incomplete: "drop" }).bornCharges.length).toBe(9);
  });

  it("the independent atoms of NaCl make those of its supercell", () => {
    const large = supercell(reference, [2, 2, 1]);
    const z = bornChargesOfAtoms(
      large,
      Float64Array.from([1.1, 0, 0, 0, 1.1, 0, 0, 0, 1.1, -1.1, 0, 0, 0, -1.1, 0, 0, 0, -1.1]),
    );
    large.species.forEach((symbol, i) => {
      expect(z[9 * i]).toBe(symbol === "Na" ? 1.1 : -1.1);
    });
  });

  it("quartz: first-principles charges of every atom come back from two of nine", async () => {
    const { reference: quartz } = await loadDataset("sio2");
    const s = quartz!.structure;
    const full = quartz!.bornCharges!;
    const independent = [...new Set(symmetry(s).equivalent)];
    const some = Float64Array.from(independent.flatMap((a) => Array.from(full.subarray(9 * a, 9 * a + 9))));
    expect(independent.length).toBeLessThan(s.species.length);
    const all = bornChargesOfAtoms(s, some);
    // The calculation itself is symmetric to about 1 m|e|.
    for (let k = 0; k < full.length; k++) expect(Math.abs(all[k]! - full[k]!)).toBeLessThan(5e-3);
    const atoms = independent.map((a) => symmetry(s).equivalent.lastIndexOf(a));
    const others = Float64Array.from(atoms.flatMap((a) => Array.from(full.subarray(9 * a, 9 * a + 9))));
    const again = bornChargesOfAtoms(s, others, { atoms });
    for (let k = 0; k < full.length; k++) expect(Math.abs(again[k]! - full[k]!)).toBeLessThan(5e-3);
    expect(() => bornChargesOfAtoms(s, full.subarray(0, 9))).toThrow(
      /1 tensors; the structure has .* independent \(Si 1, O 4; P 3_2 2 1\)/,
    );
  });

  it.each<[string, RegExp]>([
    ["14.4\n1 0 0 0 1 0 0 0 1\n", /nine numbers a line each/],
    ["14.4\n1 0 0 0 1 0 0 0\n", /:2: .*line ends early/],
    ["14.4\n1 0 0 0 1 0 0 0 1\n1 0 0 0 1 0 0 0 1 2\n", /:3: more columns/],
    ["# epsilon and Z* of atoms 1 3\n1 0 0 0 1 0 0 0 1\n1 0 0 0 1 0 0 0 1\n", /names 2 atoms, there are 1/],
  ])("%j is refused", (text, message) => {
    expect(() => parseBorn(text)).toThrow(message);
  });
});

const yaml = `phonopy:
  version: "2.20.0"
  frequency_unit_conversion_factor: 15.633302
physical_unit:
  atomic_mass: "AMU"
  length: "angstrom"

primitive_cell:
  lattice:
  - [ 0.0, 2.8, 2.8 ] # a
  - [ 2.8, 0.0, 2.8 ] # b
  - [ 2.8, 2.8, 0.0 ] # c
  points:
  - symbol: Na # 1
    coordinates: [ 0.0, 0.0, 0.0 ]
    mass: 22.989769
  - symbol: Cl # 2
    coordinates: [ 0.5, 0.5, 0.5 ]
    mass: 35.453

unit_cell:
  lattice:
  - [ 4.0, 0.0, 0.0 ] # a
  - [ 0.0, 4.0, 0.0 ] # b
  - [ 0.0, 0.0, 4.0 ] # c
  points:
  - { symbol: Na, coordinates: [ 0, 0, 0 ] }
  - { symbol: Cl, coordinates: [ 0.5, 0.5, 0.5 ] }

displacements:
- atom: 1
  displacement:
    [ 0.01, 0.0, 0.0 ]

born_effective_charge:
- # 1
  - [ 1.1, 0, 0 ]
  - [ 0, 1.1, 0 ]
  - [ 0, 0, 1.1 ]
- # 2
  - [ -1.1, 0, 0 ]
  - [ 0, -1.1, 0 ]
  - [ 0, 0, -1.1 ]
dielectric_constant:
  - [ 2.5, 0, 0 ]
  - [ 0, 2.5, 0 ]
  - [ 0, 0, 2.5 ]
`;

describe("phonopy.yaml", () => {
  it("gives its cells; the charges belong to the primitive one", () => {
    const unit = parsePhonopy(yaml);
    expect(unit.structure.species).toEqual(["Na", "Cl"]);
    expect(Array.from(unit.structure.positions)).toEqual([0, 0, 0, 2, 2, 2]);
    expect(unit.bornCharges).toBeUndefined();
    const primitive = parsePhonopy(yaml, { phonopyCell: "primitive" });
    expect(Array.from(primitive.structure.positions.subarray(3))).toEqual([2.8, 2.8, 2.8]);
    expect(primitive.bornCharges![9]).toBe(-1.1);
    expect(primitive.dielectric![8]).toBe(2.5);
    expect(() => parsePhonopy(yaml, { phonopyCell: "super" })).toThrow(
      /no supercell in it; it has phonopy, physical_unit/,
    );
  });

  it("in atomic units is converted; other units are refused", () => {
    const s = parsePhonopy(yaml.replace('"angstrom"', '"au"')).structure;
    expect(s.cell![0]).toBe(4 * 0.529177210903);
    expect(() => parsePhonopy(yaml.replace('"angstrom"', '"nm"'))).toThrow(/unit of length is "nm"/);
  });

  it.each<[string, string, RegExp]>([
    ["[ 4.0, 0.0, 0.0 ]", "[ 4.0, 0.0 ]", /unit_cell has no lattice/],
    ["{ symbol: Cl, coordinates: [ 0.5, 0.5, 0.5 ] }", "{ symbol: Cl }", /point 2 of unit_cell/],
    [
      "{ symbol: Na, coordinates: [ 0, 0, 0 ] }",
      "{ symbol: Na, coordinates: [ 0, 0, 0 }",
      /:2[0-9]: not well-formed YAML/,
    ],
    ["{ symbol: Na, coordinates: [ 0, 0, 0 ] }", "&a [*a]", /not well-formed YAML|point 1/],
  ])("%s → %s", (from, to, message) => {
    expect(yaml).toContain(from);
    expect(() => parsePhonopy(yaml.replace(from, to))).toThrow(message);
  });

  it("is found out by its content", async () => {
    const { mkdtempSync, rmSync, writeFileSync } = await import("node:fs");
    const folder = mkdtempSync(`${(await import("node:os")).tmpdir()}/phonopy-`);
    try {
      writeFileSync(`${folder}/phonopy_disp.yaml`, yaml);
      expect(await detectFormat(`${folder}/phonopy_disp.yaml`)).toBe("phonopy");
      expect((await readFrames(`${folder}/phonopy_disp.yaml`))[0]!.structure.cell![0]).toBe(4);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
