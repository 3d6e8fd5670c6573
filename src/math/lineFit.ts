/** Straight lines and power laws through points. */
import { DataError, ShapeError } from "../errors.js";

/** y = intercept + slope·x. */
export interface LineFit {
  readonly slope: number;
  readonly intercept: number;
  /** Standard error; 0 for two points without errors, which leave no residual to estimate it from. */
  readonly slopeError: number;
  /** As `slopeError`. */
  readonly interceptError: number;
}

/**
 * Ordinary least-squares line. With `errors` each point is weighted by 1/σ² and the standard errors follow from them;
 * without, they follow from the scatter of the points, with n − 2 degrees of freedom.
 * @param errors standard errors σ of y, all positive
 * @throws ShapeError if the lengths differ
 * @throws DataError for fewer than two points, all at one x, or values that are not finite
 */
export function fitLine(x: ArrayLike<number>, y: ArrayLike<number>, errors?: ArrayLike<number>): LineFit {
  const n = x.length;
  if (y.length !== n || (errors && errors.length !== n)) {
    throw new ShapeError({ where: "fitLine", problem: `${n} x, ${y.length} y and ${errors?.length ?? n} errors` });
  }
  const weights = Float64Array.from({ length: n }, (_, i) => (errors ? 1 / errors[i]! ** 2 : 1));
  let [total, meanX, meanY] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    if (!Number.isFinite(x[i]! + y[i]! + weights[i]!) || weights[i]! <= 0) {
      throw new DataError({
        where: "fitLine",
        problem: `point ${i} is (${x[i]}, ${y[i]})${errors ? ` ± ${errors[i]}` : ""}`,
      });
    }
    total += weights[i]!;
    meanX += weights[i]! * x[i]!;
    meanY += weights[i]! * y[i]!;
  }
  meanX /= total;
  meanY /= total;
  let [xx, xy] = [0, 0];
  for (let i = 0; i < n; i++) {
    xx += weights[i]! * (x[i]! - meanX) ** 2;
    xy += weights[i]! * (x[i]! - meanX) * (y[i]! - meanY);
  }
  if (!(xx > 0)) {
    throw new DataError({ where: "fitLine", problem: `${n} points at fewer than two different x do not make a line` });
  }
  const slope = xy / xx;
  const intercept = meanY - slope * meanX;
  let residual = 0;
  for (let i = 0; i < n; i++) residual += weights[i]! * (y[i]! - intercept - slope * x[i]!) ** 2;
  const perPoint = errors ? 1 : n > 2 ? residual / (n - 2) : 0;
  return {
    slope,
    intercept,
    slopeError: Math.sqrt(perPoint / xx),
    interceptError: Math.sqrt(perPoint * (1 / total + meanX ** 2 / xx)),
  };
}

/** y = prefactor·x^exponent. */
export interface PowerLawFit {
  readonly prefactor: number;
  readonly exponent: number;
  readonly prefactorError: number;
  readonly exponentError: number;
}

/**
 * Power law by a line through (ln x, ln y). With `errors` the points are weighted by their relative errors.
 * @throws DataError unless all x and y are positive
 */
export function fitPowerLaw(x: ArrayLike<number>, y: ArrayLike<number>, errors?: ArrayLike<number>): PowerLawFit {
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    if (!(x[i]! > 0 && y[i]! > 0)) {
      throw new DataError({
        where: "fitPowerLaw",
        problem: `point ${i} is (${x[i]}, ${y[i]})`,
        advice: "a power law needs positive values",
      });
    }
  }
  const relative = errors ? Array.from(errors, (error, i) => error / y[i]!) : undefined;
  const line = fitLine(Array.from(x, Math.log), Array.from(y, Math.log), relative);
  const prefactor = Math.exp(line.intercept);
  return {
    prefactor,
    exponent: line.slope,
    prefactorError: prefactor * line.interceptError,
    exponentError: line.slopeError,
  };
}
