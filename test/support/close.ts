/** Comparison of numbers and arrays with stated tolerances. */
import { expect } from "vitest";

/** |actual − expected| ≤ absolute + relative·|expected|; both default to 0. */
export interface Tolerance {
  readonly absolute?: number;
  readonly relative?: number;
}

/** Fails, naming the worst element, unless every element of `actual` is within the tolerance of `expected`. NaN never passes. */
export function expectClose(
  actual: number | ArrayLike<number>,
  expected: number | ArrayLike<number>,
  tolerance: Tolerance,
): void {
  const a = typeof actual === "number" ? [actual] : actual;
  const e = typeof expected === "number" ? [expected] : expected;
  expect(a.length, "number of elements").toBe(e.length);
  const { absolute = 0, relative = 0 } = tolerance;
  let worst = -1;
  let excess = 1;
  for (let i = 0; i < e.length; i++) {
    const allowed = absolute + relative * Math.abs(e[i]!);
    const difference = Math.abs(a[i]! - e[i]!);
    const ratio = difference === 0 ? 0 : difference / allowed;
    if (!(ratio <= excess)) {
      worst = i;
      excess = Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : ratio;
    }
  }
  if (worst >= 0) {
    expect.fail(
      `element ${worst} of ${e.length}: ${a[worst]} is not ${e[worst]} ` +
        `(difference ${Math.abs(a[worst]! - e[worst]!)}, ${excess.toPrecision(3)} times the tolerance)`,
    );
  }
}

/** Largest |a − b| over the elements. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length, "number of elements").toBe(b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}
