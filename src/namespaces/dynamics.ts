/** `dynamics`: trajectories written to files and resumed, and what is read off them. */
export { meanSquaredDisplacement } from "../dynamics/displacementStatistics.js";
export { energyDrift } from "../dynamics/energyDrift.js";
export { mdEnsembleToFiles } from "../dynamics/ensembleFiles.js";
export { mdToFile } from "../dynamics/mdToFile.js";
export { radialDistribution } from "../dynamics/rdf.js";
export { readRestart, writeRestart } from "../dynamics/restart.js";
export { velocityAutocorrelation, vibrationalDensity } from "../dynamics/vibrations.js";
