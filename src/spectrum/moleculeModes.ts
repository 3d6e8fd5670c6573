/** Normal modes of one molecule among others, and how much of them there is in the motion of all molecules of its kind. */
import { OptionError } from "../errors.js";
import { matrix } from "../math/matrix.js";
import { readOptions } from "../options/record.js";
import { matchMolecule, reordered } from "../structure/matchMolecule.js";
import { minimumImage } from "../structure/minimumImage.js";
import type { Structure } from "../structure/structure.js";
import { frameCount, frameStructure, requireVelocities, type Trajectory } from "../structure/trajectory.js";
import type { ForceConstants } from "./forceConstants.js";
import { MODE_SPECTRUM, type ModeSpectrumOptions, spectrumOfModes } from "./modeProjection.js";
import { type NormalModes, normalModes } from "./phonons.js";
import type { Spectrum } from "./spectrum.js";

const FREE = [false, false, false] as const;

/**
 * Normal modes of a molecule in its surroundings, which stand still: its block of the force constants, translations and rotations projected
 * out. They tell what a molecule does, not at which wavenumber the crystal does it.
 * @param constants of the crystal, or of anything that the molecule is a part of
 * @param atoms numbers of the molecule's atoms there
 * @returns modes of a free molecule; its atoms in the order given, in one piece
 * @throws OptionError for fewer than two atoms or a number that is not an atom's
 */
export function moleculeModes(constants: ForceConstants, atoms: readonly number[]): NormalModes {
  const { structure, values } = constants;
  const count = structure.species.length;
  checkAtoms("moleculeModes", atoms, count);
  const size = 3 * atoms.length;
  const block = matrix(size, size);
  const place = (k: number): number => 3 * atoms[Math.floor(k / 3)]! + (k % 3);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) block.values[i * size + j] = values.values[place(i) * 3 * count + place(j)]!;
  return normalModes({ ...constants, structure: molecule(structure, atoms), values: block });
}

/**
 * Vibrational density of states of all molecules of a kind by the normal modes of one: in every frame the molecule is turned into the
 * orientation of each (Eckart), its rates Q̇_k are those of the mode in it, and the densities of all molecules are added. A molecule that turns
 * as a whole keeps its modes; one whose ends turn against each other by a third of a turn is another arrangement of the same atoms, and its
 * modes mix from then on.
 * @param modes of the free molecule or of {@link moleculeModes}
 * @param t with velocities and a time step; positions may be wrapped into the cell
 * @param molecules numbers of each molecule's atoms in any order, e.g. of `atomGroups`
 * @returns intensities `density` and one per mode or group, which sum to it; `density` has area 1 over cm⁻¹
 * @throws OptionError without a molecule or for a number that is not an atom's
 * @throws DataError where a molecule is not bonded as that of the modes, without velocities or a time step
 */
export function moleculeModeSpectrum(
  modes: NormalModes,
  t: Trajectory,
  molecules: readonly (readonly number[])[],
  options: ModeSpectrumOptions = {},
): Spectrum {
  const where = "moleculeModeSpectrum";
  const read = readOptions(MODE_SPECTRUM, options, where);
  if (molecules.length === 0) throw new OptionError({ where, problem: "no molecule", advice: "see atomGroups" });
  for (const atoms of molecules) checkAtoms(where, atoms, t.species.length);
  const first = moleculeTrajectory(modes, t, molecules[0]!);
  const others = molecules.slice(1).map((atoms) => () => moleculeTrajectory(modes, t, atoms));
  return spectrumOfModes(modes, [first, others], read, where);
}

function checkAtoms(where: string, atoms: readonly number[], count: number): void {
  const wrong = atoms.find((i) => !(Number.isInteger(i) && i >= 0 && i < count));
  if (wrong !== undefined) throw new OptionError({ where, problem: `no atom ${wrong}, there are ${count}` });
  if (atoms.length < 2) throw new OptionError({ where, problem: `a molecule of ${atoms.length} atoms` });
}

/** One molecule of a structure, free, every atom at its image nearest to the first. */
function molecule(s: Structure, atoms: readonly number[]): Structure {
  const { species, positions } = reordered(s, atoms);
  const from = positions.map((x, k) => x - positions[k % 3]!);
  const nearest = minimumImage(from, s.cell, s.periodic);
  return { species, positions: nearest.map((x, k) => x + positions[k % 3]!), periodic: FREE };
}

/** A molecule's trajectory, its atoms in the order of the modes'. */
function moleculeTrajectory(modes: NormalModes, t: Trajectory, atoms: readonly number[]): Trajectory {
  const way = matchMolecule(modes.structure, molecule(frameStructure(t, 0), atoms));
  const ordered = way.map((k) => atoms[k]!);
  const given = requireVelocities(t, "moleculeModeSpectrum");
  const [n, size, frames] = [3 * t.species.length, 3 * ordered.length, frameCount(t)];
  const positions = new Float64Array(frames * size);
  const velocities = new Float64Array(frames * size);
  for (let f = 0; f < frames; f++) {
    positions.set(molecule(frameStructure(t, f), ordered).positions, f * size);
    ordered.forEach((i, k) => {
      velocities.set(given.subarray(f * n + 3 * i, f * n + 3 * i + 3), f * size + 3 * k);
    });
  }
  return {
    species: modes.structure.species,
    positions,
    velocities,
    periodic: FREE,
    ...(t.timestep !== undefined && { timestep: t.timestep }),
  };
}
