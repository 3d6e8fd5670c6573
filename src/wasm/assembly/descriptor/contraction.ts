// Contraction of the expanded centre's features with weights, and the reverse pass.

import { addScaled, at, clear, dot, int, multiplyAdd, product, productAlone } from "./product";
import {
  BLOCK_BYTES,
  COUPLING_BYTES,
  atoms,
  blockCount,
  blocks,
  channelStride,
  channels,
  components,
  density,
  first,
  groupStart,
  groups,
  kinds,
  lMax,
  lms,
  neighbors,
  offsets,
  order,
  pairs,
  radialSlopeT,
  radialT,
  row,
  scratch,
  vectors,
  width,
  widthStride,
} from "./settings";
import { INVERSE, UX, UY, UZ, field, harmonic } from "./expansion";
import { densityRow } from "./features";

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
 * respect to its neighbors and itself, added to positions [2λ+1][atoms][3], and to strain [2λ+1][3][3].
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
    for (let group = 0; group < groups; group++) {
      const j0 = groupStart(centre, group) - p0, n = groupStart(centre, group + 1) - p0 - j0;
      if (n == 0) continue;
      for (let l = 0; l <= lMax; l++) {
        const rows = 2 * l + 1;
        const a = at(densityRow(adjoint(p, m), l), int(offsets, group));
        const h = at(radialT, l * widthStride * row + j0), hSlope = at(radialSlopeT, l * widthStride * row + j0);
        productAlone(rows, n, width, a, <usize>channelStride << 3, 8, h, rowBytes, b, rowBytes);
        productAlone(rows, n, width, a, <usize>channelStride << 3, 8, hSlope, rowBytes, bSlope, rowBytes);
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
      const neighbor = int(neighbors, p0 + j);
      if (neighbor < 0) continue;
      const ux = load<f64>(at(field(UX), j)), uy = load<f64>(at(field(UY), j)), uz = load<f64>(at(field(UZ), j));
      const inverse = load<f64>(at(field(INVERSE), j));
      let x = load<f64>(at(gx, j)), y = load<f64>(at(gy, j)), z = load<f64>(at(gz, j));
      const radialPart = load<f64>(at(along, j)) - inverse * (x * ux + y * uy + z * uz);
      x = inverse * x + radialPart * ux;
      y = inverse * y + radialPart * uy;
      z = inverse * z + radialPart * uz;
      const to = at(positions, 3 * (m * atoms + neighbor));
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
