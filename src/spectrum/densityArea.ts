import { DataError } from "../errors.js";

/**
 * Area of a vibrational density over cm⁻¹ by the trapezoidal rule, by which it is divided to have area 1.
 * @throws DataError where nothing moves, or a velocity is not a number
 */
export function densityArea(wavenumbers: Float64Array, total: Float64Array, where: string): number {
  const last = wavenumbers.length - 1;
  const area = (wavenumbers[1]! - wavenumbers[0]!) * total.reduce((s, v, k) => s + (k % last === 0 ? v / 2 : v), 0);
  requireMotion(area, where);
  return area;
}

/** @param amount kinetic energy, or what is proportional to it @throws DataError where it is 0 or not a number */
export function requireMotion(amount: number, where: string): void {
  if (amount > 0 && Number.isFinite(amount)) return;
  throw new DataError({
    where,
    problem: amount === 0 ? "all velocities are 0" : "velocities are not finite numbers",
    advice: "read them from the run, or take withVelocities of its positions",
  });
}
