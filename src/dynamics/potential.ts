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
  /** Its own estimate of the error of the force on the worst atom, eV/Å, where it has one. */
  readonly uncertainty?: (structure: Structure) => number;
}
