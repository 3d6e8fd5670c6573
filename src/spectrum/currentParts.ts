/** The current Ṗ = Σ Z*·v by atoms, species or molecules, and by normal modes. */
import { ShapeError, UnitError } from "../errors.js";
import { readOptions } from "../options/record.js";
import { bornCurrent } from "../series/current.js";
import { seriesLength, type TensorSeries } from "../series/tensorSeries.js";
import { ATOM_GROUPING, type AtomGrouping, atomGroups } from "../structure/groups.js";
import {
  frameCount,
  frameStructure,
  requireTimestep,
  requireVelocities,
  type Trajectory,
} from "../structure/trajectory.js";
import { MODE_GROUPING, type ModeGrouping, modeBasis, modeGroups } from "./modeProjection.js";
import type { NormalModes } from "./phonons.js";

/**
 * Ṗ_a(t) = Σ_{i∈a} Z*_i v_i of every group of atoms; the groups add up to {@link bornCurrent}.
 * @param charges Born effective charges, [n, 3 (field), 3 (displacement)], e: one frame or one per frame
 * @param trajectory with velocities
 * @param grouping default species; molecules are those of the first frame
 * @returns currents by name of the group
 * @throws ShapeError | UnitError | DataError as bornCurrent; OptionError for an unknown grouping
 */
export function currentParts(
  charges: TensorSeries,
  trajectory: Trajectory,
  grouping: AtomGrouping = { kind: "species" },
): Readonly<Record<string, TensorSeries>> {
  readOptions(ATOM_GROUPING, grouping, "currentParts");
  const groups = atomGroups(frameStructure(trajectory, 0), grouping);
  const n = trajectory.species.length;
  return Object.fromEntries(
    groups.map(({ name, atoms }) => {
      const inside = new Uint8Array(n);
      for (const i of atoms) inside[i] = 1;
      const velocities = trajectory.velocities?.map((v, p) => (inside[Math.floor(p / 3) % n] ? v : 0));
      const part = bornCurrent(charges, { ...trajectory, ...(velocities && { velocities }) });
      return [name, { ...part, origin: name }];
    }),
  );
}

/**
 * Ṗ_k(t) = Σ_i Z*_i(t)·e_{k,i}/√m_i Q̇_k(t) of every normal mode, or group of modes. The eigenvectors are complete, so that the modes,
 * translations and rotations included, add up to {@link bornCurrent}.
 * @param modes of a structure with the atoms of the trajectory; for a molecule they turn with it
 * @param grouping default each mode by itself; group the modes of large cells, for every part holds three numbers per frame
 * @returns currents by name of the mode or group
 * @throws ShapeError if the atoms or the charges do not fit; UnitError if time steps differ; DataError without velocities or a time step; OptionError for an unknown grouping
 */
export function modeCurrents(
  modes: NormalModes,
  charges: TensorSeries,
  trajectory: Trajectory,
  grouping: ModeGrouping = { kind: "modes" },
): Readonly<Record<string, TensorSeries>> {
  readOptions(MODE_GROUPING, grouping, "modeCurrents");
  const velocities = requireVelocities(trajectory, "modeCurrents");
  const timestep = requireTimestep(trajectory, "modeCurrents");
  const n = modes.structure.species.length;
  const frames = frameCount(trajectory);
  const given = seriesLength(charges);
  if (charges.quantity !== "bornCharges" || charges.shape[0] !== n || (given !== 1 && given !== frames))
    throw new ShapeError({
      where: "modeCurrents",
      problem: `${charges.quantity} of shape [${charges.shape.join(", ")}] for ${given} frames, expected Born charges of ${n} atoms for 1 or ${frames}`,
    });
  if (given > 1 && Math.abs(timestep - charges.timestep) > 1e-9 * timestep)
    throw new UnitError({
      where: "modeCurrents",
      problem: `charges every ${charges.timestep} fs, velocities every ${timestep} fs`,
      advice: "give charges of the trajectory's frames, or one frame of constant charges",
    });
  const groups = modeGroups(modes, grouping);
  const of = Int32Array.from({ length: modes.wavenumbers.length }, (_, k) =>
    groups.findIndex((g) => g.modes.includes(k)),
  );
  const values = groups.map(() => new Float64Array(3 * frames));
  const basis = modeBasis(modes, trajectory);
  const masses = modes.masses.map(Math.sqrt);
  for (let f = 0; f < frames; f++) {
    const e = basis(f);
    const z = charges.values.subarray(given === 1 ? 0 : 9 * n * f, given === 1 ? 9 * n : 9 * n * (f + 1));
    const v = velocities.subarray(3 * n * f, 3 * n * (f + 1));
    for (let k = 0; k < of.length; k++) {
      const to = values[of[k]!];
      if (!to) continue;
      let rate = 0;
      const charge = [0, 0, 0];
      for (let c = 0; c < 3 * n; c++) {
        const i = Math.floor(c / 3);
        const component = e[3 * n * k + c]!;
        rate += component * masses[i]! * v[c]!;
        const moved = component / masses[i]!;
        for (let a = 0; a < 3; a++) charge[a]! += z[9 * i + 3 * a + (c % 3)]! * moved;
      }
      for (let a = 0; a < 3; a++) to[3 * f + a]! += rate * charge[a]!;
    }
  }
  const { volume } = charges;
  return Object.fromEntries(
    groups.map(({ name }, g) => [
      name,
      {
        quantity: "current",
        unit: "e·Å/fs",
        shape: [3],
        values: values[g]!,
        timestep,
        ...(volume !== undefined && { volume }),
        origin: name,
      } satisfies TensorSeries,
    ]),
  );
}
