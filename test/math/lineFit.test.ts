import { describe, expect, test } from "vitest";
import { DataError, ShapeError } from "../../src/errors.js";
import { fitLine, fitPowerLaw } from "../../src/math/lineFit.js";
import { standardDeviation } from "../../src/math/statistics.js";
import { expectClose } from "../support/close.js";
import { noise } from "../support/noise.js";

const x = Float64Array.from({ length: 30 }, (_, i) => 0.1 * i);

describe("fitLine", () => {
  test("reproduces a line exactly, with errors 0", () => {
    const { slope, intercept, slopeError, interceptError } = fitLine(
      x,
      x.map((v) => 3 - 2 * v),
    );
    expectClose([slope, intercept], [-2, 3], { absolute: 1e-14 });
    expectClose([slopeError, interceptError], [0, 0], { absolute: 1e-14 });
    expectClose(fitLine([0, 1], [1, 3]).slope, 2, {});
  });

  test("has the closed form for three points (0,0), (1,1), (2,1): slope ½, its error 1/√12", () => {
    const fit = fitLine([0, 1, 2], [0, 1, 1]);
    expectClose([fit.slope, fit.intercept], [1 / 2, 1 / 6], { absolute: 1e-15 });
    expectClose(fit.slopeError, Math.sqrt(1 / 12), { relative: 1e-14 });
    expectClose(fit.interceptError, Math.sqrt((1 / 6) * (1 / 3 + 1 / 2)), { relative: 1e-14 });
  });

  test.each(["without", "with"])("states the scatter that repeated fits show, %s given errors", (given) => {
    const sigma = x.map((v) => (given === "with" ? 0.1 + v : 0.5));
    const fits = Array.from({ length: 400 }, (_, seed) => {
      const kicks = noise(x.length, seed);
      const y = x.map((v, i) => 1 + 2 * v + sigma[i]! * kicks[i]!);
      return fitLine(x, y, given === "with" ? sigma : undefined);
    });
    const stated = Math.sqrt(fits.reduce((s, f) => s + f.slopeError ** 2, 0) / 400);
    expectClose(stated, standardDeviation(fits.map((f) => f.slope)), { relative: 0.15 });
    const statedIntercept = Math.sqrt(fits.reduce((s, f) => s + f.interceptError ** 2, 0) / 400);
    expectClose(statedIntercept, standardDeviation(fits.map((f) => f.intercept)), { relative: 0.15 });
  });

  test("rejects what makes no line", () => {
    expect(() => fitLine([1, 1], [0, 1])).toThrow(DataError);
    expect(() => fitLine([], [])).toThrow(DataError);
    expect(() => fitLine([1, 2], [0, Number.NaN])).toThrow(/point 1 is \(2, NaN\)/);
    expect(() => fitLine([1, 2], [0, 1], [1, 0])).toThrow(DataError);
    expect(() => fitLine([1, 2], [0])).toThrow(ShapeError);
  });
});

describe("fitPowerLaw", () => {
  test("recovers prefactor and exponent, and the scale of the data changes the prefactor only", () => {
    const n = [10, 20, 50, 100, 200];
    const kicks = noise(5, 1);
    const y = n.map((v, i) => 5 * v ** -0.5 * Math.exp(0.05 * kicks[i]!));
    const fit = fitPowerLaw(n, y);
    expectClose(fit.exponent, -0.5, { absolute: 3 * fit.exponentError });
    expectClose(fit.prefactor, 5, { absolute: 3 * fit.prefactorError });
    const scaled = fitPowerLaw(
      n,
      y.map((v) => 1000 * v),
    );
    expectClose([scaled.exponent, scaled.exponentError], [fit.exponent, fit.exponentError], { relative: 1e-10 });
    expectClose([scaled.prefactor, scaled.prefactorError], [1000 * fit.prefactor, 1000 * fit.prefactorError], {
      relative: 1e-10,
    });
    expectClose(
      fitPowerLaw(
        n,
        n.map((v) => 3 * v ** 1.5),
        n,
      ).exponent,
      1.5,
      { relative: 1e-13 },
    );
  });

  test("needs positive values", () => {
    expect(() => fitPowerLaw([1, 2], [1, 0])).toThrow(/point 1 is \(2, 0\).*positive/);
  });
});
