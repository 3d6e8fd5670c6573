import { type Fields, record } from "../options/record.js";
import type { Frame } from "../structure/frame.js";
import { checkStructure, type Periodicity, type Structure } from "../structure/structure.js";
import { frameReader } from "./checkedFrames.js";
import { atomColumns, type Columns, readAtoms } from "./extxyzAtoms.js";
import { booleanList, commentPairs, numberList } from "./extxyzComment.js";
import type { FileFormat } from "./format.js";
import { type FrameDecoder, frameDecoder, TENSOR_FIELDS, type TensorOptions } from "./frameFields.js";
import type { Lines } from "./lines.js";
import { programComment } from "./programComment.js";
import { more, READ_FIELDS, type ReadOptions, type Source } from "./source.js";

/** Options of the extended XYZ reader. */
export interface ExtxyzOptions extends ReadOptions, TensorOptions {}

const OPTIONS = record({
  ...READ_FIELDS,
  ...TENSOR_FIELDS,
} satisfies Fields<ExtxyzOptions>);

const extxyz = frameReader("Extxyz", OPTIONS, extxyzReader);

/**
 * Frames from the text (or bytes, gzipped or not) of an extended XYZ file.
 *
 * Understood without being told: `Lattice`, `Properties`, `pbc`; per atom `species`, `pos`, `forces`, `vel`, `bec`
 * (9 columns) and their usual other spellings; per frame `energy`, `time`, `stress`, `virial`, `dipole`,
 * `polarizability`, `dielectric`. Everything else stays in `info` and `arrays` under its own name. Units are this
 * package's (Å, fs, eV, e·Å, Å³, e) unless the file states others, as i-PI and CP2K do in their comments, or unless `units` says otherwise. Plain XYZ (symbol x y z) works too.
 * @throws FormatError with file and line
 * @example
 * io.parseExtxyz('1\nLattice="4 0 0 0 4 0 0 0 4"\nAr 0 0 0\n')[0]!.structure.species // ["Ar"]
 */
export function parseExtxyz(input: string | Uint8Array, options: ExtxyzOptions = {}): Frame[] {
  return extxyz.parse(input, options);
}

/** Frames of an extended XYZ file one by one, in memory that does not grow; see {@link parseExtxyz}. */
export function streamExtxyz(source: Source, options: ExtxyzOptions = {}): AsyncGenerator<Frame, void, void> {
  return extxyz.stream(source, options);
}

/** All frames of an extended XYZ file; see {@link parseExtxyz}. */
export function loadExtxyz(source: Source, options: ExtxyzOptions = {}): Promise<Frame[]> {
  return extxyz.load(source, options);
}

/** Extended and plain XYZ for the loaders. */
export const extxyzFormat: FileFormat = {
  name: "extxyz",
  title: "extended XYZ",
  options: ["keys", "units", "components", "becOrder", "lammpsUnits"],
  sniff: ({ lines: [count = "", comment = "", atom = ""] }) =>
    /\b(Properties|Lattice)=/.test(comment) ||
    (/^\s*\d+\s*$/.test(count) && /^\s*[A-Za-z]\w*\s+[-+.\d]/.test(atom)) ||
    (/^\s*\d+\s*$/.test(count) && /[A-Za-z]/.test(comment) && /^\s*\d{1,3}(\s+[-+.\d]\S*){3}/.test(atom)),
  frames: extxyz.unchecked,
};

/**
 * The extended XYZ format as a line reader.
 * @param first number of the first frame, for messages
 * @throws OptionError for an option that makes no sense
 */
export function extxyzReader(
  options: TensorOptions,
  first = 0,
): (lines: Lines) => Generator<Frame | typeof more, void, void> {
  const decoder = frameDecoder(options);
  return (lines) => readFrames(lines, decoder, first);
}

/** What one comment line says. */
interface Header {
  readonly columns: Columns;
  readonly cell: Float64Array | undefined;
  readonly periodic: Periodicity;
  readonly pairs: ReadonlyMap<string, string>;
}

function* readFrames(lines: Lines, decoder: FrameDecoder, first: number): Generator<Frame | typeof more, void, void> {
  let frames = first;
  let species: readonly string[] = [];
  const before: LatticeBefore = { text: undefined, cell: undefined };
  for (;;) {
    do {
      while (!lines.next()) {
        if (lines.finished) {
          if (frames === 0) lines.failEnd("no frame in it");
          return;
        }
        yield more;
      }
    } while (lines.isBlank());
    const count = lines.integer("the number of atoms (first line of an extended XYZ frame)", 1);
    lines.endLine("the number of atoms");
    while (!lines.next()) {
      if (lines.finished) lines.failEnd(`frame ${frames} has no comment line`);
      yield more;
    }
    const header = readHeader(lines, before);
    const headerLine = lines.line;
    const atoms = yield* readAtoms(lines, count, header.columns, frames, species);
    species = atoms.species;
    const structure: Structure = {
      species: atoms.species,
      positions: atoms.positions,
      ...(header.cell && { cell: header.cell }),
      periodic: header.periodic,
    };
    lines.line = headerLine;
    checkStructure(structure, `frame ${frames}`);
    const frame = decoder(structure, header.pairs, atoms.arrays, (problem, advice) => lines.fail(problem, advice));
    lines.line = headerLine + count;
    frames++;
    yield frame;
  }
}

/** The cell of the frame before: frames with the same one share its array, by which others know that it is the same. */
interface LatticeBefore {
  text: string | undefined;
  cell: Float64Array | undefined;
}

function readHeader(lines: Lines, before: LatticeBefore): Header {
  const text = lines.text();
  const program = programComment(lines, text);
  if (program) {
    const { pairs, cell } = program;
    const periodic = cell !== undefined;
    return { columns: atomColumns(lines, undefined), cell, periodic: [periodic, periodic, periodic], pairs };
  }
  let pairs = /(^|\s)[A-Za-z_][\w:.-]*=\S/.test(text) ? commentPairs(text) : new Map([["comment", text.trim()]]);
  if (typeof pairs === "string") {
    if (/\b(Properties|Lattice)=/i.test(text)) lines.fail(pairs, "close it, or remove the pair from the comment line");
    pairs = new Map([["comment", text.trim()]]);
  }
  if (pairs.get("comment") === "") pairs.delete("comment");
  const named = (name: string) => pairs.get(name) ?? pairs.get(name.toLowerCase());
  const properties = named("Properties");
  const given = named("Lattice") ?? vectorsOf(pairs.get("cell"));
  const cell = given === before.text ? before.cell : lattice(lines, given);
  before.text = given;
  before.cell = cell;
  const pbc = named("pbc");
  const flags = pbc === undefined ? undefined : booleanList(pbc);
  if (pbc !== undefined && flags?.length !== 3 && flags?.length !== 1)
    lines.fail(`pbc is "${pbc}"`, 'write it as pbc="T T T", one letter per cell vector');
  const [a = cell !== undefined, b = a, c = a] = flags ?? [];
  if (named("Lattice") === undefined && given !== undefined) pairs.delete("cell");
  for (const key of ["Properties", "properties", "Lattice", "lattice", "pbc"]) pairs.delete(key);
  return { columns: atomColumns(lines, properties), cell, periodic: [a, b, c], pairs };
}

/** What some write as `cell="…"` instead of Lattice, if it is vectors or their lengths. */
function vectorsOf(cell: string | undefined): string | undefined {
  const count = cell === undefined ? 0 : (numberList(cell)?.length ?? 0);
  return count === 9 || count === 3 ? cell : undefined;
}

function lattice(lines: Lines, text: string | undefined): Float64Array | undefined {
  if (text === undefined) return undefined;
  const v = numberList(text);
  if (v?.length === 3) return Float64Array.of(v[0]!, 0, 0, 0, v[1]!, 0, 0, 0, v[2]!);
  if (v?.length !== 9)
    return lines.fail(`Lattice is "${text}"`, "give nine numbers: the cell vectors a, b, c one after the other, Å");
  return v.every((x) => x === 0) ? undefined : Float64Array.from(v);
}
