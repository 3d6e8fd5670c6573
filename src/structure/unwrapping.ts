/** Positions without jumps across the cell faces, frame by frame as they come. */
import { DataError } from "../errors.js";
import { inverse3 } from "../math/matrix3.js";
import { type ImageReducer, imageReducer } from "./minimumImage.js";
import type { Periodicity } from "./structure.js";

/** The atoms whose path is followed. */
interface Followed {
  readonly species: readonly string[];
  readonly periodic: Periodicity;
}

/** Moves the atoms of the next frame to the images nearest to where they were, in place. @param positions [n, 3], Å @param cell rows, Å */
export type Unwrapper = (positions: Float64Array, cell: Float64Array | undefined) => void;

/** Largest step between frames that is certain to be the shortest image, as a fraction of a cell vector. */
const LIMIT = 0.45;

/** A cell with what depends on it. */
interface PreparedCell {
  readonly cell: Float64Array;
  readonly inverse: Float64Array;
  readonly reduce: ImageReducer;
}

/**
 * Follows the atoms from the first frame on. Works for variable cells, in which "nearest" refers to fractional coordinates in the later
 * cell; positions change by whole cell vectors of their own frame only.
 * @param strict who asks: then a step of almost half a cell vector, which makes the path a guess, is an error
 * @throws DataError if there are periodic directions but no cell; with `strict` naming frame and atom
 */
export function unwrapper({ species, periodic }: Followed, strict?: string): Unwrapper {
  if (!periodic.some(Boolean)) return () => {};
  let known: PreparedCell | undefined;
  let before: Float64Array | undefined;
  let frame = 0;
  return (positions, cell) => {
    if (!cell) throw new DataError({ where: "unwrap", problem: "periodic directions but no cell" });
    const last = known;
    known = last?.cell.every((x, k) => x === cell[k]) ? last : prepare(cell, periodic);
    if (last && before) {
      toNearest(positions, before, last, known);
      if (strict !== undefined) requireSmallSteps(positions, before, last, known, species, periodic, strict, frame);
    }
    before = positions.slice();
    frame++;
  };
}

function prepare(cell: Float64Array, periodic: Periodicity): PreparedCell {
  return { cell: cell.slice(), inverse: inverse3(cell), reduce: imageReducer(cell, periodic) };
}

function toNearest(positions: Float64Array, before: Float64Array, last: PreparedCell, now: PreparedCell): void {
  const step = new Float64Array(3);
  const image = new Float64Array(3);
  const carried = new Float64Array(3);
  for (let p = 0; p < positions.length; p += 3) {
    // The previous position, carried along by the cell.
    for (let c = 0; c < 3; c++) carried[c] = before[p + c]!;
    if (last !== now) carry(carried, last.inverse, now.cell);
    for (let c = 0; c < 3; c++) image[c] = step[c] = positions[p + c]! - carried[c]!;
    now.reduce(image, 0);
    for (let d = 0; d < 3; d++) {
      let turns = 0;
      for (let c = 0; c < 3; c++) turns += (image[c]! - step[c]!) * now.inverse[3 * c + d]!;
      turns = Math.round(turns);
      if (turns !== 0) for (let c = 0; c < 3; c++) positions[p + c]! += turns * now.cell[3 * d + c]!;
    }
  }
}

function carry(x: Float64Array, inverse: Float64Array, cell: Float64Array): void {
  const [u, v, w] = [0, 1, 2].map((d) => x[0]! * inverse[d]! + x[1]! * inverse[3 + d]! + x[2]! * inverse[6 + d]!);
  for (let c = 0; c < 3; c++) x[c] = u! * cell[c]! + v! * cell[3 + c]! + w! * cell[6 + c]!;
}

function requireSmallSteps(
  positions: Float64Array,
  before: Float64Array,
  last: PreparedCell,
  now: PreparedCell,
  species: readonly string[],
  periodic: Periodicity,
  where: string,
  frame: number,
): void {
  for (let p = 0; p < positions.length; p += 3)
    for (let d = 0; d < 3; d++) {
      if (!periodic[d]) continue;
      let step = 0;
      for (let c = 0; c < 3; c++)
        step += positions[p + c]! * now.inverse[3 * c + d]! - before[p + c]! * last.inverse[3 * c + d]!;
      if (Math.abs(step) > LIMIT)
        throw new DataError({
          where: `${where}, frame ${frame}`,
          problem: `atom ${p / 3} (${species[p / 3]}) moves by ${Math.abs(step).toFixed(2)} of cell vector ${"abc"[d]} since the frame before, so its path is a guess`,
          advice: "give consecutive frames that are closer in time",
        });
    }
}
