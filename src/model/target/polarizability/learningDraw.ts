/** One fit of a learning curve and what it predicts, as a thread does it. */
import { toSharedDoubles } from "../../../parallel/sharedDoubles.js";
import type { RunOptions } from "../../../progress.js";
import type { EnvironmentFeatures } from "../../basis/environmentFeatures.js";
import { fitPart, predictPart } from "../../train/kernelFit.js";
import {
  type Components,
  componentsOfParts,
  mapOrders,
  type PreparedFrames,
  selectPrepared,
} from "../../train/preparedFrames.js";
import type { Split } from "../../train/split.js";
import type { PolarizabilitySettings } from "./options.js";
import { ORDERS } from "./polarizability.js";

/** What all draws share. */
export interface LearningSetup {
  /** Large arrays in shared memory, see {@link sharedPrepared}. */
  readonly prepared: PreparedFrames;
  readonly settings: PolarizabilitySettings;
}

/** What each thread does; exported for the worker pool. */
export function prepare({ prepared, settings }: LearningSetup): (draw: Split) => Promise<Components> {
  return (draw) => fitDraw(prepared, settings, draw, {});
}

/** Components per atom that a fit on the training frames gives for the test frames. */
export async function fitDraw(
  prepared: PreparedFrames,
  settings: PolarizabilitySettings,
  { train, validation, test }: Split,
  run: RunOptions,
): Promise<Components> {
  const rows = selectPrepared(prepared, train);
  const held = validation.length > 0 ? selectPrepared(prepared, validation) : undefined;
  const parts = [];
  for (const order of ORDERS) parts.push((await fitPart(order, rows, held, settings, run)).part);
  const tested = selectPrepared(prepared, test);
  return componentsOfParts(parts, (part) => predictPart(part, tested));
}

/** Prepared frames with their features where all threads see them. */
export function sharedPrepared(p: PreparedFrames): PreparedFrames {
  const share = (f: EnvironmentFeatures): EnvironmentFeatures => ({
    ...f,
    orders: mapOrders(f.orders, (values) => toSharedDoubles(values)),
  });
  return {
    ...p,
    means: mapOrders(p.means, (m) => ({ ...m, values: toSharedDoubles(m.values) })),
    ...(p.environments && { environments: p.environments.map(share) }),
  };
}
