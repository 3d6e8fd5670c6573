import { readOptions } from "../options/record.js";
import type { Frame } from "../structure/frame.js";
import { cellVolume } from "../structure/structure.js";
import { electronvoltPerCubicAngstromPerGigapascal as gigapascal } from "../units/constants.js";
import type { FileFormat } from "./format.js";
import type { Lines } from "./lines.js";
import {
  loadAll,
  type more,
  needLine,
  nextLine,
  parseAll,
  READ_OPTIONS,
  type ReadOptions,
  type Source,
  streamAll,
} from "./source.js";

type Draft = { -readonly [K in keyof Frame]: Frame[K] };
type Need = typeof more;

/**
 * The ionic steps of an OUTCAR (VASP 5.4 to 6.x), each with positions, cell, forces, stress, and the free energy that
 * belongs to the forces; MD steps with their time (POTIM × (step − 1)). A linear-response run (LEPSILON, LCALCEPS)
 * adds ε∞ (with local-field effects where printed) and Born charges to the step they belong to. VASP prints Born
 * charges with one row per field direction, which is this package's order.
 * @throws FormatError with file and line, also if VASP did not run to its end: then read with `incomplete: "drop"`
 */
export function parseOutcar(input: string | Uint8Array, options: ReadOptions = {}): Frame[] {
  readOptions(READ_OPTIONS, options, "parseOutcar");
  return parseAll(readOutcar, input, options);
}

/** Steps of an OUTCAR one by one; see {@link parseOutcar}. */
export function streamOutcar(source: Source, options: ReadOptions = {}): AsyncGenerator<Frame, void, void> {
  readOptions(READ_OPTIONS, options, "streamOutcar");
  return streamAll(readOutcar, source, options);
}

/** All steps of an OUTCAR; see {@link parseOutcar}. */
export function loadOutcar(source: Source, options: ReadOptions = {}): Promise<Frame[]> {
  readOptions(READ_OPTIONS, options, "loadOutcar");
  return loadAll(readOutcar, source, options);
}

/** OUTCAR for the loaders. */
export const outcarFormat: FileFormat = {
  name: "outcar",
  title: "OUTCAR",
  options: [],
  sniff: ({ text, lines }) => /^\s*vasp\.\d/.test(lines[0] ?? "") || /^ *(executed on|INCAR:|POTCAR: )/m.test(text),
  frames: streamOutcar,
};

/** Which of several printed dielectric tensors is ε∞: with local fields in DFT over RPA over none. */
function rank(header: string): number {
  if (/IONIC/.test(header)) return 0;
  if (/excluding/i.test(header)) return 1;
  return /RPA/.test(header) ? 2 : 3;
}

/** The OUTCAR format as a line reader. */
export function* readOutcar(lines: Lines): Generator<Frame | Need, void, void> {
  const elements: string[] = [];
  let species: readonly string[] = [];
  let cell: Float64Array | undefined;
  let stress: Float64Array | undefined;
  let timestep: number | undefined;
  let md = false;
  let draft: Draft | undefined;
  let ranks = { dielectric: 0, born: 0 };
  let steps = 0;
  let complete = false;

  while (yield* nextLine(lines)) {
    if (!lines.startsWithOneOf(starts)) continue;
    const text = lines.text();
    if (text.startsWith("   VRHFIN =")) {
      if (species.length === 0) elements.push(text.slice(11).split(":")[0]!.trim());
    } else if (/^\s+ions per type =/.test(text)) species = countedSpecies(lines, text, elements);
    else if (/^\s+POTIM\s*=/.test(text)) timestep = Number(/=\s*([\d.]+)/.exec(text)?.[1]);
    else if (/^\s+IBRION\s*=\s*0\b/.test(text)) md = true;
    else if (/^\s+direct lattice vectors/.test(text)) cell = yield* readCell(lines);
    else if (/^\s+in kB\s/.test(text)) stress = readStress(lines);
    else if (/^\s*POSITION\s+TOTAL-FORCE/.test(text)) {
      if (draft) yield finished(lines, draft, steps);
      if (!cell || species.length === 0)
        lines.fail("positions before cell and species", "the head of the OUTCAR is missing");
      const { positions, forces } = yield* readForces(lines, species.length);
      draft = { structure: { species, positions, cell: cell!, periodic: [true, true, true] }, forces };
      if (md && timestep && timestep > 0) draft.time = steps * timestep;
      if (stress) draft.stress = stress;
      stress = undefined;
      ranks = { dielectric: 0, born: 0 };
      steps++;
    } else if (/^\s+free +energy( ML)? +TOTEN/.test(text)) {
      if (draft && draft.energy === undefined) draft.energy = energyOf(lines, text);
    } else if (/^\s*MACROSCOPIC STATIC DIELECTRIC TENSOR/.test(text)) {
      const epsilon = yield* readMatrix(lines, "the dielectric tensor", false);
      if (!draft)
        lines.fail("a dielectric tensor before the first ionic step", "the file is out of order: get it again");
      if (rank(text) > 0 && rank(text) >= ranks.dielectric) {
        draft!.dielectric = epsilon;
        ranks.dielectric = rank(text);
      }
    } else if (/^\s*BORN EFFECTIVE CHARGES/.test(text)) {
      if (!draft) lines.fail("Born charges before the first ionic step", "the file is out of order: get it again");
      const charges = yield* readBornCharges(lines, species.length);
      if (rank(text) >= ranks.born) {
        draft!.bornCharges = charges;
        ranks.born = rank(text);
      }
    } else if (text.startsWith(" General timing")) complete = true;
  }
  if (!draft) lines.failEnd("no ionic step (POSITION … TOTAL-FORCE) in it; is this an OUTCAR?");
  if (!complete) lines.failEnd("VASP's timing summary is missing, so it did not run to its end");
  yield finished(lines, draft!, steps);
}

const starts = [
  "VRHFIN",
  "ions per",
  "POTIM",
  "IBRION",
  "direct l",
  "in kB",
  "POSITION",
  "free ",
  "MACROSC",
  "BORN EFF",
  "General t",
];

function finished(lines: Lines, draft: Draft, step: number): Frame {
  if (draft.energy === undefined)
    lines.fail(`no energy (free  energy   TOTEN) for ionic step ${step}`, "get the whole file");
  return draft;
}

function countedSpecies(lines: Lines, text: string, elements: readonly string[]): readonly string[] {
  const counts = text
    .slice(text.indexOf("=") + 1)
    .trim()
    .split(/\s+/)
    .map(Number);
  const total = counts.reduce((a, b) => a + b, 0);
  if (!counts.every((c) => Number.isInteger(c) && c > 0) || total > 1e6)
    lines.fail(`ions per type are "${text.trim()}"`);
  if (elements.length < counts.length || !elements.every((e) => /^[A-Z][a-z]?$/.test(e)))
    lines.fail(
      `${counts.length} kinds of ions, but the POTCAR section (VRHFIN) names ${elements.join(", ") || "none"}`,
    );
  return counts.flatMap((c, k) => new Array<string>(c).fill(elements[k]!));
}

/** Fixed-format numbers with nine decimals, which may touch: "0.000000000-12.429000000". */
function* readCell(lines: Lines): Generator<Need, Float64Array, void> {
  const cell = new Float64Array(9);
  for (let row = 0; row < 3; row++) {
    yield* needLine(lines, "the cell vectors are cut off");
    const found = lines.text().match(/-?\d+\.\d{9}/g);
    if (found?.length !== 6)
      return lines.fail(`expected a direct and a reciprocal vector, found "${lines.text().trim().slice(0, 60)}"`);
    for (let k = 0; k < 3; k++) cell[3 * row + k] = Number(found[k]);
  }
  if (!(cellVolume(cell) > 1e-9)) lines.fail("the cell has no volume");
  return cell;
}

/** "in kB  XX YY ZZ XY YZ ZX", positive under compression. */
function readStress(lines: Lines): Float64Array {
  lines.seek(lines.text().indexOf("kB") + 2);
  const [xx, yy, zz, xy, yz, zx] = Array.from({ length: 6 }, () => lines.number("the stress") * (-gigapascal / 10));
  return Float64Array.of(xx!, xy!, zx!, xy!, yy!, yz!, zx!, yz!, zz!);
}

function* readForces(
  lines: Lines,
  n: number,
): Generator<Need, { positions: Float64Array; forces: Float64Array }, void> {
  yield* needLine(lines, "no positions and forces");
  const positions = new Float64Array(3 * n);
  const forces = new Float64Array(3 * n);
  for (let i = 0; i < n; i++) {
    yield* needLine(lines, `positions and forces for ${i} of ${n} ions`);
    lines.numbers(positions, 3 * i, 3, `the position of ion ${i + 1}`);
    lines.numbers(forces, 3 * i, 3, `the force on ion ${i + 1}`);
  }
  yield* needLine(lines, "the table of forces is not closed");
  if (lines.firstByte() !== 45) lines.fail(`more than ${n} ions in the table of forces`);
  return { positions, forces };
}

function energyOf(lines: Lines, text: string): number {
  lines.seek(text.indexOf("=") + 1);
  return lines.number("the energy");
}

/** A 3×3 block below one ruled line. */
function* readMatrix(lines: Lines, what: string, numbered: boolean): Generator<Need, Float64Array, void> {
  const matrix = new Float64Array(9);
  if (!numbered) yield* needLine(lines, `${what} is cut off`);
  for (let row = 0; row < 3; row++) {
    yield* needLine(lines, `${row} of 3 rows of ${what}`);
    if (numbered && lines.integer("the row number") !== row + 1) lines.fail(`expected row ${row + 1} of ${what}`);
    lines.numbers(matrix, 3 * row, 3, what);
    lines.endLine(`a row of ${what} has`);
  }
  return matrix;
}

function* readBornCharges(lines: Lines, n: number): Generator<Need, Float64Array, void> {
  const charges = new Float64Array(9 * n);
  yield* needLine(lines, "no Born charges below their title");
  for (let i = 0; i < n; i++) {
    yield* needLine(lines, `Born charges for ${i} of ${n} ions`);
    const ion = /^\s*ion\s+(\d+)\s*$/.exec(lines.text());
    if (Number(ion?.[1]) !== i + 1)
      lines.fail(
        `Born charges for ${i} of ${n} ions, then "${lines.text().trim().slice(0, 40)}"`,
        "rerun the calculation or drop this file",
      );
    charges.set(yield* readMatrix(lines, `the Born charges of ion ${i + 1}`, true), 9 * i);
  }
  return charges;
}
