import { type Fields, record } from "../options/record.js";
import { oneOf } from "../options/values.js";
import { toCartesian } from "../structure/cell.js";
import type { Frame } from "../structure/frame.js";
import { checkStructure, type Structure } from "../structure/structure.js";
import { translatedCharges } from "../structure/translatedCharges.js";
import { frameReader } from "./checkedFrames.js";
import type { FileFormat } from "./format.js";
import type { Lines } from "./lines.js";
import { unitsOfSections } from "./phonopyForces.js";
import { entriesOf, numbersOf, readSections } from "./phonopyYaml.js";
import { type more, READ_FIELDS, type ReadOptions, type Source } from "./source.js";

/** Options of the reader of phonopy.yaml. */
export interface PhonopyOptions extends ReadOptions {
  /** Which of the cells; default "unit". Displacements and FORCE_SETS belong to "super". */
  readonly phonopyCell?: "primitive" | "unit" | "super";
}

const OPTIONS = record({
  ...READ_FIELDS,
  phonopyCell: oneOf(["primitive", "unit", "super"]).optional(),
} satisfies Fields<PhonopyOptions>);

const phonopy = frameReader(
  "Phonopy",
  OPTIONS,
  ({ phonopyCell = "unit" }) =>
    (lines) =>
      readPhonopy(lines, phonopyCell),
);

/**
 * A cell of a phonopy.yaml, phonopy_disp.yaml or phonopy_params.yaml, in the units of its calculator, with ε∞ and the Born
 * charges (row: field) where the file has them; those of the primitive cell are given to all its images.
 * @throws FormatError with file and line
 */
export function parsePhonopy(input: string | Uint8Array, options: PhonopyOptions = {}): Frame {
  return phonopy.parse(input, options)[0]!;
}

/** Reads a phonopy.yaml; see {@link parsePhonopy}. */
export async function loadPhonopy(source: Source, options: PhonopyOptions = {}): Promise<Frame> {
  return (await phonopy.load(source, options))[0]!;
}

/** phonopy.yaml for the loaders. */
export const phonopyFormat: FileFormat = {
  name: "phonopy",
  title: "phonopy.yaml",
  options: ["phonopyCell"],
  sniff: ({ text }) => /^phonopy:\s*(#.*)?$/m.test(text) && /^(primitive_cell|unit_cell|supercell):/m.test(text),
  frames: phonopy.unchecked,
};

function* readPhonopy(lines: Lines, which: "primitive" | "unit" | "super"): Generator<Frame | typeof more, void, void> {
  const sections = yield* readSections(lines);
  const { length } = unitsOfSections(lines, sections);
  const cellOf = (name: string): Structure | undefined => {
    const at = sections.line(name);
    if (at === undefined) return undefined;
    const cell = sections.value(name);
    lines.line = at;
    const structure = cellStructure(lines, name, cell, length);
    checkStructure(structure, name);
    return structure;
  };
  const name = which === "super" ? "supercell" : `${which}_cell`;
  const structure = cellOf(name);
  if (!structure) return lines.failEnd(`no ${name} in it; it has ${sections.names.join(", ") || "no cell"}`);
  const nac = entriesOf(sections.value("nac"));
  const dielectric = numbersOf(sections.value("dielectric_constant") ?? nac.dielectric_constant, 9);
  const listed = sections.value("born_effective_charge") ?? nac.born_effective_charge;
  // A file without a primitive cell was made with the unit cell as one.
  const primitive = listed === undefined ? undefined : (cellOf("primitive_cell") ?? cellOf("unit_cell"));
  const charges = primitive && numbersOf(listed, 9 * primitive.species.length);
  const bornCharges = charges && translatedCharges(primitive, charges, structure);
  if (listed !== undefined && !bornCharges)
    lines.warn(
      `its Born charges are left out: they belong to the primitive cell, and ${primitive && !charges ? "are not one for each of its atoms" : `${name} is not made of it`}`,
    );
  yield {
    structure,
    ...(dielectric && (bornCharges || listed === undefined) && { dielectric }),
    ...(bornCharges && { bornCharges }),
  };
}

function cellStructure(lines: Lines, name: string, value: unknown, scale: number): Structure {
  const { lattice, points } = entriesOf(value);
  const cell = numbersOf(lattice, 9)?.map((x) => x * scale);
  if (!cell) return lines.fail(`${name} has no lattice of three vectors`);
  if (!Array.isArray(points) || points.length === 0) return lines.fail(`${name} has no points`);
  const species: string[] = [];
  const fractional = new Float64Array(3 * points.length);
  for (const [i, point] of points.entries()) {
    const { symbol, coordinates } = entriesOf(point);
    const x = numbersOf(coordinates, 3);
    if (typeof symbol !== "string" || !/^[A-Z][a-z]?\d*$/.test(symbol) || !x)
      return lines.fail(`point ${i + 1} of ${name} has no symbol with three coordinates`);
    species.push(/^([A-Za-z]+)\d*$/.exec(symbol)?.[1] ?? symbol);
    fractional.set(x, 3 * i);
  }
  return { species, positions: toCartesian(fractional, cell), cell, periodic: [true, true, true] };
}
