/**
 * Physical constants in the package's units (Å, fs, eV, e, K, u), from the SI values of CODATA 2018 (Tiesinga et al.,
 * Rev. Mod. Phys. 93, 025010); those of k_B, ħ, c, e and N_A are exact since 2019. They are written out because loading
 * mathjs, where the same values are found, takes longer than the rest of the package; a test compares them bit by bit.
 */

/** SI values by the names of mathjs: C, J/K, J·s, m/s, F/m, m, J, 1/mol, kg. */
export const SI = {
  elementaryCharge: 1.602176634e-19,
  boltzmann: 1.380649e-23,
  reducedPlanckConstant: 1.0545718176461565e-34,
  speedOfLight: 299792458,
  electricConstant: 8.8541878128e-12,
  bohrRadius: 5.29177210903e-11,
  hartreeEnergy: 4.3597447222071e-18,
  avogadro: 6.02214076e23,
  atomicMass: 1.6605390666e-27,
} as const;

/** Elementary charge in C; also 1 eV in J. */
export const elementaryChargeSi: number = SI.elementaryCharge;

/** Boltzmann constant k_B, eV/K. */
export const boltzmannConstant: number = SI.boltzmann / elementaryChargeSi;

/** Reduced Planck constant ħ, eV·fs. */
export const hbar: number = (SI.reducedPlanckConstant / elementaryChargeSi) * 1e15;

/** Speed of light, cm/s. */
export const speedOfLightCm: number = SI.speedOfLight * 100;

/** Speed of light, Å/fs. */
export const speedOfLightInternal: number = SI.speedOfLight * 1e-5;

/** Vacuum permittivity ε₀, e/(V·Å), that is e²/(eV·Å). */
export const vacuumPermittivity: number = (SI.electricConstant / elementaryChargeSi) * 1e-10;

/** Coulomb constant 1/(4πε₀), eV·Å/e²: about 14.4. */
export const coulombConstant: number = 1 / (4 * Math.PI * vacuumPermittivity);

/** Å per bohr. */
export const angstromPerBohr: number = SI.bohrRadius * 1e10;

/** eV per hartree. */
export const electronvoltPerHartree: number = SI.hartreeEnergy / elementaryChargeSi;

/** eV (per particle) per kJ/mol. */
export const electronvoltPerKilojoulePerMole: number = 1e3 / (SI.avogadro * elementaryChargeSi);

/** e·Å per debye; 1 D = 10⁻²¹ C·m²/s divided by c. */
export const electronAngstromPerDebye: number = (1e-21 / SI.speedOfLight / elementaryChargeSi) * 1e10;

/** eV/Å³ per GPa. */
export const electronvoltPerCubicAngstromPerGigapascal: number = 1e-21 / elementaryChargeSi;

/** fs per atomic unit of time, ħ/E_h. */
export const femtosecondPerAtomicTime: number = hbar / electronvoltPerHartree;

/**
 * Atomic mass unit u in the mass unit that belongs to eV, Å and fs: eV·fs²/Å². A force in eV/Å divided by (mass in u
 * times this) is an acceleration in Å/fs².
 */
export const atomicMassUnit: number = (SI.atomicMass / elementaryChargeSi) * 1e10;
