import { describe, expect, test } from "vitest";
import { OptionError } from "../../src/errors.js";
import {
  scaledModifiedSphericalBessel,
  scaledModifiedSphericalBesselUpTo,
  sphericalBessel,
  sphericalBesselDerivative,
  sphericalBesselUpTo,
  sphericalBesselZeros,
} from "../../src/math/special.js";
import { expectClose } from "../support/close.js";
import { derivative } from "../support/finiteDifference.js";

const one = 1n << 700n;

/** A double exactly, as a multiple of 1/one. */
function fixed(x: number): bigint {
  let value = x;
  let shift = 0n;
  while (!Number.isInteger(value)) {
    value *= 2;
    shift++;
  }
  return (BigInt(value) * one) >> shift;
}

function toNumber(value: bigint): number {
  const digits = 10n ** 40n;
  return Number((value * digits) / one) / 1e40;
}

/** Power series of j_l (sign −1) or i_l (sign +1) times `factor`, in 700-bit fixed point: no cancellation that matters. */
function exactSeries(l: number, x: number, sign: 1n | -1n, factor = one): bigint {
  const z = fixed(x);
  let term = factor;
  for (let k = 1; k <= l; k++) term = (term * z) / one / BigInt(2 * k + 1);
  let sum = term;
  const half = (sign * ((z * z) / one)) / 2n;
  for (let k = 1; term !== 0n; k++) {
    term = (term * half) / one / BigInt(k * (2 * (l + k) + 1));
    sum += term;
  }
  return sum;
}

function exactExponential(x: number): bigint {
  const z = fixed(x);
  let term = one;
  let sum = one;
  for (let k = 1; term !== 0n; k++) {
    term = (term * z) / one / BigInt(k);
    sum += term;
  }
  return sum;
}

const arguments_ = [1e-9, 1e-3, 0.1, 0.7, 1, 1.4999, 1.5, 2, 3.3, 5, 7.9, 12, 12.5, 13, 20.25, 33, 41, 77.7, 100];

describe("spherical Bessel functions", () => {
  test("equal the power series summed in 700-bit arithmetic to 1e-13 for l ≤ 12", () => {
    for (const x of arguments_) {
      const all = sphericalBesselUpTo(12, x);
      for (let l = 0; l <= 12; l++) {
        // Near a zero only an error relative to the amplitude 1/x can be asked for.
        const exact = toNumber(exactSeries(l, x, -1n));
        const amplitude = x > l ? 1 / x : 0;
        expectClose(all[l]!, exact, { relative: 1e-13, absolute: 1e-14 * amplitude + 1e-39 });
        expectClose(sphericalBessel(l, x), exact, { relative: 1e-13, absolute: 1e-14 * amplitude + 1e-39 });
      }
    }
  });

  test("satisfy Σ (2l+1) j_l² = 1 up to large orders", () => {
    for (const x of [0, 0.5, 3, 10, 30]) {
      const sum = sphericalBesselUpTo(80, x).reduce((s, j, l) => s + (2 * l + 1) * j * j, 0);
      expectClose(sum, 1, { absolute: 1e-13 });
    }
  });

  test("have the derivative that finite differences show, also at 0", () => {
    for (const l of [0, 1, 2, 7, 12]) {
      for (const x of [0.5, 4, 11, 25]) {
        const numeric = derivative((y) => sphericalBessel(l, y), x, 1e-3);
        expectClose(sphericalBesselDerivative(l, x), numeric, { absolute: 1e-11 });
      }
    }
    expectClose(
      [0, 1, 2].map((l) => sphericalBesselDerivative(l, 0)),
      [0, 1 / 3, 0],
      { absolute: 1e-16 },
    );
  });

  test("vanish at their zeros, which are the tabulated ones", () => {
    expectClose(sphericalBesselZeros(0, 3), [Math.PI, 2 * Math.PI, 3 * Math.PI], { relative: 1e-15 });
    // tan x = x
    expectClose(sphericalBesselZeros(1, 3), [4.493409457909064, 7.725251836937707, 10.904121659428899], {
      relative: 1e-15,
    });
    expectClose(sphericalBesselZeros(2, 2), [5.76345919689455, 9.095011330476355], { relative: 1e-15 });
    for (let l = 1; l <= 12; l++) {
      const zeros = sphericalBesselZeros(l, 20);
      for (let k = 0; k < 20; k++) {
        // The residual is what a few roundings of the argument make.
        const slope = Math.abs(sphericalBesselDerivative(l, zeros[k]!));
        expect(Math.abs(sphericalBessel(l, zeros[k]!))).toBeLessThan(1e-15 * zeros[k]! * slope);
        if (k > 0) expect(zeros[k]! - zeros[k - 1]!).toBeGreaterThan(Math.PI);
      }
    }
  });

  test("reject a fractional order and a negative or NaN argument", () => {
    expect(() => sphericalBessel(0.5, 1)).toThrow(OptionError);
    expect(() => sphericalBessel(1, -1)).toThrow(OptionError);
    expect(() => sphericalBessel(1, Number.NaN)).toThrow(OptionError);
  });
});

describe("scaled modified spherical Bessel functions", () => {
  test("equal the power series summed in 700-bit arithmetic to 1e-13 for l ≤ 12", () => {
    for (const x of arguments_) {
      const exponential = exactExponential(x);
      const all = scaledModifiedSphericalBesselUpTo(12, x);
      for (let l = 0; l <= 12; l++) {
        const exact = toNumber((exactSeries(l, x, 1n) * one) / exponential);
        expectClose(all[l]!, exact, { relative: 1e-13, absolute: 1e-39 });
        expectClose(scaledModifiedSphericalBessel(l, x), exact, { relative: 1e-13, absolute: 1e-39 });
      }
    }
  });

  test("do not overflow and tend to 1/(2x)", () => {
    for (const l of [0, 5, 12]) expectClose(scaledModifiedSphericalBessel(l, 1e8), 0.5e-8, { relative: 1e-5 });
    expectClose(scaledModifiedSphericalBessel(0, 0), 1, {});
    expectClose(scaledModifiedSphericalBessel(3, 0), 0, {});
  });

  test("are smooth where the method changes and satisfy the recurrence i_{l−1} − i_{l+1} = (2l+1) i_l / x", () => {
    for (const x of [0.01, 1, 39.99, 40.01, 311.9, 312.1, 5000]) {
      const i = scaledModifiedSphericalBesselUpTo(12, x);
      for (let l = 1; l < 12; l++) {
        expectClose(i[l - 1]! - i[l + 1]!, ((2 * l + 1) * i[l]!) / x, { absolute: 1e-15 * i[l - 1]! * 4 });
      }
    }
  });
});
