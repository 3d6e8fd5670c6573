import { OptionError } from "../errors.js";
import { type Fields, record } from "../options/record.js";
import { checkedBy, integer, list, oneOf } from "../options/values.js";

/** Linear maps from the species × radial channels of each degree to fewer ones; plain data, stored with a model. */
export interface ChannelMatrices {
  /** How they were found; see `compressChannels`. */
  readonly kind: "pca" | "cur";
  /** Channels kept per degree. */
  readonly channels: number;
  /** Per degree l, row-major [channels, species·nMax]. */
  readonly matrices: readonly (readonly number[])[];
}

export const compressionOption = record({
  kind: oneOf(["pca", "cur"]),
  channels: integer({ atLeast: 1 }),
  matrices: list(
    checkedBy<readonly number[]>((m) => Array.isArray(m) && m.every(Number.isFinite), "a list of finite numbers"),
  ),
} satisfies Fields<ChannelMatrices>);

/** @throws OptionError unless the matrices fit an expansion of `all` channels and degrees up to `lMax` */
export function checkCompression(c: ChannelMatrices, all: number, lMax: number): void {
  const where = "compression";
  if (c.channels > all) throw new OptionError({ where, problem: `${c.channels} channels of ${all}` });
  const fits = c.matrices.length === lMax + 1 && c.matrices.every((m) => m.length === c.channels * all);
  if (!fits)
    throw new OptionError({
      where,
      problem: `expected ${lMax + 1} matrices of ${c.channels} × ${all} finite numbers`,
      advice: "make them with compressChannels from a descriptor with the same species, nMax and lMax",
    });
}
