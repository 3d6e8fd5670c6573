// Derivatives of one centre's features with respect to strain, Σ_j ∂/∂r_jα r_jβ, for three pairs (α, β) at a time: β = α + shift modulo 3.

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
  offsets,
  order,
  radial,
  radialSlope,
  row,
  scratch,
  tableWidth,
  widthStride,
} from "./settings";
import { INVERSE, UX, UY, UZ, field, harmonic } from "./expansion";
import { densityRow } from "./features";
import { asCentre, derivativeSpace } from "./designRows";

/**
 * ∂c/∂ε of a centre that has been expanded with slopes. With Y = Y(u), u = r/r and G the gradient of the polynomial that continues Y,
 * r_β ∂(hY)/∂r_α = u_β (r h′ Y u_α + h (G_α − u_α G·u)).
 * @returns pointer, [3 (α)][lms + 1][channelStride]
 */
function strainDensity(centre: i32, shift: i32): usize {
  const target = derivativeSpace();
  clear(target, 3 * (lms + 1) * channelStride);
  for (let axis = 0; axis < 3; axis++) {
    const d = at(target, axis * (lms + 1) * channelStride);
    const along = field(UX + axis), other = field(UX + (axis + shift) % 3);
    for (let l = 0; l <= lMax; l++) {
      turn(centre, l, axis, along, other, true);
      addTurned(centre, l, radialSlope, d);
      turn(centre, l, axis, along, other, false);
      addTurned(centre, l, radial, d);
    }
  }
  return target;
}

/** What the radial slopes (or the radial functions) of the neighbors are multiplied with, [2l+1][row] at `scratch`. */
function turn(centre: i32, l: i32, axis: i32, along: usize, other: usize, radially: bool): void {
  const count = int(first, (centre + 1) * kinds) - int(first, centre * kinds);
  for (let i = 0; i < 2 * l + 1; i++) {
    const lm = l * l + i;
    for (let j = 0; j < count; j += 2) {
      const ua = v128.load(at(along, j)), ub = v128.load(at(other, j));
      let v: v128;
      if (radially) v = f64x2.div(f64x2.mul(ua, v128.load(at(harmonic(0, lm), j))), v128.load(at(field(INVERSE), j)));
      else {
        const x = v128.load(at(harmonic(1, lm), j)), y = v128.load(at(harmonic(2, lm), j));
        const z = v128.load(at(harmonic(3, lm), j));
        const ux = v128.load(at(field(UX), j)), uy = v128.load(at(field(UY), j)), uz = v128.load(at(field(UZ), j));
        const outward = multiplyAdd(x, ux, multiplyAdd(y, uy, f64x2.mul(z, uz)));
        v = f64x2.sub(v128.load(at(harmonic(1 + axis, lm), j)), f64x2.mul(outward, ua));
      }
      v128.store(at(scratch, i * row + j), f64x2.mul(v, ub));
    }
  }
}

function addTurned(centre: i32, l: i32, functions: usize, d: usize): void {
  const p0 = int(first, centre * kinds);
  for (let g = 0; g < groups; g++) {
    const j0 = groupStart(centre, g) - p0, n = groupStart(centre, g + 1) - p0 - j0;
    product(
      2 * l + 1, widthStride, n,
      at(scratch, j0), <usize>row << 3, 8,
      at(functions, j0 * tableWidth + l * widthStride), <usize>tableWidth << 3,
      at(densityRow(d, l), int(offsets, g)), <usize>channelStride << 3,
    );
  }
}

/**
 * Adds the strain derivatives of the three-body features of a centre, expanded with slopes, to `out`, [2λ+1][3][features] and PAD doubles of
 * slack. @param partners those of the centre
 */
export function threeBodyStrain(centre: i32, shift: i32, partners: usize, out: usize): void {
  const d = strainDensity(centre, shift);
  for (let k = 0; k < blockCount; k++)
    for (let m = 0; m < components; m++) asCentre(blocks + <usize>k * BLOCK_BYTES, m, partners, d, out, features);
}

/** The same for two-body features, the first of which is `offset`. */
export function twoBodyStrain(centre: i32, shift: i32, offset: i32, out: usize): void {
  const d = strainDensity(centre, shift);
  for (let m = 0; m < components; m++)
    for (let axis = 0; axis < 3; axis++) {
      const from = at(d, (axis * (lms + 1) + order * order + m) * channelStride);
      memory.copy(at(out, (m * 3 + axis) * features + offset), from, <usize>channels << 3);
    }
}
