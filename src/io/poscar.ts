import { type Fields, record } from "../options/record.js";
import { list, text } from "../options/values.js";
import { toCartesian } from "../structure/cell.js";
import type { Frame } from "../structure/frame.js";
import type { Structure } from "../structure/structure.js";
import { frameReader } from "./checkedFrames.js";
import type { FileFormat } from "./format.js";
import { rowWidths } from "./lastLine.js";
import type { Lines } from "./lines.js";
import { fractionalText, poscarHead, readPoscarHeader, startsLikePoscar } from "./poscarHeader.js";
import { type more, needLine, nextLine, READ_FIELDS, type ReadOptions, type Source } from "./source.js";
import { writeText } from "./write.js";

/** Options of the POSCAR reader. */
export interface PoscarOptions extends ReadOptions {
  /** One symbol per species or per atom, for files of VASP 4 that name none. */
  readonly species?: readonly string[];
}

const OPTIONS = record({
  ...READ_FIELDS,
  species: list(text()).optional(),
} satisfies Fields<PoscarOptions>);

const poscar = frameReader("Poscar", OPTIONS, poscarReader);

/**
 * The structure in a POSCAR or CONTCAR, with its velocities (Å/fs) where the file has them.
 * @throws FormatError with file and line
 */
export function parsePoscar(input: string | Uint8Array, options: PoscarOptions = {}): Frame {
  return poscar.parse(input, options)[0]!;
}

/** Reads a POSCAR or CONTCAR from a path or stream; see {@link parsePoscar}. */
export async function loadPoscar(source: Source, options: PoscarOptions = {}): Promise<Frame> {
  return (await poscar.load(source, options))[0]!;
}

/** POSCAR and CONTCAR for the loaders. */
export const poscarFormat: FileFormat = {
  name: "poscar",
  title: "POSCAR",
  options: ["species"],
  sniff: ({ lines }) => startsLikePoscar(lines),
  frames: poscar.unchecked,
};

/** The POSCAR format as a line reader; yields one frame. */
export function poscarReader(options: PoscarOptions): (lines: Lines) => Generator<Frame | typeof more, void, void> {
  return (lines) => readPoscar(lines, options.species);
}

function* readPoscar(lines: Lines, given: readonly string[] | undefined): Generator<Frame | typeof more, void, void> {
  lines.takesUnterminated = true;
  yield* needLine(lines, "the file is empty");
  const { scale, cell, species } = yield* readPoscarHeader(lines, given);
  yield* needLine(lines, "no atom positions");
  if (/^\s*s/i.test(lines.text())) yield* needLine(lines, "no atom positions");
  const mode = lines.text().trim();
  if (!/^[dck]/i.test(mode)) lines.fail(`expected "Direct" or "Cartesian", found "${mode.slice(0, 40)}"`);
  const n = species.length;
  const written = yield* readVectors(lines, n, "position");
  const positions = /^d/i.test(mode) ? toCartesian(written, cell) : written.map((x, i) => x * scale[i % 3]!);
  const structure: Structure = { species, positions, cell, periodic: [true, true, true] };
  const velocities = yield* readVelocities(lines, n);
  yield { structure, ...(velocities && { velocities }) };
}

/** Vectors, one a line; what follows on the line (T F flags, symbols) is left. */
function* readVectors(lines: Lines, n: number, what: string): Generator<typeof more, Float64Array, void> {
  const vectors = new Float64Array(3 * n);
  const widths = rowWidths();
  for (let i = 0; i < n; i++) {
    yield* needLine(lines, `${i} of ${n} ${what}s`);
    lines.numbers(vectors, 3 * i, 3, `a ${what}`);
    const words = lines.text().trim().split(/\s+/, 4);
    if (lines.unterminated && words.length === 3) widths.takeLast(lines, words);
    widths.add(words.slice(0, 3));
  }
  return vectors;
}

function* readVelocities(lines: Lines, n: number): Generator<typeof more, Float64Array | undefined, void> {
  if (!(yield* nextLine(lines))) return undefined;
  if (/^\s*lattice/i.test(lines.text())) {
    for (let k = 0; k < 7; k++) yield* needLine(lines, "the block of lattice velocities is cut off");
    if (!(yield* nextLine(lines))) return undefined;
  }
  const mode = lines.text().trim();
  if (mode !== "" && !/^[ckd]/i.test(mode))
    lines.fail(`more positions than the ${n} atoms declared, or an unknown block: "${mode.slice(0, 40)}"`);
  if (!(yield* nextLine(lines)) || lines.isBlank()) return undefined;
  if (/^d/i.test(mode))
    lines.fail("fractional velocities are not supported", "write them as Cartesian, Å/fs, or delete them");
  lines.back();
  return yield* readVectors(lines, n, "velocity vector");
}

/**
 * A structure as POSCAR text, fractional positions with 16 decimals, atoms in their order.
 * @throws DataError if the structure has no cell
 */
export function poscarText(structure: Structure, comment = "written by spectensor"): string {
  return `${poscarHead(structure, comment)}Direct\n${fractionalText(structure, 16)}`;
}

/** Writes a POSCAR, gzipped when the name ends in .gz; the file appears whole or not at all. */
export function writePoscar(path: string, structure: Structure, comment?: string): Promise<void> {
  return writeText(path, [poscarText(structure, comment)]);
}
