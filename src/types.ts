/** `types`: the types of the options and results of the public functions; index.ts exports the functions. */

// Data sets
export type { DownloadOptions } from "./dataset/download.js";
export type { FetchOptions } from "./dataset/fetch.js";
export type { FileState, PlaceOptions } from "./dataset/files.js";
export type { Dataset, SeriesQuantity, Table } from "./dataset/load.js";
export type { MeasuredFile } from "./dataset/measuredFiles.js";
export type { Citation, TrainingSize } from "./dataset/paperValues.js";
export type { DatasetEntry, EmbeddedFile, FileEntry, PublishedFile } from "./dataset/registry.js";
// Descriptors
export type { CompressChannelsOptions } from "./descriptor/compressChannels.js";
export type { ChannelMatrices } from "./descriptor/compression.js";
export type { Contraction, ContractionGradient, FeatureWeights } from "./descriptor/contract.js";
export type { CutoffFunction, RadialScaling } from "./descriptor/cutoff.js";
export type { Descriptor } from "./descriptor/descriptor.js";
export type { DesignBlock, DesignOptions } from "./descriptor/designRows.js";
export type { Features } from "./descriptor/evaluate.js";
export type { ChannelLabel, FeatureLabel } from "./descriptor/features.js";
export type { FrameContraction, FramesOptions } from "./descriptor/frames.js";
export type { CentreDerivatives, JacobianBlock } from "./descriptor/jacobian.js";
export type {
  DescriptorOptions,
  ExpansionOptions,
  FeatureNormalization,
  ResolvedDescriptor,
  ResolvedExpansion,
} from "./descriptor/options.js";
export type { RadialBasis } from "./descriptor/radialBasis.js";
export type { EnvironmentIndex, SelectEnvironmentsOptions } from "./descriptor/sparsify.js";
export type { Baseline, Claim, Criterion, Estimate } from "./display/claims.js";
// Notebooks
export type { ComparisonOptions, ComparisonRow, Tolerance } from "./display/comparison.js";
export type { RunMode } from "./display/mode.js";
export type { ProgressBarOptions } from "./display/progressBar.js";
export type { TableOptions } from "./display/showTable.js";
export type { Columns, DataFrameLike, Tabular } from "./display/tabular.js";
// Force field and molecular dynamics
export type { MeanSquaredDisplacement } from "./dynamics/displacementStatistics.js";
export type { EnergyDrift } from "./dynamics/energyDrift.js";
export type { MdEnsembleOptions, MdRun } from "./dynamics/ensemble.js";
export type { MdEnsembleFileOptions, MdEnsembleFiles } from "./dynamics/ensembleFiles.js";
export type { MdResult } from "./dynamics/md.js";
export type { MdFileOptions } from "./dynamics/mdToFile.js";
export type { Ensemble, MdFrame, MdOptions } from "./dynamics/options.js";
export type { OrientationCorrelation } from "./dynamics/orientation.js";
export type { EnergyForces, Potential, ThreadedPotential } from "./dynamics/potential.js";
export type { RadialDistribution } from "./dynamics/rdf.js";
export type { Relaxed, RelaxOptions } from "./dynamics/relax.js";
export type { Restart } from "./dynamics/restart.js";
export type { MdState } from "./dynamics/state.js";
export type { TrajectoryState } from "./dynamics/trajectoryFile.js";
export type { VelocityAutocorrelation, VibrationOptions } from "./dynamics/vibrations.js";
// Errors
export type { ErrorDetails } from "./errors.js";
// Figures
export type { AxisOptions } from "./figure/axis.js";
export type { ComparedStick, CompareSpectraOptions } from "./figure/compareSpectra.js";
export type { Figure, Layout, PlotlyOptions, Trace } from "./figure/figure.js";
export type { CurvePoints, LearningCurveFigureOptions } from "./figure/learningCurve.js";
export type { BandEdges, FigureOptions, Line, LineFigureOptions, Mark } from "./figure/lines.js";
export type { Anchor, LinkedView, LinkFramesOptions, LinkModesOptions } from "./figure/linked.js";
export type { ModeViewOptions, TrajectoryViewOptions } from "./figure/motion.js";
export type { PanelsOptions } from "./figure/panels.js";
export type { Pairs, ParityFigureOptions, SeriesParityFigureOptions } from "./figure/parity.js";
export type { PictureOptions } from "./figure/picture.js";
export type { Scaling, SpectrumFigureOptions } from "./figure/spectrum.js";
export type { StaticOptions } from "./figure/static.js";
export type { Stick, StickFigureOptions } from "./figure/sticks.js";
export type { Arrow, Ellipsoid } from "./figure/structureGlyphs.js";
export type { Segment, Vector } from "./figure/structureImages.js";
export type { Ball, LegendEntry, Motion, StructureView, StructureViewOptions } from "./figure/structureView.js";
export type { ThemeName } from "./figure/theme.js";
export type { PlottedComponent, TimeSeriesFigureOptions } from "./figure/timeSeries.js";
// Files
export type { BornFile } from "./io/born.js";
export type { CollectOptions } from "./io/collect.js";
export type { ColumnQuantity } from "./io/columnGroups.js";
export type { ColumnOptions } from "./io/columns.js";
export type { EspressoOptions } from "./io/espresso.js";
export type { ExtxyzOptions } from "./io/extxyz.js";
export type { FieldUnits, UnitField } from "./io/fieldUnits.js";
export type { ForceSet, ForceSetsOptions, ForceSnapshot } from "./io/forceSets.js";
export type { FileFormat, FileHead, FormatOptions, LoadOptions, ReadSeries, SeriesOptions } from "./io/format.js";
export type { TensorOptions } from "./io/frameFields.js";
export type { JcampBlock } from "./io/jcamp.js";
export type { LammpsOptions } from "./io/lammps.js";
export type { LammpsUnits } from "./io/lammpsUnits.js";
export type { VaspOptions } from "./io/outcar.js";
export type { PhonopyOptions } from "./io/phonopy.js";
export type { PhonopyForces } from "./io/phonopyForces.js";
export type { PhonopyUnits } from "./io/phonopyUnits.js";
export type { PoscarOptions } from "./io/poscar.js";
export type { ReadOptions, Source } from "./io/source.js";
export type { BecOrder, ComponentOrder, FrameField } from "./io/tensorNames.js";
export type { LabelOptions, LabelSource } from "./io/vaspSteps.js";
export type { XdatcarFrameOptions, XdatcarOptions } from "./io/xdatcar.js";
export type { BootstrapEstimate, BootstrapOptions } from "./math/bootstrap.js";
// Numbers
export type { LineFit, PowerLawFit } from "./math/lineFit.js";
export type { Matrix } from "./math/matrix.js";
export type { MedianInterval } from "./math/medianInterval.js";
export type { RidgeTrial } from "./math/normalEquations.js";
export type { Random, RandomState } from "./math/random.js";
export type { BlockAverage, BlockLevel } from "./math/statistics.js";
export type { BasisData } from "./model/basis/basisOf.js";
export type { KernelReferences } from "./model/basis/kernelBasis.js";
export type {
  LinearPredictor,
  Predictor,
  ReferencePredictor,
  ReferenceSpecies,
} from "./model/basis/predictor.js";
export type { ProductCounts, ProductFactors, SpeciesFactors } from "./model/basis/productFactors.js";
// Models
export type { Agreement, AgreementOptions, Measure, SeriesAgreementOptions } from "./model/diagnostics.js";
export type { ModelErrors } from "./model/evaluate.js";
export type { SaveOptions } from "./model/file/linearDocument.js";
export type { Model, ModelKind, Models } from "./model/file/models.js";
export type { DisplacementQuality } from "./model/linearResponse/derivatives.js";
export type { ResponseQuantity } from "./model/linearResponse/displacements.js";
export type { InternalDerivatives } from "./model/linearResponse/internal.js";
export type {
  LinearResponse,
  LinearResponseOptions,
  LinearResponseQuality,
  ResponseFrame,
} from "./model/linearResponse/linearResponse.js";
export type { SecondOrderTerms } from "./model/secondOrder/quadraticTerms.js";
export type {
  SecondOrderOptions,
  SecondOrderQuality,
  SecondOrderResponse,
  SecondOrderRidge,
} from "./model/secondOrder/secondOrder.js";
export type { PredictedField } from "./model/stream/framePredictor.js";
export type { EvaluateOptions } from "./model/stream/keptPredictions.js";
export type { PredictFramesOptions } from "./model/stream/predictFrames.js";
export type { PredictedFile, PredictToFileOptions } from "./model/stream/predictToFile.js";
export type { ForceFieldCoverage } from "./model/target/forceField/coverage.js";
export type { ForceFieldEvaluation } from "./model/target/forceField/evaluate.js";
export type { ForceFieldData, ForceFieldModel, ForceFieldOptions } from "./model/target/forceField/forceField.js";
export type { ForceFieldPrediction } from "./model/target/forceField/predict.js";
export type { SelectConfigurationsOptions, SelectedConfiguration } from "./model/target/forceField/select.js";
export type { ForceFieldUncertainty } from "./model/target/forceField/uncertainty.js";
export type { PolarizabilityCoverage } from "./model/target/polarizability/coverage.js";
export type { TensorEvaluation, TensorScores } from "./model/target/polarizability/evaluation.js";
export type {
  ConstantStep,
  FirstStep,
  GivenFirstStep,
  LinearResponseStep,
  SecondOrderStep,
} from "./model/target/polarizability/firstStep.js";
export type { PolarizabilityLearningOptions } from "./model/target/polarizability/learningCurve.js";
export type {
  DeltaOptions,
  PolarizabilityOptions,
  PolarizabilitySettings,
} from "./model/target/polarizability/options.js";
export type {
  Candidate,
  PolarizabilityModel,
  PolarizabilityPart,
  PolarizabilityTraining,
  SelectionRecord,
} from "./model/target/polarizability/polarizability.js";
export type { CommitteeSeries, PredictOptions } from "./model/target/polarizability/predictSeries.js";
export type { SearchOptions } from "./model/target/polarizability/selection.js";
export type { PolarizabilityQuantity } from "./model/target/polarizability/tensorData.js";
export type { PolarizabilityUncertainty } from "./model/target/polarizability/uncertainty.js";
export type { PolarizationCoverage } from "./model/target/polarization/coverage.js";
export type {
  BornChargeErrors,
  EvaluatePolarizationOptions,
  PolarizationErrors,
  PolarizationEvaluation,
} from "./model/target/polarization/evaluate.js";
export type {
  PolarizationLearningOptions,
  PolarizationSets,
} from "./model/target/polarization/learningCurve.js";
export type { PolarizationLearningErrors } from "./model/target/polarization/learningDraw.js";
export type {
  PolarizationData,
  PolarizationModel,
  PolarizationOptions,
} from "./model/target/polarization/polarization.js";
export type { PolarizationResponse } from "./model/target/polarization/predict.js";
export type { PolarizationPrediction } from "./model/target/polarization/predictSeries.js";
export type { SpeciesCharges } from "./model/target/polarization/speciesCharges.js";
export type { PolarizationUncertainty } from "./model/target/polarization/uncertainty.js";
export type { CommitteePart, MemberPart } from "./model/train/committee.js";
export type { Coverage } from "./model/train/coverage.js";
export type { RidgePoint } from "./model/train/dual.js";
export type { Compression } from "./model/train/fitDescriptor.js";
export type { KernelFitSettings, KernelPart } from "./model/train/kernelFit.js";
export type { LearningCurve, LearningPoint, ScorePoints } from "./model/train/learningCurve.js";
export type { LinearCommittee, LinearModel, LinearOptions, LinearTraining } from "./model/train/linearTarget.js";
export type {
  CommonFitOptions,
  DescriptorSettings,
  FirstStepScale,
  Form,
  Ridge,
  Uncertainty,
  Validation,
} from "./model/train/options.js";
export type { Posterior } from "./model/train/posterior.js";
export type { TrainingTrial } from "./model/train/primal.js";
export type { Split, SplitOptions } from "./model/train/split.js";
export type { VariancePart } from "./model/train/variance.js";
export type { Progress, RunOptions, ThreadOptions } from "./progress.js";
// Running notebooks
export type { KernelspecOptions } from "./runner/kernelspec.js";
// Series
export type { SymmetricComponent, VectorComponent } from "./series/components.js";
export type { DerivativeScheme } from "./series/differentiate.js";
export type { SeriesEnsemble } from "./series/ensemble.js";
export type { FrameQuantity } from "./series/fromFrames.js";
export type { Invariants } from "./series/invariants.js";
export type { UnwrappedPolarization } from "./series/polarization.js";
export type { TensorQuantity, TensorSeries } from "./series/tensorSeries.js";
export type { SampleTimes } from "./series/times.js";
// Spectra
export type { ConfidenceBand } from "./spectrum/band.js";
export type { Broadening } from "./spectrum/broadening.js";
export type { FitOptions, Similarity, SimilarityOptions, SpectrumFit } from "./spectrum/compare.js";
export type { Correction, QuantumFactor, RamanFactor } from "./spectrum/corrections.js";
export type { CorrelationOptions, Normalization } from "./spectrum/correlation.js";
export type { DielectricOptions, FieldDirection } from "./spectrum/dielectric.js";
export type { DisplacedForces, SnapshotForces } from "./spectrum/displacedForces.js";
export type { Estimator } from "./spectrum/estimator.js";
export type { ForceConstantOptions, ForceConstants } from "./spectrum/forceConstants.js";
export type { HarmonicInfraredOptions, HarmonicRamanOptions, LineSpectrumOptions } from "./spectrum/harmonic.js";
export type { InfraredEnsemble, InfraredOptions, InfraredSource } from "./spectrum/infrared.js";
export type { AbscissaUnit, MeasuredOptions } from "./spectrum/measured.js";
export type { RamanActivities } from "./spectrum/modeActivities.js";
export type { ModeGrouping, ModeSpectrumOptions } from "./spectrum/modeProjection.js";
export type { ModeSymmetry } from "./spectrum/modeSymmetry.js";
export type { LongitudinalLine, ModeRow, ModeTableOptions } from "./spectrum/modeTable.js";
export type { MoleculeModeOptions, MoleculeModeSpectrumOptions } from "./spectrum/moleculeModes.js";
export type { CrossTerms, PartsOptions, SignalParts } from "./spectrum/parts.js";
export type { Peak, PeakOptions } from "./spectrum/peaks.js";
export type { AssignedPeak, MeasuredLine, PeakTable, PeakTableOptions } from "./spectrum/peakTable.js";
export type { NonAnalytic, NormalModeOptions, NormalModes } from "./spectrum/phonons.js";
export type { Geometries, LightPolarisation, RamanAngleScanOptions } from "./spectrum/polarised.js";
export type { RamanOptions } from "./spectrum/raman.js";
export type { RamanPrefactor } from "./spectrum/ramanFactors.js";
export type { Intensity, Spectrum, SpectrumColumn } from "./spectrum/spectrum.js";
export type { StaticDielectric, StaticDielectricOptions } from "./spectrum/staticDielectric.js";
export type { LagWindow, Taper } from "./spectrum/window.js";
export type { Frame } from "./structure/frame.js";
// Structures
export type { AtomGroup, AtomGrouping } from "./structure/groups.js";
export type { InternalCoordinate } from "./structure/internalCoordinates.js";
export type { NeighborList } from "./structure/neighbors.js";
export type { Periodicity, Structure, StructureInput } from "./structure/structure.js";
export type { Symmetry } from "./structure/symmetry.js";
export type { SymmetryOperation } from "./structure/symmetryOperation.js";
export type { Trajectory } from "./structure/trajectory.js";
// Tables
export type { Column } from "./table/column.js";
export type { TableTextOptions } from "./table/text.js";
// Tensors
export type { TensorOrder } from "./tensor/cartesian.js";
// Units
export type { PhysicalQuantity, UnitOf } from "./units/convert.js";
export type { FrequencyUnit } from "./units/frequency.js";
export type { MathUnit } from "./units/mathUnit.js";
export type { Warning, WarningOptions } from "./warnings.js";
