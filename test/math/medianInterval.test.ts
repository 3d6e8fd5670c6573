import { describe, expect, it } from "vitest";
import { medianInterval } from "../../src/math/medianInterval.js";
import { random } from "../../src/math/random.js";

describe("medianInterval", () => {
  it("takes the order statistics of the printed tables: n = 10 the 2nd and 9th, n = 20 the 6th and 15th", () => {
    const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
    // Coverages from the binomial sums 1 − 2·11/1024 and 1 − 2·21700/2^20.
    expect(medianInterval(upTo(10))).toEqual({ median: 5.5, low: 2, high: 9, coverage: 1 - 22 / 1024 });
    const twenty = medianInterval(upTo(20));
    expect([twenty.low, twenty.high]).toEqual([6, 15]);
    expect(twenty.coverage).toBeCloseTo(1 - 43400 / 2 ** 20, 12);
  });

  it("gives the range, and says how little it covers, for few values", () => {
    expect(medianInterval([2, 1, 3])).toEqual({ median: 2, low: 1, high: 3, coverage: 0.75 });
    expect(medianInterval([7])).toEqual({ median: 7, low: 7, high: 7, coverage: 0 });
  });

  it("orders infinite values like others", () => {
    const { low, high } = medianInterval([1, 2, 3, 4, 5, Number.POSITIVE_INFINITY]);
    expect([low, high]).toEqual([1, Number.POSITIVE_INFINITY]);
  });

  it("holds the true median as often as it says, of a skewed distribution", () => {
    const r = random(5);
    const [trials, n] = [4000, 12];
    let held = 0;
    let coverage = 0;
    for (let t = 0; t < trials; t++) {
      const interval = medianInterval(Array.from({ length: n }, () => -Math.log(1 - r.next())));
      coverage = interval.coverage;
      if (interval.low <= Math.LN2 && Math.LN2 <= interval.high) held++;
    }
    // Three standard deviations of a binomial count.
    expect(Math.abs(held / trials - coverage)).toBeLessThan(3 * Math.sqrt((coverage * (1 - coverage)) / trials));
  });

  it("refuses nothing", () => {
    expect(() => medianInterval([])).toThrow("no values");
  });
});
