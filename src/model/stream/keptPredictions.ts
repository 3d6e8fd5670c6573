/** Predictions that a journal keeps, so that an evaluation that was killed goes on. */
import { OptionError } from "../../errors.js";
import type { Fields } from "../../options/record.js";
import { THREAD_FIELDS, text } from "../../options/values.js";
import type { ThreadOptions } from "../../progress.js";
import type { Structure } from "../../structure/structure.js";
import { openResultJournal, type ResultJournal } from "../../system/resultJournal.js";
import { base64Of, toMachineOrder } from "../file/modelArrays.js";
import type { Model } from "../file/models.js";
import type { Predicted } from "./framePredictor.js";
import { documentOf } from "./predictFrames.js";
import { type PredictStructuresOptions, predictStructures } from "./predictStructures.js";

/** Options of every evaluation. */
export interface EvaluateOptions extends ThreadOptions {
  /** File that keeps what has been predicted: after an interruption, of whatever kind and at any moment, the same call goes on from there. Default none. */
  readonly journal?: string;
}

export const EVALUATE_FIELDS = { ...THREAD_FIELDS, journal: text().optional() } satisfies Fields<EvaluateOptions>;

/** A prediction in a journal: arrays as base64 of their bytes. */
type Kept = Readonly<Record<string, number | string>>;

/**
 * {@link predictStructures}, with those that the journal knows taken from it: the same bits.
 * @throws OptionError for a journal with a model that is no data; else as `predictStructures` and `openResultJournal`
 */
export async function* keptPredictions(
  model: Model,
  structures: readonly Structure[],
  options: PredictStructuresOptions & EvaluateOptions,
): AsyncGenerator<Predicted, void, void> {
  const { journal: path, ...run } = options;
  if (path === undefined) return yield* predictStructures(model, structures, structures.length, run);
  const journal = await openResultJournal<Kept>(path, identity(model, structures));
  try {
    yield* withJournal(model, structures, journal, run);
  } finally {
    await journal.close();
  }
}

async function* withJournal(
  model: Model,
  structures: readonly Structure[],
  journal: ResultJournal<Kept>,
  { numbers, onProgress, ...run }: PredictStructuresOptions,
): AsyncGenerator<Predicted, void, void> {
  const open = structures.flatMap((_, k) => (journal.known.has(k) ? [] : [k]));
  const before = structures.length - open.length;
  const total = structures.length;
  const fresh = predictStructures(
    model,
    open.map((k) => structures[k]!),
    open.length,
    {
      ...run,
      numbers: open.map((k) => numbers?.[k] ?? k),
      ...(onProgress && { onProgress: (p) => onProgress({ ...p, done: before + p.done, total }) }),
    },
  );
  try {
    for (let k = 0; k < total; k++) {
      const known = journal.known.get(k);
      if (known) {
        yield restored(known);
        continue;
      }
      const next = await fresh.next();
      if (next.done) return;
      journal.add(k, kept(next.value));
      yield next.value;
    }
    // To its end, so that what it has to tell is told.
    await fresh.next();
  } finally {
    await fresh.return();
  }
}

/** Everything that the predictions depend on. @throws OptionError */
function identity(model: Model, structures: readonly Structure[]): readonly unknown[] {
  const document = documentOf(model);
  if (!document)
    throw new OptionError({
      where: "journal",
      problem: "the model's first step is a function, which no file can hold",
      advice: "leave the journal out",
    });
  const atoms = structures.map(({ species, positions, cell, periodic }) => [
    ...[species.join(" "), positions, cell ?? "no cell", periodic],
  ]);
  return ["predictions", document, atoms];
}

function kept(predicted: Predicted): Kept {
  return Object.fromEntries(
    Object.entries(predicted).map(([name, value]) => [name, typeof value === "number" ? value : base64Of(value)]),
  );
}

function restored(found: Kept): Predicted {
  return Object.fromEntries(
    Object.entries(found).map(([name, value]) => [name, typeof value === "number" ? value : doublesOf(value)]),
  );
}

function doublesOf(text: string): Float64Array {
  const bytes = Buffer.from(text, "base64");
  const values = new Float64Array(bytes.length / 8);
  const own = new Uint8Array(values.buffer);
  own.set(bytes);
  toMachineOrder(own);
  return values;
}
