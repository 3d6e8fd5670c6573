/** Names that end in a unit: `dipole_debye`, `time_ps`, `energy_Ha`. */
import { fieldUnitFactor, hasUnit, type UnitField } from "./fieldUnits.js";
import { type FrameField, fieldNames } from "./tensorNames.js";

/** What a name means. */
export interface NamedField {
  readonly field: FrameField;
  /** Whether the caller maps this name. */
  readonly asked: boolean;
  /** The unit at its end, and its value in this package's. */
  readonly unit?: { readonly text: string; readonly scale: number };
}

/** File name → field, from the user's mapping first, then the known spellings, then those with a unit behind them. */
export type NamedFields = (name: string) => NamedField | undefined;

const mostNames = 1000;

/**
 * {@link fieldNames}, with units at the ends of names.
 * @throws OptionError for an unknown field
 */
export function namedFields(keys: Readonly<Partial<Record<FrameField, string>>> = {}): NamedFields {
  const fieldOf = fieldNames(keys);
  const find: NamedFields = (name) => {
    const whole = fieldOf(name);
    if (whole && !whole.asked) return whole;
    for (const { index } of name.matchAll(/[-_.([{]/g)) {
      const text = name.slice(index + 1).replace(/[)\]}]$/, "");
      const field = whole?.field ?? fieldOf(name.slice(0, index))?.field;
      if (index === 0 || field === undefined || !hasUnit(field) || !isWritten(field, text)) continue;
      const scale = fieldUnitFactor(field, text);
      if (scale !== undefined) return { field, asked: whole !== undefined, unit: { text, scale } };
    }
    return whole;
  };
  // The same few names come in every frame.
  const found = new Map<string, NamedField | undefined>();
  return (name) => {
    if (found.has(name)) return found.get(name);
    const match = find(name);
    if (found.size < mostNames) found.set(name, match);
    return match;
  };
}

/** Single letters at the end of a name are units for few quantities: `forces_n` is not in newton. */
function isWritten(field: UnitField, text: string): boolean {
  return text.length > 1 || (field === "time" && text === "s") || (field === "polarization" && text === "D");
}
