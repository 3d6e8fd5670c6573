/** Table of contents of the public interface. */

// Data sets and the papers' numbers
export { fetchDataset } from "./dataset/fetch.js";
export { verifyDatasets } from "./dataset/files.js";
export { type Dataset, loadDataset } from "./dataset/load.js";
export * from "./dataset/paperValues.js";
export { type DatasetEntry, listDatasets } from "./dataset/registry.js";
// Descriptors
export { contract, gradient } from "./descriptor/contract.js";
export { type Descriptor, descriptor, featureCount, featureLabels } from "./descriptor/descriptor.js";
export { designRows } from "./descriptor/designRows.js";
export { evaluate, type Features } from "./descriptor/evaluate.js";
export type { DescriptorOptions } from "./descriptor/options.js";
// Molecular dynamics
export { meanSquaredDisplacement } from "./dynamics/displacementStatistics.js";
export { type MdResult, md } from "./dynamics/md.js";
export type { Ensemble, MdFrame, MdOptions } from "./dynamics/options.js";
export type { Potential } from "./dynamics/potential.js";
export { radialDistribution } from "./dynamics/rdf.js";
export { readRestart, writeRestart } from "./dynamics/restart.js";
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
// Figures
export { type Figure, figureCsv, figureJson } from "./figure/figure.js";
export { learningCurveFigure } from "./figure/learningCurve.js";
export { lineFigure } from "./figure/lines.js";
export { panels } from "./figure/panels.js";
export { parityFigure, seriesParityFigure } from "./figure/parity.js";
export { spectrumFigure } from "./figure/spectrum.js";
export { renderSvg } from "./figure/static.js";
export { timeSeriesFigure } from "./figure/timeSeries.js";
// Files
export { loadColumns, parseColumns } from "./io/columns.js";
export { writeColumns } from "./io/columnsWrite.js";
export { loadEspresso, parseEspresso } from "./io/espresso.js";
export { loadExtxyz, parseExtxyz, streamExtxyz } from "./io/extxyz.js";
export { writeExtxyz } from "./io/extxyzWrite.js";
export { loadForceSets, parseForceSets } from "./io/forceSets.js";
export { loadLammps, parseLammps, streamLammps } from "./io/lammps.js";
export { loadSeries, loadTrajectory, readFrames, streamFrames } from "./io/load.js";
export { loadOutcar, parseOutcar, streamOutcar } from "./io/outcar.js";
export { loadPoscar, parsePoscar, writePoscar } from "./io/poscar.js";
export { loadVasprun, parseVasprun, streamVasprun } from "./io/vasprun.js";
export { loadXdatcar, parseXdatcar, streamXdatcar, writeXdatcar } from "./io/xdatcar.js";
// Models
export { type LinearResponse, linearResponse } from "./model/linearResponse.js";
export { predictLinearResponse } from "./model/linearResponsePredict.js";
export { fitPolarization } from "./model/polarization/fit.js";
export type { PolarizationModel, PolarizationOptions } from "./model/polarization/model.js";
export { polarizationOf, polarizationResponse, predictPolarization } from "./model/polarization/predict.js";
// Notebooks
export { showComparison } from "./notebook/comparison.js";
export { runMode } from "./notebook/mode.js";
export { progressBar } from "./notebook/progressBar.js";
export { showInputs, showProvenance } from "./notebook/provenance.js";
export { show } from "./notebook/show.js";
export { showTable, tableCsv, toColumns } from "./notebook/table.js";
export type { Progress, RunOptions } from "./progress.js";
// Series: one tensor per frame
export { component, components, seriesOfComponents } from "./series/components.js";
export { convertSeries, dielectricOfPolarizability, polarizabilityOfDielectric } from "./series/convert.js";
export { bornCurrent, polarizationRate } from "./series/current.js";
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
// Spectra
export { averageSpectra, blockSpectrum } from "./spectrum/average.js";
export { type Broadening, broaden } from "./spectrum/broadening.js";
export { cosineSimilarity, fitAxis } from "./spectrum/compare.js";
export { type InfraredOptions, infrared } from "./spectrum/infrared.js";
export { type Peak, peaks } from "./spectrum/peaks.js";
export { type RamanOptions, raman } from "./spectrum/raman.js";
export { resample, type Spectrum, spectrumColumns, toUnit } from "./spectrum/spectrum.js";
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
