// Small dense products, on which almost all the time is spent, and the addressing of doubles.

/** Doubles per step of the padded dimensions. */
export const PAD: i32 = 4;

@inline
export function padded(n: i32): i32 {
  return (n + PAD - 1) & ~(PAD - 1);
}

@inline
export function at(p: usize, i: i32): usize {
  return p + (<usize>i << 3);
}

@inline
export function int(p: usize, i: i32): i32 {
  return load<i32>(p + (<usize>i << 2));
}

@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return f64x2.add(f64x2.mul(a, b), c);
}

@inline
function total(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

/**
 * C += A·B with C [m, n], n a multiple of PAD, C and B contiguous along rows. Strides in bytes: rows and columns of A, rows
 * of B, rows of C.
 */
export function product(m: i32, n: i32, k: i32, a: usize, ai: usize, ak: usize, b: usize, bk: usize, c: usize, ci: usize): void {
  if (k > 0) tiles(true, m, n, k, a, ai, ak, b, bk, c, ci);
}

/** C = A·B, as {@link product}; k at least 1. */
export function productAlone(m: i32, n: i32, k: i32, a: usize, ai: usize, ak: usize, b: usize, bk: usize, c: usize, ci: usize): void {
  tiles(false, m, n, k, a, ai, ak, b, bk, c, ci);
}

@inline
function tiles(add: bool, m: i32, n: i32, k: i32, a: usize, ai: usize, ak: usize, b: usize, bk: usize, c: usize, ci: usize): void {
  let i = 0;
  for (; i + 4 <= m; i += 4) {
    for (let j = 0; j < n; j += 4) tile4(add, k, a, ai, ak, at(b, j), bk, at(c, j), ci);
    a += 4 * ai;
    c += 4 * ci;
  }
  if (i + 2 <= m) {
    for (let j = 0; j < n; j += 4) tile2(add, k, a, ai, ak, at(b, j), bk, at(c, j), ci);
    a += 2 * ai;
    c += 2 * ci;
    i += 2;
  }
  if (i < m) for (let j = 0; j < n; j += 4) tile1(add, k, a, ak, at(b, j), bk, at(c, j));
}

@inline
function tile4(add: bool, k: i32, a: usize, ai: usize, ak: usize, b: usize, bk: usize, c: usize, ci: usize): void {
  let a1 = a + ai;
  let a2 = a1 + ai;
  let a3 = a2 + ai;
  const zero = f64x2.splat(0);
  let c00 = zero, c01 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero, c30 = zero, c31 = zero;
  do {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load64_splat(a);
    c00 = multiplyAdd(x, b0, c00);
    c01 = multiplyAdd(x, b1, c01);
    x = v128.load64_splat(a1);
    c10 = multiplyAdd(x, b0, c10);
    c11 = multiplyAdd(x, b1, c11);
    x = v128.load64_splat(a2);
    c20 = multiplyAdd(x, b0, c20);
    c21 = multiplyAdd(x, b1, c21);
    x = v128.load64_splat(a3);
    c30 = multiplyAdd(x, b0, c30);
    c31 = multiplyAdd(x, b1, c31);
    a += ak;
    a1 += ak;
    a2 += ak;
    a3 += ak;
    b += bk;
  } while (--k);
  put(add, c, c00, c01);
  c += ci;
  put(add, c, c10, c11);
  c += ci;
  put(add, c, c20, c21);
  c += ci;
  put(add, c, c30, c31);
}

@inline
function tile2(add: bool, k: i32, a: usize, ai: usize, ak: usize, b: usize, bk: usize, c: usize, ci: usize): void {
  let a1 = a + ai;
  const zero = f64x2.splat(0);
  let c00 = zero, c01 = zero, c10 = zero, c11 = zero;
  do {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load64_splat(a);
    c00 = multiplyAdd(x, b0, c00);
    c01 = multiplyAdd(x, b1, c01);
    x = v128.load64_splat(a1);
    c10 = multiplyAdd(x, b0, c10);
    c11 = multiplyAdd(x, b1, c11);
    a += ak;
    a1 += ak;
    b += bk;
  } while (--k);
  put(add, c, c00, c01);
  put(add, c + ci, c10, c11);
}

@inline
function tile1(add: bool, k: i32, a: usize, ak: usize, b: usize, bk: usize, c: usize): void {
  let c0 = f64x2.splat(0), c1 = f64x2.splat(0);
  do {
    const x = v128.load64_splat(a);
    c0 = multiplyAdd(x, v128.load(b), c0);
    c1 = multiplyAdd(x, v128.load(b, 16), c1);
    a += ak;
    b += bk;
  } while (--k);
  put(add, c, c0, c1);
}

@inline
function put(add: bool, c: usize, x: v128, y: v128): void {
  v128.store(c, add ? f64x2.add(v128.load(c), x) : x);
  v128.store(c, add ? f64x2.add(v128.load(c, 16), y) : y, 16);
}

/** y += factor·x over n doubles, n a multiple of PAD. */
@inline
export function addScaled(n: i32, factor: f64, x: usize, y: usize): void {
  const f = f64x2.splat(factor);
  const end = at(y, n);
  while (y < end) {
    v128.store(y, multiplyAdd(f, v128.load(x), v128.load(y)));
    v128.store(y, multiplyAdd(f, v128.load(x, 16), v128.load(y, 16)), 16);
    x += 32;
    y += 32;
  }
}

/** Scalar product over n doubles, n a multiple of PAD. */
@inline
export function dot(n: i32, x: usize, y: usize): f64 {
  let s0 = f64x2.splat(0), s1 = f64x2.splat(0);
  const end = at(x, n);
  while (x < end) {
    s0 = multiplyAdd(v128.load(x), v128.load(y), s0);
    s1 = multiplyAdd(v128.load(x, 16), v128.load(y, 16), s1);
    x += 32;
    y += 32;
  }
  return total(f64x2.add(s0, s1));
}

@inline
export function clear(p: usize, doubles: i32): void {
  memory.fill(p, 0, <usize>doubles << 3);
}
