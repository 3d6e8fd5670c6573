/** Masses that a caller may give in place of the standard ones. */
import { ShapeError } from "../errors.js";
import { atomicMasses } from "./elements.js";

/**
 * The masses given, checked, or the standard atomic weights, u, [n].
 * @throws ShapeError unless there is one finite mass above 0 per atom
 */
export function massesOf(species: readonly string[], given: Float64Array | undefined, where: string): Float64Array {
  if (!given) return atomicMasses(species);
  const wrong = given.findIndex((m) => !(m > 0 && Number.isFinite(m)));
  if (given.length !== species.length || wrong >= 0)
    throw new ShapeError({
      where,
      problem: `${given.length} masses for ${species.length} atoms${wrong < 0 ? "" : `, that of atom ${wrong} is ${given[wrong]}`}; all must be positive`,
      advice: "give one mass in u per atom, in the order of the atoms",
    });
  return given;
}
