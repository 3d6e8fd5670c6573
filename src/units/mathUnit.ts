/** Quantities of mathjs in and out: for input in whatever unit, and for calculations that keep track of dimensions. */
import { UnitError } from "../errors.js";
import {
  angstromPerBohr,
  electronAngstromPerDebye,
  electronvoltPerHartree,
  elementaryChargeSi,
  femtosecondPerAtomicTime,
} from "./constants.js";

/** What `unit(…)` of mathjs makes, as far as it is used here. */
export interface MathUnit {
  /** Value in a unit that mathjs knows; throws if the dimensions differ. */
  toNumber(unit: string): number;
}

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** Factors of this package's units for which mathjs has another name or none: [value, in this unit of mathjs]. */
const NAMES: Readonly<Record<string, readonly [number, string]>> = {
  Å: [1, "angstrom"],
  bohr: [angstromPerBohr, "angstrom"],
  e: [elementaryChargeSi, "C"],
  debye: [elementaryChargeSi * electronAngstromPerDebye, "C angstrom"],
  hartree: [electronvoltPerHartree, "eV"],
  rydberg: [electronvoltPerHartree / 2, "eV"],
  µC: [1e-6, "C"],
};

/**
 * The value of a mathjs quantity in a unit as this package writes it, e.g. "fs", "Å³", "eV/Å", "e·Å", "cm⁻¹":
 * `fromMathUnit(unit("0.5 ps"), "fs")` is 500, with `unit` of mathjs.
 * @throws UnitError if the dimensions differ
 */
export function fromMathUnit(quantity: MathUnit, unit: string): number {
  const { scale, expression } = inMathUnits(unit);
  try {
    return quantity.toNumber(expression) / scale;
  } catch (cause) {
    throw new UnitError({ where: String(quantity), problem: `has no value in ${unit}`, cause });
  }
}

/**
 * A value as a mathjs quantity: `toMathUnit(1, "eV/Å", unit).toNumber("nN")` is 1.602…
 * @param unit as this package writes it
 * @param make `unit` of mathjs
 * @throws UnitError for "a.u.", which means something else for every quantity; convert first
 */
export function toMathUnit<U>(value: number, unit: string, make: (value: number, unit: string) => U): U {
  const { scale, expression } = inMathUnits(unit);
  return make(value * scale, expression);
}

/** One `unit` is `scale` times the expression, which mathjs reads. */
function inMathUnits(unit: string): { readonly scale: number; readonly expression: string } {
  if (unit === "a.u." || unit.includes("/a.u."))
    throw new UnitError({
      where: unit,
      problem: "atomic units are not told apart by this name",
      advice: `convert to a unit with a name first; one of time is ${femtosecondPerAtomicTime.toPrecision(6)} fs`,
    });
  let scale = 1;
  const words = unit
    .replace("cm-1", "cm⁻¹")
    .split("/")
    .flatMap((side, k) =>
      side.split("·").flatMap((factor) => {
        const [, name, digits] = /^(.+?)([⁻⁰¹²³⁴-⁹]*)$/.exec(factor) ?? [];
        const power = (k === 0 ? 1 : -1) * (digits ? superscript(digits) : 1);
        const [value, inMath] = (Object.hasOwn(NAMES, name!) && NAMES[name!]) || [1, name ?? unit];
        scale *= value ** power;
        return inMath.split(" ").map((word) => `${word}^${power}`);
      }),
    );
  return { scale, expression: words.join(" ") };
}

function superscript(digits: string): number {
  return Number([...digits].map((c) => (c === "⁻" ? "-" : SUPERSCRIPTS.indexOf(c))).join(""));
}
