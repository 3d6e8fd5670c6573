/** Units that an extended XYZ file states itself: `dipole-unit=debye`, `units=metal`, and LAMMPS' dumps that state none. */
import { type FieldScales, hasUnit, statedScale, type UnitField } from "./fieldUnits.js";
import { isLammpsUnits, type LammpsUnits, lammpsScales } from "./lammpsUnits.js";
import type { FieldNames } from "./tensorNames.js";

type Fail = (problem: string, advice?: string) => never;

/** What the caller says about units. */
export interface GivenUnits {
  readonly scales: FieldScales;
  readonly lammps: LammpsUnits | undefined;
}

/**
 * The factors of one frame: what the caller says, else what the comment line states.
 * @param columns names of the per-atom columns
 * @throws (by `fail`) for a stated unit that is not known or contradicts the caller, and for LAMMPS' own dumps where nobody says the units
 */
export function frameScales(
  pairs: ReadonlyMap<string, string>,
  columns: readonly string[],
  given: GivenUnits,
  fieldOf: FieldNames,
  fail: Fail,
): FieldScales {
  const stated: Partial<Record<UnitField, number>> = {};
  let system = given.lammps;
  for (const [key, text] of pairs) {
    const [, prefix] = /^(.*?)[-_. ]?units?$/i.exec(key) ?? [];
    if (prefix === undefined) continue;
    if (prefix === "") {
      const name = text.trim().toLowerCase();
      if (isLammpsUnits(name)) {
        if (system && system !== name) fail(`the file says units ${name}, the options say ${system}`);
        system = name;
      } else stated.length = statedScale("length", text, fail);
      continue;
    }
    const field = fieldFor(prefix, fieldOf);
    if (field) stated[field] = statedScale(field, text, fail);
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

function fieldFor(prefix: string, fieldOf: FieldNames): UnitField | undefined {
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
