/** Displacements and forces in a phonopy.yaml, and what units its FORCE_SETS is in. */
import { displacedAtom, type ForceSet, type ForceSnapshot } from "./forceSets.js";
import type { Lines } from "./lines.js";
import { type PhonopyUnits, phonopyUnits } from "./phonopyUnits.js";
import { entriesOf, numbersOf, type PhonopySections, pieceValue, readSections, type YamlPiece } from "./phonopyYaml.js";
import { type more, READ_OPTIONS, type ReadOptions, type Source } from "./source.js";
import { textReader } from "./textReader.js";

/** What a file of phonopy says about displacements of its supercell. */
export interface PhonopyForces {
  /** Units of the program that computed the forces; those of FORCE_SETS beside the file, too. */
  readonly units: PhonopyUnits;
  /** Displacements and forces in the file itself, in Å and eV/Å; empty where it lists no forces. */
  readonly forces: readonly (ForceSet | ForceSnapshot)[];
}

const phonopyForces = textReader("PhonopyForces", READ_OPTIONS, () => readPhonopyForces);

/**
 * The displacements and forces of phonopy_params.yaml (`phonopy --params`, `save`), converted from the units of its calculator.
 * @throws FormatError with file and line, also where the units are not known
 */
export function parsePhonopyForces(input: string | Uint8Array, options: ReadOptions = {}): PhonopyForces {
  return phonopyForces.parse(input, options)[0]!;
}

/** Reads a phonopy_params.yaml; see {@link parsePhonopyForces}. */
export async function loadPhonopyForces(source: Source, options: ReadOptions = {}): Promise<PhonopyForces> {
  return (await phonopyForces.load(source, options))[0]!;
}

/** The units that the sections of a file state. */
export function unitsOfSections(lines: Lines, sections: PhonopySections): PhonopyUnits {
  const at = sections.line("physical_unit") ?? sections.line("phonopy");
  const calculator = sections.value("calculator") ?? entriesOf(sections.value("phonopy")).calculator;
  const stated = entriesOf(sections.value("physical_unit"));
  if (at !== undefined) lines.line = at;
  return phonopyUnits(lines, calculator, stated);
}

function* readPhonopyForces(lines: Lines): Generator<PhonopyForces | typeof more, void, void> {
  const raw: (ForceSet | ForceSnapshot)[] = [];
  let without = 0;
  const sections = yield* readSections(lines, (piece) => {
    const found = displacement(lines, piece, raw.length + without + 1);
    if (found) raw.push(found);
    else without++;
  });
  if (raw.length > 0 && without > 0)
    lines.failEnd(`${without} of ${raw.length + without} displacements have no forces`);
  const units = unitsOfSections(lines, sections);
  if (raw.length > 0 && units.forces === undefined)
    lines.fail(
      "neither the calculator nor force_constants in physical_unit says what the forces are in",
      'add the line   calculator: NAME below "phonopy:", e.g. qe for Ry/bohr or abinit for eV/angstrom',
    );
  const { length, forces: force = 1 } = units;
  const scaled = (values: Float64Array, factor: number) => values.map((x) => x * factor);
  const forces = raw.map((set) =>
    "atom" in set
      ? {
          atom: set.atom,
          displacement: scaled(set.displacement, length),
          forces: scaled(set.forces, force),
        }
      : { displacements: scaled(set.displacements, length), forces: scaled(set.forces, force) },
  );
  yield { units, forces };
}

/** One entry of the list: of type 1 one atom, of type 2 all atoms of a supercell; `undefined` without forces. */
function displacement(lines: Lines, piece: YamlPiece, k: number): ForceSet | ForceSnapshot | undefined {
  const [entry] = (pieceValue(lines, piece, `displacement ${k}`) ?? []) as unknown[];
  const fail = (problem: string): never => {
    lines.line = piece.line;
    return lines.fail(`displacement ${k} ${problem}`, "get the whole file again");
  };
  if (Array.isArray(entry)) {
    const atoms = entry.map(entriesOf);
    if (atoms.every(({ force }) => force === undefined)) return undefined;
    const u = numbersOf(
      atoms.map((a) => a.displacement),
      3 * atoms.length,
    );
    const f = numbersOf(
      atoms.map((a) => a.force),
      3 * atoms.length,
    );
    return u && f ? { displacements: u, forces: f } : fail("has not three numbers for each displacement and force");
  }
  const { atom, displacement: moved, forces } = entriesOf(entry);
  if (forces === undefined) return undefined;
  const u = numbersOf(moved, 3);
  const f = Array.isArray(forces) ? numbersOf(forces, 3 * forces.length) : undefined;
  if (!u || !f) return fail("has not three numbers for the displacement and for every force");
  if (!(typeof atom === "number" && Number.isInteger(atom) && atom >= 1)) return fail("names no atom");
  return { atom: displacedAtom(lines, atom, f.length / 3), displacement: u, forces: f };
}
