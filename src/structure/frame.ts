import type { Structure } from "./structure.js";

/**
 * One configuration with whatever was computed for it; what files of first-principles data hold.
 * All tensors are row-major and in the units of this package, converted by the reader.
 */
export interface Frame {
  readonly structure: Structure;
  /** fs */
  readonly time?: number;
  /** Potential energy, eV. */
  readonly energy?: number;
  /** [n, 3], eV/Å */
  readonly forces?: Float64Array;
  /** [n, 3], Å/fs */
  readonly velocities?: Float64Array;
  /** Cauchy stress [3, 3], eV/Å³, positive under tension. */
  readonly stress?: Float64Array;
  /** Dipole moment of a molecule or polarization of a cell (extensive), [3], e·Å. */
  readonly polarization?: Float64Array;
  /** [3, 3], Å³ */
  readonly polarizability?: Float64Array;
  /** High-frequency dielectric tensor ε∞, [3, 3]. */
  readonly dielectric?: Float64Array;
  /** Born effective charges Z*_{i,αβ} = ∂P_α/∂x_{iβ}, [n, 3 (field), 3 (displacement)], e. */
  readonly bornCharges?: Float64Array;
  /** What the file holds as nan or infinite and is left out: field (or the file's own name) → the file's name. */
  readonly notFinite?: Readonly<Record<string, string>>;
  /** Other per-frame values by the name they have in the file. */
  readonly info?: Readonly<Record<string, number | string | boolean | Float64Array>>;
  /** Other per-atom values by the name they have in the file, [n, k]. */
  readonly arrays?: Readonly<Record<string, Float64Array | readonly string[]>>;
}

/** Chemical symbols of frames, sorted. */
export function speciesOf(frames: readonly Frame[]): string[] {
  return [...new Set(frames.flatMap((f) => f.structure.species))].sort();
}
