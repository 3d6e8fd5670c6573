import { OptionError, ShapeError } from "../errors.js";
import { random } from "../math/random.js";
import { atomicMass } from "../structure/elements.js";
import type { Structure } from "../structure/structure.js";
import type { Ensemble, MdOptions } from "./options.js";
import type { MdState } from "./state.js";
import { maxwellBoltzmann } from "./velocities.js";

/** Degrees of freedom of the kinetic energy: three per mobile atom, three less where the total momentum is conserved (NVE, nothing fixed). */
export function mobileDegrees(masses: Float64Array, ensemble: Ensemble): number {
  const mobile = masses.reduce((count, m) => count + (Number.isFinite(m) ? 1 : 0), 0);
  return ensemble.kind === "nve" && mobile === masses.length ? Math.max(0, 3 * mobile - 3) : 3 * mobile;
}

/** The state before the first step: masses, start velocities, no forces yet. @throws OptionError | ShapeError */
export function startState(start: Structure, options: MdOptions): MdState {
  const n = start.species.length;
  const masses = Float64Array.from(start.species, (symbol) => options.masses?.[symbol] ?? atomicMass(symbol));
  for (const i of options.fixed ?? []) {
    if (!(Number.isInteger(i) && i >= 0 && i < n))
      throw new OptionError({ where: "md", problem: `fixed atom ${i} does not exist, atoms are 0 to ${n - 1}` });
    masses[i] = Number.POSITIVE_INFINITY;
  }
  const { ensemble } = options;
  const temperature = options.temperature ?? (ensemble.kind === "nve" ? undefined : ensemble.temperature);
  if (options.velocities && options.velocities.length !== 3 * n)
    throw new ShapeError({
      where: "md",
      problem: `${options.velocities.length} velocity components for ${n} atoms, expected ${3 * n}`,
    });
  if (!options.velocities && !(temperature !== undefined && temperature >= 0))
    throw new OptionError({
      where: "md",
      problem: "no start velocities and no temperature",
      advice: "give `velocities` or `temperature` (K)",
    });
  // A generator of its own, so that drawn and given velocities lead to the same thermostat noise.
  const rng = random((options.seed ?? 1) + 2 ** 40);
  const velocities = options.velocities?.slice() ?? maxwellBoltzmann(masses, temperature!, rng);
  masses.forEach((m, i) => {
    if (!Number.isFinite(m)) velocities.fill(0, 3 * i, 3 * i + 3);
  });
  return {
    species: start.species,
    periodic: start.periodic,
    masses,
    positions: start.positions.slice(),
    velocities,
    ...(start.cell && { cell: start.cell.slice() }),
    forces: new Float64Array(3 * n),
    energy: 0,
    step: 0,
  };
}
