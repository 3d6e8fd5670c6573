/** Files that `harmonic` is given: of phonopy with any calculator, and Born charges of other cells. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { atomicMass } from "../../src/structure/elements.js";
import { spectensorHere, temporaryFolder } from "./run.js";

const folder = temporaryFolder();
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

/** CsCl structure, 4 Å, in which Na and Cl are joined by a spring of k eV/Å². */
const k = 5;
const [bohr, hartree] = [0.529177210903, 27.211386245988];
const reduced = 1 / (1 / atomicMass("Na") + 1 / atomicMass("Cl"));
const wavenumber =
  Math.sqrt((k / reduced) * (1.602176634e-19 / (1e-20 * 1.6605390666e-27))) / (2 * Math.PI * 29979245800);

interface Units {
  readonly length: number;
  readonly force: number;
}

/** Entries for both atoms along the three axes: atom, displacement, forces on both. */
function spring({ length, force }: Units, d = 0.01) {
  return [1, 2].flatMap((atom) =>
    [0, 1, 2].map((c) => {
      const along = (x: number) => [0, 1, 2].map((j) => (j === c ? x : 0));
      const f = ((k * d) / force) * (atom === 1 ? -1 : 1);
      return { atom, displacement: along(d / length), forces: [along(f), along(-f)] };
    }),
  );
}

const forceSets = (units: Units): string =>
  `2\n6\n${spring(units)
    .map((s) => `\n${s.atom}\n${s.displacement.join(" ")}\n${s.forces.map((f) => f.join(" ")).join("\n")}\n`)
    .join("")}`;

const cellYaml = (name: string, a: number): string => `${name}:
  lattice:
  - [ ${a}, 0.0, 0.0 ] # a
  - [ 0.0, ${a}, 0.0 ] # b
  - [ 0.0, 0.0, ${a} ] # c
  points:
  - symbol: Na # 1
    coordinates: [ 0.0, 0.0, 0.0 ]
    mass: 22.989769
  - symbol: Cl # 2
    coordinates: [ 0.5, 0.5, 0.5 ]
    mass: 35.453000

`;

const yaml = (length: number, head: string): string =>
  `phonopy:\n  version: "2.20.0"\n${head}\n${["primitive_cell", "unit_cell", "supercell"].map((c) => cellYaml(c, 4 / length)).join("")}`;

const nac = `born_effective_charge:
- # 1
  - [ 1.1, 0.0, 0.0 ]
  - [ 0.0, 1.1, 0.0 ]
  - [ 0.0, 0.0, 1.1 ]
- # 2
  - [ -1.1, 0.0, 0.0 ]
  - [ 0.0, -1.1, 0.0 ]
  - [ 0.0, 0.0, -1.1 ]

dielectric_constant:
  - [ 2.5, 0.0, 0.0 ]
  - [ 0.0, 2.5, 0.0 ]
  - [ 0.0, 0.0, 2.5 ]

`;

interface Modes {
  readonly modes: readonly { readonly wavenumber: number; readonly infrared?: number }[];
  readonly longitudinal: readonly unknown[];
}

async function modes(...args: string[]): Promise<Modes> {
  const { code, out, err } = await spectensorHere(["harmonic", ...args, "--json"]);
  expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
  return JSON.parse(out);
}

async function isSpring(...args: string[]): Promise<Modes> {
  const found = await modes(...args);
  // Forces are written with all digits; the units' constants have nine.
  for (const { wavenumber: w } of found.modes.slice(3)) expect(w).toBeCloseTo(wavenumber, 3);
  return found;
}

/** 1.1² e²/μ × 974.864 km/mol/(e²/u). */
function isBright({ modes: [, , , ...optical] }: Modes): void {
  for (const { infrared } of optical) expect(infrared!).toBeCloseTo((1.21 / reduced) * 974.864, 1);
}

const refused = async (message: RegExp, ...args: string[]): Promise<void> => {
  const { code, out, err } = await spectensorHere(["harmonic", ...args]);
  expect([code > 0, out]).toEqual([true, ""]);
  expect(err).toMatch(message);
};

const poscar = (cell: string, species: string, positions: string): string =>
  `NaCl\n1.0\n${cell}\n${species}\nDirect\n${positions}\n`;
const unit = file("POSCAR", poscar("4 0 0\n0 4 0\n0 0 4", "Na Cl\n1 1", "0 0 0\n0.5 0.5 0.5"));
const sets = file("FORCE_SETS", forceSets({ length: 1, force: 1 }));

describe("FORCE_SETS of a calculator", () => {
  /** Lengths and forces as phonopy's documentation has them. */
  const calculators: Readonly<Record<string, Units>> = {
    vasp: { length: 1, force: 1 },
    qe: { length: bohr, force: hartree / 2 / bohr },
    wien2k: { length: bohr, force: hartree / 2000 / bohr },
    abinit: { length: bohr, force: 1 },
    siesta: { length: bohr, force: 1 },
    cp2k: { length: 1, force: hartree / bohr },
    elk: { length: bohr, force: hartree / bohr },
  };

  it.each(Object.entries(calculators))("%s is read in its units", async (name, units) => {
    const source = file(`${name}.yaml`, yaml(units.length, `  calculator: ${name}\n`));
    await isSpring(source, "--force-sets", file(`FORCE_SETS.${name}`, forceSets(units)));
  });

  it.each<[string, string, Units]>([
    ["au", "Ry/au^2", { length: bohr, force: hartree / 2 / bohr }],
    ["au", "eV/angstrom.au", { length: bohr, force: 1 }],
    ["angstrom", "hartree/angstrom.au", { length: 1, force: hartree / bohr }],
    ["angstrom", "eV/angstrom^2", { length: 1, force: 1 }],
  ])("%s and %s say it without a calculator", async (length, constants, units) => {
    const head = `physical_unit:\n  length: "${length}"\n  force_constants: "${constants}"\n`;
    await isSpring(
      file("stated.yaml", yaml(units.length, head)),
      "--force-sets",
      file("FORCE_SETS.s", forceSets(units)),
    );
  });

  it("is asked for where nothing says it, or two things do", async () => {
    const qe = forceSets(calculators.qe!);
    const au = 'physical_unit:\n  length: "au"\n';
    await refused(
      /neither a calculator nor physical_unit says.*--unit forces=ry/,
      file("au.yaml", yaml(bohr, au)),
      "--force-sets",
      sets,
    );
    await refused(
      /calculator is siesta, which has forces in 1 eV\/Å, but physical_unit says 25\.7/,
      file("both.yaml", yaml(bohr, `  calculator: siesta\n${au}  force_constants: "Ry/au^2"\n`)),
      "--force-sets",
      sets,
    );
    await refused(/calculator is "nwchem"/, file("n.yaml", yaml(1, "  calculator: nwchem\n")), "--force-sets", sets);
    await refused(
      /--unit forces: says 1 eV\/Å, but .* has 25\.7/,
      file("qe.yaml", yaml(bohr, "  calculator: qe\n")),
      "--force-sets",
      file("FS.qe", qe),
      "--unit",
      "forces=eV/Å",
    );
    const said = ["--length-unit", "bohr", "--unit", "forces=ry/bohr"];
    await isSpring(unit, "--force-sets", file("FS.qe", qe), ...said);
    await isSpring(file("au.yaml", yaml(bohr, au)), "--force-sets", file("FS.qe", qe), ...said);
  });
});

describe("phonopy_params.yaml", () => {
  const list = (units: Units) =>
    `displacements:\n${spring(units)
      .map(
        (s) =>
          `- atom: ${s.atom}\n  displacement:\n    [ ${s.displacement} ]\n  forces:\n${s.forces.map((f) => `  - [ ${f} ]\n`).join("")}`,
      )
      .join("")}`;
  const units: Units = { length: bohr, force: hartree / 2 / bohr };

  it("needs nothing else: forces, charges and ε∞ are in it", async () => {
    for (const [u, name] of [
      [units, "qe"],
      [{ length: 1, force: 1 }, "vasp"],
    ] as const) {
      const found = await isSpring(
        file("phonopy_params.yaml", yaml(u.length, `  calculator: ${name}\n`) + nac + list(u)),
      );
      isBright(found);
      expect(found.longitudinal.length).toBeGreaterThan(0);
    }
  });

  it("lists supercells in which every atom moves as well", async () => {
    const entries = spring(units).map(
      ({ atom, displacement, forces }) =>
        `- # 1\n${[1, 2].map((j) => `  - displacement: # ${j}\n      [ ${j === atom ? displacement : [0, 0, 0]} ]\n    force:\n      [ ${forces[j - 1]} ]\n`).join("")}`,
    );
    await isSpring(file("p2.yaml", `${yaml(bohr, "  calculator: qe\n")}displacements:\n${entries.join("")}`));
  });

  it("without forces says what to give; damaged ones name their line", async () => {
    const without = yaml(1, "  calculator: vasp\n");
    await refused(/has no forces; give its FORCE_SETS/, file("disp.yaml", without));
    const text = `${without}${list({ length: 1, force: 1 })}`;
    await refused(
      /5 of 6|1 of 6 displacements have no forces/,
      file("some.yaml", text.replace(/ {2}forces:\n( {2}- .*\n){2}/, "")),
    );
    await refused(
      /displacement 1 has not three numbers/,
      file("cut.yaml", text.replace("- [ -0.05,0,0 ]", "- [ -0.05,0 ]")),
    );
    await refused(
      /atom 3 is displaced, the supercell has 2/,
      file("three.yaml", text.replace("- atom: 2", "- atom: 3")),
    );
  });
});

describe("--born", () => {
  const extxyz = (lattice: number, atoms: readonly [string, number, number][]): string =>
    `${atoms.length}\nLattice="${lattice} 0 0 0 ${lattice} 0 0 0 ${lattice}" Properties=species:S:1:pos:R:3:bec:R:9 pbc="T T T"\n${atoms
      .map(([symbol, x, z]) => `${symbol} ${x} ${x} ${x} ${z} 0 0 0 ${z} 0 0 0 ${z}\n`)
      .join("")}`;
  const given = ["--force-sets", sets, "--bec-order", "field-displacement"];
  const right = extxyz(4, [
    ["Na", 0, 1.1],
    ["Cl", 2, -1.1],
  ]);

  it("takes charges of the same crystal, its atoms in any order", async () => {
    isBright(await isSpring(unit, ...given, "--born", file("born.xyz", right)));
    const swapped = file("PSW", poscar("4 0 0\n0 4 0\n0 0 4", "Cl Na\n1 1", "0.5 0.5 0.5\n0 0 0"));
    const found = await modes(swapped, ...given, "--born", file("born.xyz", right));
    isBright(found);
  });

  it("refuses another crystal, and a file without charges", async () => {
    const other = extxyz(4.2, [
      ["Na", 0, 1.1],
      ["Cl", 2.1, -1.1],
    ]);
    await refused(/cell of 4\.200.* not those of the reference/, unit, ...given, "--born", file("a.xyz", other));
    const both = right.replace("Na", "K");
    await refused(/2 atoms \(K Cl\).* not those/, unit, ...given, "--born", file("b.xyz", both));
    await refused(/no Born charges in its first frame/, unit, "--force-sets", sets, "--born", unit);
  });

  it("gives a supercell the charges of the small cell: of files, and of BORN with or without numbers of atoms", async () => {
    const positions = "0 0 0\n0.5 0 0\n0.25 0.5 0.5\n0.75 0.5 0.5";
    const doubled = file("SPOSCAR", poscar("8 0 0\n0 4 0\n0 0 4", "Na Cl\n2 2", positions));
    // Every atom on a spring to its place: the lattice does not matter, and every direction is displaced.
    const one = [1, 3].flatMap((atom) =>
      [0, 1, 2].map((c) => {
        const row = (x: number) => [0, 1, 2].map((j) => (j === c ? x : 0)).join(" ");
        const f = [1, 2, 3, 4].map((j) => row(j === atom ? -0.05 : atom < 3 === j < 3 ? 0 : 0.025));
        return `\n${atom}\n${row(0.01)}\n${f.join("\n")}\n`;
      }),
    );
    const large = file("FORCE_SETS.large", `4\n6\n${one.join("")}`);
    const nine = (z: number) => `${z} 0 0 0 ${z} 0 0 0 ${z}`;
    const born = (head: string) => `${head}\n${nine(2.5)}\n${nine(1.1)}\n${nine(-1.1)}\n`;
    const heads = ["14.4", "# epsilon and Z* of atoms 1 2", "# epsilon and Z* of atoms 1 3", "default value"];
    const files = [...heads.map((head, i) => file(`BORN${i}`, born(head))), file("born.xyz", right)];
    const bright: number[][] = [];
    for (const name of files) {
      const bec = name.endsWith("xyz") ? ["--bec-order", "field-displacement"] : [];
      const { modes: all } = await modes(doubled, "--force-sets", large, ...bec, "--born", name);
      bright.push(all.map((m) => m.infrared!).filter((x) => x > 1));
    }
    for (const found of bright) {
      expect(found.length).toBe(3);
      // Two cells: Z*² and mass are those of twice the atoms, so the intensity of the cell is doubled.
      for (const x of found) expect(x).toBeCloseTo(2 * (1.21 / reduced) * 974.864, 1);
    }
    await refused(
      /those of atoms 1, 7; the structure has 4/,
      doubled,
      "--force-sets",
      large,
      "--born",
      file("B", born("# epsilon and Z* of atoms 1 7")),
    );
  });
});
