/** The units that phonopy works in: those of the program whose forces it was given. */
import { angstromPerBohr as bohr, electronvoltPerHartree as hartree } from "../units/constants.js";
import type { Lines } from "./lines.js";

/** Values of a file's units in this package's. */
export interface PhonopyUnits {
  /** Of positions and displacements, Å. */
  readonly length: number;
  /** Of forces, eV/Å; absent where nothing says it. */
  readonly forces?: number;
}

type ProgramUnits = Required<PhonopyUnits>;

const rydberg = hartree / 2;
const vasp: ProgramUnits = { length: 1, forces: 1 };
const atomic: ProgramUnits = { length: bohr, forces: hartree / bohr };
const rydbergs: ProgramUnits = { length: bohr, forces: rydberg / bohr };
const mixed: ProgramUnits = { length: bohr, forces: 1 };

/** What phonopy's documentation ("Interfaces to calculators", default units) says of every program. */
const calculators: Readonly<Record<string, ProgramUnits>> = {
  ...all(["vasp", "crystal", "aims", "castep", "lammps", "pwmat"], vasp),
  ...all(["qe", "qlm"], rydbergs),
  wien2k: { length: bohr, forces: rydberg / 1000 / bohr },
  ...all(["abinit", "siesta", "abacus"], mixed),
  ...all(["elk", "turbomole", "fleur", "dftbp"], atomic),
  cp2k: { length: 1, forces: hartree / bohr },
};

function all(names: readonly string[], units: ProgramUnits): Record<string, ProgramUnits> {
  return Object.fromEntries(names.map((name) => [name, units]));
}

const lengths: Readonly<Record<string, number>> = { angstrom: 1, au: bohr, bohr };
const energies: Readonly<Record<string, number>> = { ev: 1, ry: rydberg, mry: rydberg / 1000, hartree };

/** The value of a quotient of an energy and lengths: "eV/angstrom.au", "Ry/au^2"; `undefined` if it is none. */
function quotient(text: string, count: number): number | undefined {
  const [, energy = "", below = ""] = /^([a-z]+)\/(.+)$/.exec(text.toLowerCase().replace(/\s/g, "")) ?? [];
  const parts = below.split(/[.*·]/).flatMap((part) => {
    const [, name = "", power = "1"] = /^([a-z]+)(?:\^(\d))?$/.exec(part) ?? [];
    return Array.from({ length: Number(power) }, () => lengths[name] ?? Number.NaN);
  });
  const value = (energies[energy] ?? Number.NaN) / parts.reduce((product, part) => product * part, 1);
  return parts.length === count && Number.isFinite(value) ? value : undefined;
}

/** Units are printed names of the same constants; different programs have these to some seven digits. */
const tolerance = 1e-5;

/**
 * The units of a phonopy.yaml: those that `physical_unit` states, else those of the calculator, else VASP's.
 * @param calculator as in the section "phonopy"
 * @param stated entries of the section "physical_unit"
 * @throws FormatError for an unknown unit, a program of unknown lengths, and where both say different things
 */
export function phonopyUnits(
  lines: Lines,
  calculator: unknown,
  stated: Readonly<Record<string, unknown>>,
): PhonopyUnits {
  const name = calculator === undefined || calculator === null ? undefined : String(calculator).toLowerCase();
  const known = name === undefined ? undefined : calculators[name];
  const length = stated.length === undefined ? undefined : lengths[String(stated.length).toLowerCase()];
  if (stated.length !== undefined && length === undefined)
    lines.fail(`the unit of length is "${String(stated.length)}"`, "angstrom and au are known");
  const forces = statedForces(lines, stated, length ?? known?.length ?? 1);
  if (name !== undefined && !known && length === undefined)
    lines.fail(
      `the calculator is "${name}", whose units are not known`,
      `known are ${Object.keys(calculators).sort().join(", ")}; or let physical_unit in the file say length and force_constants`,
    );
  // VASP is meant where no program is named, but not with other lengths than VASP's.
  const usual = name === undefined && length !== bohr ? vasp : known;
  const found = { length: length ?? usual?.length ?? 1, forces: forces ?? usual?.forces };
  for (const quantity of ["length", "forces"] as const)
    if (known && Math.abs(found[quantity]! / known[quantity] - 1) > tolerance)
      lines.fail(
        `the calculator is ${name}, which has ${quantity} in ${known[quantity]} ${quantity === "length" ? "Å" : "eV/Å"}, but physical_unit says ${found[quantity]}`,
        "correct the one that is wrong",
      );
  return { length: found.length, ...(found.forces !== undefined && { forces: found.forces }) };
}

function statedForces(
  lines: Lines,
  { force, force_constants: constants }: Readonly<Record<string, unknown>>,
  length: number,
): number | undefined {
  const text = force ?? constants;
  if (text === undefined) return undefined;
  const value = quotient(String(text), force === undefined ? 2 : 1);
  if (value === undefined)
    return lines.fail(
      `the unit of ${force === undefined ? "force constants" : "forces"} is "${String(text)}"`,
      "known are eV, Ry, mRy and hartree by angstrom and au",
    );
  return force === undefined ? value * length : value;
}
