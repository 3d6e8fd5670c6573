/** The unit systems of LAMMPS (its manual, command `units`), as factors to this package's units. */
import { OptionError } from "../errors.js";
import { angstromPerBohr as bohr, electronvoltPerHartree as hartree, SI } from "../units/constants.js";
import { unitScale } from "../units/convert.js";
import type { FieldScales } from "./fieldUnits.js";

/** LAMMPS `units` that have dimensions. */
export type LammpsUnits = "metal" | "real" | "electron" | "si" | "cgs" | "micro" | "nano";

/** e.g. length and time units as SI powers: m in Å and s in fs. */
const joule = 1 / SI.elementaryCharge;
const bar = unitScale("pressure", "kbar") / 1000;
const atomicVelocityTime = 1.03275; // fs; the manual's "atomic time unit" of electron style: 1.03275e-15 s

/** [length, time, energy, velocity, pressure] of each system. */
const systems: Readonly<Record<LammpsUnits, readonly [number, number, number, number, number]>> = {
  metal: [1, 1e3, 1, 1e-3, bar],
  real: [1, 1, unitScale("energy", "kcal/mol"), 1, 1.01325 * bar],
  electron: [bohr, 1, hartree, bohr / atomicVelocityTime, 1e-5 * bar],
  si: [1e10, 1e15, joule, 1e-5, 1e-5 * bar],
  cgs: [1e8, 1e15, 1e-7 * joule, 1e-7, 1e-6 * bar],
  micro: [1e4, 1e9, 1e-15 * joule, 1e-5, 1e-2 * bar],
  nano: [10, 1e6, 1e-21 * joule, 1e-5, 10 * bar],
};

/** Names of the unit systems that are understood. */
export const lammpsUnitNames = Object.keys(systems) as LammpsUnits[];

/** Whether a word names a unit system that is understood. */
export function isLammpsUnits(name: string): name is LammpsUnits {
  return Object.hasOwn(systems, name);
}

/** Factors of a unit system. @throws OptionError for one without dimensions (lj) or an unknown one */
export function lammpsScales(name: LammpsUnits): FieldScales {
  if (!isLammpsUnits(name))
    throw new OptionError({
      where: "units",
      problem: `LAMMPS units "${name}"${name === "lj" ? " have no dimensions" : ""}`,
      advice: `supported are ${lammpsUnitNames.join(", ")}`,
    });
  const [length, time, energy, velocities, stress] = systems[name];
  return { length, time, energy, velocities, forces: energy / length, stress };
}
