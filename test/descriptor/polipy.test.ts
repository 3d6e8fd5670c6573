import { describe, expect, it } from "vitest";
import { createDescriptor, featureLabels, layoutOf } from "../../src/descriptor/descriptor.js";
import { featuresOfDensity } from "../../src/descriptor/referenceEngine.js";
import { expectClose } from "../support/close.js";
import { referenceData } from "../support/reference.js";

interface Environment {
  /** [species][n][lm] */
  readonly c_Jn_lm: number[][][];
  readonly p_sample: {
    readonly pairs_lp_l: [number, number][];
    /** [μ][pair][J][J′] for n = n′ = 0 and for n = 1, n′ = 2 */
    readonly mu_n0_np0: number[][][][];
    readonly n1_np2: number[][][][];
    readonly frobenius: number;
  };
}
const reference = referenceData<{ readonly environments: Record<string, Environment> }>("polipy_descriptor_lambda1");

describe.skipIf(!reference)("λ = 1 features from another code's density coefficients", () => {
  const d = createDescriptor({ species: ["Zr", "O"], cutoff: 5.5, nMax: 6, lMax: 3, smearing: 0.5 });
  const labels = featureLabels(d, 1);
  const part = layoutOf(d, 1).parts[0]!;

  it.each(Object.entries(reference?.environments ?? {}))("environment of atom %s: equal to 1e-9", (_, environment) => {
    const { c_Jn_lm, p_sample } = environment;
    const c = new Float64Array(16 * 12);
    c_Jn_lm.forEach((species, s) => {
      species.forEach((row, n) => {
        row.forEach((value, lm) => {
          c[lm * 12 + s * 6 + n] = value;
        });
      });
    });
    const ours = featuresOfDensity(part, c);
    const find = (s1: number, n1: number, l1: number, s2: number, n2: number, l2: number): number =>
      labels.findIndex(
        ({ first, second }) =>
          first.species === d.options.species[s1] &&
          first.n === n1 &&
          first.l === l1 &&
          second!.species === d.options.species[s2] &&
          second!.n === n2 &&
          second!.l === l2,
      );
    let compared = 0;
    for (const [n, np, sample] of [
      [0, 0, p_sample.mu_n0_np0],
      [1, 2, p_sample.n1_np2],
    ] as const)
      for (let mu = 0; mu < 3; mu++)
        p_sample.pairs_lp_l.forEach(([lp, l], pair) => {
          for (let J = 0; J < 2; J++)
            for (let Jp = 0; Jp < 2; Jp++) {
              const theirs = sample[mu]![pair]![J]![Jp]!;
              // Theirs pairs (J, n, l) with (J′, n′, l′) and couples l′ ⊗ 1 → l, with a further √(8π²/(2l+1)).
              const k = lp < l ? find(Jp, np, lp, J, n, l) : find(J, n, l, Jp, np, lp);
              expect(k).toBeGreaterThanOrEqual(0);
              const value = ours[mu * labels.length + k]! / Math.SQRT2;
              // ⟨l1 0 l2 0|1 0⟩ has the sign (−1)^l1 for l2 = l1 + 1, ⟨l′ 0 1 0|l 0⟩ that of l − l′.
              const sign = l > lp === (Math.min(l, lp) % 2 === 0) ? 1 : -1;
              const factor = sign * Math.sqrt((8 * Math.PI ** 2) / (2 * l + 1)) * Math.sqrt((2 * l + 1) / 3);
              expectClose(theirs, factor * value, { absolute: 1e-9 });
              compared++;
            }
        });
    expect(compared).toBe(2 * 3 * 6 * 4);
    // All their features: ours twice, once per order of the pair.
    const square = ours.reduce((sum, v) => sum + v * v, 0);
    expectClose(Math.sqrt((square * 8 * Math.PI ** 2) / 3), p_sample.frobenius, { relative: 1e-9 });
  });
});
