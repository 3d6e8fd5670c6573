/** Energy, forces and stress as a target: E = Σ_j φ(X_j)·w + Σ_j e_{J(j)}. */
import type { Descriptor } from "../../../descriptor/descriptor.js";
import { environmentsOf, type KnownEnvironments } from "../../../descriptor/knownEnvironments.js";
import type { DescriptorOptions } from "../../../descriptor/options.js";
import { DataError } from "../../../errors.js";
import { matrix } from "../../../math/matrix.js";
import { solveNormalEquations } from "../../../math/normalEquations.js";
import type { Frame } from "../../../structure/frame.js";
import { cellVolume, type Structure } from "../../../structure/structure.js";
import { fitLinear } from "../../train/linear.js";
import {
  columnCount,
  type LinearModel,
  type LinearOptions,
  type LinearTarget,
  type RowSpace,
} from "../../train/linearTarget.js";
import { rowsOnThread } from "../../train/rowThread.js";

/** What a force field learns from. */
export type ForceFieldData = "energy" | "forces" | "stress";

export interface ForceFieldOptions extends LinearOptions<ForceFieldData> {
  /**
   * Weights of rows: of the energy per atom, eV, default 10: 1 meV/atom then counts as much as 10 meV/Å; of each force component, eV/Å,
   * default 1; of each component of the virial per atom Vσ/N, eV, default 2: in quartz 0.06 GPa then counts as much as 10 meV/Å.
   */
  readonly weights?: Readonly<Partial<Record<ForceFieldData, number>>>;
}

/** A fitted force field; its constants are the energies e_J, eV per atom. See `fitForceField`. */
export interface ForceFieldModel extends LinearModel<ForceFieldData> {
  readonly kind: "forceField";
}

/** Two- and three-body features of S sec. II.C and ref. 20, with a three-body part of shorter range. */
const DESCRIPTOR = {
  cutoff: 5,
  nMax: 8,
  lMax: 4,
  smearing: 0.5,
  twoBody: { cutoff: 6, nMax: 12 },
} as const satisfies Omit<DescriptorOptions, "species">;

export const FORCE_FIELD: LinearTarget<ForceFieldData, ForceFieldOptions> = {
  kind: "forceField",
  order: 0,
  descriptor: DESCRIPTOR,
  validation: { kind: "fraction" },
  uncertainty: { kind: "variance" },
  data: {
    energy: { name: "an energy", weight: 10, given: (f) => f.energy !== undefined },
    forces: { name: "forces", weight: 1, given: (f) => f.forces !== undefined },
    stress: { name: "a stress", weight: 2, given: (f) => f.stress !== undefined && f.structure.cell !== undefined },
  },
  options: {},
  constants: (d, frames) => {
    const directions = d.options.species.map((_, k) =>
      Float64Array.from(d.options.species, (_, i) => (i === k ? 1 : 0)),
    );
    return { fixed: speciesEnergies(d, frames), directions };
  },
  workerModule: new URL("./forceField.js", import.meta.url),
  /** E/N, the forces F_iβ = −Σ_j ∂φ(X_j)/∂x_iβ·w, and V σ_αβ/N = Σ_j ∂φ(X_j)/∂ε_αβ·w/N. */
  rows: (space, _, weights) => (frame, add) => {
    const { structure, energy, forces, stress } = frame;
    const { descriptor } = space.basis;
    const around = environmentsOf(descriptor, structure);
    const atoms = structure.species.length;
    if (energy !== undefined && weights.energy > 0) {
      const scale = weights.energy / atoms;
      const { fixed } = space.constants;
      const rest = energy - composition(descriptor, structure.species).reduce((s, n, k) => s + n * fixed[k]!, 0);
      add(
        energyRow(space, structure, around).map((v) => scale * v),
        Float64Array.of(scale * rest),
      );
    }
    if (forces && weights.forces > 0) {
      const addForces = (rows: Float64Array, firstAtom: number): void => {
        for (let k = 0; k < rows.length; k++) rows[k]! *= weights.forces;
        const start = 3 * firstAtom;
        add(
          rows,
          forces.slice(start, start + rows.length / columnCount(space)).map((f) => weights.forces * f),
        );
      };
      forceRows(space, structure, addForces, around);
    }
    if (stress && structure.cell && weights.stress > 0) {
      const scale = weights.stress / atoms;
      const volume = cellVolume(structure.cell);
      add(
        strainRows(space, structure, around).map((v) => scale * v),
        Float64Array.from(VOIGT, ([a, b]) => (scale * volume * (stress[3 * a + b]! + stress[3 * b + a]!)) / 2),
      );
    }
  },
};

/** What each thread of a fit does; exported for the worker pool. */
export const prepare = rowsOnThread(FORCE_FIELD);

/**
 * Fits a force field to energies, forces and stresses: linear in the two- and three-body invariants of each atom (Schmiedmayer
 * and Kresse, J. Chem. Phys. 161, 084703 (2024), sec. II.C), or in powers of their kernel with reference environments
 * (`form`; Jinnouchi, Karsai and Kresse, Phys. Rev. B 100, 014105 (2019)).
 * @param frames with energy (eV), forces (eV/Å) or stress (eV/Å³)
 * @param options `uncertainty` is `{ kind: "variance" }` unless given
 * @throws DataError if no frame has any of them
 * @throws OptionError | ConvergenceError | AbortedError
 */
export async function fitForceField(
  frames: readonly Frame[],
  options: ForceFieldOptions = {},
): Promise<ForceFieldModel> {
  return (await fitLinear(FORCE_FIELD, frames, options, "fitForceField")) as ForceFieldModel;
}

/** Number of atoms of each species. @throws DataError for a species that the descriptor does not know */
export function composition(d: Descriptor, species: readonly string[]): Float64Array {
  const counts = new Float64Array(d.options.species.length);
  species.forEach((symbol, atom) => {
    const kind = d.options.species.indexOf(symbol);
    if (kind < 0)
      throw new DataError({
        where: `atom ${atom}`,
        problem: `species ${symbol} is not among those of the force field (${d.options.species.join(", ")})`,
      });
    counts[kind]!++;
  });
  return counts;
}

/**
 * Energies per species, eV, that explain the total energies best: what is left for the features is then small. Where the
 * composition never changes, species with more atoms take more of the energy (the shortest solution).
 */
export function speciesEnergies(d: Descriptor, frames: readonly Frame[]): Float64Array {
  const kinds = d.options.species.length;
  const gram = matrix(kinds, kinds);
  const moments = matrix(kinds, 1);
  let squares = 0;
  for (const { structure, energy } of frames) {
    if (energy === undefined) continue;
    const n = composition(d, structure.species);
    for (let i = 0; i < kinds; i++) {
      moments.values[i]! += n[i]! * energy;
      for (let j = 0; j < kinds; j++) gram.values[i * kinds + j]! += n[i]! * n[j]!;
    }
    squares += energy * energy;
  }
  if (squares === 0) return new Float64Array(kinds);
  const equations = { gram, moments, squares: Float64Array.of(squares), rows: frames.length };
  return solveNormalEquations(equations, 1e-12, "none").coefficients.values;
}

/** Coefficients of the energy, [columns]. */
export function energyRow(space: RowSpace, s: Structure, around?: KnownEnvironments): Float64Array {
  const row = new Float64Array(columnCount(space));
  row.set(space.basis.sums(s, around));
  row.set(composition(space.basis.descriptor, s.species), space.basis.kinds.length);
  return row;
}

/** Coefficients of the forces, in blocks of whole atoms, [atoms, 3, columns]; each block may be kept. */
export function forceRows(
  space: RowSpace,
  s: Structure,
  consume: (rows: Float64Array, firstAtom: number) => void,
  around?: KnownEnvironments,
): void {
  const columns = columnCount(space);
  const size = space.basis.kinds.length;
  const negative = (values: Float64Array, firstAtom: number): void => {
    const count = values.length / size;
    const rows = new Float64Array(count * columns);
    for (let r = 0; r < count; r++) for (let c = 0; c < size; c++) rows[r * columns + c] = -values[r * size + c]!;
    consume(rows, firstAtom);
  };
  space.basis.derivatives(s, negative, around);
}

const VOIGT: readonly (readonly [number, number])[] = [
  [0, 0],
  [1, 1],
  [2, 2],
  [1, 2],
  [0, 2],
  [0, 1],
];

/** Coefficients of ∂E/∂ε for xx, yy, zz, yz, xz, xy, [6, columns]. */
export function strainRows(space: RowSpace, s: Structure, around?: KnownEnvironments): Float64Array {
  const columns = columnCount(space);
  const size = space.basis.kinds.length;
  const all = space.basis.strains!(s, around);
  const rows = new Float64Array(6 * columns);
  VOIGT.forEach(([a, b], k) => {
    const [ab, ba] = [(3 * a + b) * size, (3 * b + a) * size];
    for (let c = 0; c < size; c++) rows[k * columns + c] = (all[ab + c]! + all[ba + c]!) / 2;
  });
  return rows;
}
