/** The atom lines of extended XYZ: what `Properties` declares, read column by column. */
import { CHEMICAL_SYMBOLS } from "../structure/elements.js";
import type { Lines } from "./lines.js";
import { more } from "./source.js";

interface Column {
  readonly name: string;
  readonly type: "S" | "R" | "I" | "L";
  readonly count: number;
}

/** The columns of a frame, with the places of species and positions. */
export interface Columns {
  readonly all: readonly Column[];
  readonly species: number;
  readonly positions: number;
  /** Whether the file declares them itself; plain XYZ does not. */
  readonly declared: boolean;
}

/** Atoms of one frame; `arrays` holds every column but species and positions. */
export interface Atoms {
  readonly species: readonly string[];
  readonly positions: Float64Array;
  readonly arrays: Map<string, Float64Array | string[]>;
}

const plain: Columns = {
  all: [
    { name: "species", type: "S", count: 1 },
    { name: "pos", type: "R", count: 3 },
  ],
  species: 0,
  positions: 1,
  declared: false,
};
/** Beyond this many values arrays grow with what has really been read: a wrong count cannot exhaust memory. */
const trustedValues = 1 << 18;
const cache = new Map<string, Columns>();

/** Reads a `Properties` value such as "species:S:1:pos:R:3". @throws FormatError */
export function atomColumns(lines: Lines, properties: string | undefined): Columns {
  if (properties === undefined) return plain;
  const known = cache.get(properties);
  if (known) return known;
  const all: Column[] = [];
  // Names may hold colons themselves (mtt::dipole): a triple ends at its type letter and count.
  const triple = /((?:(?!:[SRIL]:)\S)+):([SRIL]):(\d+)(?::(?=.)|$)/y;
  while (triple.lastIndex < properties.length) {
    const [, name, type, text] = triple.exec(properties) ?? [];
    const count = Number(text);
    if (!name || !type || !(count > 0 && count <= 10000))
      return lines.fail(
        `Properties is "${properties}"`,
        'write it as triples name:type:count, e.g. "species:S:1:pos:R:3"',
      );
    if (all.some((c) => c.name === name)) lines.fail(`Properties names "${name}" twice`);
    all.push({ name, type: type as Column["type"], count });
  }
  const symbols = all.findIndex((c) => /^(species|symbols?|element)$/i.test(c.name) && c.type === "S" && c.count === 1);
  const numbers = all.findIndex(
    (c) => /^(Z|numbers|atomic_?numbers?)$/i.test(c.name) && c.type === "I" && c.count === 1,
  );
  const species = symbols < 0 ? numbers : symbols;
  const positions = all.findIndex((c) => /^(pos|positions?)$/i.test(c.name) && c.type === "R" && c.count === 3);
  if (species < 0 || positions < 0)
    lines.fail(
      `Properties "${properties}" has no ${species < 0 ? "species:S:1" : "pos:R:3"}`,
      "chemical symbols and Cartesian positions are needed",
    );
  const columns = { all, species, positions, declared: true };
  if (cache.size < 64) cache.set(properties, columns);
  return columns;
}

/** Reads `count` atom lines; `before` are the symbols of the frame before. @throws FormatError naming atom, column, file and line */
export function* readAtoms(
  lines: Lines,
  count: number,
  columns: Columns,
  frame: number,
  before: readonly string[],
): Generator<typeof more, Atoms, void> {
  const { all } = columns;
  const width = all.reduce((sum, c) => sum + c.count, 0);
  let room = Math.min(count, Math.ceil(trustedValues / width));
  const numbers = all.map((c) => (c.type === "R" || c.type === "I" ? new Float64Array(room * c.count) : undefined));
  const words = all.map((c) => (c.type === "S" || c.type === "L" ? ([] as string[]) : undefined));
  for (let atom = 0; atom < count; atom++) {
    while (!lines.next()) {
      if (lines.finished) lines.failEnd(`${atom} of ${count} atoms in frame ${frame}`);
      yield more;
    }
    if (atom === room) {
      room = Math.min(count, 2 * room);
      for (let k = 0; k < all.length; k++) {
        const values = numbers[k];
        if (!values) continue;
        const larger = new Float64Array(room * all[k]!.count);
        larger.set(values);
        numbers[k] = larger;
      }
    }
    for (let k = 0; k < all.length; k++) {
      const column = all[k]!;
      const values = numbers[k];
      const odd = k === columns.positions ? "refuse" : "store";
      if (values) lines.numbers(values, atom * column.count, column.count, column.name, odd);
      else for (let j = 0; j < column.count; j++) words[k]!.push(lines.word(column.name));
    }
    if (!lines.atLineEnd())
      lines.endLine(columns.declared ? "Properties declares" : "plain XYZ has (declare them with Properties=…)");
  }
  const arrays = new Map<string, Float64Array | string[]>();
  all.forEach((c, k) => {
    if (k !== columns.species && k !== columns.positions) arrays.set(c.name, numbers[k] ?? words[k]!);
  });
  return {
    species: knownSpecies(lines, symbolsOf(words[columns.species] ?? numbers[columns.species]!), before, frame),
    positions: numbers[columns.positions]!,
    arrays,
  };
}

/** Symbols; those of atomic numbers, where a file has these instead. */
function symbolsOf(words: string[] | Float64Array): string[] {
  if (Array.isArray(words) && !/^\d/.test(words[0]!)) return words;
  const texts = Array.from(words as ArrayLike<string | number>, String);
  const symbols = texts.map((text) => (/^\d{1,3}$/.test(text) ? CHEMICAL_SYMBOLS[Number(text) - 1] : undefined));
  return symbols.every((s) => s !== undefined) ? symbols : texts;
}

/** The symbols, as the array of the frame before if they are the same ones. */
function knownSpecies(lines: Lines, species: string[], before: readonly string[], frame: number): readonly string[] {
  if (species.length === before.length && species.every((s, i) => s === before[i])) return before;
  const wrong = species.findIndex((s) => !/^[A-Za-z][\w+-]*$/.test(s));
  if (wrong < 0) return species;
  return lines.fail(
    `the symbol of atom ${wrong} in frame ${frame} is "${species[wrong]}"`,
    "expected an element such as Si",
  );
}
