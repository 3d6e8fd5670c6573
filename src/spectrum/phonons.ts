/** Normal modes at the Γ point. */
import { DataError, OptionError, ShapeError } from "../errors.js";
import { symmetricEigen } from "../math/eigen.js";
import { dot, type Matrix, matrix } from "../math/matrix.js";
import { type Fields, kinds, readOptions, record } from "../options/record.js";
import { checkedBy, doubles, isArrayLike } from "../options/values.js";
import { massesOf } from "../structure/masses.js";
import { cellVolume, type Structure } from "../structure/structure.js";
import { atomicMassUnit, vacuumPermittivity } from "../units/constants.js";
import { angularToWavenumber } from "../units/frequency.js";
import type { ForceConstants } from "./forceConstants.js";
import { type RigidMotion, rigidMotions } from "./rigidMotion.js";

/** Normal modes in order of frequency. */
export interface NormalModes {
  readonly structure: Structure;
  /** u, length n. */
  readonly masses: Float64Array;
  /** cm⁻¹, length 3n; negative for an imaginary frequency (an unstable mode). */
  readonly wavenumbers: Float64Array;
  /** Orthonormal eigenvectors e of the mass-weighted force constants as rows, [3n, 3n]: x_i = Q e_i/√m_i. */
  readonly eigenvectors: Matrix;
}

export interface NormalModeOptions {
  /** u, default standard atomic weights. */
  readonly masses?: Float64Array;
  /**
   * Direction of approach to Γ with what the long-range field needs (see {@link nonAnalyticTerm}); without it, and for
   * molecules, the modes are those at zero field: transverse optical.
   */
  readonly nonAnalytic?: NonAnalytic;
  /**
   * Translations, and rotations of a molecule: `project` (default) takes them out of the force constants and gives them as the modes at 0;
   * `leave` diagonalizes the force constants as they are.
   */
  readonly rigidMotion?: { readonly kind: "project" | "leave" };
}

/** What splits longitudinal from transverse modes. */
export interface NonAnalytic {
  /** q, any length, Cartesian [3]. */
  readonly direction: ArrayLike<number>;
  /** Born charges, [n, 3 (field), 3 (displacement)], e. */
  readonly bornCharges: Float64Array;
  /** ε∞, [3, 3]. */
  readonly epsilonInfinity: Float64Array;
}

const OPTIONS = record({
  masses: doubles().optional(),
  nonAnalytic: record({
    direction: checkedBy<ArrayLike<number>>(isArrayLike, "three numbers"),
    bornCharges: doubles(),
    epsilonInfinity: doubles(),
  } satisfies Fields<NonAnalytic>).optional(),
  rigidMotion: kinds({ project: {}, leave: {} }).default({ kind: "project" }),
} satisfies Fields<NormalModeOptions>);

/**
 * Normal modes from force constants: D = Φ_ij/√(m_i m_j) = Σ ω² e eᵀ.
 * @throws ShapeError if a list does not have one entry per atom, or a mass is not positive
 */
export function normalModes(constants: ForceConstants, options: NormalModeOptions = {}): NormalModes {
  const { nonAnalytic, ...read } = readOptions(OPTIONS, options, "normalModes");
  const { structure } = constants;
  const n = structure.species.length;
  const masses = massesOf(structure.species, read.masses, "normalModes");
  const field = nonAnalytic && nonAnalyticTerm(structure, nonAnalytic);
  const dynamical = matrix(3 * n, 3 * n);
  for (let i = 0; i < 3 * n; i++)
    for (let j = 0; j < 3 * n; j++) {
      const p = i * 3 * n + j;
      const phi = constants.values.values[p]! + (field?.values[p] ?? 0);
      dynamical.values[p] = phi / Math.sqrt(masses[Math.floor(i / 3)]! * masses[Math.floor(j / 3)]!);
    }
  const { values, eigenvectors } =
    read.rigidMotion.kind === "project"
      ? withoutMotions(dynamical, rigidMotions(structure, masses))
      : eigenRows(dynamical);
  return {
    structure,
    masses,
    wavenumbers: values.map((v) => Math.sign(v) * angularToWavenumber(Math.sqrt(Math.abs(v) / atomicMassUnit))),
    eigenvectors,
  };
}

/** Eigenvalues in ascending order with eigenvectors as rows. */
function eigenRows(m: Matrix): { readonly values: Float64Array; readonly eigenvectors: Matrix } {
  const { values, vectors } = symmetricEigen(m);
  const eigenvectors = matrix(m.rows, m.rows);
  for (let k = 0; k < m.rows; k++)
    for (let c = 0; c < m.rows; c++) eigenvectors.values[k * m.rows + c] = vectors.values[c * m.rows + k]!;
  return { values, eigenvectors };
}

/** Eigenvectors across the motions as a whole, and these themselves with the eigenvalue 0. */
function withoutMotions(d: Matrix, motions: readonly RigidMotion[]): ReturnType<typeof eigenRows> {
  const n = d.rows;
  const projected = matrix(n, n);
  projected.values.set(d.values);
  for (const { vector } of motions) {
    // (1 − vvᵀ) D (1 − vvᵀ), one motion after the other.
    const image = Float64Array.from({ length: n }, (_, i) =>
      dot(projected.values.subarray(i * n, (i + 1) * n), vector),
    );
    const own = dot(image, vector);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++)
        projected.values[i * n + j]! += own * vector[i]! * vector[j]! - image[i]! * vector[j]! - vector[i]! * image[j]!;
  }
  // Moved above every vibration, where they are told apart.
  const above = 1 + 2 * d.values.reduce((most, v) => Math.max(most, Math.abs(v)), 0) * n;
  for (const { vector } of motions)
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) projected.values[i * n + j]! += above * vector[i]! * vector[j]!;
  const { values, eigenvectors } = eigenRows(projected);
  const vibrations = n - motions.length;
  const rows = [
    ...Array.from({ length: vibrations }, (_, k) => ({
      value: values[k]!,
      vector: eigenvectors.values.subarray(k * n, (k + 1) * n),
    })),
    ...motions.map(({ vector }) => ({ value: 0, vector })),
  ].sort((a, b) => a.value - b.value);
  const sorted = matrix(n, n);
  rows.forEach(({ vector }, k) => {
    sorted.values.set(vector, k * n);
  });
  return { values: Float64Array.from(rows, (r) => r.value), eigenvectors: sorted };
}

function requireFinite(name: string, values: Float64Array): void {
  const p = values.findIndex((v) => !Number.isFinite(v));
  if (p < 0) return;
  throw new DataError({ where: "nonAnalyticTerm", problem: `number ${p} of the ${name} is ${values[p]}` });
}

/**
 * Force constants of the macroscopic field as q → 0 along a direction (Born and Huang; Pick, Cohen and Martin,
 * Phys. Rev. B 1, 910 (1970)): e²/(ε₀V) (q·Z*_i)_α (q·Z*_j)_β/(q·ε∞·q), eV/Å².
 * @returns [3n, 3n]
 * @throws OptionError for a direction of no length or a structure without cell
 * @throws DataError for a Born charge or an ε∞ that is not finite
 */
export function nonAnalyticTerm(s: Structure, { direction, bornCharges, epsilonInfinity }: NonAnalytic): Matrix {
  const n = s.species.length;
  if (!s.cell) throw new OptionError({ where: "nonAnalyticTerm", problem: "a molecule has no longitudinal modes" });
  if (bornCharges.length !== 9 * n || epsilonInfinity.length !== 9 || direction.length !== 3)
    throw new ShapeError({
      where: "nonAnalyticTerm",
      problem: `${bornCharges.length} Born charge components for ${n} atoms, ${epsilonInfinity.length} of ε∞, ${direction.length} of q`,
    });
  requireFinite("Born charges", bornCharges);
  requireFinite("ε∞", epsilonInfinity);
  let screening = 0;
  for (let p = 0; p < 9; p++) screening += direction[Math.floor(p / 3)]! * epsilonInfinity[p]! * direction[p % 3]!;
  if (!(screening > 0 && Number.isFinite(screening)))
    throw new OptionError({
      where: "nonAnalyticTerm",
      problem: `q·ε∞·q is ${screening}`,
      advice: "give a direction other than 0",
    });
  const charge = Float64Array.from({ length: 3 * n }, (_, c) => {
    let sum = 0;
    for (let g = 0; g < 3; g++) sum += direction[g]! * bornCharges[9 * Math.floor(c / 3) + 3 * g + (c % 3)]!;
    return sum;
  });
  const scale = 1 / (vacuumPermittivity * cellVolume(s.cell) * screening);
  const result = matrix(3 * n, 3 * n);
  for (let i = 0; i < 3 * n; i++)
    for (let j = 0; j < 3 * n; j++) result.values[i * 3 * n + j] = scale * charge[i]! * charge[j]!;
  return result;
}
