// Equivariant features of atomic environments in double precision on 128-bit SIMD: density expansion, features, contraction
// with weights, its reverse pass, and the rows of a design matrix. The same formulas term by term, in plain TypeScript and
// without regard to speed, are src/descriptor/referenceEngine.ts; callers lay out the memory (src/descriptor/kernelEngine.ts).
//
// Almost all work is in one small matrix product. Channels are padded to multiples of four, as are the neighbours of one
// species around one centre; whatever a padded tile writes beyond its row are zeros added to what is there.
// Summation orders depend on the input alone: the same bits on every machine.

/** Doubles per step of the padded dimensions. */
const PAD: i32 = 4;

// ------------------------------------------------------------------------------------------------------ settings

/** Highest degree, number of (l, m), species. */
let lMax: i32 = 0;
let lms: i32 = 0;
let kinds: i32 = 0;
/** Channels of one neighbour: number, padded number, padded number over all l. */
let width: i32 = 0;
let widthStride: i32 = 0;
let tableWidth: i32 = 0;
/** Density channels: number and stride of c[lm][channel]. */
let channels: i32 = 0;
let channelStride: i32 = 0;
/** Per species: pointer to its table [knots][value, slope·step][tableWidth]; first channel; central atom's part [width]. */
let tables: usize = 0;
let offsets: usize = 0;
let centres: usize = 0;
let hasCentre: bool = false;
/** Interval of the tables, Å, and their number. */
let step: f64 = 1;
let intervals: i32 = 1;
/** Coefficients of the spherical harmonics: rise, fall, slope at l(l+1)/2+m, start at m. */
let rise: usize = 0;
let fall: usize = 0;
let slope: usize = 0;
let start: usize = 0;

export function configureExpansion(
  lMax_: i32,
  width_: i32,
  channels_: i32,
  kinds_: i32,
  tables_: usize,
  offsets_: usize,
  centres_: usize,
  hasCentre_: bool,
  step_: f64,
  intervals_: i32,
  rise_: usize,
  fall_: usize,
  slope_: usize,
  start_: usize,
): void {
  lMax = lMax_;
  lms = (lMax + 1) * (lMax + 1);
  width = width_;
  widthStride = padded(width);
  tableWidth = widthStride * (lMax + 1);
  channels = channels_;
  channelStride = padded(channels);
  kinds = kinds_;
  tables = tables_;
  offsets = offsets_;
  centres = centres_;
  hasCentre = hasCentre_;
  step = step_;
  intervals = intervals_;
  rise = rise_;
  fall = fall_;
  slope = slope_;
  start = start_;
}

/** Order of the features, features per atom, first feature of the part, number of blocks and their records. */
let order: i32 = 0;
let components: i32 = 0;
let features: i32 = 0;
let blockCount: i32 = 0;
let blocks: usize = 0;

/**
 * A block record is 12 integers: l1, l2, first feature, pointer to the couplings, first coupling of each component
 * (6), first row of the block's U (derivative on l1), and the same for l2.
 * A coupling is m1 + l1 and m2 + l2 (integers) and the coefficient.
 */
const BLOCK_BYTES: usize = 48;
const COUPLING_BYTES: usize = 16;

export function configureFeatures(order_: i32, features_: i32, blockCount_: i32, blocks_: usize): void {
  order = order_;
  components = 2 * order + 1;
  features = features_;
  blockCount = blockCount_;
  blocks = blocks_;
}

/** Pairs of a structure: first[centre·kinds + s], multiples of PAD. */
let first: usize = 0;
let vectors: usize = 0;
let pairs: i32 = 0;
let neighbours: usize = 0;
let species: usize = 0;
let atoms: i32 = 0;

/** `vectors_` holds x, y and z one after the other, `pairs_` doubles each; `neighbours_` is −1 for padding, where any vector may stand. */
export function configureStructure(
  atoms_: i32,
  pairs_: i32,
  first_: usize,
  vectors_: usize,
  neighbours_: usize,
  species_: usize,
): void {
  atoms = atoms_;
  pairs = pairs_;
  first = first_;
  vectors = vectors_;
  neighbours = neighbours_;
  species = species_;
}

/** Stride of arrays over the neighbours of one centre. */
let row: i32 = 0;
/** Unit vectors, 1/r, first knot, Hermite weights of value and slope, [14][row]. */
let geometry: usize = 0;
/** Y_lm and the gradient of the polynomial that continues it, [4][lms][row]. */
let harmonics: usize = 0;
/** h and dh/dr, [row][tableWidth] each, and transposed [tableWidth][row] each. */
let radial: usize = 0;
let radialSlope: usize = 0;
let radialT: usize = 0;
let radialSlopeT: usize = 0;
/** c[lm][channel]. */
let density: usize = 0;
/** Small intermediates. */
let scratch: usize = 0;

/** Bytes that {@link workspace} needs for centres with up to `most` neighbours (a multiple of PAD). */
export function workspaceBytes(most: i32): f64 {
  const r = <f64>rowStride(most), c = <f64>channelStride, l = <f64>(2 * lMax + 1), y = <f64>lms;
  const kept = 14 * r + 4 * y * r + 4 * r * <f64>tableWidth + (y + 1) * c;
  const scratch = l * (r + c) * 2 + c * c + 7 * r * c + 3 * (y + 1) * c;
  return 8 * (kept + scratch + 64);
}

export function workspace(most: i32, p: usize): void {
  row = rowStride(most);
  geometry = p;
  harmonics = geometry + (14 * row << 3);
  radial = harmonics + (4 * lms * row << 3);
  radialSlope = radial + (row * tableWidth << 3);
  radialT = radialSlope + (row * tableWidth << 3);
  radialSlopeT = radialT + (row * tableWidth << 3);
  density = radialSlopeT + (row * tableWidth << 3);
  scratch = density + ((lms + 1) * channelStride << 3);
}

/** Rows that are not a multiple of a cache page apart do not fight for the same cache lines. */
function rowStride(most: i32): i32 {
  return most % 16 == 0 ? most + PAD : most;
}

@inline
function padded(n: i32): i32 {
  return (n + PAD - 1) & ~(PAD - 1);
}

@inline
function at(p: usize, i: i32): usize {
  return p + (<usize>i << 3);
}

@inline
function int(p: usize, i: i32): i32 {
  return load<i32>(p + (<usize>i << 2));
}

@inline
function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return f64x2.add(f64x2.mul(a, b), c);
}

@inline
function total(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

// ------------------------------------------------------------------------------------------------ matrix product

/**
 * C += A·B with C [m, n], n a multiple of PAD, C and B contiguous along rows. Strides in bytes: rows and columns of A, rows
 * of B, rows of C.
 */
function product(m: i32, n: i32, k: i32, a: usize, ai: usize, ak: usize, b: usize, bk: usize, c: usize, ci: usize): void {
  if (k <= 0) return;
  let i = 0;
  for (; i + 4 <= m; i += 4) {
    for (let j = 0; j < n; j += 4) tile4(k, a, ai, ak, at(b, j), bk, at(c, j), ci);
    a += 4 * ai;
    c += 4 * ci;
  }
  if (i + 2 <= m) {
    for (let j = 0; j < n; j += 4) tile2(k, a, ai, ak, at(b, j), bk, at(c, j), ci);
    a += 2 * ai;
    c += 2 * ci;
    i += 2;
  }
  if (i < m) for (let j = 0; j < n; j += 4) tile1(k, a, ak, at(b, j), bk, at(c, j));
}

@inline
function tile4(k: i32, a: usize, ai: usize, ak: usize, b: usize, bk: usize, c: usize, ci: usize): void {
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
  addTo(c, c00, c01);
  c += ci;
  addTo(c, c10, c11);
  c += ci;
  addTo(c, c20, c21);
  c += ci;
  addTo(c, c30, c31);
}

@inline
function tile2(k: i32, a: usize, ai: usize, ak: usize, b: usize, bk: usize, c: usize, ci: usize): void {
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
  addTo(c, c00, c01);
  addTo(c + ci, c10, c11);
}

@inline
function tile1(k: i32, a: usize, ak: usize, b: usize, bk: usize, c: usize): void {
  let c0 = f64x2.splat(0), c1 = f64x2.splat(0);
  do {
    const x = v128.load64_splat(a);
    c0 = multiplyAdd(x, v128.load(b), c0);
    c1 = multiplyAdd(x, v128.load(b, 16), c1);
    a += ak;
    b += bk;
  } while (--k);
  addTo(c, c0, c1);
}

@inline
function addTo(c: usize, x: v128, y: v128): void {
  v128.store(c, f64x2.add(v128.load(c), x));
  v128.store(c, f64x2.add(v128.load(c, 16), y), 16);
}

/** y += factor·x over n doubles, n a multiple of PAD. */
@inline
function addScaled(n: i32, factor: f64, x: usize, y: usize): void {
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
function dot(n: i32, x: usize, y: usize): f64 {
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
function clear(p: usize, doubles: i32): void {
  memory.fill(p, 0, <usize>doubles << 3);
}

// ---------------------------------------------------------------------------------------------------- expansion

/** Rows of `geometry`. */
const UX: i32 = 0, UY: i32 = 1, UZ: i32 = 2, INVERSE: i32 = 3, KNOT: i32 = 4, VALUE: i32 = 5, SLOPE: i32 = 9;

@inline
function field(which: i32): usize {
  return at(geometry, which * row);
}

/** Unit vectors, knots and Hermite weights of pairs p0 … p1 − 1. */
function measure(p0: i32, p1: i32): void {
  const x = at(vectors, p0), y = at(x, pairs), z = at(y, pairs);
  const inverseStep = 1 / step;
  for (let j = 0; j < p1 - p0; j++) {
    const vx = load<f64>(at(x, j)), vy = load<f64>(at(y, j)), vz = load<f64>(at(z, j));
    const r = sqrt(vx * vx + vy * vy + vz * vz);
    const inverse = 1 / r;
    store<f64>(at(field(UX), j), vx * inverse);
    store<f64>(at(field(UY), j), vy * inverse);
    store<f64>(at(field(UZ), j), vz * inverse);
    store<f64>(at(field(INVERSE), j), inverse);
    const inside = int(neighbours, p0 + j) >= 0;
    const position = r * inverseStep;
    const knot = inside ? min(<i32>position, intervals - 1) : 0;
    store<i32>(at(field(KNOT), j), knot);
    const t = position - <f64>knot, u = 1 - t;
    const f: f64 = inside ? 1 : 0;
    store<f64>(at(field(VALUE), j), f * (1 + 2 * t) * u * u);
    store<f64>(at(field(VALUE + 1), j), f * t * u * u);
    store<f64>(at(field(VALUE + 2), j), f * t * t * (3 - 2 * t));
    store<f64>(at(field(VALUE + 3), j), -f * t * t * u);
    const d = f * inverseStep;
    store<f64>(at(field(SLOPE), j), -6 * d * t * u);
    store<f64>(at(field(SLOPE + 1), j), d * u * (1 - 3 * t));
    store<f64>(at(field(SLOPE + 2), j), 6 * d * t * u);
    store<f64>(at(field(SLOPE + 3), j), d * t * (3 * t - 2));
  }
}

@inline
function harmonic(which: i32, lm: i32): usize {
  return at(harmonics, (which * lms + lm) * row);
}

/** Y_lm of the first `count` neighbours, two at a time. */
function evaluateHarmonics(count: i32, withGradient: bool): void {
  const zero = f64x2.splat(0);
  for (let j = 0; j < count; j += 2) {
    const x = v128.load(at(field(UX), j)), y = v128.load(at(field(UY), j)), z = v128.load(at(field(UZ), j));
    // Re and Im of (x + iy)^m and of the power before
    let re = f64x2.splat(1), im = zero, reBefore = zero, imBefore = zero;
    for (let m = 0; m <= lMax; m++) {
      const mm = f64x2.splat(<f64>m);
      let q = v128.load64_splat(at(start, m)), below = zero;
      for (let l = m; l <= lMax; l++) {
        const i = (l * (l + 1) >> 1) + m;
        if (l > m) {
          const next = f64x2.sub(
            f64x2.mul(f64x2.mul(v128.load64_splat(at(rise, i)), z), q),
            f64x2.mul(v128.load64_splat(at(fall, i)), below),
          );
          below = q;
          q = next;
        }
        const up = l * l + l + m, down = up - 2 * m;
        v128.store(at(harmonic(0, up), j), f64x2.mul(q, re));
        if (m) v128.store(at(harmonic(0, down), j), f64x2.mul(q, im));
        if (withGradient) {
          const f = f64x2.mul(mm, q);
          v128.store(at(harmonic(1, up), j), f64x2.mul(f, reBefore));
          v128.store(at(harmonic(2, up), j), f64x2.neg(f64x2.mul(f, imBefore)));
          if (m) {
            v128.store(at(harmonic(1, down), j), f64x2.mul(f, imBefore));
            v128.store(at(harmonic(2, down), j), f64x2.mul(f, reBefore));
            // dQ_{l,m−1}/dz = slope·Q_lm, times the power before
            const s = f64x2.mul(v128.load64_splat(at(slope, i - 1)), q);
            v128.store(at(harmonic(3, up - 1), j), f64x2.mul(s, reBefore));
            if (m > 1) v128.store(at(harmonic(3, down + 1), j), f64x2.mul(s, imBefore));
          }
          if (l == m) {
            v128.store(at(harmonic(3, up), j), zero);
            v128.store(at(harmonic(3, down), j), zero);
          }
        }
      }
      reBefore = re;
      imBefore = im;
      re = f64x2.sub(f64x2.mul(reBefore, x), f64x2.mul(imBefore, y));
      im = f64x2.add(f64x2.mul(imBefore, x), f64x2.mul(reBefore, y));
    }
  }
}

@inline
function hermite(p: usize, next: usize, w: usize, stride: usize): v128 {
  return f64x2.add(
    f64x2.add(f64x2.mul(v128.load64_splat(w), v128.load(p)), f64x2.mul(v128.load64_splat(w + stride), v128.load(p + next))),
    f64x2.add(
      f64x2.mul(v128.load64_splat(w + 2 * stride), v128.load(p + 2 * next)),
      f64x2.mul(v128.load64_splat(w + 3 * stride), v128.load(p + 3 * next)),
    ),
  );
}

/** h of neighbours j0 … j1 − 1 (even), as [j][channel]. */
function evaluateRadial(j0: i32, j1: i32, table: usize): void {
  const next = <usize>tableWidth << 3;
  const stride = <usize>row << 3;
  for (let j = j0; j < j1; j++) {
    let p = table + <usize>load<i32>(at(field(KNOT), j)) * 2 * next;
    const w = at(field(VALUE), j);
    let h = at(radial, j * tableWidth);
    const end = h + next;
    while (h < end) {
      v128.store(h, hermite(p, next, w, stride));
      p += 16;
      h += 16;
    }
  }
}

/** As {@link evaluateRadial}, with dh/dr and the transposes. */
function evaluateRadialSlopes(j0: i32, j1: i32, table: usize): void {
  const next = <usize>tableWidth << 3;
  const stride = <usize>row << 3;
  for (let j = j0; j < j1; j += 2) {
    let p = table + <usize>load<i32>(at(field(KNOT), j)) * 2 * next;
    let q = table + <usize>load<i32>(at(field(KNOT), j + 1)) * 2 * next;
    const w = at(field(VALUE), j), s = at(field(SLOPE), j);
    for (let i = 0; i < tableWidth; i += 2) {
      transposed(i, j, radial, radialT, hermite(p, next, w, stride), hermite(q, next, w + 8, stride));
      transposed(i, j, radialSlope, radialSlopeT, hermite(p, next, s, stride), hermite(q, next, s + 8, stride));
      p += 16;
      q += 16;
    }
  }
}

@inline
function transposed(i: i32, j: i32, rows: usize, columns: usize, a: v128, b: v128): void {
  v128.store(at(rows, j * tableWidth + i), a);
  v128.store(at(rows, (j + 1) * tableWidth + i), b);
  v128.store(at(columns, i * row + j), v128.shuffle<i64>(a, b, 0, 2));
  v128.store(at(columns, (i + 1) * row + j), v128.shuffle<i64>(a, b, 1, 3));
}

/** Harmonics and radial functions around a centre. */
function surround(centre: i32, withGradient: bool): void {
  const p0 = int(first, centre * kinds), p1 = int(first, (centre + 1) * kinds);
  measure(p0, p1);
  evaluateHarmonics(p1 - p0, withGradient);
  for (let s = 0; s < kinds; s++) {
    const j0 = int(first, centre * kinds + s) - p0, j1 = int(first, centre * kinds + s + 1) - p0;
    if (withGradient) evaluateRadialSlopes(j0, j1, <usize>int(tables, s));
    else evaluateRadial(j0, j1, <usize>int(tables, s));
  }
}

/** c[lm][channel] of a centre whose surroundings have been evaluated, into `target`. */
function sumDensity(centre: i32, target: usize): void {
  clear(target, (lms + 1) * channelStride);
  const p0 = int(first, centre * kinds);
  const own = int(species, centre);
  if (hasCentre)
    for (let i = 0; i < width; i++) {
      const to = at(target, int(offsets, own) + i);
      store<f64>(to, load<f64>(to) + load<f64>(at(centres, own * width + i)));
    }
  const stride = <usize>channelStride << 3;
  for (let s = 0; s < kinds; s++) {
    const j0 = int(first, centre * kinds + s) - p0, j1 = int(first, centre * kinds + s + 1) - p0;
    for (let l = 0; l <= lMax; l++)
      product(
        2 * l + 1, widthStride, j1 - j0,
        at(harmonic(0, l * l), j0), <usize>row << 3, 8,
        at(radial, j0 * tableWidth + l * widthStride), <usize>tableWidth << 3,
        at(target, l * l * channelStride + int(offsets, s)), stride,
      );
  }
}

/** Expands the density around a centre. */
export function expand(centre: i32, withGradient: bool): void {
  surround(centre, withGradient);
  sumDensity(centre, density);
}

// ----------------------------------------------------------------------------------------------------- features

/** Address of c[l, first m]. */
@inline
function densityRow(c: usize, l: i32): usize {
  return at(c, l * l * channelStride);
}

/** Two-body features of the expanded centre: [2λ+1][features] at `out`. */
export function twoBodyFeatures(out: usize, offset: i32): void {
  for (let m = 0; m < components; m++)
    memory.copy(at(out, m * features + offset), at(density, (order * order + m) * channelStride), <usize>channels << 3);
}

/** Three-body features of the expanded centre: [2λ+1][features] at `out`. */
export function threeBodyFeatures(out: usize): void {
  const stride = <usize>channelStride << 3;
  for (let k = 0; k < blockCount; k++) {
    const block = blocks + <usize>k * BLOCK_BYTES;
    const l1 = int(block, 0), l2 = int(block, 1);
    const n2 = 2 * l2 + 1;
    const t = scratch, square = at(t, n2 * channelStride);
    for (let m = 0; m < components; m++) {
      clear(t, n2 * channelStride);
      for (let e = int(block, 4 + m); e < int(block, 5 + m); e++) {
        const entry = <usize>int(block, 3) + <usize>e * COUPLING_BYTES;
        const c1 = at(densityRow(density, l1), int(entry, 0) * channelStride);
        addScaled(channelStride, load<f64>(entry, 8), c1, at(t, int(entry, 1) * channelStride));
      }
      clear(square, channelStride * channelStride);
      const c2 = densityRow(density, l2);
      let target = at(out, m * features + int(block, 2));
      if (l1 < l2) {
        product(channels, channelStride, n2, t, 8, stride, c2, stride, square, stride);
        for (let a = 0; a < channels; a++) {
          memory.copy(target, at(square, a * channelStride), <usize>channels << 3);
          target = at(target, channels);
        }
      } else {
        for (let a = 0; a < channelStride; a += PAD)
          product(min(PAD, channels - a), channelStride - a, n2, at(t, a), 8, stride, at(c2, a), stride, at(square, a * channelStride + a), stride);
        for (let a = 0; a < channels; a++) {
          const from = at(square, a * channelStride + a);
          memory.copy(target, from, <usize>(channels - a) << 3);
          store<f64>(target, load<f64>(from) * Math.SQRT1_2);
          target = at(target, channels - a);
        }
      }
    }
  }
}

// ------------------------------------------------------------------------------------------------- contraction

/** Adds Σ_ab W_ab Σ C c_{a l1 m1} c_{b l2 m2} of the expanded centre to value[μ]. */
export function threeBodyValue(weights: usize, value: usize): void {
  const stride = <usize>channelStride << 3;
  for (let k = 0; k < blockCount; k++) {
    const block = blocks + <usize>k * BLOCK_BYTES;
    const l1 = int(block, 0), l2 = int(block, 1);
    const n1 = 2 * l1 + 1;
    const g = scratch;
    clear(g, n1 * channelStride);
    product(n1, channelStride, channels, densityRow(density, l1), stride, 8, weights, stride, g, stride);
    const c2 = densityRow(density, l2);
    for (let m = 0; m < components; m++) {
      let sum: f64 = 0;
      for (let e = int(block, 4 + m); e < int(block, 5 + m); e++) {
        const entry = <usize>int(block, 3) + <usize>e * COUPLING_BYTES;
        sum += load<f64>(entry, 8) *
          dot(channelStride, at(g, int(entry, 0) * channelStride), at(c2, int(entry, 1) * channelStride));
      }
      store<f64>(at(value, m), load<f64>(at(value, m)) + sum);
    }
    weights = at(weights, channelStride * channels);
  }
}

/** Adjoints ∂value_μ/∂c, [2λ+1][lms + 1][channelStride]. */
@inline
function adjoint(p: usize, m: i32): usize {
  return at(p, m * (lms + 1) * channelStride);
}

/** As {@link threeBodyValue}, with the adjoints at `p`; for l1 < l2 each W is followed by its transpose. */
export function threeBodyAdjoint(weights: usize, value: usize, p: usize): void {
  const stride = <usize>channelStride << 3;
  clear(p, components * (lms + 1) * channelStride);
  for (let k = 0; k < blockCount; k++) {
    const block = blocks + <usize>k * BLOCK_BYTES;
    const l1 = int(block, 0), l2 = int(block, 1);
    const n1 = 2 * l1 + 1, n2 = 2 * l2 + 1;
    const g = scratch;
    clear(g, (n1 + n2) * channelStride);
    product(n1, channelStride, channels, densityRow(density, l1), stride, 8, weights, stride, g, stride);
    let h = g;
    if (l1 < l2) {
      h = at(g, n1 * channelStride);
      const transpose = at(weights, channelStride * channels);
      product(n2, channelStride, channels, densityRow(density, l2), stride, 8, transpose, stride, h, stride);
    }
    for (let m = 0; m < components; m++) {
      const a1 = densityRow(adjoint(p, m), l1), a2 = densityRow(adjoint(p, m), l2);
      for (let e = int(block, 4 + m); e < int(block, 5 + m); e++) {
        const entry = <usize>int(block, 3) + <usize>e * COUPLING_BYTES;
        const m1 = int(entry, 0) * channelStride, m2 = int(entry, 1) * channelStride;
        const f = load<f64>(entry, 8);
        addScaled(channelStride, f, at(g, m1), at(a2, m2));
        addScaled(channelStride, f, at(h, m2), at(a1, m1));
      }
    }
    weights = at(weights, channelStride * channels * (l1 < l2 ? 2 : 1));
  }
  // The features are of degree two in c.
  for (let m = 0; m < components; m++)
    store<f64>(at(value, m), load<f64>(at(value, m)) + 0.5 * dot(lms * channelStride, adjoint(p, m), density));
}

/** The same for two-body features: weights [channelStride]. */
export function twoBodyAdjoint(weights: usize, value: usize, p: usize): void {
  clear(p, components * (lms + 1) * channelStride);
  for (let m = 0; m < components; m++) {
    const lm = (order * order + m) * channelStride;
    memory.copy(at(adjoint(p, m), lm), weights, <usize>channelStride << 3);
    store<f64>(at(value, m), load<f64>(at(value, m)) + dot(channelStride, weights, at(density, lm)));
  }
}

/**
 * Reverse pass through the expansion of a centre, expanded with gradient: from the adjoints at `p` to the derivatives with
 * respect to its neighbours and itself, added to positions [2λ+1][atoms][3], and to strain [2λ+1][3][3].
 */
export function reverse(centre: i32, p: usize, positions: usize, strain: usize): void {
  const p0 = int(first, centre * kinds);
  const count = int(first, (centre + 1) * kinds) - p0;
  const rowBytes = <usize>row << 3;
  // along: Σ ∂value/∂c·dh/dr·Y; gx, gy, gz: Σ ∂value/∂c·h·(gradient of the polynomial)
  const along = scratch, gx = at(along, row), gy = at(gx, row), gz = at(gy, row);
  const b = at(gz, row), bSlope = at(b, (2 * lMax + 1) * row);
  for (let m = 0; m < components; m++) {
    clear(along, 4 * row);
    for (let s = 0; s < kinds; s++) {
      const j0 = int(first, centre * kinds + s) - p0, n = int(first, centre * kinds + s + 1) - p0 - j0;
      if (n == 0) continue;
      for (let l = 0; l <= lMax; l++) {
        const rows = 2 * l + 1;
        const a = at(densityRow(adjoint(p, m), l), int(offsets, s));
        clear(b, rows * row);
        clear(bSlope, rows * row);
        const h = at(radialT, l * widthStride * row + j0), hSlope = at(radialSlopeT, l * widthStride * row + j0);
        product(rows, n, width, a, <usize>channelStride << 3, 8, h, rowBytes, b, rowBytes);
        product(rows, n, width, a, <usize>channelStride << 3, 8, hSlope, rowBytes, bSlope, rowBytes);
        for (let j = 0; j < n; j += 2) {
          let s0 = v128.load(at(along, j0 + j)), x = v128.load(at(gx, j0 + j));
          let y = v128.load(at(gy, j0 + j)), z = v128.load(at(gz, j0 + j));
          for (let i = 0; i < rows; i++) {
            const v = v128.load(at(b, i * row + j));
            const lm = l * l + i;
            s0 = multiplyAdd(v128.load(at(bSlope, i * row + j)), v128.load(at(harmonic(0, lm), j0 + j)), s0);
            x = multiplyAdd(v, v128.load(at(harmonic(1, lm), j0 + j)), x);
            y = multiplyAdd(v, v128.load(at(harmonic(2, lm), j0 + j)), y);
            z = multiplyAdd(v, v128.load(at(harmonic(3, lm), j0 + j)), z);
          }
          v128.store(at(along, j0 + j), s0);
          v128.store(at(gx, j0 + j), x);
          v128.store(at(gy, j0 + j), y);
          v128.store(at(gz, j0 + j), z);
        }
      }
    }
    let cx: f64 = 0, cy: f64 = 0, cz: f64 = 0;
    const tensor = at(strain, 9 * m);
    for (let j = 0; j < count; j++) {
      const neighbour = int(neighbours, p0 + j);
      if (neighbour < 0) continue;
      const ux = load<f64>(at(field(UX), j)), uy = load<f64>(at(field(UY), j)), uz = load<f64>(at(field(UZ), j));
      const inverse = load<f64>(at(field(INVERSE), j));
      let x = load<f64>(at(gx, j)), y = load<f64>(at(gy, j)), z = load<f64>(at(gz, j));
      const radialPart = load<f64>(at(along, j)) - inverse * (x * ux + y * uy + z * uz);
      x = inverse * x + radialPart * ux;
      y = inverse * y + radialPart * uy;
      z = inverse * z + radialPart * uz;
      const to = at(positions, 3 * (m * atoms + neighbour));
      store<f64>(to, load<f64>(to) + x);
      store<f64>(to, load<f64>(to, 8) + y, 8);
      store<f64>(to, load<f64>(to, 16) + z, 16);
      cx += x;
      cy += y;
      cz += z;
      const px = load<f64>(at(vectors, p0 + j)), py = load<f64>(at(vectors, pairs + p0 + j));
      const pz = load<f64>(at(vectors, 2 * pairs + p0 + j));
      addOuter(tensor, x, px, py, pz);
      addOuter(at(tensor, 3), y, px, py, pz);
      addOuter(at(tensor, 6), z, px, py, pz);
    }
    const own = at(positions, 3 * (m * atoms + centre));
    store<f64>(own, load<f64>(own) - cx);
    store<f64>(own, load<f64>(own, 8) - cy, 8);
    store<f64>(own, load<f64>(own, 16) - cz, 16);
  }
}

@inline
function addOuter(to: usize, g: f64, x: f64, y: f64, z: f64): void {
  store<f64>(to, load<f64>(to) + g * x);
  store<f64>(to, load<f64>(to, 8) + g * y, 8);
  store<f64>(to, load<f64>(to, 16) + g * z, 16);
}

// -------------------------------------------------------------------------------------------------- design rows

/** First row of a block's U in those of one atom, for the derivative on c_{l1} (which = 0) or c_{l2} (1). */
@inline
function couplingRow(block: usize, which: i32): i32 {
  return int(block, 10 + which);
}

/**
 * The partners of the expanded centre's densities in its features, U1[μ][m1][b] = Σ C c_{b l2 m2} and, for l1 < l2,
 * U2[μ][m2][a] = Σ C c_{a l1 m1}, so that ∂D_ab = Σ ∂c_{a l1 m1} U1[m1][b] + Σ ∂c_{b l2 m2} U2[m2][a].
 */
export function couplePartners(target: usize): void {
  for (let k = 0; k < blockCount; k++) {
    const block = blocks + <usize>k * BLOCK_BYTES;
    const l1 = int(block, 0), l2 = int(block, 1);
    const n1 = 2 * l1 + 1, n2 = 2 * l2 + 1;
    const u1 = at(target, couplingRow(block, 0) * channelStride), u2 = at(target, couplingRow(block, 1) * channelStride);
    clear(u1, components * n1 * channelStride);
    if (l1 < l2) clear(u2, components * n2 * channelStride);
    const c1 = densityRow(density, l1), c2 = densityRow(density, l2);
    for (let m = 0; m < components; m++)
      for (let e = int(block, 4 + m); e < int(block, 5 + m); e++) {
        const entry = <usize>int(block, 3) + <usize>e * COUPLING_BYTES;
        const m1 = int(entry, 0), m2 = int(entry, 1);
        const f = load<f64>(entry, 8);
        addScaled(channelStride, f, at(c2, m2 * channelStride), at(u1, (m * n1 + m1) * channelStride));
        if (l1 < l2) addScaled(channelStride, f, at(c1, m1 * channelStride), at(u2, (m * n2 + m2) * channelStride));
      }
  }
}

/**
 * Prepares the derivatives with respect to one atom: its surroundings, with harmonics turned into those of the opposite
 * directions, differentiated there, since its neighbours see it there: harmonic 0 becomes −(−1)^l Y, harmonics 1 to 3 the
 * gradient on the unit sphere over r with the same sign.
 */
export function approach(atom: i32): void {
  surround(atom, true);
  const count = int(first, (atom + 1) * kinds) - int(first, atom * kinds);
  for (let j = 0; j < count; j += 2) {
    const ux = v128.load(at(field(UX), j)), uy = v128.load(at(field(UY), j)), uz = v128.load(at(field(UZ), j));
    const inverse = v128.load(at(field(INVERSE), j));
    for (let l = 0; l <= lMax; l++) {
      const sign = f64x2.splat(l & 1 ? 1 : -1);
      const f = f64x2.mul(sign, inverse);
      for (let lm = l * l; lm < (l + 1) * (l + 1); lm++) {
        const p0 = at(harmonic(0, lm), j), p1 = at(harmonic(1, lm), j);
        const p2 = at(harmonic(2, lm), j), p3 = at(harmonic(3, lm), j);
        const x = v128.load(p1), y = v128.load(p2), z = v128.load(p3);
        const radially = multiplyAdd(x, ux, multiplyAdd(y, uy, f64x2.mul(z, uz)));
        v128.store(p0, f64x2.mul(sign, v128.load(p0)));
        v128.store(p1, f64x2.mul(f, f64x2.sub(x, f64x2.mul(radially, ux))));
        v128.store(p2, f64x2.mul(f, f64x2.sub(y, f64x2.mul(radially, uy))));
        v128.store(p3, f64x2.mul(f, f64x2.sub(z, f64x2.mul(radially, uz))));
      }
    }
  }
}

/** Derivative of the density around the approached atom itself, ∂c/∂x_β: [3][lms + 1][channelStride] at `target`. */
function ownDerivative(atom: i32, target: usize): void {
  clear(target, 3 * (lms + 1) * channelStride);
  const p0 = int(first, atom * kinds);
  const count = int(first, (atom + 1) * kinds) - p0;
  const turnedY = scratch;
  const stride = <usize>channelStride << 3, rowBytes = <usize>row << 3, tableBytes = <usize>tableWidth << 3;
  for (let axis = 0; axis < 3; axis++) {
    const d = at(target, axis * (lms + 1) * channelStride);
    for (let l = 0; l <= lMax; l++) {
      const rows = 2 * l + 1;
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < count; j += 2)
          v128.store(
            at(turnedY, i * row + j),
            f64x2.mul(v128.load(at(field(UX + axis), j)), v128.load(at(harmonic(0, l * l + i), j))),
          );
      for (let s = 0; s < kinds; s++) {
        const j0 = int(first, atom * kinds + s) - p0, n = int(first, atom * kinds + s + 1) - p0 - j0;
        const c = at(densityRow(d, l), int(offsets, s));
        const h = j0 * tableWidth + l * widthStride;
        product(rows, widthStride, n, at(turnedY, j0), rowBytes, 8, at(radialSlope, h), tableBytes, c, stride);
        product(rows, widthStride, n, at(harmonic(1 + axis, l * l), j0), rowBytes, 8, at(radial, h), tableBytes, c, stride);
      }
      if (l & 1) for (let i = 0; i < rows * channelStride; i += 2) {
        const p = at(densityRow(d, l), i);
        v128.store(p, f64x2.neg(v128.load(p)));
      }
    }
  }
}

/**
 * Adds the derivatives of all summed features with respect to the approached atom to `out`, [2λ+1][3][kinds·features]
 * and PAD doubles of slack. `partners` are those of all atoms, `rows` their rows per atom.
 */
export function threeBodyRows(atom: i32, partners: usize, rows: i32, out: usize): void {
  const p0 = int(first, atom * kinds);
  const own = int(species, atom);
  const d = at(scratch, (2 * lMax + 1) * row + channelStride * channelStride + 7 * row * channelStride);
  ownDerivative(atom, d);
  // The neighbours see an atom of its own species, whose radial functions differ from theirs in compressed channels.
  for (let s = 0; s < kinds; s++)
    if (int(tables, s) != int(tables, own))
      evaluateRadialSlopes(int(first, atom * kinds + s) - p0, int(first, atom * kinds + s + 1) - p0, <usize>int(tables, own));
  for (let k = 0; k < blockCount; k++) {
    const block = blocks + <usize>k * BLOCK_BYTES;
    const l1 = int(block, 0), l2 = int(block, 1);
    for (let m = 0; m < components; m++) {
      for (let s = 0; s < kinds; s++) {
        const j0 = int(first, atom * kinds + s) - p0, n = int(first, atom * kinds + s + 1) - p0 - j0;
        if (n == 0) continue;
        asNeighbour(block, 0, l1, l1 == l2, m, s, p0, j0, n, partners, rows, own, out);
        if (l1 < l2) asNeighbour(block, 1, l2, false, m, s, p0, j0, n, partners, rows, own, out);
      }
      asCentre(block, l1, l2, m, own, at(partners, atom * rows * channelStride), d, out);
    }
  }
}

/** Derivatives of features around the neighbours of species s through their density of degree l. */
function asNeighbour(
  block: usize,
  which: i32,
  l: i32,
  symmetric: bool,
  m: i32,
  s: i32,
  p0: i32,
  j0: i32,
  n: i32,
  partners: usize,
  rows: i32,
  own: i32,
  out: usize,
): void {
  const stride = <usize>channelStride << 3, tableBytes = <usize>tableWidth << 3;
  const square = scratch;
  // planes[0]: Σ Y U, planes[1 … 3]: Σ ∂Y U, planes[4 … 6]: unit vector times the first
  const planes = at(square, channelStride * channelStride);
  const plane = n * channelStride;
  clear(planes, 4 * plane);
  for (let j = 0; j < n; j++) {
    const neighbour = int(neighbours, p0 + j0 + j);
    const to = at(planes, j * channelStride);
    if (neighbour >= 0)
      product(
        4, channelStride, 2 * l + 1,
        at(harmonic(0, l * l), j0 + j), <usize>(lms * row) << 3, <usize>row << 3,
        at(partners, (neighbour * rows + couplingRow(block, which) + m * (2 * l + 1)) * channelStride), stride,
        to, <usize>plane << 3,
      );
    for (let axis = 0; axis < 3; axis++) {
      const u = v128.load64_splat(at(field(UX + axis), j0 + j));
      const turned = at(to, (4 + axis) * plane);
      for (let b = 0; b < channelStride; b += 2) v128.store(at(turned, b), f64x2.mul(u, v128.load(at(to, b))));
    }
  }
  const offset = int(offsets, own);
  const h = j0 * tableWidth + l * widthStride;
  for (let axis = 0; axis < 3; axis++) {
    const along = at(planes, (4 + axis) * plane), across = at(planes, (1 + axis) * plane);
    const target = at(out, ((m * 3 + axis) * kinds + s) * features + int(block, 2));
    if (symmetric) {
      clear(square, width * channelStride);
      product(width, channelStride, n, at(radialSlope, h), 8, tableBytes, along, stride, square, stride);
      product(width, channelStride, n, at(radial, h), 8, tableBytes, across, stride, square, stride);
      for (let i = 0; i < width; i++)
        for (let b = 0; b < channels; b++) addSymmetric(target, offset + i, b, load<f64>(at(square, i * channelStride + b)));
    } else if (which == 0) {
      const c = at(target, offset * channels);
      product(width, channelStride, n, at(radialSlope, h), 8, tableBytes, along, stride, c, <usize>channels << 3);
      product(width, channelStride, n, at(radial, h), 8, tableBytes, across, stride, c, <usize>channels << 3);
    } else {
      const c = at(target, offset);
      product(channels, widthStride, n, along, 8, stride, at(radialSlope, h), tableBytes, c, <usize>channels << 3);
      product(channels, widthStride, n, across, 8, stride, at(radial, h), tableBytes, c, <usize>channels << 3);
    }
  }
}

/** Adds a value to feature (min(a, b), max(a, b)) of a symmetric block. */
@inline
function addSymmetric(target: usize, a: i32, b: i32, value: f64): void {
  const low = min(a, b), high = max(a, b);
  const p = at(target, low * channels - (low * (low - 1) >> 1) + high - low);
  store<f64>(p, load<f64>(p) + (a == b ? value * Math.SQRT2 : value));
}

/** Derivatives of the features of the atom itself. */
function asCentre(block: usize, l1: i32, l2: i32, m: i32, own: i32, partners: usize, d: usize, out: usize): void {
  const stride = <usize>channelStride << 3;
  const u1 = at(partners, (couplingRow(block, 0) + m * (2 * l1 + 1)) * channelStride);
  const u2 = at(partners, (couplingRow(block, 1) + m * (2 * l2 + 1)) * channelStride);
  for (let axis = 0; axis < 3; axis++) {
    const c = at(d, axis * (lms + 1) * channelStride);
    const target = at(out, ((m * 3 + axis) * kinds + own) * features + int(block, 2));
    if (l1 < l2) {
      product(channels, channelStride, 2 * l1 + 1, densityRow(c, l1), 8, stride, u1, stride, target, <usize>channels << 3);
      product(channels, channelStride, 2 * l2 + 1, u2, 8, stride, densityRow(c, l2), stride, target, <usize>channels << 3);
    } else {
      const square = scratch;
      clear(square, channels * channelStride);
      product(channels, channelStride, 2 * l1 + 1, densityRow(c, l1), 8, stride, u1, stride, square, stride);
      for (let a = 0; a < channels; a++)
        for (let b = 0; b < channels; b++) addSymmetric(target, a, b, load<f64>(at(square, a * channelStride + b)));
    }
  }
}

/** The same as {@link threeBodyRows} for two-body features, the first of which is `offset`. */
export function twoBodyRows(atom: i32, offset: i32, out: usize): void {
  const p0 = int(first, atom * kinds);
  const own = int(species, atom);
  const lm = order * order;
  const rowBytes = <usize>row << 3, tableBytes = <usize>tableWidth << 3;
  const turnedY = scratch, sum = at(turnedY, row);
  for (let m = 0; m < components; m++)
    for (let axis = 0; axis < 3; axis++)
      for (let s = 0; s < kinds; s++) {
        const j0 = int(first, atom * kinds + s) - p0, n = int(first, atom * kinds + s + 1) - p0 - j0;
        for (let j = 0; j < n; j += 2)
          v128.store(
            at(turnedY, j),
            f64x2.mul(v128.load(at(field(UX + axis), j0 + j)), v128.load(at(harmonic(0, lm + m), j0 + j))),
          );
        clear(sum, widthStride);
        const h = j0 * tableWidth + order * widthStride;
        product(1, widthStride, n, turnedY, rowBytes, 8, at(radialSlope, h), tableBytes, sum, tableBytes);
        product(1, widthStride, n, at(harmonic(1 + axis, lm + m), j0), rowBytes, 8, at(radial, h), tableBytes, sum, tableBytes);
        const line = at(out, (m * 3 + axis) * kinds * features + offset);
        const neighbour = at(line, s * features + int(offsets, own)), centre = at(line, own * features + int(offsets, s));
        for (let i = 0; i < width; i++) {
          const v = load<f64>(at(sum, i));
          store<f64>(at(neighbour, i), load<f64>(at(neighbour, i)) + v);
          store<f64>(at(centre, i), load<f64>(at(centre, i)) + (order & 1 ? -v : v));
        }
      }
}
