/** Units that an extended XYZ file states itself: `dipole-unit=debye`, `units=metal`, and LAMMPS' dumps that state none. */
import { type FieldScales, fieldUnitFactor, hasUnit, statedScale, type UnitField, unitFields } from "./fieldUnits.js";
import { isLammpsUnits, type LammpsUnits, lammpsScales } from "./lammpsUnits.js";
import type { NamedFields } from "./unitInName.js";

type Fail = (problem: string, advice?: string) => never;

/** A program's unit that the caller must say: it has another one by the program's settings, and does not write it. */
export const unstatedUnit = "unstated";

/** What the caller says about units. */
export interface GivenUnits {
  readonly scales: FieldScales;
  readonly lammps: LammpsUnits | undefined;
}

/**
 * The factors of one frame: what the caller says, else what the comment line states.
 * @param columns names of the per-atom columns
 * @param taken names that stand for a field in this frame
 * @throws (by `fail`) for a stated unit that is not known or contradicts the caller, and for LAMMPS' own dumps where nobody says the units
 */
export function frameScales(
  pairs: ReadonlyMap<string, string>,
  columns: readonly string[],
  given: GivenUnits,
  fieldOf: NamedFields,
  taken: (name: string) => boolean,
  fail: Fail,
): FieldScales {
  const stated: Partial<Record<UnitField, number>> = {};
  /** What the caller says needs no unit that is understood. */
  const state = (field: UnitField, text: string): void => {
    if (text === unstatedUnit) {
      if (given.scales[field] === undefined)
        fail(
          `the program that wrote this states no unit of ${field}`,
          `say it, e.g. units: { ${field}: "bohr" }, or "Å"`,
        );
      return;
    }
    const known = fieldUnitFactor(field, text);
    if (known !== undefined) stated[field] = known;
    else if (given.scales[field] === undefined) statedScale(field, text, fail);
  };
  let system = given.lammps;
  for (const [key, text] of pairs) {
    const prefix = quantityOfUnit(key);
    if (prefix === undefined) continue;
    if (prefix === "") {
      const name = text.trim().toLowerCase();
      if (isLammpsUnits(name)) {
        if (system && system !== name) fail(`the file says units ${name}, the options say ${system}`);
        system = name;
      } else
        for (const [field, scale] of listedScales(text))
          if (scale === undefined) state(field, text);
          else stated[field] ??= scale;
      continue;
    }
    const field = fieldFor(prefix, fieldOf);
    if (field) state(field, text);
  }
  for (const name of [...pairs.keys(), ...columns]) {
    const match = fieldOf(name);
    if (match?.unit && hasUnit(match.field) && taken(name)) stated[match.field] = match.unit.scale;
  }
  for (const field of Object.keys(stated) as UnitField[]) {
    const asked = given.scales[field];
    if (asked !== undefined && Math.abs(asked - stated[field]!) > 1e-9 * asked)
      fail(`the file states another unit of ${field} than the options`, "leave the option out, or correct the file");
  }
  const scales = { ...(system && lammpsScales(system)), ...stated, ...given.scales };
  if (pairs.has("Timestep")) refuseUnsaid(pairs, columns, scales, fail);
  return scales;
}

/** The quantity whose unit a key states, `dipole_unit` or `unit_dipole`; "" for all. */
function quantityOfUnit(key: string): string | undefined {
  return /^(.*?)[-_. ]?units?$/i.exec(key)?.[1] ?? /^units?[-_. ](.+)$/i.exec(key)?.[1];
}

/**
 * What `units="…"` says: atomic units are those of everything, a list ("eV, Angstrom") has units of some quantities, from which those of
 * forces and stress follow; anything else is the unit of lengths.
 */
function listedScales(text: string): (readonly [UnitField, number | undefined])[] {
  if (/^\s*(a\.?u\.?|atomic([-_ ]?units?)?)\s*$/i.test(text))
    return unitFields.map((field) => [field, fieldUnitFactor(field, "au")]);
  const words = text.split(/[,;\s]+/).filter((word) => word !== "");
  const scales = words.map((word) => {
    const field = (["length", "energy", "time", "polarization"] as const).find((f) => fieldUnitFactor(f, word));
    return field && ([field, fieldUnitFactor(field, word)!] as const);
  });
  if (words.length < 2 || !scales.every((s) => s !== undefined)) return [["length", fieldUnitFactor("length", text)]];
  const { length, energy } = Object.fromEntries(scales) as Partial<Record<UnitField, number>>;
  if (length === undefined || energy === undefined) return scales;
  return [...scales, ["forces", energy / length], ["virial", energy], ["stress", energy / length ** 3]];
}

function fieldFor(prefix: string, fieldOf: NamedFields): UnitField | undefined {
  if (/^(lengths?|pos(itions?)?|coord(inate)?s?|cell|lattice|distances?)$/i.test(prefix)) return "length";
  const field = fieldOf(prefix)?.field ?? prefix.toLowerCase();
  return hasUnit(field) ? field : undefined;
}

/** What LAMMPS writes into extended XYZ under which name (dump extxyz), all in the units of the run. */
const lammpsNames: readonly (readonly [RegExp, UnitField])[] = [
  [/^Time$/, "time"],
  [/^vel$/, "velocities"],
  [/^forces$/, "forces"],
  [/^Stress$/, "stress"],
];

function refuseUnsaid(
  pairs: ReadonlyMap<string, string>,
  columns: readonly string[],
  scales: FieldScales,
  fail: Fail,
): void {
  const names = [...pairs.keys(), ...columns];
  const unsaid = lammpsNames.filter(([name, field]) => scales[field] === undefined && names.some((n) => name.test(n)));
  if (unsaid.length > 0)
    fail(
      `LAMMPS has written this file (Timestep=…), and ${unsaid.map(([, field]) => field).join(", ")} are in the units of its run`,
      'say them: lammpsUnits: "metal" or "real"',
    );
}
