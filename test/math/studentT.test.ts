import { describe, expect, it } from "vitest";
import { OptionError } from "../../src/errors.js";
import { studentFactor, studentProbability } from "../../src/math/studentT.js";
import { expectClose } from "../support/close.js";

/** ∫ of the density of t with ν degrees of freedom from −t to t by Simpson's rule: the second route. */
function integrated(t: number, nu: number): number {
  const density = (x: number): number => (1 + (x * x) / nu) ** (-(nu + 1) / 2);
  const simpson = (to: number, n: number): number => {
    let sum = density(0) + density(to);
    for (let k = 1; k < n; k++) sum += (k % 2 === 1 ? 4 : 2) * density((k * to) / n);
    return (sum * to) / (3 * n);
  };
  // Γ(½)Γ(ν/2)/Γ((ν+1)/2) √ν by the recurrence from ν = 1 (π) and ν = 2 (√2 · 2).
  let norm = nu % 2 === 1 ? Math.PI : 2;
  for (let m = nu % 2 === 1 ? 1 : 2; m < nu; m += 2) norm *= m / (m + 1);
  return (2 * simpson(t, 4000)) / (norm * Math.sqrt(nu));
}

describe("Student's t", () => {
  it("has the tabulated 95 % and 99 % points", () => {
    const table: [number, number, number][] = [
      [0.95, 1, 12.7062],
      [0.95, 2, 4.30265],
      [0.95, 3, 3.18245],
      [0.95, 4, 2.77645],
      [0.95, 29, 2.04523],
      [0.99, 5, 4.03214],
      [0.99, 120, 2.61742],
      [0.95, Number.POSITIVE_INFINITY, 1.95996],
    ];
    // The table is rounded to six digits.
    for (const [level, nu, t] of table) expectClose(studentFactor(level, nu), t, { relative: 4e-6 });
  });

  it("agrees with the integral of its density, odd and even degrees of freedom", () => {
    for (const nu of [1, 2, 3, 4, 7, 12, 31])
      for (const t of [0.3, 1, 2.5]) expectClose(studentProbability(t, nu), integrated(t, nu), { absolute: 1e-10 });
  });

  it("refuses levels outside 0 … 1 and no degree of freedom", () => {
    expect(() => studentFactor(1, 4)).toThrow(OptionError);
    expect(() => studentFactor(0.95, 0)).toThrow(/degrees of freedom/);
  });
});
