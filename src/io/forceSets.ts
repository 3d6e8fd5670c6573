import type { Lines } from "./lines.js";
import { loadAll, type more, needLine, nextLine, parseAll, type ReadOptions, type Source } from "./source.js";

/** One displaced supercell of a finite-displacement phonon calculation. */
export interface ForceSet {
  /** Displaced atom, zero-based. */
  readonly atom: number;
  /** Its displacement, [3], Å. */
  readonly displacement: Float64Array;
  /** Forces on all atoms of the supercell, [n, 3], eV/Å. */
  readonly forces: Float64Array;
}

/**
 * The displacements and forces in a phonopy FORCE_SETS file of type 1 (one displaced atom per supercell).
 * @throws FormatError with file and line
 */
export function parseForceSets(input: string | Uint8Array, options: ReadOptions = {}): ForceSet[] {
  return parseAll(readForceSets, input, options);
}

/** Reads a phonopy FORCE_SETS file; see {@link parseForceSets}. */
export function loadForceSets(source: Source, options: ReadOptions = {}): Promise<ForceSet[]> {
  return loadAll(readForceSets, source, options);
}

function* readForceSets(lines: Lines): Generator<ForceSet | typeof more, void, void> {
  yield* needLine(lines, "the file is empty");
  const atoms = lines.integer("the number of atoms in the supercell", 1);
  lines.endLine("the number of atoms (FORCE_SETS of type 1)");
  if (atoms > 1e6) lines.fail(`${atoms} atoms in the supercell, at most 1000000 are believed`);
  yield* needLine(lines, "no number of displacements");
  const sets = lines.integer("the number of displacements", 1);
  for (let k = 0; k < sets; k++) {
    yield* needFilledLine(lines, `${k} of ${sets} displacements`);
    const atom = lines.integer("the number of the displaced atom", 1) - 1;
    if (atom >= atoms) lines.fail(`atom ${atom + 1} is displaced, the supercell has ${atoms}`);
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

function* needFilledLine(lines: Lines, missing: string): Generator<typeof more, void, void> {
  do yield* needLine(lines, missing);
  while (lines.isBlank());
}
