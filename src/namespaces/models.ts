/** `models`: the steps behind a fit, one by one, for those who study the methods. */

export { uncertaintyCoverage } from "../model/coverage.js";
export { evaluateModel } from "../model/evaluate.js";
export { secondOrderResponse } from "../model/secondOrder/secondOrder.js";
export { supercellResponse } from "../model/secondOrder/supercell.js";
export { predictFrames } from "../model/stream/predictFrames.js";
export { predictToFile } from "../model/stream/predictToFile.js";
export { evaluateTensors } from "../model/target/polarizability/evaluation.js";
export { constantStep } from "../model/target/polarizability/firstStep.js";
export { DEFAULT_CANDIDATES, searchPolarizability } from "../model/target/polarizability/selection.js";
export { evaluateConstantCharges } from "../model/target/polarization/constantCharges.js";
export { medianScore, scorePoints } from "../model/train/learningCurve.js";
export { committeeModels } from "../model/train/linearTarget.js";
