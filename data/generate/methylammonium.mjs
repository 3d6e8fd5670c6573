// methylammonium.mjs: the normal modes of a methylammonium ion in its cage, named. Needs the built package (npm run build).
import { spectensor } from "./learned.mjs";

const { dynamics, forceConstants, spectra, structure } = spectensor;

/** @typedef {import("#built/index.js").Structure} Structure */
/** @typedef {ReturnType<typeof spectensor.normalModes>} NormalModes */

/** Atoms of every ion: carbon and nitrogen of a bond, and the hydrogens nearest to either. @param {Structure} s @returns {number[][]} */
export function ions(s) {
  const near = structure.neighborList(s, 1.75);
  return s.species.flatMap((symbol, c) => {
    if (symbol !== "C") return [];
    const around = (/** @type {number} */ i) => [...near.index.subarray(near.first[i], near.first[i + 1])];
    const n = around(c).find((j) => s.species[j] === "N");
    const bonded = (/** @type {number} */ i) => around(i).filter((j, k) => s.species[j] === "H" && near.distances[near.first[i] + k] < 1.4);
    const atoms = n === undefined ? [] : [c, n, ...bonded(c), ...bonded(n)];
    if (atoms.length !== 8) throw new TypeError(`the ion of atom ${c} has ${atoms.length} atoms`);
    return [atoms];
  });
}

/**
 * Modes of the first ion at the minimum below a structure, what else there is standing still, and the names of the modes.
 * @param {Structure} start @param {ReturnType<typeof spectensor.forceFieldPotential>} potential
 */
export async function modesOfIon(start, potential) {
  const { structure: relaxed } = await dynamics.relax(start, potential, { maxForce: 0.005 });
  const constants = forceConstants(relaxed, dynamics.potentialDisplacements(relaxed, potential), { symmetry: { kind: "none" } });
  const modes = spectra.moleculeModes(constants, ions(relaxed)[0]);
  return { modes, names: namesOf(modes) };
}

/**
 * By what moves: the shares of either end, and how far carbon and nitrogen move along their axis, which only modes do that keep it as an axis
 * of symmetry. @param {NormalModes} modes of {@link ions}' order: C N, three H of C, three of N @returns {string[]}
 */
function namesOf({ structure: s, wavenumbers, eigenvectors }) {
  const axis = [0, 1, 2].map((c) => s.positions[3 + c] - s.positions[c]);
  const length = Math.hypot(...axis);
  return Array.from(wavenumbers, (wavenumber, k) => {
    const e = (/** @type {number} */ i) => eigenvectors.values.subarray(24 * k + 3 * i, 24 * k + 3 * i + 3);
    const methyl = [0, 2, 3, 4].reduce((sum, i) => sum + e(i).reduce((q, v) => q + v * v, 0), 0);
    const axial = [0, 1].reduce((sum, i) => sum + (e(i).reduce((q, v, c) => q + v * axis[c], 0) / length) ** 2, 0);
    const end = methyl > 0.5 ? "CH₃" : "NH₃";
    if (wavenumber < 100) return "whole ion";
    if (wavenumber < 600) return "torsion";
    if (axial > 0.5) return "C–N stretch";
    if (wavenumber < 1350) return wavenumber < 1100 ? "lower rock" : "upper rock";
    return wavenumber > 2000 ? `${end} stretch` : `${end} ${axial > 0.05 ? "umbrella" : "bend"}`;
  });
}
