/** `dynamics`: trajectories written to files and resumed, what is read off them, and minima with the forces around them. */
export { meanSquaredDisplacement } from "../dynamics/displacementStatistics.js";
export { energyDrift } from "../dynamics/energyDrift.js";
export { mdEnsembleToFiles } from "../dynamics/ensembleFiles.js";
export { mdToFile } from "../dynamics/mdToFile.js";
export { orientationCorrelation } from "../dynamics/orientation.js";
export { potentialDisplacements } from "../dynamics/potentialDisplacements.js";
export { radialDistribution } from "../dynamics/rdf.js";
export { relax } from "../dynamics/relax.js";
export { readRestart, writeRestart } from "../dynamics/restart.js";
export { velocityAutocorrelation, vibrationalDensity } from "../dynamics/vibrations.js";
