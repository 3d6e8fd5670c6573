/** What threads do with blocks of frames. */
import { gzipSync } from "node:zlib";
import { extxyzBytes } from "../../io/extxyzWrite.js";
import { onThisThread } from "../../math/linalgTeam.js";
import type { ModelDocument } from "../file/modelArrays.js";
import { type Model, readModel } from "../file/models.js";
import { type FrameBlock, framesOf, structuresOf } from "./frameBlocks.js";
import { framePredictor, type Predicted, type PredictedField } from "./framePredictor.js";

/**
 * What is made of a block: the tensors themselves, or those of a committee's members one after the other, or the extended XYZ text of its
 * frames, gzipped on request as a member of its own.
 */
export type Making = "tensors" | "committee" | "text" | "gzip";

export interface PredictedBlock {
  readonly index: number;
  readonly count: number;
  readonly fields: readonly PredictedField[];
  /** With "tensors" or "committee". */
  readonly predicted?: readonly Predicted[];
  /** With "text" or "gzip". */
  readonly bytes?: Uint8Array;
}

/** @param model arrays in shared memory */
export interface PredictSetup {
  readonly model: ModelDocument;
  readonly making: Making;
}

/** What each thread does; exported for the worker pool. */
export function prepare({ model, making }: PredictSetup): (block: FrameBlock) => PredictedBlock {
  return blockPredictor(readModel(model, "the model of a worker thread"), making);
}

/** The work on one block. Its result depends on model and block alone. */
export function blockPredictor(model: Model, making: Making): (block: FrameBlock) => PredictedBlock {
  const predict = framePredictor(model, making === "committee");
  return (block) => {
    const predicted = onThisThread(() => predict(structuresOf(block), block.numbers));
    const fields = Object.keys(predicted[0] ?? {}) as PredictedField[];
    const result = { index: block.index, count: block.count, fields };
    if (making === "tensors" || making === "committee") return { ...result, predicted };
    const [text] = extxyzBytes(framesOf(block, predicted));
    return { ...result, bytes: making === "gzip" ? gzipSync(text!) : text! };
  };
}
