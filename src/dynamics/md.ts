/**
 * Molecular dynamics of classical atoms: velocity Verlet (NVE), Langevin in the BAOAB splitting (NVT; Leimkuhler and
 * Matthews, Appl. Math. Res. Express 2013, 34), and isotropic stochastic cell rescaling on top of it (NPT; Bernetti and
 * Bussi, J. Chem. Phys. 153, 114107 (2020), eq. 6). The next step depends on nothing but the state, so a run that is
 * interrupted and resumed gives the same bits as one that was not.
 */
import { DataError, OptionError } from "../errors.js";
import { random, restoreRandom } from "../math/random.js";
import { breathe } from "../progress.js";
import { checkStructure, type Structure } from "../structure/structure.js";
import { baoab, rescaleCell, velocityVerlet } from "./integrators.js";
import { type Ensemble, type MdFrame, type MdOptions, readMdOptions } from "./options.js";
import { type EnergyForces, type Potential, withPotential } from "./potential.js";
import { mobileDegrees, startState } from "./start.js";
import { type MdState, snapshot } from "./state.js";
import { kineticEnergy, temperatureOf } from "./velocities.js";

/** How a run ended, with the state to resume from. */
export interface MdResult {
  readonly state: MdState;
  readonly reason: "finished" | "interrupted";
}

/**
 * Runs molecular dynamics.
 * @param start positions in Å, unwrapped positions stay unwrapped
 * @returns the last state; after an abort by `signal` the state of the last whole step, with reason "interrupted"
 * @throws DataError if a force, the temperature or the error estimate passes its limit (frames recorded before stay recorded)
 * @throws OptionError for options that make no sense
 */
export async function md(start: Structure, potential: Potential, options: MdOptions): Promise<MdResult> {
  const { workers } = readMdOptions(start, options);
  return withPotential(potential, start, workers, (forces) => mdWith(start, potential, forces, options));
}

/** {@link md} with forces that come from elsewhere, which must be those of the potential to the bit. */
export async function mdWith(
  start: Structure,
  potential: Potential,
  forcesOf: (structure: Structure) => EnergyForces | Promise<EnergyForces>,
  options: MdOptions,
): Promise<MdResult> {
  const read = readMdOptions(start, options);
  checkStructure(start);
  const { ensemble, steps, timestep, saveEvery, maxForce, maxUncertainty, onFrame, onProgress, signal } = read;
  if (maxUncertainty !== undefined && !potential.uncertainty)
    throw new OptionError({
      where: "md",
      problem: `maxUncertainty is ${maxUncertainty} eV/Å, but ${potential.name} has no error estimate`,
      advice: "use a force field that keeps its posterior (spectensor fit forcefield --posterior)",
    });
  const state = read.resume ? snapshot(read.resume) : startState(start, read);
  const rng = state.random ? restoreRandom(state.random) : random(read.seed);
  const evaluate = async (): Promise<void> => {
    const { forces, energy, stress } = await forcesOf(structureOf(state));
    checkForces(forces, state, maxForce);
    if (ensemble.kind === "npt" && !stress)
      throw new OptionError({
        where: "md",
        problem: `constant pressure needs a stress, and ${potential.name} has none`,
      });
    state.forces = forces;
    state.energy = energy;
    if (stress) state.stress = stress;
  };
  const recordFrame = async (): Promise<void> => {
    const frame = record(state, timestep, ensemble);
    if (maxUncertainty === undefined) return onFrame?.(frame);
    const uncertainty = potential.uncertainty?.(frame.structure);
    // The frame comes first: it is the one to learn from.
    await onFrame?.({ ...frame, ...(uncertainty !== undefined && { uncertainty }) });
    checkUncertainty(uncertainty, state, maxUncertainty);
  };
  await evaluate();
  const hottest = read.maxTemperature ?? temperatureLimit(state, read);
  if (!read.resume) await recordFrame();

  while (state.step < steps) {
    if (signal?.aborted) return { state, reason: "interrupted" };
    if (ensemble.kind === "nve") await velocityVerlet(state, timestep, evaluate);
    else await baoab(state, timestep, ensemble, rng, evaluate);
    if (ensemble.kind === "npt") await rescaleCell(state, timestep, ensemble, rng, evaluate);
    state.step++;
    state.random = rng.state;
    checkTemperature(state, ensemble, hottest);
    if (state.step % saveEvery === 0) await recordFrame();
    if (state.step % 16 === 0 || state.step === steps) {
      onProgress?.({ label: "molecular dynamics", done: state.step, total: steps, unit: "steps" });
      await breathe();
    }
  }
  return { state, reason: "finished" };
}

function structureOf(state: MdState): Structure {
  const { species, positions, periodic, cell } = state;
  return cell ? { species, positions, cell, periodic } : { species, positions, periodic };
}

function record(state: MdState, timestep: number, ensemble: Ensemble): MdFrame {
  const kinetic = kineticEnergy(state.velocities, state.masses);
  const whole = snapshot(state);
  return {
    step: state.step,
    time: state.step * timestep,
    structure: structureOf(whole),
    velocities: whole.velocities,
    forces: whole.forces,
    potentialEnergy: state.energy,
    kineticEnergy: kinetic,
    temperature: currentTemperature(state, ensemble),
  };
}

function checkForces(forces: Float64Array, state: MdState, maxForce: number): void {
  for (let k = 0; k < forces.length; k++) {
    if (Math.abs(forces[k]!) <= maxForce) continue; // false for NaN
    throw new DataError({
      where: `step ${state.step}, atom ${Math.floor(k / 3)} (${state.species[Math.floor(k / 3)]})`,
      problem: `force component ${"xyz"[k % 3]} is ${forces[k]} eV/Å, beyond the limit of ${maxForce}`,
      advice:
        "the run has left what the force field knows: use a smaller time step, a lower temperature or more training frames",
    });
  }
}

function currentTemperature({ velocities, masses }: MdState, ensemble: Ensemble): number {
  return temperatureOf(kineticEnergy(velocities, masses), mobileDegrees(masses, ensemble));
}

function temperatureLimit(state: MdState, { ensemble, temperature = 0 }: MdOptions): number {
  const thermostat = ensemble.kind === "nve" ? 0 : ensemble.temperature;
  return Math.max(1e4, 20 * Math.max(temperature, thermostat, currentTemperature(state, ensemble)));
}

function checkTemperature(state: MdState, ensemble: Ensemble, limit: number): void {
  const temperature = currentTemperature(state, ensemble);
  if (temperature <= limit) return; // false for NaN
  throw new DataError({
    where: `step ${state.step}`,
    problem: `the temperature is ${temperature.toPrecision(4)} K, beyond the limit of ${limit.toPrecision(4)}`,
    advice: "the run has blown up: use a smaller time step or a lower temperature",
  });
}

function checkUncertainty(uncertainty: number | undefined, state: MdState, limit: number): void {
  if (uncertainty !== undefined && uncertainty <= limit) return;
  throw new DataError({
    where: `step ${state.step}`,
    problem: `error estimate of the forces is ${uncertainty} eV/Å, beyond the limit of ${limit}`,
    advice: "compute this configuration from first principles and add it to the training set",
  });
}
