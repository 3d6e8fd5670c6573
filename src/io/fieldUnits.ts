/** Units a file may be in, and the factors to this package's. */
import { didYouMean, OptionError } from "../errors.js";
import type { FrameField } from "./tensorNames.js";

/** Å, CODATA 2018. */
const bohr = 0.529177210903;
/** eV, CODATA 2018. */
const hartree = 27.211386245988;
/** e·Å per debye: 1e-21 C m²/s over c and e. */
const debye = 0.2081943327;
/** eV/Å³ per GPa. */
const gigapascal = 1 / 160.2176634;
/** fs per atomic unit of time, CODATA 2018. */
const atomicTime = 0.024188843265857;

const tables = {
  energy: {
    eV: 1,
    hartree,
    rydberg: hartree / 2,
    meV: 1e-3,
    "kcal/mol": 0.0433641153087705,
    "kJ/mol": 0.010364269656262,
  },
  forces: { "eV/Å": 1, "eV/angstrom": 1, "hartree/bohr": hartree / bohr, "rydberg/bohr": hartree / 2 / bohr },
  velocities: {
    "Å/fs": 1,
    "angstrom/fs": 1,
    "Å/ps": 1e-3,
    "angstrom/ps": 1e-3,
    "m/s": 1e-5,
    "bohr/a.u.": bohr / atomicTime,
  },
  time: { fs: 1, ps: 1e3, "a.u.": atomicTime },
  dipole: { e·Å: 1, "e*angstrom": 1, debye, e·bohr: bohr, "a.u.": bohr },
  polarizability: { "Å³": 1, "angstrom^3": 1, "bohr³": bohr ** 3, "bohr^3": bohr ** 3, "a.u.": bohr ** 3 },
  dielectric: { "1": 1 },
  bornCharges: { e: 1 },
  stress: { "eV/Å³": 1, "eV/angstrom^3": 1, GPa: gigapascal, kbar: gigapascal / 10 },
  virial: { eV: 1, hartree, rydberg: hartree / 2 },
} as const satisfies Readonly<Record<FrameField, Readonly<Record<string, number>>>>;

/** Unit of each field in the file, e.g. `{ dipole: "debye", polarizability: "bohr^3" }`. */
export type FieldUnits = { readonly [K in FrameField]?: keyof (typeof tables)[K] & string };

/** For every field the factor from the file's unit to this package's. @throws OptionError for an unknown field or unit */
export function fieldScales(units: FieldUnits = {}): Readonly<Record<FrameField, number>> {
  const scales = Object.fromEntries(Object.keys(tables).map((k) => [k, 1])) as Record<FrameField, number>;
  for (const [field, unit] of Object.entries(units)) {
    const table: Readonly<Record<string, number>> | undefined = tables[field as FrameField];
    if (!table || unit === undefined || !(unit in table)) {
      const known = Object.keys(table ?? tables);
      const guess = didYouMean(table ? String(unit) : field, known);
      throw new OptionError({
        where: "units",
        problem: table ? `unknown unit "${unit}" for ${field}` : `unknown field "${field}"`,
        advice: guess ? `did you mean "${guess}"?` : `known: ${known.join(", ")}`,
      });
    }
    scales[field as FrameField] = table[unit]!;
  }
  return scales;
}
