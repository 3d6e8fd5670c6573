import { parse } from "yaml";
import { type Fields, record } from "../options/record.js";
import { oneOf } from "../options/values.js";
import { toCartesian } from "../structure/cell.js";
import type { Frame } from "../structure/frame.js";
import { checkStructure, type Structure } from "../structure/structure.js";
import { angstromPerBohr as bohr } from "../units/constants.js";
import { frameReader } from "./checkedFrames.js";
import type { FileFormat } from "./format.js";
import type { Lines } from "./lines.js";
import { type more, nextLine, READ_FIELDS, type ReadOptions, type Source } from "./source.js";

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
 * A cell of a phonopy.yaml, phonopy_disp.yaml or phonopy_params.yaml, and, with the primitive cell, ε∞ and the Born
 * charges where the file has them (row: field).
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

/** Only these top-level sections are kept, so that a list of forces of any length passes by. */
const sections =
  /^(phonopy|physical_unit|calculator|primitive_cell|unit_cell|supercell|born_effective_charge|dielectric_constant|nac):/;
/** Text of one section that is believed, characters. */
const longestSection = 1 << 24;

interface Section {
  /** Line of the file where it begins. */
  readonly line: number;
  text: string;
}

function* readPhonopy(lines: Lines, which: "primitive" | "unit" | "super"): Generator<Frame | typeof more, void, void> {
  lines.takesUnterminated = true;
  const found = new Map<string, Section>();
  let current: Section | undefined;
  while (yield* nextLine(lines)) {
    const text = lines.text();
    const name = sections.exec(text)?.[1];
    if (name !== undefined) {
      if (found.has(name)) lines.fail(`a second section "${name}"`, "the file is damaged, or two are joined");
      current = { line: lines.line, text: "" };
      found.set(name, current);
    } else if (/^[^\s#-]/.test(text)) current = undefined;
    if (current) current.text += `${text}\n`;
    if (current && current.text.length > longestSection)
      lines.fail(`section "${name}" of more than ${longestSection >> 20} MiB`);
  }
  const value = (name: string): unknown => {
    const section = found.get(name);
    return section && yamlValue(lines, section, name);
  };
  const name = which === "super" ? "supercell" : `${which}_cell`;
  const section = found.get(name);
  if (!section) return lines.failEnd(`no ${name} in it; it has ${[...found.keys()].join(", ") || "no cell"}`);
  const scale = lengthScale(lines, value("physical_unit"));
  const cell = value(name);
  lines.line = section.line;
  const structure = cellStructure(lines, name, cell, scale);
  checkStructure(structure, name);
  const n = structure.species.length;
  const nac = entriesOf(value("nac"));
  const dielectric = numbers(value("dielectric_constant") ?? nac.dielectric_constant, 9);
  const charges = numbers(value("born_effective_charge") ?? nac.born_effective_charge, 9 * n);
  yield {
    structure,
    ...(which === "primitive" && dielectric && { dielectric }),
    ...(which === "primitive" && charges && { bornCharges: charges }),
  };
}

function yamlValue(lines: Lines, section: Section, name: string): unknown {
  try {
    return entriesOf(parse(section.text, { maxAliasCount: 0, prettyErrors: false, logLevel: "error" }))[name];
  } catch (cause) {
    const pos = (cause as { pos?: readonly number[] }).pos?.[0] ?? 0;
    lines.line = section.line + section.text.slice(0, pos).split("\n").length - 1;
    return lines.fail(
      `not well-formed YAML in "${name}" (${(cause as Error).message.split("\n")[0]})`,
      "get the whole file again",
    );
  }
}

function entriesOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/** Nested lists of numbers, flat; `undefined` unless there are `count` finite ones. */
function numbers(value: unknown, count: number): Float64Array | undefined {
  if (!Array.isArray(value)) return undefined;
  const flat = value.flat(2);
  return flat.length === count && flat.every((x) => typeof x === "number" && Number.isFinite(x))
    ? Float64Array.from(flat as number[])
    : undefined;
}

function lengthScale(lines: Lines, unit: unknown): number {
  const { length } = entriesOf(unit);
  if (length === undefined || length === "angstrom") return 1;
  if (length === "au" || length === "bohr") return bohr;
  return lines.fail(`the unit of length is "${String(length)}"`, "angstrom and au are known");
}

function cellStructure(lines: Lines, name: string, value: unknown, scale: number): Structure {
  const { lattice, points } = entriesOf(value);
  const cell = numbers(lattice, 9)?.map((x) => x * scale);
  if (!cell) return lines.fail(`${name} has no lattice of three vectors`);
  if (!Array.isArray(points) || points.length === 0) return lines.fail(`${name} has no points`);
  const species: string[] = [];
  const fractional = new Float64Array(3 * points.length);
  for (const [i, point] of points.entries()) {
    const { symbol, coordinates } = entriesOf(point);
    const x = numbers(coordinates, 3);
    if (typeof symbol !== "string" || !/^[A-Z][a-z]?\d*$/.test(symbol) || !x)
      return lines.fail(`point ${i + 1} of ${name} has no symbol with three coordinates`);
    species.push(/^([A-Za-z]+)\d*$/.exec(symbol)?.[1] ?? symbol);
    fractional.set(x, 3 * i);
  }
  return { species, positions: toCartesian(fractional, cell), cell, periodic: [true, true, true] };
}
