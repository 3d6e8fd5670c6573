// Density expansion around one centre.

import { at, clear, int, multiplyAdd, product } from "./product";
import {
  centres,
  channelStride,
  density,
  fall,
  first,
  geometry,
  groupStart,
  groups,
  harmonics,
  hasCentre,
  intervals,
  kinds,
  lMax,
  lms,
  neighbors,
  offsets,
  pairs,
  radial,
  radialSlope,
  radialSlopeT,
  radialT,
  rise,
  row,
  slope,
  species,
  start,
  step,
  tableWidth,
  tables,
  vectors,
  width,
  widthStride,
} from "./settings";

/** Rows of `geometry`. */
export const UX: i32 = 0;
export const UY: i32 = 1;
export const UZ: i32 = 2;
export const INVERSE: i32 = 3;
const KNOT: i32 = 4;
const VALUE: i32 = 5;
const SLOPE: i32 = 8;

@inline
export function field(which: i32): usize {
  return at(geometry, which * row);
}

/** Unit vectors, numbers of knots and Hermite weights of pairs p0 … p1 − 1. */
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
    const position = r * inverseStep;
    // Beyond the last knot the tables have an interval of zeros for padding.
    const knot = int(neighbors, p0 + j) >= 0 ? min(<i32>position, intervals - 1) : intervals + 1;
    store<i32>(at(field(KNOT), j), knot);
    const t = position - <f64>knot, u = 1 - t;
    store<f64>(at(field(VALUE), j), t * t * (3 - 2 * t));
    store<f64>(at(field(VALUE + 1), j), t * u * u);
    store<f64>(at(field(VALUE + 2), j), -t * t * u);
    store<f64>(at(field(SLOPE), j), 6 * inverseStep * t * u);
    store<f64>(at(field(SLOPE + 1), j), inverseStep * u * (1 - 3 * t));
    store<f64>(at(field(SLOPE + 2), j), inverseStep * t * (3 * t - 2));
  }
}

@inline
export function harmonic(which: i32, lm: i32): usize {
  return at(harmonics, (which * lms + lm) * row);
}

/** Y_lm of the first `count` neighbors, two at a time. */
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
function weight(which: i32, j: i32): v128 {
  return v128.load64_splat(at(field(which), j));
}

/** The part of a cubic that depends on the rise between two knots and on the slopes there, or its derivative. */
@inline
function hermite(w: i32, j: i32, rise: v128, left: v128, right: v128): v128 {
  return multiplyAdd(weight(w, j), rise, multiplyAdd(weight(w + 1, j), left, f64x2.mul(weight(w + 2, j), right)));
}

/** Turns the knots of the neighbors of each species from numbers into addresses. */
function findKnots(centre: i32): void {
  const p0 = int(first, centre * kinds);
  const bytes = tableWidth << 4;
  for (let s = 0; s < kinds; s++) {
    const j1 = int(first, centre * kinds + s + 1) - p0, table = int(tables, s);
    for (let j = int(first, centre * kinds + s) - p0; j < j1; j++) store<i32>(at(field(KNOT), j), table + knotOf(j) * bytes);
  }
}

/** Takes neighbors j0 … j1 − 1 from the knots of one table to those of another, `bytes` further on. */
export function moveKnots(j0: i32, j1: i32, bytes: i32): void {
  for (let j = j0; j < j1; j++) store<i32>(at(field(KNOT), j), knotOf(j) + bytes);
}

@inline
function knotOf(j: i32): i32 {
  return load<i32>(at(field(KNOT), j));
}

/** h of the first `count` neighbors, as [j][channel]. */
function evaluateRadial(count: i32): void {
  const next = <usize>tableWidth << 3;
  for (let j = 0; j < count; j++) {
    let p = <usize>knotOf(j);
    let h = at(radial, j * tableWidth);
    const end = h + next;
    while (h < end) {
      const base = v128.load(p);
      const rise = f64x2.sub(v128.load(p + 2 * next), base);
      v128.store(h, f64x2.add(base, hermite(VALUE, j, rise, v128.load(p + next), v128.load(p + 3 * next))));
      p += 16;
      h += 16;
    }
  }
}

/** h and dh/dr of neighbors j0 … j1 − 1, as [j][channel]. */
export function evaluateRadialSlopes(j0: i32, j1: i32): void {
  const next = <usize>tableWidth << 3;
  for (let j = j0; j < j1; j++) {
    let p = <usize>knotOf(j);
    let h = at(radial, j * tableWidth), d = at(radialSlope, j * tableWidth);
    const end = h + next;
    while (h < end) {
      const base = v128.load(p), left = v128.load(p + next), right = v128.load(p + 3 * next);
      const rise = f64x2.sub(v128.load(p + 2 * next), base);
      v128.store(h, f64x2.add(base, hermite(VALUE, j, rise, left, right)));
      v128.store(d, hermite(SLOPE, j, rise, left, right));
      p += 16;
      h += 16;
      d += 16;
    }
  }
}

/** h of the first `count` (even) neighbors as [j][channel], and h and dh/dr as [channel][j]. */
function evaluateRadialColumns(count: i32): void {
  const next = <usize>tableWidth << 3;
  for (let j = 0; j < count; j += 2) {
    let p = <usize>knotOf(j), q = <usize>knotOf(j + 1);
    for (let i = 0; i < tableWidth; i += 2) {
      const pBase = v128.load(p), pLeft = v128.load(p + next), pRight = v128.load(p + 3 * next);
      const pRise = f64x2.sub(v128.load(p + 2 * next), pBase);
      const qBase = v128.load(q), qLeft = v128.load(q + next), qRight = v128.load(q + 3 * next);
      const qRise = f64x2.sub(v128.load(q + 2 * next), qBase);
      const h = f64x2.add(pBase, hermite(VALUE, j, pRise, pLeft, pRight));
      const k = f64x2.add(qBase, hermite(VALUE, j + 1, qRise, qLeft, qRight));
      v128.store(at(radial, j * tableWidth + i), h);
      v128.store(at(radial, (j + 1) * tableWidth + i), k);
      intoColumns(i, j, radialT, h, k);
      intoColumns(i, j, radialSlopeT, hermite(SLOPE, j, pRise, pLeft, pRight), hermite(SLOPE, j + 1, qRise, qLeft, qRight));
      p += 16;
      q += 16;
    }
  }
}

@inline
function intoColumns(i: i32, j: i32, columns: usize, a: v128, b: v128): void {
  v128.store(at(columns, i * row + j), v128.shuffle<i64>(a, b, 0, 2));
  v128.store(at(columns, (i + 1) * row + j), v128.shuffle<i64>(a, b, 1, 3));
}

/** What is wanted of radial functions: values; values and columns for the reverse pass; values and slopes. */
export const VALUES: i32 = 0;
export const COLUMNS: i32 = 1;
export const SLOPES: i32 = 2;

/** Harmonics and radial functions around a centre. */
export function surround(centre: i32, wanted: i32): void {
  const p0 = int(first, centre * kinds), p1 = int(first, (centre + 1) * kinds);
  const count = p1 - p0;
  measure(p0, p1);
  findKnots(centre);
  evaluateHarmonics(count, wanted != VALUES);
  if (wanted == COLUMNS) evaluateRadialColumns(count);
  else if (wanted == SLOPES) evaluateRadialSlopes(0, count);
  else evaluateRadial(count);
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
  for (let g = 0; g < groups; g++) {
    const j0 = groupStart(centre, g) - p0, j1 = groupStart(centre, g + 1) - p0;
    for (let l = 0; l <= lMax; l++)
      product(
        2 * l + 1, widthStride, j1 - j0,
        at(harmonic(0, l * l), j0), <usize>row << 3, 8,
        at(radial, j0 * tableWidth + l * widthStride), <usize>tableWidth << 3,
        at(target, l * l * channelStride + int(offsets, g)), stride,
      );
  }
}

/** Expands the density around a centre; `wanted` as of {@link surround}, COLUMNS for {@link reverse}. */
export function expand(centre: i32, wanted: i32): void {
  surround(centre, wanted);
  sumDensity(centre, density);
}
