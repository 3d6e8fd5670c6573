/** Student's t distribution for whole numbers of degrees of freedom. */
import { createRequire } from "node:module";
import { OptionError } from "../errors.js";

/**
 * Probability that |t| stays below `t` with ν degrees of freedom: the finite sums of Abramowitz and Stegun, 26.7.3 and 26.7.4; the
 * error function for ν = ∞.
 * @throws OptionError unless ν is a whole number ≥ 1 or infinite
 */
export function studentProbability(t: number, degreesOfFreedom: number): number {
  const nu = checked(degreesOfFreedom);
  // Loaded on use: it takes longer than the rest of the package.
  if (nu === Number.POSITIVE_INFINITY)
    return (createRequire(import.meta.url)("mathjs/number") as { erf(x: number): number }).erf(t / Math.SQRT2);
  const theta = Math.atan(t / Math.sqrt(nu));
  const [sine, cosine] = [Math.sin(theta), Math.cos(theta)];
  const odd = nu % 2 === 1;
  let sum = 0;
  let term = odd ? cosine : 1;
  for (let k = odd ? 1 : 0; k <= nu - 2; k += 2) {
    sum += term;
    term *= ((k + 1) / (k + 2)) * cosine * cosine;
  }
  return odd ? (2 / Math.PI) * (theta + sine * sum) : sine * sum;
}

/**
 * Half-width, in standard errors, of the interval that covers the mean of normal values with probability `level`.
 * @param degreesOfFreedom number of values minus one; Infinity for the normal distribution
 * @throws OptionError for a level outside 0 … 1 or degrees of freedom below 1
 * @example studentFactor(0.95, 4) // 2.776…
 */
export function studentFactor(level: number, degreesOfFreedom: number): number {
  checked(degreesOfFreedom);
  if (!(level > 0 && level < 1))
    throw new OptionError({
      where: "confidence level",
      problem: `is ${level}`,
      advice: "give a number between 0 and 1",
    });
  let [low, high] = [0, 2];
  while (studentProbability(high, degreesOfFreedom) < level) high *= 2;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (studentProbability(middle, degreesOfFreedom) < level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function checked(nu: number): number {
  if (nu === Number.POSITIVE_INFINITY || (Number.isInteger(nu) && nu >= 1)) return nu;
  throw new OptionError({
    where: "Student's t",
    problem: `${nu} degrees of freedom`,
    advice: "give a whole number ≥ 1, one less than the number of values",
  });
}
