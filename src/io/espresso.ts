import { FormatError } from "../errors.js";
import { type Fields, record } from "../options/record.js";
import { oneOf, plainObject } from "../options/values.js";
import type { Frame } from "../structure/frame.js";
import { checkStructure, type Structure } from "../structure/structure.js";
import { angstromPerBohr as bohr, electronvoltPerHartree as hartree } from "../units/constants.js";
import { frameReader } from "./checkedFrames.js";
import { espressoSteps, readCellParameters, readPositions } from "./espressoSteps.js";
import type { FileFormat } from "./format.js";
import type { Lines } from "./lines.js";
import { type more, needLine, nextLine, READ_FIELDS, type ReadOptions, type Source, sourceName } from "./source.js";

/** Options of the Quantum ESPRESSO reader. */
export interface EspressoOptions extends ReadOptions {
  /** Born charges from the response of the forces to the field (`zeu`) or of P to displacements (`zue`); default the first, if the file has them. */
  readonly charges?: "dF/dE" | "dP/du";
  /** The structure with more digits than ph.x prints (four to five), e.g. that of the pw.x output. */
  readonly structure?: Structure;
}

const OPTIONS = record({
  ...READ_FIELDS,
  charges: oneOf(["dF/dE", "dP/du"]).optional(),
  structure: plainObject<Structure>("a structure").optional(),
} satisfies Fields<EspressoOptions>);

const espresso = frameReader("Espresso", OPTIONS, (options) => (lines) => readEspresso(lines, options));

type Need = typeof more;
type Draft = { -readonly [K in keyof Frame]?: Frame[K] };

/**
 * The configuration in the output of ph.x, of pw.x (scf) or of both in one file: structure, ε∞, Born charges, and
 * energy, forces and stress from pw.x. Both blocks of Born charges have one row per component of E or P and one column
 * per displacement (`summarize_zeu`, `summarize_zue` of Quantum ESPRESSO), this package's order. Of charges with and
 * without acoustic sum rule those without are taken.
 * @throws FormatError with file and line, also if the run did not end, or for the several configurations of a relaxation or a run of dynamics,
 * which `readFrames` gives one by one
 */
export function parseEspresso(input: string | Uint8Array, options: EspressoOptions = {}): Frame {
  return single(espresso.parse(input, options), options.name ?? "text");
}

/** Reads the output of ph.x or pw.x; see {@link parseEspresso}. */
export async function loadEspresso(source: Source, options: EspressoOptions = {}): Promise<Frame> {
  return single(await espresso.load(source, options), sourceName(source, options));
}

function single(frames: readonly Frame[], file: string): Frame {
  if (frames.length === 1) return frames[0]!;
  throw new FormatError({
    file,
    problem: `a relaxation or a run of dynamics with ${frames.length} configurations`,
    advice: "give an scf run of pw.x at the structure that is meant, or the run that ph.x used",
  });
}

/** Output of Quantum ESPRESSO for the loaders. */
export const espressoFormat: FileFormat = {
  name: "espresso",
  title: "output of pw.x or ph.x",
  options: [],
  sniff: ({ text }) => /^[ \t]*Program (PWSCF|PHONON)/m.test(text),
  frames: espresso.unchecked,
};

/** The output of pw.x and ph.x as a line reader; yields one frame, of relaxations and dynamics one for each step that was computed. */
export function* readEspresso(lines: Lines, options: EspressoOptions = {}): Generator<Frame | Need, void, void> {
  const { charges: wanted } = options;
  let alat = 0;
  let cell: Float64Array | undefined;
  let structure: Structure | undefined = options.structure;
  let draft: Draft = {};
  let done = false;
  let programs = 0;
  const born: { -readonly [K in "dF/dE" | "dP/du"]?: Float64Array } = {};
  const steps = espressoSteps();
  const moved = (next: Structure): Frame | undefined => {
    const frame = steps.frame({ ...draft, structure: counted(lines, structure) });
    [structure, cell, draft] = [next, next.cell, {}];
    return frame;
  };

  while (yield* nextLine(lines)) {
    if (lines.firstByte() < 0) continue;
    const text = lines.text();
    const head = text.trimStart();
    if (head.startsWith("Program ")) {
      programs++;
      done = false;
    } else if (head.startsWith("lattice parameter (alat)") || head.startsWith("celldm(1)")) {
      alat = positive(lines, text) * bohr;
    } else if (head.startsWith("crystal axes:")) cell = yield* readAxes(lines, alat);
    else if (head.startsWith("site n.") && !head.includes("cryst. coord")) {
      const sites = yield* readSites(lines, alat, cell);
      // A relaxed cell is computed once more, from the beginning.
      if (steps.count() > 0) {
        const frame = moved(sites);
        if (frame) yield frame;
      } else structure = better(lines, structure, sites);
    } else if (head.startsWith("!") && head.includes("total energy"))
      draft.energy = (positive(lines, text, true) * hartree) / 2;
    else if (head.startsWith("Forces acting on atoms"))
      draft.forces = yield* readForces(lines, counted(lines, structure));
    else if (/^total\s+stress/.test(head)) draft.stress = yield* readStress(lines);
    else if (head.startsWith("Time step ") || head.startsWith("Entering Dynamics")) steps.time(lines, text);
    else if (head.startsWith("CELL_PARAMETERS")) cell = yield* readCellParameters(lines, alat);
    else if (head.startsWith("ATOMIC_POSITIONS")) {
      const frame = moved(yield* readPositions(lines, counted(lines, structure), cell!, alat));
      if (frame) yield frame;
    } else if (head.startsWith("Dielectric constant in cartesian axis"))
      draft.dielectric = yield* readTensor(lines, "(");
    else if (head.startsWith("Effective charges (d")) {
      const block = head.includes("dE") ? "dF/dE" : "dP/du";
      const charges = yield* readCharges(
        lines,
        counted(lines, structure).species.length,
        block === "dF/dE" ? "E" : "P",
      );
      // "with asr applied" comes second; keep the raw ones.
      if (!/\bwith asr/.test(head) || !born[block]) born[block] = charges;
    } else if (head.startsWith("JOB DONE")) done = true;
  }
  if (programs === 0 || !structure)
    lines.failEnd("no structure (site n. …) in it; is this the output of pw.x or ph.x?");
  if (!done) lines.failEnd("JOB DONE is missing, so the run did not end");
  const bornCharges = wanted ? born[wanted] : (born["dF/dE"] ?? born["dP/du"]);
  if (!bornCharges && Object.keys(born).length > 0)
    lines.fail(`no Born charges by ${wanted}`, `the file has the other kind: charges: "${Object.keys(born)[0]}"`);
  const last = steps.last({ ...draft, ...(bornCharges && { bornCharges }), structure: structure! });
  if (last) yield last;
}

function counted(lines: Lines, structure: Structure | undefined): Structure {
  return structure ?? lines.fail("values of atoms before the structure", "the head of the output is missing");
}

/** The first number after "=". */
function positive(lines: Lines, text: string, anySign = false): number {
  lines.seek(text.indexOf("=") + 1);
  const value = lines.number("a value");
  if (!anySign && !(value > 0)) lines.fail(`expected a positive number, found ${value}`);
  return value;
}

/** Rows like "a(1) = (  0.0 0.7 0.7 )", in units of alat. */
function* readAxes(lines: Lines, alat: number): Generator<Need, Float64Array, void> {
  if (alat === 0) lines.fail("axes before the lattice parameter");
  const cell = new Float64Array(9);
  for (let row = 0; row < 3; row++) {
    yield* needLine(lines, `${row} of 3 crystal axes`);
    lines.seek(lines.text().lastIndexOf("(") + 1);
    lines.numbers(cell, 3 * row, 3, "a crystal axis");
  }
  return cell.map((x) => x * alat);
}

/** Rows like "1 Al 26.98 tau(   1) = ( 0.0 0.0 0.0 )" up to a blank line, in units of alat. */
function* readSites(lines: Lines, alat: number, cell: Float64Array | undefined): Generator<Need, Structure, void> {
  const species: string[] = [];
  const positions: number[] = [];
  const xyz = new Float64Array(3);
  for (;;) {
    yield* needLine(lines, "the table of sites is cut off");
    if (lines.isBlank()) break;
    lines.seek(0);
    if (lines.integer("the number of a site") !== species.length + 1) lines.fail(`expected site ${species.length + 1}`);
    const label = lines.word("the symbol");
    const symbol = /^[A-Z][a-z]?/.exec(label)?.[0];
    if (!symbol) lines.fail(`expected a chemical symbol, found "${label}"`);
    species.push(symbol!);
    lines.seek(lines.text().lastIndexOf("(") + 1);
    lines.numbers(xyz, 0, 3, "a position");
    positions.push(...xyz.map((x) => x * alat));
  }
  if (!cell || species.length === 0) return lines.fail("sites without crystal axes, or no sites");
  const structure: Structure = { species, positions: Float64Array.from(positions), cell, periodic: [true, true, true] };
  checkStructure(structure);
  return structure;
}

/** ph.x repeats the structure with fewer digits: keep the one before if they agree to these digits. */
function better(lines: Lines, before: Structure | undefined, now: Structure): Structure {
  if (!before) return now;
  const apart = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    a.length !== b.length || Array.from(a).some((x, i) => Math.abs(x - b[i]!) > 2e-3);
  if (
    before.species.join() !== now.species.join() ||
    apart(before.positions, now.positions) ||
    apart(before.cell ?? [], now.cell ?? [])
  )
    lines.fail("another structure than the one given or printed before", "give the structure of this very run");
  return before;
}

/** Lines "atom 1 type 1 force = x y z", Ry/bohr. */
function* readForces(lines: Lines, { species }: Structure): Generator<Need, Float64Array, void> {
  const n = species.length;
  const forces = new Float64Array(3 * n);
  for (let i = 0; i < n; ) {
    yield* needLine(lines, `forces on ${i} of ${n} atoms`);
    if (lines.isBlank()) continue;
    const text = lines.text();
    if (Number(/^\s*atom\s+(\d+)\s.*force =/.exec(text)?.[1]) !== i + 1)
      lines.fail(`expected the force on atom ${i + 1}`);
    lines.seek(text.indexOf("=") + 1);
    lines.numbers(forces, 3 * i, 3, "a force");
    i++;
  }
  return forces.map((f) => (f * hartree) / 2 / bohr);
}

/** Positive under compression in pw.x, Ry/bohr³. */
function* readStress(lines: Lines): Generator<Need, Float64Array, void> {
  const stress = new Float64Array(9);
  for (let row = 0; row < 3; row++) {
    yield* needLine(lines, "the stress is cut off");
    lines.numbers(stress, 3 * row, 3, "the stress");
  }
  return stress.map((s) => (s === 0 ? 0 : (-s * hartree) / 2 / bohr ** 3));
}

/** Three rows of three numbers in brackets, after blank lines; `label` is what stands before the bracket. */
function* readTensor(lines: Lines, label: string): Generator<Need, Float64Array, void> {
  const tensor = new Float64Array(9);
  for (let row = 0; row < 3; row++) {
    do yield* needLine(lines, `${row} of 3 rows of a tensor`);
    while (lines.isBlank());
    const text = lines.text();
    const name = label === "(" ? "(" : `${label}${"xyz"[row]}`;
    // With the sum rule applied newer versions call the rows E*x, E*y, E*z.
    const found = text.trimStart().replace(/^([EP])\*/, "$1");
    if (!found.startsWith(name)) lines.fail(`expected row "${name} …", found "${text.trim().slice(0, 40)}"`);
    lines.seek(text.indexOf("(") + 1);
    lines.numbers(tensor, 3 * row, 3, "a tensor");
  }
  return tensor;
}

function* readCharges(lines: Lines, n: number, label: string): Generator<Need, Float64Array, void> {
  const charges = new Float64Array(9 * n);
  for (let i = 0; i < n; i++) {
    do yield* needLine(lines, `Born charges for ${i} of ${n} atoms`);
    while (lines.isBlank());
    const atom = /^\s*atom\s+(\d+)\s/.exec(lines.text());
    if (Number(atom?.[1]) !== i + 1)
      lines.fail(`expected the Born charges of atom ${i + 1}, found "${lines.text().trim().slice(0, 40)}"`);
    charges.set(yield* readTensor(lines, label), 9 * i);
  }
  return charges;
}
