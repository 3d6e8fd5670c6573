// Derivatives of the features of each centre with respect to one atom, not summed over centres.

import { at, int } from "./product";
import {
  BLOCK_BYTES,
  blockCount,
  blocks,
  channelStride,
  components,
  features,
  first,
  kinds,
  neighbors,
  offsets,
  order,
  row,
  scratch,
  species,
} from "./settings";
import { addSlopes, asCentre, asNeighbor, differentiateDensities, twoBodySlopes } from "./designRows";

/** Where the derivatives of a centre's features stand, [2λ+1][3][features]. */
@inline
function place(out: usize, slots: usize, centre: i32): usize {
  return at(out, int(slots, centre) * components * 3 * features);
}

/**
 * Adds the derivatives of the three-body features of all centres with respect to the approached atom to `out`,
 * [slots][2λ+1][3][features] and PAD doubles of slack; `slots` gives the slot of each centre. For the others see threeBodyRows.
 */
export function threeBodyJacobian(atom: i32, partners: usize, rows: i32, slots: usize, out: usize): void {
  const p0 = int(first, atom * kinds);
  const own = int(species, atom);
  const line = features;
  const d = differentiateDensities(atom);
  const count = int(first, (atom + 1) * kinds) - p0;
  for (let k = 0; k < blockCount; k++) {
    const block = blocks + <usize>k * BLOCK_BYTES;
    for (let m = 0; m < components; m++) {
      for (let j = 0; j < count; j++) {
        const centre = int(neighbors, p0 + j);
        if (centre >= 0) asNeighbor(block, m, p0, j, 1, partners, rows, own, place(out, slots, centre), line);
      }
      asCentre(block, m, at(partners, atom * rows * channelStride), d, place(out, slots, atom), line);
    }
  }
}

/** The same for two-body features, the first of which is `offset`. */
export function twoBodyJacobian(atom: i32, offset: i32, slots: usize, out: usize): void {
  const p0 = int(first, atom * kinds);
  const own = int(species, atom);
  const sum = at(scratch, row);
  for (let s = 0; s < kinds; s++)
    for (let p = int(first, atom * kinds + s); p < int(first, atom * kinds + s + 1); p++) {
      const centre = int(neighbors, p);
      if (centre < 0) continue;
      for (let m = 0; m < components; m++)
        for (let axis = 0; axis < 3; axis++) {
          const line = (m * 3 + axis) * features + offset;
          twoBodySlopes(m, axis, p - p0, 1, sum);
          addSlopes(sum, 1, at(place(out, slots, centre), line + int(offsets, own)));
          addSlopes(sum, order & 1 ? -1 : 1, at(place(out, slots, atom), line + int(offsets, s)));
        }
    }
}
