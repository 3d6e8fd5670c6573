import type { TensorOrder } from "../tensor/cartesian.js";
import { type Coupling, couplings } from "../tensor/clebschGordan.js";
import type { Expansion } from "./expansion.js";

/**
 * Features C^{λμ}_{l1 m1, l2 m2} c_{a l1 m1} c_{b l2 m2} of one pair of degrees. Exchanging (a, l1) and (b, l2) gives the same
 * feature up to sign, so l1 ≤ l2, and a ≤ b for l1 = l2. A feature that stands for two carries a factor √2: scalar
 * products of feature vectors are those of the full, redundant list.
 */
export interface FeatureBlock {
  readonly l1: number;
  readonly l2: number;
  /** First feature, counted in all features of an atom. */
  readonly offset: number;
  readonly count: number;
  /** Non-zero Clebsch–Gordan coefficients, ordered by m3 = μ. */
  readonly couplings: readonly Coupling[];
}

/** Features of one body order, from one expansion. */
export interface FeaturePart {
  readonly kind: "twoBody" | "threeBody";
  readonly order: TensorOrder;
  readonly expansion: Expansion;
  /** First feature, counted in all features of an atom. */
  readonly offset: number;
  readonly count: number;
  /** Of the three-body part; none for two bodies, whose feature a is c_{a,l=λ,m=μ}. */
  readonly blocks: readonly FeatureBlock[];
}

/** All features of order λ of one atom: two-body ones first. */
export interface FeatureLayout {
  readonly order: TensorOrder;
  /** 2λ+1 */
  readonly components: number;
  /** Features per component. */
  readonly count: number;
  readonly parts: readonly FeaturePart[];
}

/** Lays out the features of order λ. */
export function planFeatures(order: TensorOrder, threeBody: Expansion, twoBody: Expansion | undefined): FeatureLayout {
  const parts: FeaturePart[] = [];
  let offset = 0;
  if (twoBody) {
    parts.push({ kind: "twoBody", order, expansion: twoBody, offset, count: twoBody.channels, blocks: [] });
    offset += twoBody.channels;
  }
  const { channels, lMax } = threeBody;
  const start = offset;
  const blocks: FeatureBlock[] = [];
  for (let l1 = 0; l1 <= lMax; l1++)
    for (let l2 = l1; l2 <= Math.min(lMax, l1 + order); l2++) {
      if ((l1 + l2 + order) % 2 === 1 || l1 + l2 < order) continue;
      const count = l1 === l2 ? (channels * (channels + 1)) / 2 : channels * channels;
      blocks.push({ l1, l2, offset, count, couplings: couplings(l1, l2, order) });
      offset += count;
    }
  parts.push({ kind: "threeBody", order, expansion: threeBody, offset: start, count: offset - start, blocks });
  return { order, components: 2 * order + 1, count: offset, parts };
}

/** What one feature is made of, for people and for exports. */
export interface FeatureLabel {
  readonly body: 2 | 3;
  readonly first: ChannelLabel;
  /** Absent for two-body features. */
  readonly second?: ChannelLabel;
  /** √2 where the feature stands for two equal ones, 1 otherwise. */
  readonly scale: number;
}

/** One density channel. With compression `species` is absent and `n` counts the compressed channels of degree l. */
export interface ChannelLabel {
  readonly species?: string;
  readonly n: number;
  readonly l: number;
}

/** Labels of all features in order. @param species symbols, or undefined for compressed channels */
export function labelFeatures(layout: FeatureLayout, species: readonly string[], compressed: boolean): FeatureLabel[] {
  const labels: FeatureLabel[] = [];
  for (const part of layout.parts) {
    const { width, channels } = part.expansion;
    const label = (a: number, l: number): ChannelLabel =>
      compressed && part.kind === "threeBody"
        ? { n: a, l }
        : { species: species[Math.floor(a / width)]!, n: a % width, l };
    if (part.kind === "twoBody")
      for (let a = 0; a < channels; a++) labels.push({ body: 2, first: label(a, layout.order), scale: 1 });
    for (const { l1, l2 } of part.blocks)
      for (let a = 0; a < channels; a++)
        for (let b = l1 === l2 ? a : 0; b < channels; b++) {
          const scale = l1 === l2 && a === b ? 1 : Math.SQRT2;
          labels.push({ body: 3, first: label(a, l1), second: label(b, l2), scale });
        }
  }
  return labels;
}
