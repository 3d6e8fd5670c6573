import { expect, test } from "vitest";
import { OptionError } from "../../src/errors.js";
import { gaussLegendre } from "../../src/math/quadrature.js";
import { expectClose } from "../support/close.js";

function integrate(f: (x: number) => number, n: number, from: number, to: number): number {
  const { points, weights } = gaussLegendre(n, from, to);
  return points.reduce((s, x, i) => s + weights[i]! * f(x), 0);
}

test("Gauss–Legendre with three points has the closed form ±√(3/5), 0 with weights 5/9, 8/9", () => {
  const { points, weights } = gaussLegendre(3);
  expectClose(points, [-Math.sqrt(0.6), 0, Math.sqrt(0.6)], { absolute: 1e-15 });
  expectClose(weights, [5 / 9, 8 / 9, 5 / 9], { relative: 1e-14 });
});

test("Gauss–Legendre integrates polynomials up to degree 2n − 1 exactly", () => {
  for (const n of [1, 2, 5, 16, 33]) {
    for (const degree of [0, 1, n, 2 * n - 2, 2 * n - 1]) {
      expectClose(
        integrate((x) => x ** degree, n, 0, 1),
        1 / (degree + 1),
        { relative: 1e-13 },
      );
    }
  }
});

test("Gauss–Legendre integrates smooth functions over other intervals, also with many points", () => {
  expectClose(integrate(Math.exp, 20, -1, 2), Math.exp(2) - Math.exp(-1), { relative: 1e-14 });
  expectClose(
    integrate((x) => Math.sin(50 * x), 500, 0, 1),
    (1 - Math.cos(50)) / 50,
    { absolute: 1e-15 },
  );
  const { points, weights } = gaussLegendre(2000);
  expectClose(
    weights.reduce((s, w) => s + w, 0),
    2,
    { relative: 1e-12 },
  );
  expect(points.every((x, i) => i === 0 || x > points[i - 1]!)).toBe(true);
});

test("Gauss–Legendre rejects no points and infinite limits", () => {
  expect(() => gaussLegendre(0)).toThrow(OptionError);
  expect(() => gaussLegendre(4, 0, Number.POSITIVE_INFINITY)).toThrow(OptionError);
});
