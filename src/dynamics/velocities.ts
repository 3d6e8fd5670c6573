/** Velocities, kinetic energy and temperature of classical atoms. Velocities in Å/fs, masses in u. */
import type { Random } from "../math/random.js";
import { atomicMassUnit, boltzmannConstant } from "../units/constants.js";

/** Kinetic energy, eV, of the atoms that move. @param velocities [n, 3] @param masses [n], infinite for a fixed atom */
export function kineticEnergy(velocities: Float64Array, masses: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < masses.length; i++) {
    if (!Number.isFinite(masses[i]!)) continue;
    const [x, y, z] = [velocities[3 * i]!, velocities[3 * i + 1]!, velocities[3 * i + 2]!];
    sum += masses[i]! * (x * x + y * y + z * z);
  }
  return 0.5 * atomicMassUnit * sum;
}

/**
 * Kinetic temperature, K.
 * @param degrees degrees of freedom: 3 per mobile atom, minus 3 where the total momentum is conserved at zero
 */
export function temperatureOf(kinetic: number, degrees: number): number {
  return degrees > 0 ? (2 * kinetic) / (degrees * boltzmannConstant) : 0;
}

/**
 * Velocities drawn from the Maxwell–Boltzmann distribution, total momentum removed, [n, 3], Å/fs.
 * @param masses [n], u; an infinite mass gives zero velocity (a fixed atom)
 * @param temperature K
 */
export function maxwellBoltzmann(masses: Float64Array, temperature: number, rng: Random): Float64Array {
  const v = new Float64Array(3 * masses.length);
  masses.forEach((m, i) => {
    const width = Math.sqrt((boltzmannConstant * temperature) / (m * atomicMassUnit));
    for (let a = 0; a < 3; a++) v[3 * i + a] = width === 0 ? 0 : width * rng.normal();
  });
  removeDrift(v, masses);
  return v;
}

/** Sets the total momentum of the mobile atoms to zero, in place. */
export function removeDrift(velocities: Float64Array, masses: Float64Array): void {
  const p = [0, 0, 0];
  let total = 0;
  masses.forEach((m, i) => {
    if (!Number.isFinite(m)) return;
    total += m;
    for (let a = 0; a < 3; a++) p[a]! += m * velocities[3 * i + a]!;
  });
  masses.forEach((m, i) => {
    if (Number.isFinite(m)) for (let a = 0; a < 3; a++) velocities[3 * i + a]! -= p[a]! / total;
  });
}
