import type { StrainRows } from "./engine.js";
import type { FeaturePart } from "./features.js";
import { type DescriptorKernels, PAD, type PlacedPart, padded } from "./kernelMemory.js";

/** What an expansion is asked for besides the density, as in src/wasm/assembly/descriptor/expansion.ts. */
const SLOPES = 2;

/** Strain derivatives centre by centre, for `use` as Engine.strain describes it. */
export function strainCentres(
  { arena, exports }: DescriptorKernels,
  placed: PlacedPart,
  part: FeaturePart,
  features: number,
  activate: () => void,
  use: (rows: StrainRows) => void,
): void {
  const components = 2 * part.order + 1;
  const size = components * 3 * features;
  const partners = arena.reserveDoubles(placed.partnerRows * padded(part.expansion.channels));
  const out = arena.reserveDoubles(size + PAD);
  // Scalars do not change when everything turns: their derivatives are symmetric.
  const symmetric = part.order === 0;
  use((centre, target) => {
    activate();
    placed.use(features);
    exports.expand(centre, SLOPES);
    if (part.kind === "threeBody") exports.couplePartners(partners);
    for (let shift = 0; shift < (symmetric ? 2 : 3); shift++) {
      const rows = arena.doubles(out, size).fill(0);
      if (part.kind === "twoBody") exports.twoBodyStrain(centre, shift, part.offset, out);
      else exports.threeBodyStrain(centre, shift, partners, out);
      for (let r = 0; r < 3 * components; r++) {
        const [a, b, m] = [r % 3, (r + shift) % 3, 3 * Math.floor(r / 3)];
        const [ab, ba] = [(3 * (m + a) + b) * features, (3 * (m + b) + a) * features];
        for (let k = 0; k < features; k++) {
          target[ab + k]! += rows[r * features + k]!;
          if (symmetric && shift > 0) target[ba + k]! += rows[r * features + k]!;
        }
      }
    }
  });
}
