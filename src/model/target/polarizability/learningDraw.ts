/** One fit of a learning curve and what it predicts, as a thread does it. */
import { toSharedDoubles } from "../../../parallel/sharedDoubles.js";
import { type RunOptions, runOf, type ThreadOptions } from "../../../progress.js";
import { type Frame, speciesOf } from "../../../structure/frame.js";
import type { TensorOrder } from "../../../tensor/cartesian.js";
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
import { fitContext, ORDERS, prepareFor } from "./polarizability.js";
import type { PolarizabilityQuantity } from "./tensorData.js";

/** What all draws share: features, or frames where these are to be found anew for each. */
export type LearningSetup = {
  readonly settings: PolarizabilitySettings;
} & (
  | {
      /** Large arrays in shared memory, see {@link sharedPrepared}. */
      readonly prepared: PreparedFrames;
    }
  | OwnBasis
);

/** Frames of a curve whose fits each find a basis of their own. */
export interface OwnBasis {
  /** See `sharedFrames`. */
  readonly frames: readonly Frame[];
  readonly quantity: PolarizabilityQuantity;
  /** The first step's components per atom, of all frames. */
  readonly first?: Components;
}

/** What each thread does; exported for the worker pool. */
export function prepare(setup: LearningSetup): (draw: Split) => Promise<Components> {
  const { settings } = setup;
  if ("prepared" in setup) return (draw) => fitDraw(setup.prepared, settings, draw, {});
  return (draw) => fitOwnBasis(setup, settings, draw, { workers: 0 });
}

/** Whether a fit finds functions or channels of its own on its training frames, which test frames must have no part in. */
export function findsBasis({ form, compress }: PolarizabilitySettings): boolean {
  return form.kind === "products" || compress !== undefined;
}

/** As {@link fitDraw}, with descriptor and bases from training and validation frames alone, as in a fit with these by itself. */
export async function fitOwnBasis(
  { frames, quantity, first }: OwnBasis,
  settings: PolarizabilitySettings,
  draw: Split,
  run: ThreadOptions,
): Promise<Components> {
  const known = [...draw.train, ...draw.validation];
  const indices = [...known, ...draw.test];
  const used = indices.map((i) => frames[i]!);
  // A species that no training frame has would be refused by the descriptor: it has features, without weights.
  const descriptor = { species: speciesOf(frames), ...settings.descriptor };
  const context = await fitContext(
    used.slice(0, known.length),
    undefined,
    quantity,
    { ...settings, descriptor },
    runOf(run),
  );
  const features = await prepareFor(context, used, run);
  const of = (values: Float64Array, order: TensorOrder): Float64Array => {
    const m = 2 * order + 1;
    return Float64Array.from(indices.flatMap((i) => [...values.subarray(i * m, (i + 1) * m)]));
  };
  const prepared = first ? { ...features, first: mapOrders(first, of) } : features;
  const at = [...used.keys()];
  const trained = draw.train.length;
  const [train, validation] = [at.slice(0, trained), at.slice(trained, known.length)];
  return fitDraw(prepared, settings, { train, validation, test: at.slice(known.length) }, runOf(run));
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
