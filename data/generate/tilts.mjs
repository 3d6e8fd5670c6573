// tilts.mjs: how much of a phase's tilted octahedra a structure still has. Needs the built package (npm run build).
import { spectensor } from "./learned.mjs";

const { minimumImage, neighborList } = spectensor.structure;

/** @typedef {import("#built/index.js").Structure} Structure */

/**
 * Where each iodine lies off the middle of the two leads it bridges, in the reference and with other positions of its atoms: the part of the
 * reference's pattern that the other has. 1: the same tilts as large; 0: none, or others; -1: all turned the other way.
 * @param {Structure} reference @param {Float64Array} now [n, 3], Å
 */
export function tiltsKept(reference, now) {
  const near = neighborList(reference, 4);
  let [both, own] = [0, 0];
  reference.species.forEach((symbol, iodine) => {
    if (symbol !== "I") return;
    const leads = [...near.index.subarray(near.first[iodine], near.first[iodine + 1])].filter((j) => reference.species[j] === "Pb");
    if (leads.length !== 2) throw new TypeError(`iodine ${iodine} has ${leads.length} leads within 4 Å`);
    const [before, after] = [reference.positions, now].map((positions) => offMiddle({ ...reference, positions }, iodine, leads));
    both += before.reduce((sum, v, c) => sum + v * after[c], 0);
    own += before.reduce((sum, v) => sum + v * v, 0);
  });
  return both / own;
}

/** @param {Structure} s @param {number} atom @param {number[]} leads @returns {number[]} Å */
function offMiddle({ positions, cell, periodic }, atom, leads) {
  const sides = Float64Array.from(leads.flatMap((j) => [0, 1, 2].map((c) => positions[3 * atom + c] - positions[3 * j + c])));
  const nearest = minimumImage(sides, cell, periodic);
  return [0, 1, 2].map((c) => (nearest[c] + nearest[3 + c]) / 2);
}
