// Addresses of matrix elements, and operations on contiguous vectors.

/** Address of element `i` of the doubles at `p`. */
@inline
export function at(p: usize, i: i32): usize {
  return p + (<usize>i << 3);
}

/** Address of element (i, j) of a matrix with the given strides. */
@inline
export function entry(p: usize, i: i32, rowStride: i32, j: i32, columnStride: i32): usize {
  return p + ((<usize>i * <usize>rowStride + <usize>j * <usize>columnStride) << 3);
}

@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return f64x2.add(f64x2.mul(a, b), c);
}

/** Σ x_i y_i over n contiguous doubles. */
@inline
export function dot(x: usize, y: usize, n: i32): f64 {
  let s0 = f64x2.splat(0), s1 = f64x2.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    s0 = multiplyAdd(v128.load(x), v128.load(y), s0);
    s1 = multiplyAdd(v128.load(x, 16), v128.load(y, 16), s1);
    x += 32;
    y += 32;
  }
  s0 = f64x2.add(s0, s1);
  let sum = f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1);
  for (; i < n; i++) {
    sum += load<f64>(x) * load<f64>(y);
    x += 8;
    y += 8;
  }
  return sum;
}

/** y += factor x over n contiguous doubles. */
@inline
export function addMultiple(factor: f64, x: usize, y: usize, n: i32): void {
  const f = f64x2.splat(factor);
  let i = 0;
  for (; i + 2 <= n; i += 2) {
    v128.store(y, multiplyAdd(f, v128.load(x), v128.load(y)));
    x += 16;
    y += 16;
  }
  if (i < n) store<f64>(y, load<f64>(y) + factor * load<f64>(x));
}

/** x *= factor over n contiguous doubles. */
@inline
export function scale(factor: f64, x: usize, n: i32): void {
  for (let i = 0; i < n; i++) store<f64>(at(x, i), load<f64>(at(x, i)) * factor);
}
