/** `statistics`: random numbers, estimates with their errors, and measures of agreement. */

export { bootstrap } from "../math/bootstrap.js";
export { fitLine, fitPowerLaw } from "../math/lineFit.js";
export { medianInterval } from "../math/medianInterval.js";
export { random } from "../math/random.js";
export { blockAverage, mean, quantile, standardDeviation, standardError } from "../math/statistics.js";
export {
  agreement,
  cosineOfValues,
  meanAbsoluteError,
  rmse,
  rmspe,
  rSquared,
  seriesAgreement,
} from "../model/diagnostics.js";
