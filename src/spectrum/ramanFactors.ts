/** The frequency-dependent prefactor of Raman intensities (Grumet et al. 2024, eq. 3), factor by factor. */
import { OptionError } from "../errors.js";
import { boltzmannConstant, hbar } from "../units/constants.js";
import { type Correction, laserFactor, type RamanFactor, requirePositive, thermalFactor } from "./corrections.js";

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

/** @throws OptionError for an unknown factor, or a temperature or wavelength that is not positive */
export function ramanPrefactor(options: RamanPrefactor): ChosenFactors {
  const factors = new Set(options.factors ?? RAMAN_FACTORS);
  for (const f of factors)
    if (!RAMAN_FACTORS.includes(f))
      throw new OptionError({
        where: "raman",
        problem: `unknown factor "${f}"`,
        advice: `known factors: ${RAMAN_FACTORS.join(", ")}`,
      });
  const temperature = requirePositive(options.temperature ?? 300, "temperature", "K");
  const laser = requirePositive(options.laser ?? 532, "laser", "nm");
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
