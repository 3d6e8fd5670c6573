/**
 * Physical constants in the package's units (Å, fs, eV, e, K, u). The SI values are those of mathjs (CODATA 2018); those
 * of k_B, ħ, c, e and N_A are exact since 2019.
 */
import {
  atomicMass,
  avogadro,
  bohrRadius,
  boltzmann,
  electricConstant,
  elementaryCharge,
  hartreeEnergy,
  reducedPlanckConstant,
  speedOfLight,
} from "mathjs";

/** Elementary charge in C; also 1 eV in J. */
export const elementaryChargeSi: number = elementaryCharge.toNumber("C");

/** Boltzmann constant k_B, eV/K. */
export const boltzmannConstant: number = boltzmann.toNumber("J/K") / elementaryChargeSi;

/** Reduced Planck constant ħ, eV·fs. */
export const hbar: number = (reducedPlanckConstant.toNumber("J s") / elementaryChargeSi) * 1e15;

/** Speed of light, cm/s. */
export const speedOfLightCm: number = speedOfLight.toNumber("cm/s");

/** Speed of light, Å/fs. */
export const speedOfLightInternal: number = speedOfLight.toNumber("m/s") * 1e-5;

/** Vacuum permittivity ε₀, e/(V·Å), that is e²/(eV·Å). */
export const vacuumPermittivity: number = (electricConstant.toNumber("F/m") / elementaryChargeSi) * 1e-10;

/** Coulomb constant 1/(4πε₀), eV·Å/e²: about 14.4. */
export const coulombConstant: number = 1 / (4 * Math.PI * vacuumPermittivity);

/** Å per bohr. */
export const angstromPerBohr: number = bohrRadius.toNumber("m") * 1e10;

/** eV per hartree. */
export const electronvoltPerHartree: number = hartreeEnergy.toNumber("J") / elementaryChargeSi;

/** eV (per particle) per kJ/mol. */
export const electronvoltPerKilojoulePerMole: number = 1e3 / (avogadro.toNumber("mol^-1") * elementaryChargeSi);

/** e·Å per debye; 1 D = 10⁻²¹ C·m²/s divided by c. */
export const electronAngstromPerDebye: number = (1e-21 / speedOfLight.toNumber("m/s") / elementaryChargeSi) * 1e10;

/** eV/Å³ per GPa. */
export const electronvoltPerCubicAngstromPerGigapascal: number = 1e-21 / elementaryChargeSi;

/** fs per atomic unit of time, ħ/E_h. */
export const femtosecondPerAtomicTime: number = hbar / electronvoltPerHartree;

/**
 * Atomic mass unit u in the mass unit that belongs to eV, Å and fs: eV·fs²/Å². A force in eV/Å divided by (mass in u
 * times this) is an acceleration in Å/fs².
 */
export const atomicMassUnit: number = (atomicMass.toNumber("kg") / elementaryChargeSi) * 1e10;
