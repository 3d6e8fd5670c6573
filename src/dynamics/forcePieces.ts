/** Energy, forces and stress of a large structure piece by piece, with sums that do not depend on who does which piece. */
import { createDescriptor } from "../descriptor/descriptor.js";
import { followingEnvironments } from "../descriptor/knownEnvironments.js";
import type { ResolvedDescriptor } from "../descriptor/options.js";
import { basisOf } from "../model/basis/basisOf.js";
import { composition, type ForceFieldModel } from "../model/target/forceField/forceField.js";
import { cellVolume, type Structure } from "../structure/structure.js";
import type { EnergyForces } from "./potential.js";

/** Atoms from which a structure is cut, atoms of a piece about, and the most pieces: each has forces on all atoms, to be added. */
const LARGE = 500;
const PIECE = 100;
const MOST = 32;

/** Pieces of a structure, an even number that depends on the number of its atoms alone. */
export function pieceCount(atoms: number): number {
  return atoms < LARGE ? 1 : Math.min(MOST, 2 * Math.round(atoms / (2 * PIECE)));
}

/** What a structure's pieces read and write; the arrays may be in shared memory. */
export interface ForcePieces {
  readonly model: Pick<ForceFieldModel, "weights" | "basis"> & { readonly descriptor: ResolvedDescriptor };
  readonly structure: Structure;
  /** Of each piece energy, strain derivatives [3, 3] and position derivatives [n, 3], one after the other. */
  readonly results: Float64Array;
}

/** Numbers of one piece. */
function pieceSize(atoms: number): number {
  return 10 + 3 * atoms;
}

/** Numbers of all pieces. */
export function resultSize(atoms: number): number {
  return pieceCount(atoms) * pieceSize(atoms);
}

/** What a thread does: the contributions of a piece's atoms. @throws DataError for coincident atoms or an unknown species */
export function prepare({ model, structure, results }: ForcePieces): (piece: number) => void {
  const d = createDescriptor(model.descriptor);
  const basis = basisOf(d, 0, model.basis);
  const follow = followingEnvironments(d);
  const atoms = structure.species.length;
  const pieces = pieceCount(atoms);
  return (piece) => {
    const edge = (k: number): number => Math.round((k * atoms) / pieces);
    const centres = { from: edge(piece), to: edge(piece + 1) };
    const { value, positions, strain } = basis.response(model.weights, structure, follow(structure, centres));
    const at = piece * pieceSize(atoms);
    results.set(value, at);
    results.set(strain, at + 1);
    results.set(positions, at + 10);
  };
}

/** The sums over the pieces, in their order. */
export function sumPieces(
  { descriptor, constants }: ForceFieldModel,
  s: Structure,
  results: Float64Array,
): EnergyForces {
  const atoms = s.species.length;
  const size = pieceSize(atoms);
  const sums = results.slice(0, size);
  for (let from = size; from < results.length; from += size)
    for (let k = 0; k < size; k++) sums[k]! += results[from + k]!;
  const volume = s.cell && cellVolume(s.cell);
  return {
    energy: composition(descriptor, s.species).reduce((e, n, k) => e + n * constants[k]!, sums[0]!),
    forces: sums.slice(10).map((g) => -g),
    ...(volume !== undefined && { stress: sums.slice(1, 10).map((g) => g / volume) }),
  };
}
