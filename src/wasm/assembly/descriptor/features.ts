// Features of the expanded centre.

import { PAD, addScaled, at, clear, int, product } from "./product";
import {
  BLOCK_BYTES,
  COUPLING_BYTES,
  blockCount,
  blocks,
  channelStride,
  channels,
  components,
  density,
  features,
  order,
  scratch,
} from "./settings";

/** Address of c[l, first m]. */
@inline
export function densityRow(c: usize, l: i32): usize {
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
          product(
            min(PAD, channels - a), channelStride - a, n2,
            at(t, a), 8, stride, at(c2, a), stride, at(square, a * channelStride + a), stride,
          );
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
