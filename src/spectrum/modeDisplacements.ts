import { OptionError } from "../errors.js";
import type { NormalModes } from "./phonons.js";

/**
 * How the atoms move in a normal mode: e_i/√m_i, [n, 3], 1/√u, with Σ m_i|x_i|² = 1.
 * @param mode number of the mode in the order of `modes.wavenumbers`
 * @throws OptionError if there is no such mode
 */
export function modeDisplacements(modes: NormalModes, mode: number): Float64Array {
  const { masses, eigenvectors } = modes;
  if (!(Number.isInteger(mode) && mode >= 0 && mode < eigenvectors.rows))
    throw new OptionError({
      where: "modeDisplacements",
      problem: `no mode ${mode}`,
      advice: `give a number from 0 to ${eigenvectors.rows - 1}`,
    });
  const { columns, values } = eigenvectors;
  return Float64Array.from({ length: columns }, (_, c) => {
    return values[mode * columns + c]! / Math.sqrt(masses[Math.floor(c / 3)]!);
  });
}
