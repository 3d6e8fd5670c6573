import { describe, expect, it } from "vitest";
import { OptionError, ShapeError } from "../../src/errors.js";
import { type CorrelationOptions, correlation } from "../../src/spectrum/correlation.js";
import { expectClose } from "../support/close.js";
import { noise } from "./signals.js";

/** By direct summation, O(N·maxLag). */
function directCorrelation(x: Float64Array, y: Float64Array, options: Required<CorrelationOptions>): number[] {
  const { maxLag, mean, normalization } = options;
  const shifted = (v: Float64Array) =>
    v.map((a) => a - (mean === "remove" ? v.reduce((s, b) => s + b, 0) / v.length : 0));
  const [a, b] = [shifted(x), shifted(y)];
  return Array.from({ length: maxLag + 1 }, (_, k) => {
    const count = a.length - k;
    const sum = a.subarray(0, count).reduce((s, v, i) => s + v * b[i + k]!, 0);
    return sum / (normalization === "biased" ? a.length : count);
  });
}

describe("correlation", () => {
  it("by Fourier transform equals direct summation, auto and cross, any length, mean and normalization", () => {
    for (const n of [4, 17, 128, 301])
      for (const mean of ["remove", "keep"] as const)
        for (const normalization of ["biased", "unbiased"] as const) {
          const x = noise(n, 1).map((v) => v + 3);
          const y = noise(n, 2).map((v) => v - 2);
          const options = { mean, normalization, maxLag: Math.floor(n / 2) };
          expectClose(correlation(x, x, options), directCorrelation(x, x, options), { absolute: 1e-12 });
          expectClose(correlation(x, y, options), directCorrelation(x, y, options), { absolute: 1e-12 });
        }
  });

  it("of a record far longer than the lags goes through it in blocks", () => {
    const n = 140_003;
    const [x, y] = [noise(n, 5).map((v) => v + 1), noise(n, 6)];
    for (const normalization of ["biased", "unbiased"] as const) {
      const options = { mean: "keep", normalization, maxLag: 40 } as const;
      expectClose(correlation(x, x, options), directCorrelation(x, x, options), { absolute: 1e-12 });
      expectClose(correlation(x, y, options), directCorrelation(x, y, options), { absolute: 1e-12 });
    }
  });

  it("of x with y at lag k is ⟨x(0) y(k)⟩: a delayed copy peaks at its delay", () => {
    const x = noise(400, 3);
    const y = Float64Array.from(x, (_, k) => (k < 7 ? 0 : x[k - 7]!));
    const c = correlation(x, y, { maxLag: 20 });
    expect(c.indexOf(Math.max(...c))).toBe(7);
  });

  it("of a cosine over whole periods is half a cosine", () => {
    const n = 240;
    const x = Float64Array.from({ length: n }, (_, k) => Math.cos((2 * Math.PI * k) / 12));
    const c = correlation(x, x, { maxLag: 24 });
    expectClose(
      c.filter((_, k) => k % 12 === 0),
      [0.5, 0.5, 0.5],
      { absolute: 1e-12 },
    );
  });

  it("refuses unequal lengths and lags beyond the record", () => {
    expect(() => correlation(new Float64Array(4), new Float64Array(5))).toThrow(ShapeError);
    expect(() => correlation(new Float64Array(4), undefined, { maxLag: 4 })).toThrow(OptionError);
  });
});
