/** Current Ṗ, the time derivative of the polarization. */
import { ShapeError, UnitError } from "../errors.js";
import { readOptions } from "../options/record.js";
import { frameCount, requireVelocities, type Trajectory } from "../structure/trajectory.js";
import { requireVector } from "./components.js";
import { convertSeries } from "./convert.js";
import { DERIVATIVE_SCHEME, type DerivativeScheme, differentiate } from "./differentiate.js";
import { createSeries, seriesLength, type TensorSeries, UNIT_OF } from "./tensorSeries.js";

/**
 * Ṗ_α(t) = Σ_iβ Z*_{i,αβ}(t) v_{iβ}(t) (Schmiedmayer & Kresse 2024, eq. 4).
 * @param charges Born effective charges, [n, 3 (field), 3 (displacement)], e: one frame for constant charges or one per frame
 * @param trajectory with velocities, Å/fs
 * @returns current, e·Å/fs
 * @throws ShapeError if numbers of atoms or frames differ
 * @throws DataError without velocities (a polarization has its derivative by {@link polarizationRate}); UnitError if time steps differ
 */
export function bornCurrent(charges: TensorSeries, trajectory: Trajectory): TensorSeries {
  const where = `current from ${charges.origin}`;
  const velocities = requireVelocities(trajectory, where);
  const { species } = trajectory;
  const atoms = species.length;
  const frames = frameCount(trajectory);
  if (charges.quantity !== "bornCharges" || charges.shape[0] !== atoms)
    throw new ShapeError({
      where,
      problem: `expected Born charges of ${atoms} atoms, found ${charges.quantity} of shape [${charges.shape.join(", ")}]`,
    });
  const given = seriesLength(charges);
  if (given !== 1 && given !== frames)
    throw new ShapeError({ where, problem: `charges for ${given} frames, velocities for ${frames}` });
  const step = trajectory.timestep ?? charges.timestep;
  if (given > 1 && Math.abs(step - charges.timestep) > 1e-9 * step)
    throw new UnitError({ where, problem: `charges every ${charges.timestep} fs, velocities every ${step} fs` });
  const z = convertSeries(charges, UNIT_OF.bornCharges).values;
  const values = new Float64Array(3 * frames);
  for (let f = 0; f < frames; f++) {
    const from = given === 1 ? 0 : 9 * atoms * f;
    for (let i = 0; i < atoms; i++) {
      const v = 3 * (f * atoms + i);
      for (let a = 0; a < 3; a++) {
        const row = from + 9 * i + 3 * a;
        values[3 * f + a]! +=
          z[row]! * velocities[v]! + z[row + 1]! * velocities[v + 1]! + z[row + 2]! * velocities[v + 2]!;
      }
    }
  }
  return createSeries({
    quantity: "current",
    shape: [3],
    values,
    timestep: step,
    origin: charges.origin,
    ...(charges.volume !== undefined && { volume: charges.volume }),
  });
}

/**
 * Current from a polarization by a time derivative: `forward` in the middle of each interval, `central` at the inner frames, `spectral` at all.
 * @param polarization on one branch (see unwrapPolarization)
 * @param scheme default central
 * @throws ShapeError | UnitError unless it is a polarization; OptionError for an unknown scheme
 * @returns current, e·Å/fs
 */
export function polarizationRate(
  polarization: TensorSeries,
  scheme: DerivativeScheme = { kind: "central" },
): TensorSeries {
  readOptions(DERIVATIVE_SCHEME, scheme, "polarizationRate");
  requireVector(polarization, "a current");
  if (polarization.quantity !== "polarization")
    throw new UnitError(
      `the current is the derivative of a polarization, found ${polarization.quantity} (${polarization.origin})`,
    );
  const p = convertSeries(polarization, UNIT_OF.polarization);
  const rates = [0, 1, 2].map((i) =>
    differentiate(
      Float64Array.from({ length: seriesLength(p) }, (_, f) => p.values[3 * f + i]!),
      p.timestep,
      scheme,
    ),
  );
  const values = new Float64Array(3 * rates[0]!.length);
  rates.forEach((r, i) => {
    for (let f = 0; f < r.length; f++) values[3 * f + i] = r[f]!;
  });
  return { ...p, quantity: "current", unit: UNIT_OF.current, values };
}
