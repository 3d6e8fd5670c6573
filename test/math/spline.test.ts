import { expect, test } from "vitest";
import { OptionError } from "../../src/errors.js";
import { evaluateHermite, hermiteTable, type TabulatedFunction, tableError } from "../../src/math/spline.js";
import { expectClose } from "../support/close.js";

const waves: TabulatedFunction = (x, values, slopes) => {
  values.set([Math.sin(3 * x), Math.exp(-x)]);
  slopes.set([3 * Math.cos(3 * x), -Math.exp(-x)]);
};

function at(table: Parameters<typeof evaluateHermite>[0], x: number): { values: Float64Array; slopes: Float64Array } {
  const values = new Float64Array(table.channels);
  const slopes = new Float64Array(table.channels);
  evaluateHermite(table, x, values, slopes);
  return { values, slopes };
}

test("a Hermite table reproduces cubics and their derivatives everywhere, its knots and both ends included", () => {
  const cubic: TabulatedFunction = (x, values, slopes) => {
    values[0] = 2 - x + 0.5 * x ** 2 - 3 * x ** 3;
    slopes[0] = -1 + x - 9 * x ** 2;
  };
  const table = hermiteTable(cubic, { from: -1, to: 2, channels: 1, intervals: 7 });
  const [value, slope] = [new Float64Array(1), new Float64Array(1)];
  for (const x of [-1, -0.99, 0, 0.3, 5 / 7, 1.999, 2, 2.1]) {
    cubic(x, value, slope);
    expectClose(at(table, x).values, value, { absolute: 1e-13 });
    expectClose(at(table, x).slopes, slope, { absolute: 1e-12 });
  }
});

test("the error falls with the fourth (value) and third (derivative) power of the step, below the bound step⁴/384·max|f⁗|", () => {
  const errors = [40, 80, 160].map((intervals) =>
    tableError(hermiteTable(waves, { from: 0, to: 4, channels: 2, intervals }), waves),
  );
  expect(errors[0]!.value).toBeLessThan((0.1 ** 4 / 384) * 81);
  for (const k of [0, 1]) {
    expectClose(errors[k]!.value / errors[k + 1]!.value, 16, { relative: 0.05 });
    expectClose(errors[k]!.slope / errors[k + 1]!.slope, 8, { relative: 0.05 });
  }
});

test("a grid without intervals or length is refused", () => {
  expect(() => hermiteTable(waves, { from: 1, to: 1, channels: 1, intervals: 4 })).toThrow(OptionError);
  expect(() => hermiteTable(waves, { from: 0, to: 1, channels: 1, intervals: 0 })).toThrow(OptionError);
});
