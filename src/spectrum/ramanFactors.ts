/** The frequency-dependent prefactor of Raman intensities (Grumet et al. 2024, eq. 3), factor by factor. */
import type { Fields } from "../options/record.js";
import { list, oneOf, positive } from "../options/values.js";
import { boltzmannConstant, hbar } from "../units/constants.js";
import { type Correction, laserFactor, type RamanFactor, thermalFactor } from "./corrections.js";

/** Every factor of eq. 3. */
export const RAMAN_FACTORS: readonly RamanFactor[] = ["thermal", "laser", "inverseFrequency"];

export interface RamanPrefactor {
  /**
   * Factors of eq. 3 to apply, default all: `thermal` 1/(1 − e^{−ħω/k_BT}), `laser` (1 − ω/ω_in)⁴ and `inverseFrequency`
   * 1/ω with ω in rad/fs.
   */
  readonly factors?: readonly RamanFactor[];
  /** K, default 300. */
  readonly temperature?: number;
  /** Wavelength of the incoming light, nm, default 532. */
  readonly laser?: number;
}

/** The chosen factors as one function of ω (rad/fs), and their record. */
export interface ChosenFactors {
  readonly factors: ReadonlySet<RamanFactor>;
  /** ω² (from α to α̇) times the factors, with their limit at ω = 0. */
  weight(omega: number): number;
  readonly record: readonly Correction[];
}

export const PREFACTOR_FIELDS = {
  factors: list(oneOf(RAMAN_FACTORS)).default(RAMAN_FACTORS),
  temperature: positive("K").default(300),
  laser: positive("nm").default(532),
} satisfies Fields<RamanPrefactor>;

/** @param chosen as read by {@link PREFACTOR_FIELDS} */
export function ramanPrefactor(chosen: Required<RamanPrefactor>): ChosenFactors {
  const factors = new Set(chosen.factors);
  const { temperature, laser } = chosen;
  const all: Readonly<Record<RamanFactor, Correction>> = {
    thermal: { kind: "thermal", temperature },
    laser: { kind: "laser", wavelength: laser },
    inverseFrequency: { kind: "inverseFrequency" },
  };
  const [thermal, inverse] = [factors.has("thermal"), factors.has("inverseFrequency")];
  return {
    factors,
    weight: (omega) => {
      // Together ω²·(1/ω)·(k_BT/ħω) stays finite at ω = 0; either alone leaves a power of ω.
      if (omega === 0) return thermal && inverse ? (boltzmannConstant * temperature) / hbar : 0;
      return (
        (inverse ? omega : omega * omega) *
        (thermal ? thermalFactor(omega, temperature) : 1) *
        (factors.has("laser") ? laserFactor(omega, laser) : 1)
      );
    },
    record: RAMAN_FACTORS.filter((f) => factors.has(f)).map((f) => all[f]),
  };
}
