/** The descriptor of a fit, with fewer density channels where that is asked for. */
import { type CompressChannelsOptions, compressChannels } from "../../descriptor/compressChannels.js";
import { createDescriptor, type Descriptor } from "../../descriptor/descriptor.js";
import type { DescriptorOptions } from "../../descriptor/options.js";
import { type Fields, record } from "../../options/record.js";
import { integer, number, oneOf } from "../../options/values.js";
import type { RunOptions } from "../../progress.js";
import type { Structure } from "../../structure/structure.js";

/** How density channels become fewer: one of `lost` and `channels`. */
export type Compression = Pick<CompressChannelsOptions, "lost" | "channels" | "kind">;

export const COMPRESSION = record({
  lost: number({ above: 0, below: 1 }).optional(),
  channels: integer({ atLeast: 1 }).optional(),
  kind: oneOf(["pca", "cur"]).optional(),
} satisfies Fields<Compression>);

/** Structures that the channels are found on, evenly from all: their covariances hardly change with more. */
const MOST = 50;

/**
 * @param settings complete but for compression
 * @param structures that the fit knows
 * @throws OptionError as `createDescriptor` and `compressChannels`; AbortedError when interrupted
 */
export async function fitDescriptor(
  settings: DescriptorOptions,
  structures: readonly Structure[],
  compress: Compression | undefined,
  run: RunOptions,
): Promise<Descriptor> {
  const d = createDescriptor(settings);
  if (!compress) return d;
  const few = structures.filter((_, k) => k % Math.ceil(structures.length / MOST) === 0);
  return createDescriptor({ ...settings, compression: await compressChannels(d, few, { ...compress, ...run }) });
}
