import { OptionError } from "../errors.js";
import { symmetricEigen } from "../math/eigen.js";
import { type Matrix, matrix } from "../math/matrix.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { integer, number, oneOf, RUN_FIELDS } from "../options/values.js";
import { breathe, type RunOptions, throwIfAborted } from "../progress.js";
import type { Structure } from "../structure/structure.js";
import type { ChannelMatrices } from "./compression.js";
import { expandDensity } from "./density.js";
import type { Descriptor } from "./descriptor.js";
import { environmentsOf } from "./knownEnvironments.js";
import { curPivots } from "./sparsify.js";

export interface CompressChannelsOptions extends RunOptions {
  /** Channels to keep per degree; or give `lost`. */
  readonly channels?: number;
  /** Keeps the fewest channels that lose at most this share of the density's variance in every degree, above 0 and below 1. */
  readonly lost?: number;
  /** `pca`: the leading principal components; `cur`: the most telling (species, n) channels themselves. Default `pca`. */
  readonly kind?: "pca" | "cur";
}

const OPTIONS = record({
  channels: integer({ atLeast: 1 }).optional(),
  lost: number({ above: 0, below: 1 }).optional(),
  kind: oneOf(["pca", "cur"]).default("pca"),
  ...RUN_FIELDS,
} satisfies Fields<CompressChannelsOptions>);

/**
 * Finds fewer density channels than species × nMax that tell the environments of some structures apart: for each degree l the
 * covariance Σ c_{a lm} c_{b lm} over all atoms and m is diagonalised (Goscinski, Musil, Pozdnyakov, Nigam and Ceriotti, J. Chem. Phys. 155,
 * 104106 (2021)) or sampled by CUR. Sums over m make the result independent of orientation, and features stay equivariant.
 * @param d a descriptor without compression
 * @param structures a few typical frames
 * @returns for the option `compression` of a descriptor with otherwise equal settings
 * @throws OptionError if more channels are asked for than there are, or not one of `channels` and `lost` is given; AbortedError when interrupted
 */
export async function compressChannels(
  d: Descriptor,
  structures: readonly Structure[],
  options: CompressChannelsOptions,
): Promise<ChannelMatrices> {
  const where = "compressChannels";
  const { channels: asked, lost, kind, ...run } = readOptions(OPTIONS, options, where);
  if (d.options.compression) throw new OptionError({ where, problem: "the descriptor is compressed already" });
  const all = d.options.species.length * d.options.nMax;
  if ((asked === undefined) === (lost === undefined))
    throw new OptionError({ where, problem: "expected either channels or lost", advice: "give one of them" });
  if (asked !== undefined && asked > all)
    throw new OptionError({ where, problem: `channels is ${asked}, expected an integer from 1 to ${all}` });
  const choose = kind === "pca" ? principalComponents : tellingChannels;
  const found = await covariances(d, structures, run);
  // Both ways choose one channel after the other: fewer are the first of more.
  const ordered = found.map((c) => choose(c, asked ?? all));
  const enough = (channels: number): boolean => found.every((c, l) => 1 - keptShare(c, ordered[l]!, channels) <= lost!);
  let channels = asked ?? 1;
  if (lost !== undefined) while (channels < all && !enough(channels)) channels++;
  return { kind, channels, matrices: ordered.map((rows) => rows.slice(0, channels * all)) };
}

/** Share of the covariance's trace that the compressed channels keep, per degree. */
export async function keptVariance(
  d: Descriptor,
  structures: readonly Structure[],
  compression: ChannelMatrices,
): Promise<number[]> {
  const found = await covariances(d, structures, {});
  return found.map((c, l) => keptShare(c, compression.matrices[l]!, compression.channels));
}

/** Share of a covariance's trace that orthonormal rows keep, [channels, all]. */
function keptShare({ rows: n, values }: Matrix, rows: readonly number[], channels: number): number {
  let kept = 0;
  for (let q = 0; q < channels; q++)
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) kept += rows[q * n + i]! * values[i * n + j]! * rows[q * n + j]!;
  let trace = 0;
  for (let i = 0; i < n; i++) trace += values[i * n + i]!;
  return trace > 0 ? kept / trace : 1;
}

async function covariances(
  d: Descriptor,
  structures: readonly Structure[],
  { onProgress, signal }: RunOptions,
): Promise<Matrix[]> {
  const expansion = d.plan.layouts[0].parts.find(({ kind }) => kind === "threeBody")!.expansion;
  const { channels, lMax } = expansion;
  const result = Array.from({ length: lMax + 1 }, () => matrix(channels, channels));
  for (const [done, s] of structures.entries()) {
    const e = environmentsOf(d, s)(expansion);
    for (let atom = 0; atom < e.count; atom++) {
      const c = expandDensity(expansion, e, atom);
      result.forEach(({ values }, l) => {
        for (let lm = l * l; lm < (l + 1) ** 2; lm++)
          for (let a = 0; a < channels; a++)
            for (let b = 0; b < channels; b++)
              values[a * channels + b]! += c[lm * channels + a]! * c[lm * channels + b]!;
      });
    }
    onProgress?.({ label: "channels", done: done + 1, total: structures.length, unit: "frames" });
    await breathe();
    throwIfAborted(signal, "compressing channels");
  }
  return result;
}

function principalComponents(covariance: Matrix, channels: number): number[] {
  const n = covariance.rows;
  const { vectors } = symmetricEigen(covariance);
  return Array.from({ length: channels * n }, (_, i) => vectors.values[(i % n) * n + n - 1 - Math.floor(i / n)]!);
}

/** Unit rows; where the covariance has a lower rank than asked for, the next free channels follow. */
function tellingChannels(covariance: Matrix, channels: number): number[] {
  const n = covariance.rows;
  const chosen = [...curPivots(covariance, channels).indices];
  for (let a = 0; chosen.length < channels; a++) if (!chosen.includes(a)) chosen.push(a);
  return chosen.flatMap((a) => Array.from({ length: n }, (_, b) => Number(a === b)));
}
