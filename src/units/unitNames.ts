/** Units as people and programs write them: "ps", "(D)", "e*Ang", "A^3", "atomic_unit". */
import { SI } from "./constants.js";
import { type PhysicalQuantity, type UnitOf, unitScale } from "./convert.js";

/** Spellings (after {@link plainName}) of the units of `convert`, or a value in this package's unit. */
const spellings: { readonly [Q in PhysicalQuantity]: Readonly<Record<string, UnitOf<Q> | number>> } = {
  length: {
    ...all(["a", "ang", "angs", "angstrom", "angstroms", "aa"], "Å"),
    ...all(["bohr", "bohrs", "a0", "au", "atomicunit", "atomicunits"], "bohr"),
    ...all(["nm", "nanometer", "nanometers", "nanometre"], "nm"),
    pm: 0.01,
    um: 1e4,
    cm: 1e8,
    m: 1e10,
  },
  time: {
    ...all(["fs", "femtosecond", "femtoseconds", "femto"], "fs"),
    ...all(["ps", "picosecond", "picoseconds", "pico"], "ps"),
    ...all(["au", "atomicunit", "atomicunits"], "a.u."),
    as: 1e-3,
    attosecond: 1e-3,
    ns: 1e6,
    nanosecond: 1e6,
    us: 1e9,
    ms: 1e12,
    s: 1e15,
  },
  energy: {
    ...all(["ev", "electronvolt", "electronvolts"], "eV"),
    mev: "meV",
    ...all(["hartree", "hartrees", "ha", "eh", "au", "atomicunit", "atomicunits"], "hartree"),
    ...all(["rydberg", "rydbergs", "ry"], "rydberg"),
    ...all(["kj/mol", "kjmol1", "kjmol-1"], "kJ/mol"),
    ...all(["kcal/mol", "kcalmol1", "kcalmol-1"], "kcal/mol"),
    j: 1 / SI.elementaryCharge,
  },
  force: {
    ...all(["ev/a", "ev/ang", "ev/angs", "ev/angst", "ev/angstrom"], "eV/Å"),
    ...all(["hartree/bohr", "ha/bohr", "eh/a0", "eh/bohr", "au", "atomicunit", "atomicunits"], "hartree/bohr"),
    ...all(["ry/bohr", "rydberg/bohr", "ry/au"], "rydberg/bohr"),
    ...all(["kcal/mol/a", "kcal/mol/ang", "kcal/mol/angstrom"], unitScale("energy", "kcal/mol")),
    ...all(["kj/mol/nm"], unitScale("energy", "kJ/mol") / 10),
    n: 1e-10 / SI.elementaryCharge,
  },
  pressure: {
    ...all(["ev/a3", "ev/ang3", "ev/angstrom3"], "eV/Å³"),
    gpa: "GPa",
    ...all(["kbar", "kb"], "kbar"),
    bar: unitScale("pressure", "kbar") / 1000,
    atm: 1.01325e-4 * unitScale("pressure", "GPa"),
    mpa: unitScale("pressure", "GPa") / 1000,
    pa: unitScale("pressure", "GPa") / 1e9,
    ...all(
      ["au", "atomicunit", "hartree/bohr3", "ha/bohr3"],
      unitScale("energy", "hartree") / unitScale("length", "bohr") ** 3,
    ),
  },
  velocity: {
    ...all(["a/fs", "ang/fs", "angstrom/fs"], "Å/fs"),
    ...all(["a/ps", "ang/ps", "angstrom/ps"], "Å/ps"),
    ...all(["m/s", "ms-1"], "m/s"),
    ...all(["bohr/au", "au", "atomicunit", "atomicunits", "bohr/atomicunit"], "bohr/a.u."),
    ...all(["nm/ps", "km/s"], 1e-2),
  },
  polarizability: {
    ...all(["a3", "ang3", "angstrom3", "angs3"], "Å³"),
    ...all(["bohr3", "a03", "au3", "au", "atomicunit", "atomicunits"], "bohr³"),
    nm3: 1e3,
    ...all(["ea2/v", "eang2/v", "e2a2/ev"], "e·Å²/V"),
  },
  dipole: {
    ...all(["ea", "eang", "eangs", "eangstrom"], "e·Å"),
    ...all(["d", "debye", "debyes"], "debye"),
    ...all(["ebohr", "ea0", "au", "atomicunit", "atomicunits"], "e·bohr"),
    enm: 10,
    cm: 1e10 / SI.elementaryCharge,
  },
};

function all<V extends string | number>(names: readonly string[], value: V): Record<string, V> {
  return Object.fromEntries(names.map((name) => [name, value]));
}

/** "e*Å" → "ea", "[Å^3]" → "a3", "a.u." → "au". */
function plainName(text: string): string {
  return text
    .trim()
    .replace(/^[([{]\s*(.*?)\s*[)\]}]$/, "$1")
    .replace(/[ÅÅ]/g, "A")
    .replace(/[µμ]/g, "u")
    .replace(/[⁻⁰¹²³⁴-⁹]/g, (c) => "-0123456789"["⁻⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(c)]!)
    .toLowerCase()
    .replace(/\*\*|\^/g, "")
    .replace(/[\s._·*|]/g, "");
}

/**
 * The value of a unit, written however, in this package's unit of the quantity; `undefined` if it is none that is known.
 * A unit as this package writes it ("Å³", "e·Å") is understood as well.
 * @example unitFactor("time", "ps") // 1000
 */
export function unitFactor(quantity: PhysicalQuantity, text: string): number | undefined {
  const table = spellings[quantity] as Readonly<Record<string, string | number>>;
  const name = plainName(text);
  if (!Object.hasOwn(table, name)) return undefined;
  const found = table[name]!;
  return typeof found === "number" ? found : unitScale(quantity, found as never);
}
