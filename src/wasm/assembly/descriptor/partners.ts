// What the densities of one centre are multiplied with in its features.

import { addScaled, at, clear, int } from "./product";
import { BLOCK_BYTES, COUPLING_BYTES, blockCount, blocks, channelStride, components, density } from "./settings";
import { densityRow } from "./features";

/** First row of a block's U in those of one atom, for the derivative on c_{l1} (which = 0) or c_{l2} (1). */
@inline
export function couplingRow(block: usize, which: i32): i32 {
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
