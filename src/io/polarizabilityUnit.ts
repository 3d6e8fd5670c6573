/** Polarizabilities come as volumes (Å³), in e·Å²/V, which is 14.4 times less, and per volume; the size of the numbers often tells which. */
import { cellVolume, type Structure } from "../structure/structure.js";

/** Below every substance: a helium atom has 0.2 Å³. */
const LEAST_PER_ATOM = 0.15;
/** Below every solid: ε∞ of solid neon is 1.24. */
const LEAST_SUSCEPTIBILITY = 0.18;
/** Denser than this a cell is a solid or a liquid, Å³ per atom. */
const CONDENSED = 40;

/**
 * Why a polarizability cannot be in Å³, or nothing if it can.
 * @param tensor row-major [3, 3]
 */
export function notCubicAngstrom(tensor: ArrayLike<number>, s: Structure): string | undefined {
  const mean = (tensor[0]! + tensor[4]! + tensor[8]!) / 3;
  const atoms = s.species.length;
  if (!(mean > 0)) return undefined;
  if (mean / atoms < LEAST_PER_ATOM)
    return `its mean is ${mean.toPrecision(3)} for ${atoms} atoms, less than ${LEAST_PER_ATOM} Å³ each, so it is hardly in Å³`;
  if (!s.cell || !s.periodic.every(Boolean)) return undefined;
  const volume = cellVolume(s.cell);
  const susceptibility = (4 * Math.PI * mean) / volume;
  if (volume / atoms < CONDENSED && susceptibility < LEAST_SUSCEPTIBILITY)
    return `in Å³ it would mean ε∞ = ${(1 + susceptibility).toFixed(2)} for a cell of ${(volume / atoms).toFixed(1)} Å³ per atom, so it is hardly in Å³`;
  return undefined;
}
