/**
 * Table of contents of the public interface, in three tiers: the words of the tutorials here; one step deeper in namespaces; fitted internals
 * behind fields marked internal.
 */

// Types that a notebook writes down; those of every option and result are in `types`
export type { Dataset } from "./dataset/load.js";
export type { Figure } from "./figure/figure.js";
export type { ForceFieldModel } from "./model/target/forceField/forceField.js";
export type { LinearResponse } from "./model/linearResponse/linearResponse.js";
export type { PolarizabilityModel } from "./model/target/polarizability/polarizability.js";
export type { PolarizationModel } from "./model/target/polarization/polarization.js";
export type { LearningCurve } from "./model/train/learningCurve.js";
export type { Progress, RunOptions } from "./progress.js";
export type { SeriesEnsemble } from "./series/ensemble.js";
export type { TensorSeries } from "./series/tensorSeries.js";
export type { Spectrum } from "./spectrum/spectrum.js";
export type { Frame } from "./structure/frame.js";
export type { Structure } from "./structure/structure.js";
export type { Trajectory } from "./structure/trajectory.js";
export type * as types from "./types.js";

// Namespaces
export * as descriptor from "./namespaces/descriptor.js";
export * as dynamics from "./namespaces/dynamics.js";
export * as errors from "./namespaces/errors.js";
export * as figures from "./namespaces/figures.js";
export * as io from "./namespaces/io.js";
export * as models from "./namespaces/models.js";
export * as notebook from "./namespaces/notebook.js";
export * as papers from "./namespaces/papers.js";
export * as series from "./namespaces/series.js";
export * as spectra from "./namespaces/spectra.js";
export * as statistics from "./namespaces/statistics.js";
export * as structure from "./namespaces/structure.js";
export * as units from "./namespaces/units.js";

// What every error of the package is
export { SpectensorError } from "./errors.js";

// Data
export { fetchDataset } from "./dataset/fetch.js";
export { verifyDatasets } from "./dataset/files.js";
export { loadDataset } from "./dataset/load.js";
export { listDatasets } from "./dataset/registry.js";
export { loadTrajectory, readFrames, streamFrames } from "./io/load.js";
export { loadSeries } from "./io/loadSeries.js";

// Linear response
export { linearResponse } from "./model/linearResponse/linearResponse.js";
export { predictLinearResponse } from "./model/linearResponse/predictSeries.js";

// Models of every kind
export { loadModel, saveModel } from "./model/file/models.js";
export { predictTensor, predictUncertainty } from "./model/predict.js";
export { splitFrames } from "./model/train/split.js";

// Polarizabilities, directly and on top of a first step
export { evaluatePolarizability } from "./model/target/polarizability/evaluate.js";
export { linearResponseStep } from "./model/target/polarizability/firstStep.js";
export {
  polarizabilityLearningCurve,
  smallestPerDraw,
  smallestTrainingSet,
} from "./model/target/polarizability/learningCurve.js";
export { fitDelta, fitPolarizability } from "./model/target/polarizability/polarizability.js";
export { predictCommittee, predictPolarizability } from "./model/target/polarizability/predictSeries.js";

// Polarization from Born charges
export { evaluatePolarization } from "./model/target/polarization/evaluate.js";
export { polarizationLearningCurve } from "./model/target/polarization/learningCurve.js";
export { fitPolarization } from "./model/target/polarization/polarization.js";
export { predictBornCharges } from "./model/target/polarization/predict.js";
export { predictPolarization } from "./model/target/polarization/predictSeries.js";

// Force field and molecular dynamics
export { mdEnsemble } from "./dynamics/ensemble.js";
export { forceFieldPotential } from "./dynamics/forceFieldPotential.js";
export { md } from "./dynamics/md.js";
export { evaluateForceField } from "./model/target/forceField/evaluate.js";
export { fitForceField } from "./model/target/forceField/forceField.js";
export { predictForces } from "./model/target/forceField/predict.js";
export { selectConfigurations } from "./model/target/forceField/select.js";

// Spectra
export { averageSpectra } from "./spectrum/average.js";
export { broaden } from "./spectrum/broadening.js";
export { committeeSpectrum } from "./spectrum/committeeSpectrum.js";
export { cosineSimilarity } from "./spectrum/compare.js";
export { dielectricFunction } from "./spectrum/dielectric.js";
export { forceConstants } from "./spectrum/forceConstants.js";
export { harmonicInfrared, harmonicRaman } from "./spectrum/harmonic.js";
export { infrared } from "./spectrum/infrared.js";
export { readMeasured } from "./spectrum/measured.js";
export { findPeaks } from "./spectrum/peaks.js";
export { normalModes } from "./spectrum/phonons.js";
export { raman } from "./spectrum/raman.js";

// Figures
export { learningCurveFigure } from "./figure/learningCurve.js";
export { lineFigure } from "./figure/lines.js";
export { panels } from "./figure/panels.js";
export { parityFigure, seriesParityFigure } from "./figure/parity.js";
export { spectrumFigure } from "./figure/spectrum.js";
export { structureView } from "./figure/structureView.js";
export { timeSeriesFigure } from "./figure/timeSeries.js";

// Notebooks
export { showComparison } from "./display/comparison.js";
export { runMode } from "./display/mode.js";
export { progressBar } from "./display/progressBar.js";
export { showClaims } from "./display/showClaims.js";
export { showInputs, showProvenance } from "./display/provenance.js";
export { show } from "./display/show.js";
export { showTable } from "./display/showTable.js";
export { tableCsv, toDataFrame } from "./display/tabular.js";
