import type { Structure } from "../structure/structure.js";

/** Energy and its derivatives for one structure. */
export interface EnergyForces {
  /** eV */
  readonly energy: number;
  /** Minus the gradient, [n, 3], eV/Å. */
  readonly forces: Float64Array;
  /** Cauchy stress (1/V) ∂E/∂strain, [3, 3], eV/Å³, positive under tension; needed for constant pressure. */
  readonly stress?: Float64Array;
}

/** Anything that gives energies and forces: a fitted force field, a harmonic crystal, a pair potential. */
export interface Potential {
  readonly name: string;
  /** A short text that is another one for another potential; a run is resumed with the same only. */
  readonly fingerprint?: string;
  /** Must give the same bits whenever it is asked for the same structure, or a resumed run is not the same run. */
  readonly evaluate: (structure: Structure) => EnergyForces;
  /** `evaluate` by threads, to the bit, for a run of structures of these atoms; `undefined` where they would not pay. */
  readonly onThreads?: (start: Structure, workers: number | undefined) => ThreadedPotential | undefined;
  /** Its own estimate of the error of the force on the worst atom, eV/Å, where it has one. */
  readonly uncertainty?: (structure: Structure) => number;
}

/** A potential's threads, for one run. */
export interface ThreadedPotential {
  /** As `evaluate` of the potential, for structures of the atoms that it was made for. */
  readonly evaluate: (structure: Structure) => Promise<EnergyForces>;
  /** Ends the threads, whatever they are doing. */
  readonly end: () => Promise<void>;
}

/** Does a run with the potential's threads, where it has some, which are ended however the run ends. */
export async function withPotential<T>(
  potential: Potential,
  start: Structure,
  workers: number | undefined,
  run: (evaluate: (structure: Structure) => EnergyForces | Promise<EnergyForces>) => Promise<T>,
): Promise<T> {
  const threads = potential.onThreads?.(start, workers);
  if (!threads) return run(potential.evaluate);
  try {
    return await run(threads.evaluate);
  } finally {
    await threads.end();
  }
}
