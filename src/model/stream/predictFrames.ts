import { DataError } from "../../errors.js";
import { type Fields, readOptions, record } from "../../options/record.js";
import { integer, positive, THREAD_FIELDS, text } from "../../options/values.js";
import { parallelStream } from "../../parallel/parallelStream.js";
import type { ThreadOptions } from "../../progress.js";
import type { Frame } from "../../structure/frame.js";
import type { ModelDocument } from "../file/modelArrays.js";
import { type Model, modelDocument } from "../file/models.js";
import { sharedDocument } from "../file/sharedDocument.js";
import { type FrameBlock, frameBlocks, framesOf } from "./frameBlocks.js";
import { needsPath } from "./framePredictor.js";
import { blockPredictor, type Making, type PredictedBlock, type PredictSetup } from "./predictWorker.js";

/** Which frames of a stream are predicted for, and by how many threads. */
export interface PredictFramesOptions extends ThreadOptions {
  /** First frame, counted from 0 in the stream; default 0. */
  readonly from?: number;
  /** Frame to stop before; default the end. */
  readonly to?: number;
  /** Use the frames whose number is a multiple of it; default 1. */
  readonly stride?: number;
  /** fs between the frames of the stream, for those without times. */
  readonly timestep?: number;
  /** Name of the stream in messages; default "frames". */
  readonly name?: string;
}

export const PREDICT_FRAMES_FIELDS = {
  ...THREAD_FIELDS,
  from: integer({ atLeast: 0 }).default(0),
  to: integer({ atLeast: 0 }).optional(),
  stride: integer({ atLeast: 1 }).default(1),
  timestep: positive("fs").optional(),
  name: text().default("frames"),
} satisfies Fields<PredictFramesOptions>;
const OPTIONS = record(PREDICT_FRAMES_FIELDS);

/**
 * Frames of a stream with what a model of any kind gives for them, one by one in memory that does not grow, on all processors. A polarization
 * needs the path of the atoms: positions are unwrapped for it from the first frame of the stream on, also those before `from`.
 * @param frames of the same atoms, in the order of time where the model is one of the polarization
 * @returns each frame's structure, time, velocities, number of its step and name of its run, and the model's quantities in our units
 * @throws ShapeError if the atoms change, or cell or velocities are there only in some frames
 * @throws DataError naming the frame for a species that the model does not know, coincident atoms, or an atom that moves too far
 * between two frames for its path to be known; if times contradict `timestep`
 * @throws OptionError if no frame is left; AbortedError if interrupted
 * @example
 * const { reference, displaced, frames } = await loadDataset("h2o");
 * const model = await linearResponse(reference!, displaced);
 * let largest = 0;
 * for await (const frame of models.predictFrames(model, frames, { from: 10, to: 20 }))
 *   largest = Math.max(largest, frame.polarizability![0]!);
 * largest // 1.5505418355012595
 */
export async function* predictFrames(
  model: Model,
  frames: AsyncIterable<Frame> | Iterable<Frame>,
  options: PredictFramesOptions = {},
): AsyncGenerator<Frame, void, void> {
  const read = readOptions(OPTIONS, options, "predictFrames");
  const waiting: FrameBlock[] = [];
  async function* blocks(): AsyncGenerator<FrameBlock, void, void> {
    for await (const block of blocksFor(model, frames, read)) {
      waiting.push(block);
      yield block;
    }
  }
  let done = 0;
  for await (const { predicted } of predictBlocks(model, blocks(), "tensors", read)) {
    const block = waiting.shift()!;
    done += block.count;
    read.onProgress?.({ label: "predicting", done, unit: "frames" });
    yield* framesOf(block, predicted!);
  }
}

/** The blocks of a stream as a model needs them. */
export function blocksFor(
  model: Model,
  frames: AsyncIterable<Frame> | Iterable<Frame>,
  options: Omit<PredictFramesOptions, "name"> & { readonly name: string },
): AsyncGenerator<FrameBlock, void, void> {
  const { from, to, stride, timestep, name } = options;
  return frameBlocks(frames, {
    name,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(stride !== undefined && { stride }),
    ...(timestep !== undefined && { timestep }),
    ...(needsPath(model) && { path: name }),
  });
}

/** Blocks with what is made of them, in order. */
export function predictBlocks(
  model: Model,
  items: AsyncIterable<FrameBlock>,
  making: Making,
  { workers, signal }: Pick<PredictFramesOptions, "workers" | "signal">,
): AsyncGenerator<PredictedBlock, void, void> {
  const document = documentOf(model);
  const threads = document ? workers : 0;
  return parallelStream({
    workerModule: new URL("./predictWorker.js", import.meta.url),
    here: () => blockPredictor(model, making),
    shared: (): PredictSetup => ({ model: sharedDocument(model, () => document!), making }),
    items,
    itemName: "",
    label: "predicting",
    ...(threads !== undefined && { workers: threads }),
    ...(signal && { signal }),
  });
}

/** The model as it is handed to threads; `undefined` for one with a first step that is a function of the user's own. */
export function documentOf(model: Model): ModelDocument | undefined {
  try {
    return modelDocument(model);
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}
