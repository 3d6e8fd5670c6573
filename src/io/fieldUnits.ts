/** Units a file may be in, and the factors to this package's. */
import { UnitError } from "../errors.js";
import { rejectUnknown } from "../options/record.js";
import { type PhysicalQuantity, type UnitOf, unitScale, unitsOf } from "../units/convert.js";
import { unitFactor } from "../units/unitNames.js";
import type { FrameField } from "./tensorNames.js";

/** The physical quantity of each field that has a unit to choose; `length` is that of positions and cell. */
const quantities = {
  length: "length",
  energy: "energy",
  virial: "energy",
  forces: "force",
  velocities: "velocity",
  time: "time",
  polarization: "dipole",
  polarizability: "polarizability",
  stress: "pressure",
} as const satisfies Partial<Record<FrameField | "length", PhysicalQuantity>>;

/** Fields that can be in one unit or another. */
export type UnitField = keyof typeof quantities;

/** Polarizabilities per volume of the cell, with the unit that they have times a volume. */
const perVolume = { "Å³/Å³": "Å³", "e/(V·Å)": "e·Å²/V" } as const;

/**
 * Unit of each field in the file, e.g. `{ polarization: "debye", polarizability: "bohr³" }`; see `unitsOf` for the names. A polarizability
 * may also be per volume of the cell: "Å³/Å³" or "e/(V·Å)". A number is the value of one of the file's units in this package's:
 * `{ time: 1000 }` for ps.
 */
export type FieldUnits = {
  readonly [F in UnitField]?:
    | UnitOf<(typeof quantities)[F]>
    | number
    | (F extends "polarizability" ? keyof typeof perVolume : never);
};

/** All fields with a unit. */
export const unitFields = Object.keys(quantities) as UnitField[];

/** For a field the factor from the file's unit to this package's. */
export type FieldScales = Readonly<Partial<Record<UnitField, number>>>;

/** Whether the polarizabilities of a file are per volume of the cell. */
export function isPerVolume({ polarizability }: FieldUnits = {}): boolean {
  return polarizability !== undefined && Object.hasOwn(perVolume, polarizability);
}

/**
 * For every field the factor from the file's unit to this package's (per volume, to that unit per Å³); nothing where none is declared.
 * @throws OptionError for a field without choice of unit
 * @throws UnitError for an unknown unit
 */
export function fieldScales(units: FieldUnits = {}): FieldScales {
  rejectUnknown(Object.keys(quantities), units, "units");
  const scales: Partial<Record<UnitField, number>> = {};
  for (const field of Object.keys(units) as UnitField[]) {
    const given = units[field];
    if (given === undefined) continue;
    const unit = Object.hasOwn(perVolume, given) ? perVolume[given as keyof typeof perVolume] : given;
    if (typeof unit === "number") {
      if (!(unit > 0 && Number.isFinite(unit)))
        throw new UnitError({ where: `units, ${field}`, problem: `the factor is ${unit}, expected a positive number` });
      scales[field] = unit;
    } else scales[field] = unitFactor(quantities[field], unit) ?? unitScale(quantities[field], unit as never);
  }
  return scales;
}

/** The value of a unit in this package's, by the names that files use; `undefined` if it is none of the field. */
export function fieldUnitFactor(field: UnitField, unit: string): number | undefined {
  return unitFactor(quantities[field], unit);
}

/** Whether a unit can be chosen for a field. */
export function hasUnit(field: string): field is UnitField {
  return Object.hasOwn(quantities, field);
}

/**
 * The factor of a unit that a file states for a field.
 * @param fail says that the file is refused, where the unit is not known
 */
export function statedScale(field: UnitField, unit: string, fail: (problem: string, advice: string) => never): number {
  return (
    unitFactor(quantities[field], unit) ??
    fail(
      `the file says that ${field} is in "${unit}", which is no known unit of ${quantities[field]}`,
      `known are ${unitsOf(quantities[field]).join(", ")}; or say its value with units: { ${field}: VALUE }`,
    )
  );
}
