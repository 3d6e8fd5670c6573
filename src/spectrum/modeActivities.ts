/** What light sees of a normal mode. */
import { DataError, ShapeError } from "../errors.js";
import { anisotropySquared, meanOfTensor } from "../series/invariants.js";
import {
  atomicMassUnit,
  electronvoltPerKilojoulePerMole,
  elementaryChargeSi,
  speedOfLightInternal,
  vacuumPermittivity,
} from "../units/constants.js";
import type { NormalModes } from "./phonons.js";

/**
 * Contraction Σ_{iβ} T_{iβ…} e_{k,iβ}/√m_i of derivatives with respect to positions into derivatives with respect to
 * the normal coordinates Q_k, per √u.
 * @param derivatives [n, 3 (displacement), ...shape]
 * @param size components of the tensor, 3 or 9
 * @returns [modes, ...shape]
 */
export function modeDerivatives(modes: NormalModes, derivatives: Float64Array, size: number): Float64Array {
  const coordinates = modes.eigenvectors.columns;
  if (derivatives.length !== coordinates * size)
    throw new ShapeError({
      where: "modeDerivatives",
      problem: `${derivatives.length} derivatives, expected ${coordinates} × ${size}`,
      advice: "give [n, 3 (displacement), ...tensor] for the atoms of the modes",
    });
  const count = modes.eigenvectors.rows;
  const result = new Float64Array(count * size);
  for (let k = 0; k < count; k++)
    for (let c = 0; c < coordinates; c++) {
      const e = modes.eigenvectors.values[k * coordinates + c]! / Math.sqrt(modes.masses[Math.floor(c / 3)]!);
      for (let a = 0; a < size; a++) result[k * size + a]! += e * derivatives[c * size + a]!;
    }
  return result;
}

/**
 * ∂P/∂Q of every mode, e/√u, [modes, 3].
 * @param bornCharges [n, 3 (field), 3 (displacement)], e
 * @throws ShapeError for another number of atoms; DataError for a charge that is not finite
 */
export function modeCharges(modes: NormalModes, bornCharges: Float64Array): Float64Array {
  if (!bornCharges.every(Number.isFinite))
    throw new DataError({ where: "modeCharges", problem: "a Born charge is not finite" });
  const transposed = bornCharges.map((_, p) => {
    const [i, b, a] = [Math.floor(p / 9), Math.floor((p % 9) / 3), p % 3];
    return bornCharges[9 * i + 3 * a + b]!;
  });
  return modeDerivatives(modes, transposed, 3);
}

/** |∂P/∂Q|² of every mode, e²/u. @param bornCharges [n, 3 (field), 3 (displacement)], e */
export function infraredIntensities(modes: NormalModes, bornCharges: Float64Array): Float64Array {
  const z = modeCharges(modes, bornCharges);
  return Float64Array.from(
    { length: z.length / 3 },
    (_, k) => z[3 * k]! ** 2 + z[3 * k + 1]! ** 2 + z[3 * k + 2]! ** 2,
  );
}

/** a′ and γ′² of ∂α/∂Q and the Raman activity of every mode. */
export interface RamanActivities {
  /** ∂α/∂Q, [modes, 3, 3], Å²/√u. */
  readonly tensors: Float64Array;
  /** a′², Å⁴/u. */
  readonly isotropic: Float64Array;
  /** γ′², Å⁴/u. */
  readonly anisotropic: Float64Array;
  /** 45a′² + 7γ′², Å⁴/u. */
  readonly activities: Float64Array;
}

/**
 * Raman activities 45a′² + 7γ′² (Long, The Raman Effect, 2002).
 * @param derivatives ∂α/∂x, [n, 3 (displacement), 3, 3], Å²
 */
export function ramanActivities(modes: NormalModes, derivatives: Float64Array): RamanActivities {
  const tensors = modeDerivatives(modes, derivatives, 9);
  if (!tensors.every(Number.isFinite))
    throw new DataError({ where: "ramanActivities", problem: "a derivative is not finite" });
  const count = tensors.length / 9;
  const isotropic = Float64Array.from({ length: count }, (_, k) => meanOfTensor(tensors, 9 * k) ** 2);
  const anisotropic = Float64Array.from({ length: count }, (_, k) => anisotropySquared(tensors, 9 * k));
  return { tensors, isotropic, anisotropic, activities: isotropic.map((a, k) => 45 * a + 7 * anisotropic[k]!) };
}

/** km/mol per e²/u: N_A/(12 ε₀c²), the integrated molar absorption (base e) of a gas; about 974.88. */
export const kilometrePerMole: number =
  1e-10 /
  (electronvoltPerKilojoulePerMole * elementaryChargeSi) /
  (12 * vacuumPermittivity * speedOfLightInternal ** 2 * atomicMassUnit);
