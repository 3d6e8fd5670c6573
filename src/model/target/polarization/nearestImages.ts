/** Positions on the branch of the frame that P is measured from. */
import { DataError } from "../../../errors.js";
import { toCartesian, toFractional } from "../../../structure/cell.js";
import type { Frame } from "../../../structure/frame.js";

/** Part of a cell vector beyond which an atom's nearest image may not be the one that it came from. */
const FAR = 0.25;

/**
 * A frame with each atom in the image nearest to where `origin` has it, the frame itself if it is so already: wrapped positions would add
 * a species charge times a cell vector to P.
 * @param number of the frame, for the message; −1 for one that is held out
 * @throws DataError if atoms are in other cells and some so far from where they were that the nearest image is a guess
 */
export function nearestImages<F extends Pick<Frame, "structure">>(frame: F, origin: F, number: number): F {
  const { structure } = frame;
  const { cell, periodic, species } = structure;
  if (!cell || !origin.structure.cell || species.length !== origin.structure.species.length) return frame;
  const own = toFractional(structure.positions, cell);
  const first = toFractional(origin.structure.positions, origin.structure.cell);
  const turns = own.map((x, p) => (periodic[p % 3] ? Math.round(x - first[p]!) : 0));
  const moved = turns.findIndex((t) => t !== 0);
  if (moved < 0) return frame;
  const far = own.findIndex((x, p) => periodic[p % 3]! && Math.abs(x - turns[p]! - first[p]!) > FAR);
  if (far >= 0)
    throw new DataError({
      where: `fitPolarization: ${number < 0 ? "a frame held out" : `frame ${number}`}`,
      problem:
        `atom ${Math.floor(moved / 3)} (${species[Math.floor(moved / 3)]}) is in another cell than in the first frame with a polarization, ` +
        `and atom ${Math.floor(far / 3)} is more than a quarter of a cell vector from its nearest image there: whether positions are wrapped is a guess`,
      advice:
        "give unwrapped positions close to those of the first frame, with P on the same branch, or fit Born charges alone (weights: { polarization: 0 })",
    });
  const shift = toCartesian(turns, cell);
  const positions = structure.positions.map((x, p) => x - shift[p]!);
  return { ...frame, structure: { ...structure, positions } };
}
