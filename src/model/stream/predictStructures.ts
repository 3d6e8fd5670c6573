/** What a model gives for many structures in memory, on all processors. */
import { type ThreadOptions, throwIfAborted } from "../../progress.js";
import type { Structure } from "../../structure/structure.js";
import { frameCount, frameStructure, type Trajectory } from "../../structure/trajectory.js";
import type { Model } from "../file/models.js";
import { blockOfStructures, type FrameBlock, framesPerBlock } from "./frameBlocks.js";
import type { Predicted, PredictedField } from "./framePredictor.js";
import { predictBlocks } from "./predictFrames.js";

/** How many structures are predicted. */
export interface PredictStructuresOptions extends ThreadOptions {
  /** What is being done, for progress. Default "predicting". */
  readonly label?: string;
  /** Numbers of the structures for errors; default counted from 0. */
  readonly numbers?: readonly number[];
  /** "committee": the members' tensors one after the other. Default "tensors". */
  readonly making?: "tensors" | "committee";
}

/**
 * Predictions in the order of the structures, whatever their atoms.
 * @param total number of structures, for progress
 * @throws DataError naming the frame; AbortedError when interrupted
 */
export async function* predictStructures(
  model: Model,
  structures: Iterable<Structure>,
  total: number,
  options: PredictStructuresOptions = {},
): AsyncGenerator<Predicted, void, void> {
  const { onProgress, label = "predicting", making = "tensors", numbers, ...run } = options;
  let done = 0;
  for await (const { predicted, count } of predictBlocks(model, blocks(structures, numbers), making, run)) {
    done += count;
    yield* predicted!;
    onProgress?.({ label, done, total, unit: "frames" });
    throwIfAborted(run.signal, label);
  }
}

/** Structures of the same atoms that follow each other go together. */
async function* blocks(
  structures: Iterable<Structure>,
  numbers: readonly number[] | undefined,
): AsyncGenerator<FrameBlock, void, void> {
  let together: Structure[] = [];
  let numbered: number[] = [];
  let index = 0;
  let k = 0;
  for (const s of structures) {
    const [other] = together;
    if (other && (together.length === framesPerBlock(other.species.length) || !alike(other, s))) {
      yield blockOfStructures(together, index++, numbered);
      [together, numbered] = [[], []];
    }
    together.push(s);
    numbered.push(numbers?.[k] ?? k);
    k++;
  }
  if (together.length > 0) yield blockOfStructures(together, index, numbered);
}

function alike(a: Structure, b: Structure): boolean {
  if (Boolean(a.cell) !== Boolean(b.cell) || a.periodic.some((p, k) => p !== b.periodic[k])) return false;
  return (
    a.species === b.species || (a.species.length === b.species.length && a.species.every((x, i) => x === b.species[i]))
  );
}

/**
 * Predictions along a trajectory, each field in one array.
 * @param sizes numbers per frame of each field
 */
export async function predictedAlong(
  model: Model,
  trajectory: Trajectory,
  sizes: Readonly<Partial<Record<PredictedField, number>>>,
  options: PredictStructuresOptions = {},
): Promise<Partial<Record<PredictedField, Float64Array>>> {
  const frames = frameCount(trajectory);
  const fields = Object.entries(sizes) as [PredictedField, number][];
  const values = Object.fromEntries(fields.map(([field, size]) => [field, new Float64Array(size * frames)]));
  let f = 0;
  for await (const one of predictStructures(model, structuresAlong(trajectory), frames, options)) {
    for (const [field, size] of fields) values[field]!.set(one[field] as Float64Array, size * f);
    f++;
  }
  return values;
}

function* structuresAlong(trajectory: Trajectory): Generator<Structure, void, void> {
  for (let f = 0; f < frameCount(trajectory); f++) yield frameStructure(trajectory, f);
}
