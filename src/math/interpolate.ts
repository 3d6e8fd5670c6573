/** Linear interpolation in tables. */

/** The line through the points (x, y), x ascending, at one place; constant beyond the ends. */
export function linearAt(x: ArrayLike<number>, y: ArrayLike<number>, at: number): number {
  let low = 0;
  let high = x.length - 1;
  if (at <= x[0]!) return y[0]!;
  if (at >= x[high]!) return y[high]!;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle]! <= at) low = middle;
    else high = middle;
  }
  return y[low]! + ((y[high]! - y[low]!) * (at - x[low]!)) / (x[high]! - x[low]!);
}

/** {@link linearAt} at every point of `at`. */
export function interpolate(x: Float64Array, y: Float64Array, at: Float64Array): Float64Array {
  return at.map((v) => linearAt(x, y, v));
}
