/** The top-level sections of phonopy's YAML, each parsed for itself. */
import { parse } from "yaml";
import type { Lines } from "./lines.js";
import { type more, nextLine } from "./source.js";

/** Sections that are kept; others, of any length, pass by. */
const kept =
  /^(phonopy|physical_unit|calculator|primitive_cell|unit_cell|supercell|born_effective_charge|dielectric_constant|nac):/;
/** Text of one section, or of one displacement, that is believed, characters. */
const longestSection = 1 << 24;

/** A piece of the file. */
export interface YamlPiece {
  /** Line of the file where it begins. */
  readonly line: number;
  text: string;
}

/** What a file of phonopy has. */
export interface PhonopySections {
  readonly names: readonly string[];
  /** The value of a section, `undefined` if there is none. @throws FormatError if it is no YAML */
  value(name: string): unknown;
  /** Line where a section begins. */
  line(name: string): number | undefined;
}

/**
 * Reads the whole file.
 * @param displaced called with each entry of the list of displacements, as text that {@link pieceValue} parses
 */
export function* readSections(
  lines: Lines,
  displaced?: (piece: YamlPiece) => void,
): Generator<typeof more, PhonopySections, void> {
  lines.takesUnterminated = true;
  const found = new Map<string, YamlPiece>();
  let current: YamlPiece | undefined;
  let listing = false;
  const finish = () => {
    if (listing && current) displaced?.(current);
  };
  while (yield* nextLine(lines)) {
    const text = lines.text();
    const name = kept.exec(text)?.[1];
    if (name !== undefined) {
      finish();
      listing = false;
      if (found.has(name)) lines.fail(`a second section "${name}"`, "the file is damaged, or two are joined");
      current = { line: lines.line, text: "" };
      found.set(name, current);
    } else if (/^[^\s#-]/.test(text)) {
      finish();
      current = undefined;
      listing = displaced !== undefined && /^displacements:/.test(text);
    } else if (listing && text.startsWith("-")) {
      finish();
      current = { line: lines.line, text: "" };
    }
    if (current) current.text += `${text}\n`;
    if (current && current.text.length > longestSection)
      lines.fail(`${listing ? "a displacement" : `section "${name}"`} of more than ${longestSection >> 20} MiB`);
  }
  finish();
  return {
    names: [...found.keys()],
    value(name) {
      const section = found.get(name);
      return section && entriesOf(pieceValue(lines, section, `"${name}"`))[name];
    },
    line: (name) => found.get(name)?.line,
  };
}

/** The value of a piece of YAML. @throws FormatError with the line */
export function pieceValue(lines: Lines, piece: YamlPiece, what: string): unknown {
  try {
    return parse(piece.text, { maxAliasCount: 0, prettyErrors: false, logLevel: "error" });
  } catch (cause) {
    const pos = (cause as { pos?: readonly number[] }).pos?.[0] ?? 0;
    lines.line = piece.line + piece.text.slice(0, pos).split("\n").length - 1;
    return lines.fail(
      `not well-formed YAML in ${what} (${(cause as Error).message.split("\n")[0]})`,
      "get the whole file again",
    );
  }
}

/** A mapping; empty for anything else. */
export function entriesOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/** Nested lists of numbers, flat; `undefined` unless there are `count` finite ones. */
export function numbersOf(value: unknown, count: number): Float64Array | undefined {
  if (!Array.isArray(value)) return undefined;
  const flat = value.flat(2);
  return flat.length === count && flat.every((x) => typeof x === "number" && Number.isFinite(x))
    ? Float64Array.from(flat as number[])
    : undefined;
}
