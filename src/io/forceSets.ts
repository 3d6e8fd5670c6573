import { type Fields, record } from "../options/record.js";
import { positive } from "../options/values.js";
import type { Lines } from "./lines.js";
import { type more, needLine, nextLine, READ_FIELDS, type ReadOptions, type Source } from "./source.js";
import { textReader } from "./textReader.js";

/** One displaced supercell of a finite-displacement phonon calculation. */
export interface ForceSet {
  /** Displaced atom, zero-based. */
  readonly atom: number;
  /** Its displacement, [3], Å. */
  readonly displacement: Float64Array;
  /** Forces on all atoms of the supercell, [n, 3], eV/Å. */
  readonly forces: Float64Array;
}

/** A supercell in which every atom is displaced; one of those in a FORCE_SETS file of type 2. */
export interface ForceSnapshot {
  /** Displacements of all atoms, [n, 3], Å. */
  readonly displacements: Float64Array;
  /** Forces on all atoms, [n, 3], eV/Å. */
  readonly forces: Float64Array;
}

/** Options of the readers of FORCE_SETS, which does not say its units: those of the program that phonopy was used with. */
export interface ForceSetsOptions extends ReadOptions {
  /** Å in a unit of the displacements; default 1, as with VASP. With Quantum ESPRESSO 0.529177, bohr. */
  readonly lengthUnit?: number;
  /** eV/Å in a unit of the forces; default 1, as with VASP. With Quantum ESPRESSO 25.7110, Ry/bohr. */
  readonly forceUnit?: number;
}

const OPTIONS = record({
  ...READ_FIELDS,
  lengthUnit: positive("Å").optional(),
  forceUnit: positive("eV/Å").optional(),
} satisfies Fields<ForceSetsOptions>);

const forceSets = textReader("ForceSets", OPTIONS, (options: ForceSetsOptions) =>
  inOurUnits((lines) => readForceSets(lines), options),
);
const forces = (atoms: number) =>
  textReader("Forces", OPTIONS, (options: ForceSetsOptions) =>
    inOurUnits((lines) => readForces(lines, atoms), options),
  );

/** The sets of a reader in Å and eV/Å. */
function inOurUnits<T extends ForceSet | ForceSnapshot>(
  read: (lines: Lines) => Generator<T | typeof more, void, void>,
  { lengthUnit = 1, forceUnit = 1 }: ForceSetsOptions,
): (lines: Lines) => Generator<T | typeof more, void, void> {
  return function* (lines) {
    for (const set of read(lines)) {
      if (typeof set !== "symbol") {
        scale("atom" in set ? set.displacement : set.displacements, lengthUnit);
        scale(set.forces, forceUnit);
      }
      yield set;
    }
  };
}

function scale(values: Float64Array, factor: number): void {
  if (factor !== 1) for (let i = 0; i < values.length; i++) values[i]! *= factor;
}

/**
 * The displacements and forces in a phonopy FORCE_SETS file of type 1 (one displaced atom per supercell).
 * @throws FormatError with file and line, also for type 2, which {@link loadForces} reads
 */
export function parseForceSets(input: string | Uint8Array, options: ForceSetsOptions = {}): ForceSet[] {
  return forceSets.parse(input, options);
}

/** Reads a phonopy FORCE_SETS file; see {@link parseForceSets}. */
export function loadForceSets(source: Source, options: ForceSetsOptions = {}): Promise<ForceSet[]> {
  return forceSets.load(source, options);
}

/**
 * The displacements and forces in a FORCE_SETS file of either type: of type 1 as {@link ForceSet}, of type 2 (displacement
 * and force of every atom, six numbers a line, supercell after supercell) as {@link ForceSnapshot}.
 * @param atoms number of atoms in the supercell, which type 2 does not say
 * @throws FormatError with file and line
 */
export function loadForces(
  source: Source,
  atoms: number,
  options: ForceSetsOptions = {},
): Promise<(ForceSet | ForceSnapshot)[]> {
  return forces(atoms).load(source, options);
}

/** {@link loadForces} from text or bytes. */
export function parseForces(
  input: string | Uint8Array,
  atoms: number,
  options: ForceSetsOptions = {},
): (ForceSet | ForceSnapshot)[] {
  return forces(atoms).parse(input, options);
}

function* readForces(lines: Lines, atoms: number): Generator<ForceSet | ForceSnapshot | typeof more, void, void> {
  yield* needFilledLine(lines, "the file is empty");
  const type2 = lines.words().length === 6;
  lines.back();
  if (!type2) return yield* readForceSets(lines);
  const row = new Float64Array(6);
  for (let snapshot = 1; ; snapshot++) {
    const displacements = new Float64Array(3 * atoms);
    const forces = new Float64Array(3 * atoms);
    for (let i = 0; i < atoms; i++) {
      do {
        if (yield* nextLine(lines)) continue;
        if (i === 0 && snapshot > 1) return;
        lines.failEnd(`${i} of ${atoms} atoms in supercell ${snapshot}`);
      } while (lines.isBlank());
      lines.numbers(row, 0, 6, `the displacement of and the force on atom ${i + 1}`);
      lines.endLine("three components of a displacement and three of a force");
      displacements.set(row.subarray(0, 3), 3 * i);
      forces.set(row.subarray(3), 3 * i);
    }
    yield { displacements, forces };
  }
}

function* readForceSets(lines: Lines): Generator<ForceSet | typeof more, void, void> {
  yield* needFilledLine(lines, "the file is empty");
  if (lines.words().length === 6)
    lines.fail(
      "this is a FORCE_SETS file of type 2 (displacements and forces of every atom)",
      "read it with loadForces, which needs the number of atoms",
    );
  lines.seek(0);
  const atoms = lines.integer("the number of atoms in the supercell", 1);
  lines.endLine("the number of atoms (FORCE_SETS of type 1)");
  if (atoms > 1e6) lines.fail(`${atoms} atoms in the supercell, at most 1000000 are believed`);
  yield* needLine(lines, "no number of displacements");
  const sets = lines.integer("the number of displacements", 1);
  for (let k = 0; k < sets; k++) {
    yield* needFilledLine(lines, `${k} of ${sets} displacements`);
    const atom = displacedAtom(lines, lines.integer("the number of the displaced atom", 1), atoms);
    lines.endLine("the number of the displaced atom");
    yield* needFilledLine(lines, `displacement ${k + 1} is cut off`);
    const displacement = new Float64Array(3);
    lines.numbers(displacement, 0, 3, "the displacement");
    const forces = new Float64Array(3 * atoms);
    for (let i = 0; i < atoms; i++) {
      yield* needFilledLine(lines, `forces on ${i} of ${atoms} atoms for displacement ${k + 1}`);
      lines.numbers(forces, 3 * i, 3, `the force on atom ${i + 1}`);
      lines.endLine("the three components of a force");
    }
    yield { atom, displacement, forces };
  }
  while (yield* nextLine(lines)) if (!lines.isBlank()) lines.fail(`more than the ${sets} displacements declared`);
}

/** The index of the atom that has a number in the file. @throws FormatError if there is none */
export function displacedAtom(lines: Lines, number: number, atoms: number): number {
  if (number > atoms) lines.fail(`atom ${number} is displaced, the supercell has ${atoms}`);
  return number - 1;
}

function* needFilledLine(lines: Lines, missing: string): Generator<typeof more, void, void> {
  do yield* needLine(lines, missing);
  while (lines.isBlank());
}
