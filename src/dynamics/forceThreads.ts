/** The pieces of a large structure's forces by one thread, and by several that stay for a run. */
import { isMainThread } from "node:worker_threads";
import type { ForceFieldModel } from "../model/target/forceField/forceField.js";
import { openPieceTeam, type PieceTeam } from "../parallel/pieceTeam.js";
import { sharedDoubles, toSharedDoubles } from "../parallel/sharedDoubles.js";
import { checkStructure, type Structure } from "../structure/structure.js";
import { threadCount } from "../system/threads.js";
import { type ForcePieces, pieceCount, prepare, resultSize, sumPieces } from "./forcePieces.js";
import type { EnergyForces, ThreadedPotential } from "./potential.js";

/** Milliseconds of steps before threads are started, unless a number of them was asked for. */
const ALONE = 500;

/** Forces by this thread alone: the same bits. */
export function forcesAlone(model: ForceFieldModel): (s: Structure) => EnergyForces {
  let known: { readonly pieces: ForcePieces; readonly run: (piece: number) => void } | undefined;
  return (s) => {
    if (!known || !sameAtoms(known.pieces.structure, s)) {
      const pieces = piecesOf(model, s, (length) => new Float64Array(length));
      known = { pieces, run: prepare(pieces) };
    }
    const { pieces, run } = known;
    place(s, pieces.structure);
    for (let piece = 0; piece < pieceCount(s.species.length); piece++) run(piece);
    return sumPieces(model, s, pieces.results);
  };
}

/**
 * Forces by threads for a run of structures of the same atoms.
 * @returns `undefined` where the structure is small, one thread was asked for, or this is a thread among others already
 * @throws SpectensorError if the worker module has not been built
 */
export function forcesOnThreads(
  model: ForceFieldModel,
  start: Structure,
  workers: number | undefined,
): ThreadedPotential | undefined {
  const count = pieceCount(start.species.length);
  const helpers = Math.min(threadCount(workers), count) - 1;
  if (helpers < 1 || !isMainThread) return undefined;
  const alone = forcesAlone(model);
  let spent = 0;
  let pieces: ForcePieces | undefined;
  let team: PieceTeam | undefined;
  return {
    async evaluate(s) {
      if (workers === undefined && spent < ALONE) {
        const from = performance.now();
        const found = alone(s);
        spent += performance.now() - from;
        return found;
      }
      if (!pieces || !team) {
        pieces = piecesOf({ ...model, weights: toSharedDoubles(model.weights) }, start, sharedDoubles);
        const workerModule = new URL("./forcePieces.js", import.meta.url);
        team = openPieceTeam({ workerModule, prepare, shared: pieces, pieces: count, helpers });
      }
      place(s, pieces.structure);
      await team.run();
      return sumPieces(model, s, pieces.results);
    },
    end: async () => team?.end(),
  };
}

/** Room for a structure's pieces. */
function piecesOf(
  { weights, basis, descriptor }: ForceFieldModel,
  { species, positions, periodic, cell }: Structure,
  doubles: (length: number) => Float64Array,
): ForcePieces {
  return {
    model: { weights, basis, descriptor: descriptor.options },
    structure: { species, positions: doubles(positions.length), periodic, ...(cell && { cell: doubles(9) }) },
    results: doubles(resultSize(species.length)),
  };
}

/** Writes where the atoms are to where the pieces read it. */
function place(s: Structure, to: Structure): void {
  checkStructure(s);
  to.positions.set(s.positions);
  if (s.cell) to.cell?.set(s.cell);
}

function sameAtoms(a: Structure, b: Structure): boolean {
  return (
    a.species.length === b.species.length &&
    Boolean(a.cell) === Boolean(b.cell) &&
    a.periodic.every((p, k) => p === b.periodic[k]) &&
    a.species.every((x, i) => x === b.species[i])
  );
}
