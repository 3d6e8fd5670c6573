/** {R|t}: x → R·x + t maps the structure onto itself. */
export interface SymmetryOperation {
  /** Orthogonal 3×3 matrix, row-major, Cartesian. */
  readonly rotation: Float64Array;
  /** [3], Å. */
  readonly translation: Float64Array;
  /** Atom i lands on atom permutation[i] (or one of its periodic images). */
  readonly permutation: Int32Array;
}
