/** One step of each integrator, in place. `evaluate` refreshes forces, energy and stress of the state, at once or by and by. */
import type { Random } from "../math/random.js";
import { cellVolume } from "../structure/structure.js";
import {
  atomicMassUnit,
  boltzmannConstant,
  electronvoltPerCubicAngstromPerGigapascal as gigapascal,
} from "../units/constants.js";
import type { Ensemble } from "./options.js";
import type { MdState } from "./state.js";
import { kineticEnergy } from "./velocities.js";

type Evaluate = () => Promise<void>;

function kick(state: MdState, dt: number): void {
  const { velocities, forces, masses } = state;
  for (let i = 0; i < masses.length; i++) {
    const f = dt / (masses[i]! * atomicMassUnit);
    for (let a = 3 * i; a < 3 * i + 3; a++) velocities[a]! += f * forces[a]!;
  }
}

function drift(state: MdState, dt: number): void {
  const { positions, velocities } = state;
  for (let a = 0; a < positions.length; a++) positions[a]! += dt * velocities[a]!;
}

/** Velocity Verlet. @param dt fs */
export async function velocityVerlet(state: MdState, dt: number, evaluate: Evaluate): Promise<void> {
  kick(state, dt / 2);
  drift(state, dt);
  await evaluate();
  kick(state, dt / 2);
}

type Thermostat = Exclude<Ensemble, { readonly kind: "nve" }>;

/** Langevin dynamics, BAOAB: half kick, half drift, Ornstein–Uhlenbeck, half drift, half kick. @param dt fs */
export async function baoab(
  state: MdState,
  dt: number,
  thermostat: Thermostat,
  rng: Random,
  evaluate: Evaluate,
): Promise<void> {
  kick(state, dt / 2);
  drift(state, dt / 2);
  const c = Math.exp((-dt * (thermostat.friction ?? 10)) / 1000);
  for (let i = 0; i < state.masses.length; i++) {
    const m = state.masses[i]!;
    if (!Number.isFinite(m)) continue;
    const width = Math.sqrt(((1 - c * c) * boltzmannConstant * thermostat.temperature) / (m * atomicMassUnit));
    for (let a = 3 * i; a < 3 * i + 3; a++) state.velocities[a] = c * state.velocities[a]! + width * rng.normal();
  }
  drift(state, dt / 2);
  await evaluate();
  kick(state, dt / 2);
}

/**
 * Isotropic stochastic cell rescaling: d ln V = −(κ/τ)(P₀ − P) dt + √(2 k_BT κ/(V τ)) dW (Bernetti and Bussi 2020, eq. 6);
 * positions scale with the cell, velocities inversely.
 */
export async function rescaleCell(
  state: MdState,
  dt: number,
  barostat: Extract<Ensemble, { readonly kind: "npt" }>,
  rng: Random,
  evaluate: Evaluate,
): Promise<void> {
  const { pressure = 0, relaxation = 500, compressibility = 0.02, temperature } = barostat;
  const kappa = compressibility / gigapascal;
  const volume = cellVolume(state.cell!);
  const s = state.stress!;
  const internal = (2 * kineticEnergy(state.velocities, state.masses)) / (3 * volume) - (s[0]! + s[4]! + s[8]!) / 3;
  const change =
    (-kappa / relaxation) * (pressure * gigapascal - internal) * dt +
    Math.sqrt((2 * boltzmannConstant * temperature * kappa * dt) / (volume * relaxation)) * rng.normal();
  const scale = Math.exp(change / 3);
  for (const a of [state.positions, state.cell!]) for (let k = 0; k < a.length; k++) a[k]! *= scale;
  for (let k = 0; k < state.velocities.length; k++) state.velocities[k]! /= scale;
  await evaluate();
}
