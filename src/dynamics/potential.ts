import type { Structure } from "../structure/structure.js";

/** Energy and its derivatives for one structure. */
export interface EnergyForces {
  /** eV */
  readonly energy: number;
  /** Minus the gradient, [n, 3], eV/Å. */
  readonly forces: Float64Array;
  /** Cauchy stress (1/V) ∂E/∂strain, [3, 3], eV/Å³, positive under tension; only when asked for. */
  readonly stress?: Float64Array;
  /** The model's own error estimate of the worst atom, in the unit the model states; only when asked for. */
  readonly uncertainty?: number;
}

/** Anything that gives energies and forces: a fitted force field, a harmonic crystal, a pair potential. */
export interface Potential {
  readonly name: string;
  evaluate(structure: Structure, ask?: { readonly stress?: boolean; readonly uncertainty?: boolean }): EnergyForces;
}
