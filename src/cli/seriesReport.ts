/** What a file with tensors but without structures holds: what fits its columns, and when its rows were taken. */
import { SpectensorError } from "../errors.js";
import type { LoadOptions } from "../io/format.js";
import { openFile } from "../io/formats.js";
import { loadSegments, loadSeries } from "../io/loadSeries.js";
import type { FrameQuantity } from "../series/fromFrames.js";
import { highestWavenumber } from "../series/plausibility.js";
import { seriesLength, type TensorSeries } from "../series/tensorSeries.js";
import { timeJumps } from "../series/times.js";
import { type Warning, warn } from "../warnings.js";
import type { FileReport } from "./fileReport.js";

const quantities: readonly FrameQuantity[] = ["polarizability", "polarization", "dielectric"];

/**
 * @param given fs between rows, where the file has no times
 * @returns what goes into the report, and the highest frequency in the data, cm⁻¹
 */
export async function seriesReport(
  file: string,
  options: LoadOptions,
  given: number | undefined,
): Promise<[Partial<FileReport>, number | undefined]> {
  let failure: unknown;
  for (const quantity of quantities)
    try {
      const sampled = await samples(file, options, quantity);
      // Jumps are told among the warnings; a step of 1 fs stands for none, of which nothing is told.
      const step = sampled.times ? undefined : (given ?? 1);
      const onWarning = (w: Warning) => {
        if (sampled.times || given !== undefined || !/^a time step of/.test(w.problem)) warn(options, w);
      };
      const asked = {
        ...options,
        onWarning,
        quantity,
        branches: "keep",
        ...(step !== undefined && { timestep: step }),
      } as const;
      const runs = sampled.problem ? await loadSegments(file, asked) : [await loadSeries(file, asked)];
      if (sampled.problem) warn(options, { problem: sampled.problem });
      return reportOf(runs, sampled.times, given);
    } catch (cause) {
      if (!(cause instanceof SpectensorError)) throw cause;
      failure ??= cause;
    }
  throw failure;
}

interface Samples {
  readonly times: NonNullable<FileReport["times"]> | null;
  /** Why it is no one run. */
  readonly problem?: string;
}

async function samples(file: string, options: LoadOptions, quantity: FrameQuantity): Promise<Samples> {
  const { format, source } = await openFile(file, options);
  try {
    const found = await format.times?.(source, { ...options, quantity, name: file, onWarning: () => {} });
    const known = found?.times.filter((t) => t !== undefined) ?? [];
    const jumps = found ? timeJumps(found) : [];
    const more = jumps.length > 1 ? `, and so at ${jumps.length - 1} other places` : "";
    return {
      times: known.length > 0 ? { first: known[0]!, last: known[known.length - 1]!, even: jumps.length === 0 } : null,
      ...(jumps.length > 0 && {
        problem: `the rows are not evenly spaced: ${jumps[0]!.problem}${more}; several runs? raman and infrared take them as such with --segments`,
      }),
    };
  } finally {
    await source.close();
  }
}

function reportOf(
  runs: readonly TensorSeries[],
  times: Samples["times"],
  given: number | undefined,
): [Partial<FileReport>, number | undefined] {
  const [first] = runs;
  const timestepFs = times ? (times.even ? first!.timestep : null) : (given ?? null);
  const highest =
    timestepFs === null ? [] : runs.map((s) => highestWavenumber(s.values, seriesLength(s), timestepFs) ?? 0);
  return [
    { frames: runs.reduce((sum, s) => sum + seriesLength(s), 0), quantities: [first!.quantity], timestepFs, times },
    highest.length > 0 && Math.max(...highest) > 0 ? Math.max(...highest) : undefined,
  ];
}
