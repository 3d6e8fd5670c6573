import type { RandomState } from "../math/random.js";
import type { Periodicity } from "../structure/structure.js";

/** Everything the next step depends on. The integrators change it in place. */
export interface MdState {
  readonly species: readonly string[];
  readonly periodic: Periodicity;
  /** [n], u; infinite for a fixed atom */
  readonly masses: Float64Array;
  /** [n, 3], Å */
  positions: Float64Array;
  /** [n, 3], Å/fs */
  velocities: Float64Array;
  /** Rows a, b, c, Å */
  cell?: Float64Array;
  /** [n, 3], eV/Å */
  forces: Float64Array;
  /** Potential energy, eV */
  energy: number;
  /** [3, 3], eV/Å³ */
  stress?: Float64Array;
  step: number;
  /** State of the random generator. */
  random?: RandomState;
}

/** A copy that shares nothing that changes. */
export function snapshot(state: MdState): MdState {
  return {
    ...state,
    positions: state.positions.slice(),
    velocities: state.velocities.slice(),
    forces: state.forces.slice(),
    ...(state.cell && { cell: state.cell.slice() }),
    ...(state.stress && { stress: state.stress.slice() }),
  };
}
