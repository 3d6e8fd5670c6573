/** `spectra`: the steps behind a spectrum, one by one, and what else is computed from one. */
export { blockSpectrum } from "../spectrum/average.js";
export { confidenceBand } from "../spectrum/band.js";
export { fitAxis } from "../spectrum/compare.js";
export { correlation } from "../spectrum/correlation.js";
export { currentParts, modeCurrents } from "../spectrum/currentParts.js";
export { reflectivity, refractiveIndex } from "../spectrum/dielectric.js";
export { displacedForces } from "../spectrum/displacedForces.js";
export { kramersKronig } from "../spectrum/kramersKronig.js";
export { infraredIntensities, modeCharges, modeDerivatives, ramanActivities } from "../spectrum/modeActivities.js";
export { modeDisplacements } from "../spectrum/modeDisplacements.js";
export { modeSpectrum, modeVelocities } from "../spectrum/modeProjection.js";
export { spectrumParts } from "../spectrum/parts.js";
export { nonAnalyticTerm } from "../spectrum/phonons.js";
export { polarisedRaman, porto, ramanAngleScan, ramanTensorSpectra } from "../spectrum/polarised.js";
export { modePolarizabilities, polarizabilityParts } from "../spectrum/polarizabilityParts.js";
export { intensityOf, resample, spectrumColumns, toUnit } from "../spectrum/spectrum.js";
export { staticDielectric } from "../spectrum/staticDielectric.js";
