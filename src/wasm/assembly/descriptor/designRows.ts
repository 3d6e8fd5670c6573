// Derivatives of all features with respect to one atom.

import { at, clear, int, multiplyAdd, product } from "./product";
import {
  BLOCK_BYTES,
  blockCount,
  blocks,
  channelStride,
  channels,
  components,
  features,
  first,
  groupStart,
  groups,
  kinds,
  lMax,
  lms,
  neighbors,
  offsets,
  order,
  radial,
  radialSlope,
  row,
  scratch,
  species,
  tableWidth,
  tables,
  width,
  widthStride,
} from "./settings";
import { INVERSE, SLOPES, UX, UY, UZ, evaluateRadialSlopes, field, harmonic, moveKnots, surround } from "./expansion";
import { densityRow } from "./features";
import { couplingRow } from "./partners";

/**
 * Prepares the derivatives with respect to one atom: its surroundings, with harmonics turned into those of the opposite
 * directions, differentiated there, since its neighbors see it there: harmonic 0 becomes −(−1)^l Y, harmonics 1 to 3 the
 * gradient on the unit sphere over r with the same sign.
 */
export function approach(atom: i32): void {
  surround(atom, SLOPES);
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
      for (let g = 0; g < groups; g++) {
        const j0 = groupStart(atom, g) - p0, n = groupStart(atom, g + 1) - p0 - j0;
        const c = at(densityRow(d, l), int(offsets, g));
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
  const line = kinds * features;
  const d = differentiateDensities(atom);
  for (let k = 0; k < blockCount; k++) {
    const block = blocks + <usize>k * BLOCK_BYTES;
    for (let m = 0; m < components; m++) {
      for (let s = 0; s < kinds; s++) {
        const j0 = int(first, atom * kinds + s) - p0, n = int(first, atom * kinds + s + 1) - p0 - j0;
        if (n > 0) asNeighbor(block, m, p0, j0, n, partners, rows, own, at(out, s * features), line);
      }
      asCentre(block, m, at(partners, atom * rows * channelStride), d, at(out, own * features), line);
    }
  }
}

/** Where derivatives of a density in three directions are kept, [3][lms + 1][channelStride]. */
export function derivativeSpace(): usize {
  return at(scratch, (2 * lMax + 1) * row + channelStride * channelStride + 7 * row * channelStride);
}

/**
 * What the approached atom does to densities: radial slopes as its neighbors see it, and the derivative of its own density.
 * @returns pointer to the latter
 */
export function differentiateDensities(atom: i32): usize {
  const p0 = int(first, atom * kinds);
  const own = int(species, atom);
  const d = derivativeSpace();
  ownDerivative(atom, d);
  // The neighbors see an atom of its own species, whose radial functions differ from theirs in compressed channels.
  for (let s = 0; s < kinds; s++) {
    const other = int(tables, own) - int(tables, s);
    if (other == 0) continue;
    const j0 = int(first, atom * kinds + s) - p0, j1 = int(first, atom * kinds + s + 1) - p0;
    moveKnots(j0, j1, other);
    evaluateRadialSlopes(j0, j1);
  }
  return d;
}

/** Derivatives of a block's features around the n neighbors from j0 on, summed; `line` doubles between rows of `out`. */
export function asNeighbor(
  block: usize,
  m: i32,
  p0: i32,
  j0: i32,
  n: i32,
  partners: usize,
  rows: i32,
  own: i32,
  out: usize,
  line: i32,
): void {
  const l1 = int(block, 0), l2 = int(block, 1);
  throughDegree(block, 0, l1, l1 == l2, m, p0, j0, n, partners, rows, own, out, line);
  if (l1 < l2) throughDegree(block, 1, l2, false, m, p0, j0, n, partners, rows, own, out, line);
}

/** The part of {@link asNeighbor} through the neighbors' density of degree l. */
function throughDegree(
  block: usize,
  which: i32,
  l: i32,
  symmetric: bool,
  m: i32,
  p0: i32,
  j0: i32,
  n: i32,
  partners: usize,
  rows: i32,
  own: i32,
  out: usize,
  line: i32,
): void {
  const stride = <usize>channelStride << 3, tableBytes = <usize>tableWidth << 3;
  const square = scratch;
  // planes[0]: Σ Y U, planes[1 … 3]: Σ ∂Y U, planes[4 … 6]: unit vector times the first
  const planes = at(square, channelStride * channelStride);
  const plane = n * channelStride;
  clear(planes, 4 * plane);
  for (let j = 0; j < n; j++) {
    const neighbor = int(neighbors, p0 + j0 + j);
    const to = at(planes, j * channelStride);
    if (neighbor >= 0)
      product(
        4, channelStride, 2 * l + 1,
        at(harmonic(0, l * l), j0 + j), <usize>(lms * row) << 3, <usize>row << 3,
        at(partners, (neighbor * rows + couplingRow(block, which) + m * (2 * l + 1)) * channelStride), stride,
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
    const target = at(out, (m * 3 + axis) * line + int(block, 2));
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

/** Derivatives of a block's features of the atom itself. */
export function asCentre(block: usize, m: i32, partners: usize, d: usize, out: usize, line: i32): void {
  const l1 = int(block, 0), l2 = int(block, 1);
  const stride = <usize>channelStride << 3;
  const u1 = at(partners, (couplingRow(block, 0) + m * (2 * l1 + 1)) * channelStride);
  const u2 = at(partners, (couplingRow(block, 1) + m * (2 * l2 + 1)) * channelStride);
  for (let axis = 0; axis < 3; axis++) {
    const c = at(d, axis * (lms + 1) * channelStride);
    const target = at(out, (m * 3 + axis) * line + int(block, 2));
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
  const sum = at(scratch, row);
  for (let m = 0; m < components; m++)
    for (let axis = 0; axis < 3; axis++)
      for (let s = 0; s < kinds; s++) {
        const j0 = int(first, atom * kinds + s) - p0, n = int(first, atom * kinds + s + 1) - p0 - j0;
        twoBodySlopes(m, axis, j0, n, sum);
        const line = at(out, (m * 3 + axis) * kinds * features + offset);
        addSlopes(sum, 1, at(line, s * features + int(offsets, own)));
        addSlopes(sum, order & 1 ? -1 : 1, at(line, own * features + int(offsets, s)));
      }
}

/** Σ over the n neighbors from j0 on of the derivative of what the approached atom adds to their c_{n,l=λ,m}, into `sum`. */
export function twoBodySlopes(m: i32, axis: i32, j0: i32, n: i32, sum: usize): void {
  const lm = order * order;
  const rowBytes = <usize>row << 3, tableBytes = <usize>tableWidth << 3;
  const turnedY = scratch;
  for (let j = 0; j < n; j += 2)
    v128.store(
      at(turnedY, j),
      f64x2.mul(v128.load(at(field(UX + axis), j0 + j)), v128.load(at(harmonic(0, lm + m), j0 + j))),
    );
  clear(sum, widthStride);
  const h = j0 * tableWidth + order * widthStride;
  product(1, widthStride, n, turnedY, rowBytes, 8, at(radialSlope, h), tableBytes, sum, tableBytes);
  product(1, widthStride, n, at(harmonic(1 + axis, lm + m), j0), rowBytes, 8, at(radial, h), tableBytes, sum, tableBytes);
}

export function addSlopes(sum: usize, sign: f64, target: usize): void {
  for (let i = 0; i < width; i++) {
    const p = at(target, i);
    store<f64>(p, load<f64>(p) + sign * load<f64>(at(sum, i)));
  }
}
