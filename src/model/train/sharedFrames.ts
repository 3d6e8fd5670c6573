/** Frames where all threads see them, so that a copy for each thread costs next to nothing. */
import { toSharedDoubles } from "../../parallel/sharedDoubles.js";
import type { Frame } from "../../structure/frame.js";
import type { Structure } from "../../structure/structure.js";

/**
 * Structures with positions and cells in shared memory; lists of species that are alike become one list, which a thread gets once.
 */
export function sharedStructures(structures: readonly Structure[]): Structure[] {
  const known = new Map<string, readonly string[]>();
  return structures.map((s) => {
    const key = s.species.join(" ");
    const species = known.get(key) ?? s.species;
    known.set(key, species);
    const { periodic, positions, cell } = s;
    const shared = { species, periodic, positions: toSharedDoubles(positions) };
    return cell ? { ...shared, cell: toSharedDoubles(cell) } : shared;
  });
}

/** Frames with what fits learn from in shared memory; other values of the files are left out. */
export function sharedFrames(frames: readonly Frame[]): Frame[] {
  const structures = sharedStructures(frames.map((f) => f.structure));
  return frames.map(({ energy, forces, stress, polarization, polarizability, dielectric, bornCharges }, k) => {
    const tensors = { forces, stress, polarization, polarizability, dielectric, bornCharges };
    const given = Object.entries(tensors).flatMap(([name, values]) =>
      values ? [[name, toSharedDoubles(values)]] : [],
    );
    return { structure: structures[k]!, ...(energy !== undefined && { energy }), ...Object.fromEntries(given) };
  });
}
