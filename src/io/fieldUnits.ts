/** Units a file may be in, and the factors to this package's. */
import { rejectUnknown } from "../options/record.js";
import { type PhysicalQuantity, type UnitOf, unitScale } from "../units/convert.js";
import type { FrameField } from "./tensorNames.js";

/** The physical quantity of each field that has a unit to choose. */
const quantities = {
  energy: "energy",
  virial: "energy",
  forces: "force",
  velocities: "velocity",
  time: "time",
  polarization: "dipole",
  polarizability: "polarizability",
  stress: "pressure",
} as const satisfies Partial<Record<FrameField, PhysicalQuantity>>;

/** Polarizabilities per volume of the cell, with the unit that they have times a volume. */
const perVolume = { "Å³/Å³": "Å³", "e/(V·Å)": "e·Å²/V" } as const;

/**
 * Unit of each field in the file, e.g. `{ polarization: "debye", polarizability: "bohr³" }`; see `unitsOf` for the names. A polarizability
 * may also be per volume of the cell: "Å³/Å³" or "e/(V·Å)".
 */
export type FieldUnits = {
  readonly [F in keyof typeof quantities]?:
    | UnitOf<(typeof quantities)[F]>
    | (F extends "polarizability" ? keyof typeof perVolume : never);
};

/** Whether the polarizabilities of a file are per volume of the cell. */
export function isPerVolume({ polarizability }: FieldUnits = {}): boolean {
  return polarizability !== undefined && Object.hasOwn(perVolume, polarizability);
}

/**
 * For every field the factor from the file's unit to this package's (per volume, to that unit per Å³); 1 where none is declared.
 * @throws OptionError for a field without choice of unit
 * @throws UnitError for an unknown unit
 */
export function fieldScales(units: FieldUnits = {}): Readonly<Partial<Record<FrameField, number>>> {
  rejectUnknown({ shape: quantities }, units, "units");
  const scales: Partial<Record<FrameField, number>> = {};
  for (const field of Object.keys(units) as (keyof FieldUnits)[]) {
    const given = units[field];
    const unit = given && Object.hasOwn(perVolume, given) ? perVolume[given as keyof typeof perVolume] : given;
    if (unit !== undefined) scales[field] = unitScale(quantities[field], unit as never);
  }
  return scales;
}
