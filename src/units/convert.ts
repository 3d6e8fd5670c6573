/** Conversion between the units of one physical quantity. */
import { didYouMean, UnitError } from "../errors.js";
import {
  femtosecondPerAtomicTime as atomicTime,
  angstromPerBohr as bohr,
  coulombConstant,
  electronAngstromPerDebye as debye,
  electronvoltPerCubicAngstromPerGigapascal as gigapascal,
  electronvoltPerHartree as hartree,
  electronvoltPerKilojoulePerMole as kilojoulePerMole,
} from "./constants.js";

/** Every unit that is understood, with its value in the package's own unit, which stands first. */
const scales = {
  length: { Å: 1, bohr, nm: 10 },
  time: { fs: 1, ps: 1e3, "a.u.": atomicTime },
  energy: {
    eV: 1,
    meV: 1e-3,
    hartree,
    rydberg: hartree / 2,
    "kJ/mol": kilojoulePerMole,
    "kcal/mol": 4.184 * kilojoulePerMole,
  },
  force: { "eV/Å": 1, "hartree/bohr": hartree / bohr, "rydberg/bohr": hartree / 2 / bohr },
  pressure: { "eV/Å³": 1, GPa: gigapascal, kbar: gigapascal / 10 },
  velocity: { "Å/fs": 1, "Å/ps": 1e-3, "m/s": 1e-5, "bohr/a.u.": bohr / atomicTime },
  /** As a volume; the atomic unit of polarizability is 1 bohr³, and e·Å²/V is α = 4πε₀ times the volume. */
  polarizability: { "Å³": 1, "bohr³": bohr ** 3, "a.u.": bohr ** 3, "e·Å²/V": coulombConstant },
  dipole: { e·Å: 1, debye, e·bohr: bohr, "a.u.": bohr },
} as const satisfies Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Quantities with more than one usual unit. */
export type PhysicalQuantity = keyof typeof scales;

/** Units of a quantity, e.g. `UnitOf<"dipole">` is "e·Å" | "debye" | "e·bohr" | "a.u.". */
export type UnitOf<Q extends PhysicalQuantity> = keyof (typeof scales)[Q] & string;

/** Names of the units of a quantity, the package's own first. */
export function unitsOf(quantity: PhysicalQuantity): string[] {
  return Object.keys(scales[quantity]);
}

/**
 * Value of one `unit` in the package's unit of the quantity.
 * @throws UnitError for an unknown quantity or unit, with a suggestion
 * @example unitScale("length", "bohr") // 0.529177210903
 */
export function unitScale<Q extends PhysicalQuantity>(quantity: Q, unit: UnitOf<Q>): number {
  const table: Readonly<Record<string, number>> | undefined = Object.hasOwn(scales, quantity)
    ? scales[quantity]
    : undefined;
  if (table && Object.hasOwn(table, unit)) return table[unit]!;
  const [kind, word, known] = table
    ? [`unit of ${quantity}`, unit, Object.keys(table)]
    : ["quantity", quantity, Object.keys(scales)];
  const guess = didYouMean(word, known);
  throw new UnitError({
    where: "unitScale",
    problem: `unknown ${kind} "${word}"`,
    advice: guess ? `did you mean "${guess}"?` : `known: ${known.join(", ")}`,
  });
}

/**
 * Converts a value between two units of one quantity.
 * @throws UnitError for an unknown quantity or unit
 * @example units.convert(1, "dipole", "debye", "e·Å") // 0.2081943…
 */
export function convert<Q extends PhysicalQuantity>(
  value: number,
  quantity: Q,
  from: UnitOf<Q>,
  to: UnitOf<Q>,
): number {
  return value * (unitScale(quantity, from) / unitScale(quantity, to));
}
