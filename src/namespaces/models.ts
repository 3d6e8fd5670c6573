/** `models`: the steps behind a fit, one by one, for those who study the methods. */

export { evaluateTensors } from "../model/target/polarizability/evaluation.js";
export { runPolarizabilityExperiment } from "../model/target/polarizability/experiment.js";
export { constantStep } from "../model/target/polarizability/firstStep.js";
export { medianScore, scorePoints } from "../model/target/polarizability/learningCurve.js";
export { predictDeviations } from "../model/target/polarizability/predict.js";
export { DEFAULT_CANDIDATES, searchPolarizability } from "../model/target/polarizability/selection.js";
