/** Normal modes of one molecule among others, and how much of them there is in the motion of all molecules of its kind. */
import { OptionError } from "../errors.js";
import { matrix } from "../math/matrix.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { doubles } from "../options/values.js";
import { massesOf } from "../structure/masses.js";
import { matchMolecule, reordered } from "../structure/matchMolecule.js";
import { frameCount, frameStructure, requireVelocities, type Trajectory } from "../structure/trajectory.js";
import { unwrapper } from "../structure/unwrapping.js";
import { wholeMolecule } from "../structure/wholeMolecule.js";
import type { ForceConstants } from "./forceConstants.js";
import { MODE_SPECTRUM, type ModeSpectrumOptions, spectrumOfModes } from "./modeProjection.js";
import { type NormalModes, normalModes } from "./phonons.js";
import type { Spectrum } from "./spectrum.js";

/** Masses closer than this are of one isotope, u. */
const ISOTOPE = 0.1;

/** Options of {@link moleculeModes}. */
export interface MoleculeModeOptions {
  /** u, one per atom of the molecule in the order given, default standard atomic weights. */
  readonly masses?: Float64Array;
}

/** Options of {@link moleculeModeSpectrum}. */
export interface MoleculeModeSpectrumOptions extends ModeSpectrumOptions {
  /**
   * u, one per atom of the trajectory: an atom then stands only for one of the same mass in the modes. Needed where atoms of one species differ in
   * mass, e.g. CH₃ of CH₃OD beside its D; default the masses of the modes, which must then tell nothing but species apart.
   */
  readonly masses?: Float64Array;
}

const OPTIONS = record({ masses: doubles().optional() } satisfies Fields<MoleculeModeOptions>);
const SPECTRUM_OPTIONS = record({
  ...MODE_SPECTRUM.shape,
  masses: doubles().optional(),
} satisfies Fields<MoleculeModeSpectrumOptions>);

/**
 * Normal modes of a molecule in its surroundings, which stand still: its block of the force constants, translations and rotations projected
 * out. They tell what a molecule does, not at which wavenumber the crystal does it.
 * @param constants of the crystal, or of anything that the molecule is a part of
 * @param atoms numbers of the molecule's atoms there, which its bonds (1.3 times the sum of covalent radii) join
 * @returns modes of a free molecule; its atoms in the order given, in one piece, however long it is
 * @throws OptionError for fewer than two atoms, a number that is not an atom's, or one that is there twice
 * @throws DataError if no bonds join the atoms, or join them to their own images
 * @throws ShapeError unless there is one positive mass per atom
 */
export function moleculeModes(
  constants: ForceConstants,
  atoms: readonly number[],
  options: MoleculeModeOptions = {},
): NormalModes {
  const where = "moleculeModes";
  const { masses: given } = readOptions(OPTIONS, options, where);
  const { structure, values } = constants;
  const count = structure.species.length;
  checkAtoms(where, [atoms], count);
  const whole = wholeMolecule(structure, atoms, where);
  const masses = massesOf(whole.species, given, where);
  const size = 3 * atoms.length;
  const block = matrix(size, size);
  const place = (k: number): number => 3 * atoms[Math.floor(k / 3)]! + (k % 3);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) block.values[i * size + j] = values.values[place(i) * 3 * count + place(j)]!;
  return normalModes({ ...constants, structure: whole, values: block }, { masses });
}

/**
 * Vibrational density of states of all molecules of a kind by the normal modes of one: in every frame the molecule is turned into the
 * orientation of each (Eckart), its rates Q̇_k are those of the mode in it, and the densities of all molecules are added. A molecule that turns
 * as a whole keeps its modes; one whose ends turn against each other by a third of a turn is another arrangement of the same atoms, and its
 * modes mix from then on. Bonds join a molecule in the first frame, from where its atoms are followed.
 * @param modes of the free molecule or of {@link moleculeModes}, with the masses of the trajectory's atoms
 * @param t with velocities and a time step; positions may be wrapped into the cell
 * @param molecules numbers of each molecule's atoms in any order, e.g. of `atomGroups`
 * @returns intensities `density` and one per mode or group, which sum to it; `density` has area 1 over cm⁻¹
 * @throws OptionError without a molecule, for a number that is not an atom's or is there twice, or where masses say which atom is which and none are given
 * @throws DataError where a molecule is not bonded as that of the modes, atoms move too far between frames to be followed, without velocities (or
 *   where all are 0) or a time step
 * @throws ShapeError unless there is one positive mass per atom
 */
export function moleculeModeSpectrum(
  modes: NormalModes,
  t: Trajectory,
  molecules: readonly (readonly number[])[],
  options: MoleculeModeSpectrumOptions = {},
): Spectrum {
  const where = "moleculeModeSpectrum";
  const { masses: given, ...read } = readOptions(SPECTRUM_OPTIONS, options, where);
  if (molecules.length === 0) throw new OptionError({ where, problem: "no molecule", advice: "see atomGroups" });
  checkAtoms(where, molecules, t.species.length);
  const masses = given && massesOf(t.species, given, where);
  if (!masses) requireOneMassPerSpecies(modes, where);
  const first = moleculeTrajectory(modes, t, molecules[0]!, masses, where);
  const others = molecules.slice(1).map((atoms) => () => moleculeTrajectory(modes, t, atoms, masses, where));
  return spectrumOfModes(modes, [first, others], read, where);
}

function checkAtoms(where: string, molecules: readonly (readonly number[])[], count: number): void {
  const seen = new Set<number>();
  for (const atoms of molecules) {
    if (atoms.length < 2) throw new OptionError({ where, problem: `a molecule of ${atoms.length} atoms` });
    for (const i of atoms) {
      if (!(Number.isInteger(i) && i >= 0 && i < count))
        throw new OptionError({ where, problem: `no atom ${i}, there are ${count}` });
      if (seen.has(i))
        throw new OptionError({ where, problem: `atom ${i} is there twice`, advice: "name every atom once" });
      seen.add(i);
    }
  }
}

function requireOneMassPerSpecies({ structure: { species }, masses }: NormalModes, where: string): void {
  const odd = species.findIndex((s, i) => Math.abs(masses[i]! - masses[species.indexOf(s)]!) > ISOTOPE);
  if (odd >= 0)
    throw new OptionError({
      where,
      problem: `${species[odd]} has the masses ${masses[species.indexOf(species[odd]!)]} and ${masses[odd]} u in the modes, so that species do not say which atom is which`,
      advice: "give the masses of the trajectory's atoms as `masses`",
    });
}

/** A molecule's trajectory, free and in one piece, its atoms in the order of the modes'. */
function moleculeTrajectory(
  modes: NormalModes,
  t: Trajectory,
  atoms: readonly number[],
  masses: Float64Array | undefined,
  where: string,
): Trajectory {
  const given = requireVelocities(t, where);
  const whole = wholeMolecule(frameStructure(t, 0), atoms, where);
  const alike = (i: number, j: number): boolean =>
    !masses || Math.abs(modes.masses[i]! - masses[atoms[j]!]!) <= ISOTOPE;
  const way = matchMolecule(modes.structure, whole, alike);
  const ordered = way.map((k) => atoms[k]!);
  const { species } = modes.structure;
  const [n, size, frames] = [3 * t.species.length, 3 * ordered.length, frameCount(t)];
  const follow = unwrapper({ species, periodic: t.periodic }, where);
  const positions = new Float64Array(frames * size);
  const velocities = new Float64Array(frames * size);
  for (let f = 0; f < frames; f++) {
    const frame = frameStructure(t, f);
    const own = f === 0 ? reordered(whole, way).positions : reordered(frame, ordered).positions;
    follow(own, frame.cell);
    positions.set(own, f * size);
    ordered.forEach((i, k) => {
      velocities.set(given.subarray(f * n + 3 * i, f * n + 3 * i + 3), f * size + 3 * k);
    });
  }
  return {
    species,
    positions,
    velocities,
    periodic: [false, false, false],
    ...(t.timestep !== undefined && { timestep: t.timestep }),
  };
}
