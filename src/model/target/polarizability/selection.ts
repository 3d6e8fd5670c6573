/** Choice of descriptor and kernel by the error on validation frames. */
import { OptionError } from "../../../errors.js";
import { columnMeans, dot, lessRow, matrix } from "../../../math/matrix.js";
import { mean } from "../../../math/statistics.js";
import { type Fields, readOptions, record } from "../../../options/record.js";
import { plainList, plainObject } from "../../../options/values.js";
import type { Frame } from "../../../structure/frame.js";
import type { TensorOrder } from "../../../tensor/cartesian.js";
import { type Components, listComponents } from "../../train/preparedFrames.js";
import type { GivenFirstStep } from "./firstStep.js";
import { type DeltaOptions, POLARIZABILITY_OPTIONS, validationFrames } from "./options.js";
import {
  type Candidate,
  fitDelta,
  fitPolarizability,
  type PolarizabilityModel,
  type SelectionRecord,
} from "./polarizability.js";
import { componentsPerAtom, quantityOf } from "./tensorData.js";

/** Candidates of {@link searchPolarizability} unless others are given: short to long range, sharp to smooth, coarse to fine, linear and not. */
export const DEFAULT_CANDIDATES: readonly Candidate[] = [
  {},
  { form: { kind: "full", zeta: 2 } },
  { descriptor: { smearing: 0.8 } },
  { descriptor: { cutoff: 4 } },
  { descriptor: { cutoff: 6 } },
  { descriptor: { nMax: 4, lMax: 3 } },
  { descriptor: { nMax: 8, lMax: 6 } },
];

/** Options of {@link searchPolarizability}. */
export interface SearchOptions extends Omit<DeltaOptions, "descriptor" | "form"> {
  /** Direct-ML if absent. */
  readonly firstStep?: GivenFirstStep;
  /** Default {@link DEFAULT_CANDIDATES}. */
  readonly candidates?: readonly Candidate[];
}

const { descriptor: _, form: __, ...others } = POLARIZABILITY_OPTIONS.shape;
const SEARCH_OPTIONS = record({
  ...others,
  firstStep: plainObject<GivenFirstStep>("a first step").optional(),
  candidates: plainList<Candidate>("a list of candidates").optional(),
} satisfies Fields<SearchOptions>);

/** Training frames that candidates are compared on; the chosen one is fitted to all. */
const COMPARED = 60;

/**
 * Fits every candidate and keeps the one with the least error on `validation` and, since validation sets are small, on each training
 * frame left out in turn; the ridge of each is chosen the same way. Beyond 60 training frames the first 60 (and 12 for validation) decide,
 * and the choice is fitted to all. The errors of all candidates are recorded in the model.
 * @param frames training frames
 * @throws OptionError without candidates
 */
export async function searchPolarizability(
  frames: readonly Frame[],
  options: SearchOptions = {},
): Promise<PolarizabilityModel> {
  readOptions(SEARCH_OPTIONS, options, "searchPolarizability");
  const { firstStep, candidates = DEFAULT_CANDIDATES, onProgress, ...rest } = options;
  if (candidates.length === 0) throw new OptionError({ where: "searchPolarizability", problem: "no candidates" });
  const validation = validationFrames(rest);
  const quantity = quantityOf([...frames, ...validation], rest.quantity);
  const trainOn = (on: readonly Frame[], settings: DeltaOptions): Promise<PolarizabilityModel> =>
    firstStep ? fitDelta(firstStep, on, settings) : fitPolarizability(on, settings);
  const few = frames.slice(0, COMPARED);
  const all = few.length === frames.length;
  const held = all ? validation : validation.slice(0, COMPARED / 5);
  const targets = listComponents(few.map((f) => componentsPerAtom(f[quantity]!, quantity, f.structure)));
  const errors: number[] = [];
  let best: { readonly error: number; readonly candidate: Candidate; readonly model: PolarizabilityModel } | undefined;
  for (const [i, candidate] of candidates.entries()) {
    const model = await trainOn(few, {
      ...rest,
      ...candidate,
      quantity,
      ...(held.length > 0 && { validation: { kind: "frames" as const, frames: held } }),
    });
    const relative = model.parts.map(({ order, curve }) => {
      const variance = varianceOf(targets, order);
      return variance > 0 ? Math.min(...curve.map((c) => c.error)) / variance : 0;
    });
    const error = mean(relative);
    errors.push(error);
    if (!best || error < best.error) best = { error, candidate, model };
    onProgress?.({ label: "model selection", done: i + 1, total: candidates.length, unit: "candidates" });
  }
  const { candidate: chosen, model } = best!;
  const selection = candidates.map(
    (candidate, i): SelectionRecord => ({ ...candidate, error: errors[i]!, chosen: candidate === chosen }),
  );
  const progress = onProgress && { onProgress };
  const final = all ? model : await trainOn(frames, { ...rest, ...chosen, ...progress, quantity });
  return { ...final, training: { ...final.training, selection } };
}

/** Variance of the targets of one order per frame, (Å³ per atom)². */
function varianceOf(targets: Components, order: TensorOrder): number {
  const block = 2 * order + 1;
  const rows = matrix(targets[order]!.length / block, block, targets[order]!);
  const { values } = lessRow(rows, columnMeans(rows));
  return dot(values, values) / rows.rows;
}
