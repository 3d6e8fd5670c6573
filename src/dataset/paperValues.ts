/** Numbers that the two papers print, for comparison; nothing here enters a computation. */

/** Where a value was printed. */
export interface Citation {
  readonly authors: string;
  readonly journal: string;
  readonly doi: string;
}

/** Grumet et al. 2024, Δ-ML of the polarizability for Raman spectra. */
export const grumet2024: Citation = {
  authors: "M. Grumet, C. von Scarpatetti, T. Bučko, D. A. Egger",
  journal: "J. Phys. Chem. C (2024)",
  doi: "10.1021/acs.jpcc.4c00886",
};

/** Schmiedmayer and Kresse 2024, derivative learning of the polarization for infrared spectra. */
export const schmiedmayer2024: Citation = {
  authors: "B. Schmiedmayer, G. Kresse",
  journal: "J. Chem. Phys. 161, 084703 (2024)",
  doi: "10.1063/5.0217243",
};

/** One row of {@link trainingSizes}: frames, the smallest number for which R² > 0.8 in both a and γ². */
export interface TrainingSize {
  readonly system: "SiO₂" | "AlN" | "Si" | "NaCl" | "H₂O" | "CH₄" | "CH₃OH";
  readonly direct: number;
  readonly delta: number;
  /** Spacing of the sizes that were tried. */
  readonly step: number;
}

/**
 * Table 1 of {@link grumet2024}: smallest training sets for R² > 0.8 in both mean polarizability and anisotropy,
 * training to validation 5:1, R² on 400 other frames.
 */
export const trainingSizes: readonly TrainingSize[] = [
  { system: "SiO₂", direct: 50, delta: 20, step: 10 },
  { system: "AlN", direct: 360, delta: 280, step: 20 },
  { system: "Si", direct: 60, delta: 60, step: 10 },
  { system: "NaCl", direct: 440, delta: 440, step: 20 },
  { system: "H₂O", direct: 10, delta: 10, step: 10 },
  { system: "CH₄", direct: 20, delta: 10, step: 10 },
  { system: "CH₃OH", direct: 10, delta: 10, step: 10 },
];

/** The criterion of {@link trainingSizes}. */
export const trainingCriterion = { rSquared: 0.8, testFrames: 400, trainingPerValidation: 5 } as const;

/**
 * Fig. 1 of {@link schmiedmayer2024} and its text, water dimer: upper bounds of the RMSPE (RMSE over the standard deviation of
 * the test set) reached by learning polarization and Born charges together, and how many configurations there were.
 */
export const waterDimer = {
  polarizationRmspe: 0.005,
  bornChargeRmspe: 0.03,
  trainingPolarizations: 500,
  trainingBornCharges: 100,
  testBornCharges: 50,
  polarizationWeight: 10,
} as const;

/** Sec. II.G and Figs. 2 and 3 of {@link schmiedmayer2024}, 64 H₂O, RPBE-D3: errors on the training sets. */
export const liquidWater = {
  /** m|e| */
  bornChargeRmse: 32,
  trainingBornCharges: 100,
  /** meV/atom */
  energyRmse: 0.8,
  /** meV/Å */
  forceRmse: 60,
} as const;

/**
 * Infrared spectrum of liquid water at 25 °C: J. E. Bertie, Z. Lan, Appl. Spectrosc. 50, 1047 (1996). Maxima of α(ω)n(ω): position in cm⁻¹,
 * height in cm⁻¹ (base e).
 */
export const bertieLan1996 = {
  translation: { position: 186, height: 1930 },
  libration: { position: 619, height: 4610 },
  bend: { position: 1645, height: 3680 },
  stretch: { position: 3394, height: 17340 },
} as const;

/** Sec. II.H and Fig. 4 of {@link schmiedmayer2024}, MAPbI₃, SCAN: errors on the training sets, and how its wavenumbers are shifted. */
export const perovskite = {
  /** m|e| */
  bornChargeRmse: 40,
  /** meV/atom */
  energyRmse: 0.4,
  /** meV/Å */
  forceRmse: 18,
  /** Calculated wavenumbers are multiplied by 1 − 0.015. */
  redShift: 0.015,
} as const;

/**
 * Infrared bands of MAPbI₃, cm⁻¹, that the text of {@link schmiedmayer2024} names in its spectra and those of G. Schuck et al., J. Phys. Chem. C 122,
 * 5227 (2018): orthorhombic at 107 K, tetragonal at 228 K.
 */
export const perovskiteBands = { orthorhombic: [900, 970, 1420], tetragonal: [900, 950, 1250, 1480] } as const;
