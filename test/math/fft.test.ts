import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ShapeError } from "../../src/errors.js";
import { type ComplexArray, fft, inverseFft, inverseRealFft, nextPowerOfTwo, realFft } from "../../src/math/fft.js";
import { expectClose } from "../support/close.js";
import { noise } from "../support/noise.js";

/** The defining sum, with the angle reduced exactly. */
function directSum({ re, im }: ComplexArray): ComplexArray {
  const n = re.length;
  const out = { re: new Float64Array(n), im: new Float64Array(n) };
  for (let k = 0; k < n; k++) {
    for (let j = 0; j < n; j++) {
      const angle = (-2 * Math.PI * ((j * k) % n)) / n;
      out.re[k]! += re[j]! * Math.cos(angle) - im[j]! * Math.sin(angle);
      out.im[k]! += re[j]! * Math.sin(angle) + im[j]! * Math.cos(angle);
    }
  }
  return out;
}

const lengths = [1, 2, 3, 4, 5, 6, 7, 8, 12, 15, 16, 17, 31, 64, 97, 100, 127, 128, 210, 251, 256, 500, 509, 512];

describe("fft", () => {
  test.each(lengths)("of length %i equals the defining sum", (n) => {
    const x = { re: noise(n, 1), im: noise(n, 2) };
    const expected = directSum(x);
    const tolerance = { absolute: 2e-15 * n + 1e-14 };
    expectClose(fft(x).re, expected.re, tolerance);
    expectClose(fft(x).im, expected.im, tolerance);
    const real = realFft(x.re);
    const sum = directSum({ re: x.re, im: new Float64Array(n) });
    expectClose(real.re, sum.re.subarray(0, Math.floor(n / 2) + 1), tolerance);
    expectClose(real.im, sum.im.subarray(0, Math.floor(n / 2) + 1), tolerance);
  });

  test.each([...lengths, 1000, 4096, 10_007, 65_536])("of length %i is undone by its inverse", (n) => {
    const x = { re: noise(n, 3), im: noise(n, 4) };
    const back = inverseFft(fft(x));
    expectClose(back.re, x.re, { absolute: 1e-13 });
    expectClose(back.im, x.im, { absolute: 1e-13 });
    expectClose(inverseRealFft(realFft(x.re), n), x.re, { absolute: 1e-13 });
  });

  test("keeps the energy (Parseval) and shifts phases (shift theorem) at any length", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 700 }), fc.nat(699), fc.nat(1000), (n, shift, seed) => {
        const x = noise(n, seed);
        const spectrum = fft({ re: x, im: new Float64Array(n) });
        const energy = x.reduce((s, v) => s + v * v, 0);
        const spectral = spectrum.re.reduce((s, v, k) => s + v * v + spectrum.im[k]! ** 2, 0) / n;
        expectClose(spectral, energy, { relative: 1e-12 });
        const moved = fft({ re: x.map((_, j) => x[(j + shift) % n]!), im: new Float64Array(n) });
        for (let k = 0; k < n; k++) {
          const angle = (2 * Math.PI * ((k * shift) % n)) / n;
          const [c, s] = [Math.cos(angle), Math.sin(angle)];
          expectClose(moved.re[k]!, c * spectrum.re[k]! - s * spectrum.im[k]!, { absolute: 1e-11 });
          expectClose(moved.im[k]!, s * spectrum.re[k]! + c * spectrum.im[k]!, { absolute: 1e-11 });
        }
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  test("of a cosine on the grid has one line, also at a large prime length", () => {
    const n = 10_007;
    const { re, im } = realFft(
      Float64Array.from({ length: n }, (_, j) => Math.cos((2 * Math.PI * ((j * 1234) % n)) / n)),
    );
    for (let k = 0; k < re.length; k++) {
      expectClose(re[k]!, k === 1234 ? n / 2 : 0, { absolute: 1e-9 });
      expectClose(im[k]!, 0, { absolute: 1e-9 });
    }
  });

  test("does not change its input and gives the same bits again after other lengths", () => {
    const x = noise(30, 1);
    const copy = x.slice();
    const first = realFft(x);
    for (const n of [3, 5, 7, 11, 13, 64]) realFft(noise(n, 1));
    expect(x).toEqual(copy);
    expect(realFft(x)).toEqual(first);
  });

  test("rejects empty input and spectra of another length", () => {
    expect(() => realFft(new Float64Array())).toThrow(ShapeError);
    expect(() => fft({ re: noise(3, 1), im: noise(4, 1) })).toThrow(ShapeError);
    expect(() => inverseRealFft(realFft(noise(8, 1)), 10)).toThrow(/length 10 has 6 spectral values, found 5/);
  });
});

test("nextPowerOfTwo is the smallest power of two not below n", () => {
  expect([1, 2, 3, 4, 5, 1023, 1024, 1025].map(nextPowerOfTwo)).toEqual([1, 2, 4, 4, 8, 1024, 1024, 2048]);
});
