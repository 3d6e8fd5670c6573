/** Table of contents of the public interface. */

// Types of options and results
export type * from "./types.js";

// Errors and progress
export {
  AbortedError,
  ConvergenceError,
  DataError,
  FormatError,
  OptionError,
  ShapeError,
  SpectensorError,
  UnitError,
} from "./errors.js";
export type { Progress, RunOptions } from "./progress.js";

// Structures, trajectories, and what is computed for them
export { supercell, toCartesian, toFractional, wrap } from "./structure/cell.js";
export { displacements, removeDrift, unwrap, withVelocities } from "./structure/displacement.js";
export { atomicMass, atomicMasses } from "./structure/elements.js";
export type { Frame } from "./structure/frame.js";
export { minimumImage } from "./structure/minimumImage.js";
export { type NeighborList, neighborList } from "./structure/neighbors.js";
export { atomCount, cellVolume, type Periodicity, type Structure, structure } from "./structure/structure.js";
export { type Symmetry, symmetry } from "./structure/symmetry.js";
export { frameCount, frameStructure, type Trajectory, trajectory } from "./structure/trajectory.js";

// Series: one tensor per frame
export { component, components, seriesOfComponents } from "./series/components.js";
export { convertSeries, dielectricOfPolarizability, polarizabilityOfDielectric } from "./series/convert.js";
export { bornCurrent, polarizationRate } from "./series/current.js";
export { differentiate } from "./series/differentiate.js";
export { seriesOfFrames } from "./series/fromFrames.js";
export { type Invariants, invariants } from "./series/invariants.js";
export { joinSeries, splitSeries } from "./series/join.js";
export { unwrapPolarization } from "./series/polarization.js";
export {
  seriesLength,
  sliceSeries,
  type TensorQuantity,
  type TensorSeries,
  tensorSeries,
} from "./series/tensorSeries.js";

// Units, random numbers and statistics
export { blockAverage, bootstrap, mean, quantile, standardDeviation, standardError } from "./math/statistics.js";
export { fitLine, fitPowerLaw } from "./math/lineFit.js";
export { type Random, random } from "./math/random.js";
export { convert } from "./units/convert.js";
export { convertFrequency } from "./units/frequency.js";
export { fromMathUnit, toMathUnit } from "./units/mathUnit.js";

// Files
export { loadColumns, parseColumns } from "./io/columns.js";
export { writeColumns } from "./io/columnsWrite.js";
export { loadEspresso, parseEspresso } from "./io/espresso.js";
export { loadExtxyz, parseExtxyz, streamExtxyz } from "./io/extxyz.js";
export { writeExtxyz } from "./io/extxyzWrite.js";
export { formatNames, registerFormat } from "./io/formats.js";
export { loadForceSets, parseForceSets } from "./io/forceSets.js";
export { loadLammps, parseLammps, streamLammps } from "./io/lammps.js";
export { loadSeries, loadTrajectory, readFrames, streamFrames } from "./io/load.js";
export { loadOutcar, parseOutcar, streamOutcar } from "./io/outcar.js";
export { loadPoscar, parsePoscar, writePoscar } from "./io/poscar.js";
export { trajectoryFrames } from "./io/trajectoryFrames.js";
export { loadVasprun, parseVasprun, streamVasprun } from "./io/vasprun.js";
export { loadXdatcar, parseXdatcar, streamXdatcar, writeXdatcar } from "./io/xdatcar.js";

// Data sets and the papers' numbers
export { fetchDataset } from "./dataset/fetch.js";
export { verifyDatasets } from "./dataset/files.js";
export { type Dataset, loadDataset } from "./dataset/load.js";
export * from "./dataset/paperValues.js";
export { type DatasetEntry, listDatasets } from "./dataset/registry.js";

// Descriptors of atomic environments
export { compressChannels } from "./descriptor/compressChannels.js";
export { contract, type FeatureWeights, gradient } from "./descriptor/contract.js";
export { type Descriptor, descriptor, featureCount, featureLabels } from "./descriptor/descriptor.js";
export { designRows } from "./descriptor/designRows.js";
export { featuresOf as evaluate, type Features, featureSums } from "./descriptor/evaluate.js";
export { contractFrames } from "./descriptor/frames.js";
export { featureJacobian } from "./descriptor/jacobian.js";
export type { DescriptorOptions } from "./descriptor/options.js";
export { selectEnvironments } from "./descriptor/sparsify.js";

// Linear response
export { type LinearResponse, linearResponse } from "./model/linearResponse/linearResponse.js";
export { evaluateLinearResponse, predictLinearResponse } from "./model/linearResponse/predict.js";

// Machine-learnt polarizabilities, directly and on top of a first step
export { evaluateTensors } from "./model/target/polarizability/evaluation.js";
export { evaluatePolarizability, runPolarizabilityExperiment } from "./model/target/polarizability/experiment.js";
export { constantStep, type FirstStep, linearResponseStep } from "./model/target/polarizability/firstStep.js";
export {
  type LearningCurve,
  learningCurve,
  medianScore,
  scorePoints,
  smallestTrainingSet,
} from "./model/target/polarizability/learningCurve.js";
export type { DeltaOptions, PolarizabilityOptions } from "./model/target/polarizability/options.js";
export { fitDelta, fitPolarizability } from "./model/target/polarizability/polarizability.js";
export { loadPolarizability, savePolarizability } from "./model/target/polarizability/polarizabilityFile.js";
export type { PolarizabilityModel } from "./model/target/polarizability/polarizabilityModel.js";
export {
  predictCommittee,
  predictDeviations,
  predictPolarizability,
  predictTensor,
} from "./model/target/polarizability/predict.js";
export { DEFAULT_CANDIDATES, searchPolarizability } from "./model/target/polarizability/selection.js";
export { splitFrames } from "./model/train/split.js";

// Polarization from Born charges
export { evaluatePolarization } from "./model/target/polarization/evaluate.js";
export { fitPolarization } from "./model/target/polarization/fit.js";
export { polarizationLearningCurve } from "./model/target/polarization/learningCurve.js";
export type { PolarizationModel, PolarizationOptions } from "./model/target/polarization/model.js";
export { loadPolarization, savePolarization } from "./model/target/polarization/polarizationFile.js";
export { polarizationOf, polarizationResponse, predictPolarization } from "./model/target/polarization/predict.js";

// Force field and molecular dynamics
export { meanSquaredDisplacement } from "./dynamics/displacementStatistics.js";
export { energyDrift } from "./dynamics/energyDrift.js";
export { type MdEnsembleOptions, type MdRun, mdEnsemble } from "./dynamics/ensemble.js";
export { type MdEnsembleFiles, mdEnsembleToFiles } from "./dynamics/ensembleFiles.js";
export { forceFieldPotential } from "./dynamics/forceFieldPotential.js";
export { type MdResult, md } from "./dynamics/md.js";
export { mdToFile } from "./dynamics/mdToFile.js";
export type { Ensemble, MdFrame, MdOptions } from "./dynamics/options.js";
export type { Potential } from "./dynamics/potential.js";
export { radialDistribution } from "./dynamics/rdf.js";
export { readRestart, writeRestart } from "./dynamics/restart.js";
export { velocityAutocorrelation, vibrationalDensity } from "./dynamics/vibrations.js";
export { evaluateForceField } from "./model/target/forceField/evaluate.js";
export { fitForceField } from "./model/target/forceField/fit.js";
export { loadForceField, saveForceField } from "./model/target/forceField/forceFieldFile.js";
export type { ForceFieldModel, ForceFieldOptions } from "./model/target/forceField/model.js";
export { predictForces } from "./model/target/forceField/predict.js";
export { selectConfigurations } from "./model/target/forceField/select.js";
export { forceFieldUncertainty } from "./model/target/forceField/uncertainty.js";

// Diagnostics
export {
  agreement,
  cosineOfValues,
  meanAbsoluteError,
  rmse,
  rmspe,
  rSquared,
  seriesAgreement,
} from "./model/diagnostics.js";

// Spectra
export { averageSpectra, blockSpectrum } from "./spectrum/average.js";
export { type Broadening, broaden } from "./spectrum/broadening.js";
export { committeeSpectrum } from "./spectrum/committeeSpectrum.js";
export { cosineSimilarity, fitAxis } from "./spectrum/compare.js";
export { correlation } from "./spectrum/correlation.js";
export { dielectricFunction, reflectivity, refractiveIndex } from "./spectrum/dielectric.js";
export { displacedForces, forceConstants } from "./spectrum/forceConstants.js";
export { harmonicInfrared, harmonicRaman } from "./spectrum/harmonic.js";
export { type InfraredOptions, infrared } from "./spectrum/infrared.js";
export { kramersKronig } from "./spectrum/kramersKronig.js";
export { infraredIntensities, modeCharges, modeDerivatives, ramanActivities } from "./spectrum/modeActivities.js";
export { modeDisplacements } from "./spectrum/modeDisplacements.js";
export { type Peak, peaks } from "./spectrum/peaks.js";
export { type NormalModes, nonAnalyticTerm, normalModes } from "./spectrum/phonons.js";
export { type RamanOptions, raman } from "./spectrum/raman.js";
export { intensityOf, resample, type Spectrum, spectrumColumns, toUnit } from "./spectrum/spectrum.js";

// Figures
export {
  displacementFigure,
  energyFigure,
  radialDistributionFigure,
  temperatureFigure,
  velocityAutocorrelationFigure,
} from "./figure/dynamics.js";
export { type Figure, figureCsv, figureJson } from "./figure/figure.js";
export { learningCurveFigure } from "./figure/learningCurve.js";
export { lineFigure } from "./figure/lines.js";
export { panels } from "./figure/panels.js";
export { parityFigure, seriesParityFigure } from "./figure/parity.js";
export { spectrumFigure } from "./figure/spectrum.js";
export { renderSvg } from "./figure/static.js";
export { renderStructureSvg } from "./figure/structureSvg.js";
export { type StructureView, type StructureViewOptions, structureView } from "./figure/structureView.js";
export { timeSeriesFigure } from "./figure/timeSeries.js";

// Notebooks
export { showComparison, ToleranceError } from "./notebook/comparison.js";
export { installKernelspec } from "./notebook/kernelspec.js";
export { runMode } from "./notebook/mode.js";
export { progressBar } from "./notebook/progressBar.js";
export { showInputs, showProvenance } from "./notebook/provenance.js";
export { show } from "./notebook/show.js";
export { showTable } from "./notebook/table.js";
export { tableCsv, tableJson, toColumns, toDataFrame } from "./notebook/tabular.js";
