import { readOptions, record } from "../options/record.js";
import { positive } from "../options/values.js";
import type { DisplacedForces } from "../spectrum/displacedForces.js";
import type { Structure } from "../structure/structure.js";
import type { Potential } from "./potential.js";

const OPTIONS = record({ step: positive("Å").default(0.01) });

/**
 * Forces of a potential with every atom moved by ± `step` along x, y and z, for `forceConstants`. The pairs cancel third-order terms, and the
 * forces of the structure itself, where it is no exact minimum.
 * @param options.step Å, default 0.01
 * @throws OptionError for a step that is not positive
 */
export function potentialDisplacements(
  structure: Structure,
  potential: Potential,
  options: { readonly step?: number } = {},
): readonly DisplacedForces[] {
  const { step } = readOptions(OPTIONS, options, "potentialDisplacements");
  return Array.from({ length: 2 * structure.positions.length }, (_, k) => {
    const coordinate = k >> 1;
    const moved = k % 2 === 0 ? step : -step;
    const positions = structure.positions.slice();
    positions[coordinate]! += moved;
    const displacement = new Float64Array(3);
    displacement[coordinate % 3] = moved;
    const { forces } = potential.evaluate({ ...structure, positions });
    return { atom: Math.floor(coordinate / 3), displacement, forces };
  });
}
