import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError, OptionError } from "../../src/errors.js";
import { bootstrap } from "../../src/math/bootstrap.js";
import { random } from "../../src/math/random.js";
import {
  blockAverage,
  mean,
  median,
  quantile,
  standardDeviation,
  standardError,
  variance,
} from "../../src/math/statistics.js";
import { expectClose } from "../support/close.js";
import { noise } from "../support/noise.js";

/** x_{t+1} = φ x_t + noise: its mean's error is √((1+φ)/(1−φ)) times that of independent values. */
function autoregressive(n: number, phi: number, seed: number): Float64Array {
  const kicks = noise(n, seed);
  let x = kicks[0]! / Math.sqrt(1 - phi * phi);
  return kicks.map((kick, i) => {
    if (i > 0) x = phi * x + kick;
    return x;
  });
}

describe("averages", () => {
  test("have the values of the textbook sample 2 4 4 4 5 5 7 9", () => {
    const x = [2, 4, 4, 4, 5, 5, 7, 9];
    expect(mean(x)).toBe(5);
    expectClose(variance(x), 32 / 7, { relative: 1e-15 });
    expectClose(standardDeviation(x), Math.sqrt(32 / 7), { relative: 1e-15 });
    expectClose(standardError(x), Math.sqrt(32 / 56), { relative: 1e-15 });
    expect(median(x)).toBe(4.5);
    expect([0, 0.25, 0.5, 1].map((q) => quantile([4, 1, 3, 2], q))).toEqual([1, 1.75, 2.5, 4]);
  });

  test("shift with the data; the variance does not, even far from zero", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.double({ min: -1e6, max: 1e6, noNaN: true }), (seed, shift) => {
        const x = noise(50, seed);
        const moved = x.map((v) => v + shift);
        expectClose(mean(moved), mean(x) + shift, { absolute: 1e-9 });
        expectClose(variance(moved), variance(x), { absolute: 1e-8 });
        expectClose(quantile(moved, 0.3), quantile(x, 0.3) + shift, { absolute: 1e-9 });
      }),
      { seed: 1 },
    );
  });

  test("refuse empty input, NaN and quantiles outside [0, 1]", () => {
    expect(() => mean([])).toThrow(DataError);
    expect(() => variance([1])).toThrow(/at least 2 values, found 1/);
    expect(() => median([1, Number.NaN])).toThrow(/value 1 is NaN/);
    expect(() => quantile([1], 1.1)).toThrow(OptionError);
  });
});

describe("blockAverage", () => {
  test("finds no correlation in independent values", () => {
    const x = noise(4096, 1);
    const { mean: centre, error, plateau, inefficiency } = blockAverage(x);
    expectClose(centre, mean(x), { absolute: 1e-15 });
    // With n = 4096 and inefficiency 1, B³ > 2n first holds for B = 32: 128 blocks, an error of the error of 6 %.
    expect(plateau).toBe(32);
    expectClose(error, 1 / 64, { relative: 0.12 });
    expectClose(inefficiency, 1, { relative: 0.25 });
  });

  test.each([0.5, 0.9, 0.97])("finds the inefficiency (1+φ)/(1−φ) of an autoregressive series, φ = %f", (phi) => {
    const { inefficiency, plateau, levels } = blockAverage(autoregressive(2 ** 17, phi, 2));
    // 64 blocks or more: twice the error of the squared error is at most 36 %.
    expectClose(inefficiency, (1 + phi) / (1 - phi), { relative: 0.36 });
    expect(plateau).toBeGreaterThan(2 * inefficiency);
    expect(levels.map((l) => l.blockSize)).toEqual(levels.map((_, k) => 2 ** k));
  });

  test("covers the true mean as often as a normal law says", () => {
    let inside = 0;
    for (let seed = 0; seed < 200; seed++) {
      const { mean: centre, error } = blockAverage(autoregressive(4096, 0.8, seed));
      if (Math.abs(centre) < 2 * error) inside++;
    }
    // 95 % of 200 is 190; the error of the error leaves a little less.
    expect(inside).toBeGreaterThan(175);
    expect(inside).toBeLessThan(200);
  });

  test("says so when a series is too short for a plateau, and handles a constant one", () => {
    expect(blockAverage(Float64Array.from({ length: 512 }, (_, i) => i)).plateau).toBeUndefined();
    expect(blockAverage([1, 3]).plateau).toBeUndefined();
    const constant = blockAverage(new Float64Array(100).fill(7));
    expect([constant.mean, constant.error, constant.inefficiency]).toEqual([7, 0, 1]);
  });
});

describe("bootstrap", () => {
  test.each([
    [4, 0.82],
    [8, 0.905],
    [20, 0.92],
  ])("of %i normal values covers their mean as often as is said", (n, least) => {
    // Binomial error of 300 draws at 0.95: 0.013, of which the bounds are two or three away. Bare percentiles cover 77, 88 and 93 %.
    const r = random(n);
    let covered = 0;
    for (let draw = 0; draw < 300; draw++) {
      const x = Float64Array.from({ length: n }, () => r.normal());
      const mean = (indices: Int32Array): number => indices.reduce((s, i) => s + x[i]!, 0) / n;
      const { low, high } = bootstrap(n, mean, { seed: draw, samples: 600 });
      if (low <= 0 && high >= 0) covered++;
    }
    expect(covered / 300).toBeGreaterThan(least);
    expect(covered / 300).toBeLessThan(0.975);
  });

  test("of few values has the standard error of their mean, and counts blocks for observations", () => {
    const few = [3, 1, 4, 2, 6];
    const mean = (indices: Int32Array): number => indices.reduce((s, i) => s + few[i % 5]!, 0) / indices.length;
    // 4000 resamples: 1.1 %; three times that.
    expectClose(bootstrap(5, mean, { seed: 1, samples: 4000 }).standardError, standardError(few), { relative: 0.035 });
    const options = { seed: 1, blockLength: 4 };
    expect(() => bootstrap(3, mean, { seed: 1 })).toThrow(/3 observations, expected at least 4/);
    expect(() => bootstrap(12, mean, options)).toThrow(/3 blocks of 4/);
    expect(bootstrap(16, mean, options).high).toBeGreaterThan(2);
  });

  const x = noise(400, 3);
  const meanOf = (indices: Int32Array): number => indices.reduce((s, i) => s + x[i]!, 0) / indices.length;

  test("of a mean gives s/√n and an interval of ±1.96 of it, reproducibly", () => {
    const result = bootstrap(400, meanOf, { seed: 1, samples: 4000 });
    expectClose(result.standardError, standardError(x), { relative: 0.05 });
    expectClose(result.high - result.low, 2 * 1.96 * standardError(x), { relative: 0.05 });
    expectClose(result.estimate, mean(x), { absolute: 1e-14 });
    expect(bootstrap(400, meanOf, { seed: 1, samples: 4000 })).toEqual(result);
    expect(bootstrap(400, meanOf, { seed: 2, samples: 4000 })).not.toEqual(result);
  });

  test("in blocks sees the correlation of a series", () => {
    const phi = 0.8;
    const series = autoregressive(8192, phi, 4);
    const statistic = (indices: Int32Array): number => indices.reduce((s, i) => s + series[i]!, 0) / indices.length;
    const { standardError: error } = bootstrap(8192, statistic, { seed: 1, samples: 500, blockLength: 128 });
    expectClose(error, standardError(series) * Math.sqrt((1 + phi) / (1 - phi)), { relative: 0.15 });
  });

  test("rejects impossible options and statistics that are not finite", () => {
    expect(() => bootstrap(10, () => 1, { seed: 1, level: 1 })).toThrow(OptionError);
    expect(() => bootstrap(10, () => 1, { seed: 1, blockLength: 11 })).toThrow(OptionError);
    const r = random(1);
    expect(() => bootstrap(10, () => (r.next() < 0.5 ? 1 : Number.NaN), { seed: 1 })).toThrow(DataError);
  });
});
