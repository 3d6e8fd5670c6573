import { type Fields, readOptions, record } from "../options/record.js";
import { flag, integer, RUN_FIELDS } from "../options/values.js";
import { parallelMap } from "../parallel/parallelMap.js";
import { sharedDoubles, toSharedDoubles } from "../parallel/sharedDoubles.js";
import type { RunOptions } from "../progress.js";
import { frameCount, frameStructure, type Trajectory } from "../structure/trajectory.js";
import { contract, type FeatureWeights, gradient } from "./contract.js";
import { createDescriptor, type Descriptor, layoutOf } from "./descriptor.js";
import type { ResolvedDescriptor } from "./options.js";

export interface FramesOptions extends RunOptions {
  /** Also the derivatives with respect to all positions. Default false. */
  readonly derivatives?: boolean;
  /** Threads; 0 or 1 work in this one. Default: one per processor. */
  readonly workers?: number;
}

const OPTIONS = record({
  derivatives: flag().default(false),
  workers: integer({ atLeast: 0 }).optional(),
  ...RUN_FIELDS,
} satisfies Fields<FramesOptions>);

/** A linear model's predictions for a trajectory, in shared memory. */
export interface FrameContraction {
  /** [frames, 2λ+1] */
  readonly values: Float64Array;
  /** ∂value_μ/∂x_iβ, [frames, 2λ+1, atoms, 3], per Å; only if asked for. */
  readonly positions?: Float64Array;
}

/**
 * {@link contract} (or {@link gradient}) for every frame of a trajectory, frames in parallel; one result per list of weights.
 * The same bits for any number of workers.
 * @throws DataError naming the frame with coincident atoms or a species that the descriptor does not know
 * @throws AbortedError if the signal was aborted
 */
export async function contractFrames(
  d: Descriptor,
  t: Trajectory,
  weights: readonly FeatureWeights[],
  options: FramesOptions = {},
): Promise<FrameContraction[]> {
  const { derivatives, workers, onProgress, signal } = readOptions(OPTIONS, options, "contractFrames");
  const frames = frameCount(t);
  const results = weights.map(({ order }): FrameContraction => {
    const { components } = layoutOf(d, order);
    const values = sharedDoubles(frames * components);
    return derivatives ? { values, positions: sharedDoubles(components * t.positions.length) } : { values };
  });
  await parallelMap({
    workerModule: new URL("./frames.js", import.meta.url),
    prepare,
    shared: {
      options: d.options,
      trajectory: {
        species: t.species,
        periodic: t.periodic,
        positions: toSharedDoubles(t.positions),
        ...(t.cells && { cells: toSharedDoubles(t.cells) }),
      },
      weights,
      results,
    },
    items: Array.from({ length: frames }, (_, frame) => frame),
    label: "features",
    itemName: "frame",
    ...(workers !== undefined && { workers }),
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  });
  return results;
}

interface Shared {
  readonly options: ResolvedDescriptor;
  readonly trajectory: Trajectory;
  readonly weights: readonly FeatureWeights[];
  readonly results: readonly FrameContraction[];
}

/** What each thread does; exported for the worker pool. */
export function prepare({ options, trajectory, weights, results }: Shared): (frame: number) => void {
  const d = createDescriptor(options);
  const derivatives = results.some(({ positions }) => positions);
  return (frame) => {
    const s = frameStructure(trajectory, frame);
    const found = derivatives ? gradient(d, s, weights) : contract(d, s, weights);
    found.forEach((one, i) => {
      const { values, positions } = results[i]!;
      values.set(one.value, frame * one.value.length);
      if (positions && "positions" in one) {
        const derivative = one.positions as Float64Array;
        positions.set(derivative, frame * derivative.length);
      }
    });
  };
}
