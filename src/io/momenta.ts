/** Velocities from the momenta that ASE keeps, in its own unit √(u·eV). */
import { atomicMasses, atomicNumber } from "../structure/elements.js";
import { atomicMassUnit } from "../units/constants.js";

/** ASE's unit of velocity, √(eV/u), in Å/fs. */
const aseVelocity = 1 / Math.sqrt(atomicMassUnit);

/** Whether a per-atom column holds momenta as ASE names them. */
export function isMomenta(name: string): boolean {
  return name.toLowerCase() === "momenta";
}

/**
 * [n, 3], Å/fs; `undefined` if a mass is not known.
 * @param masses u, where the file has its own
 */
export function velocitiesOfMomenta(
  momenta: Float64Array,
  species: readonly string[],
  masses: Float64Array | undefined,
): Float64Array | undefined {
  if (!masses && !species.every(isElement)) return undefined;
  const mass = masses ?? atomicMasses(species);
  return momenta.map((p, k) => (p / mass[Math.floor(k / 3)]!) * aseVelocity);
}

function isElement(symbol: string): boolean {
  try {
    return atomicNumber(symbol) > 0;
  } catch {
    return false;
  }
}
