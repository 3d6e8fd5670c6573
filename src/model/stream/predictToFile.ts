import { createHash, type Hash, randomBytes } from "node:crypto";
import { DataError } from "../../errors.js";
import type { FrameText } from "../../io/frameText.js";
import { type Fields, readOptions, record } from "../../options/record.js";
import { callback, number, text } from "../../options/values.js";
import type { Frame } from "../../structure/frame.js";
import { type JournaledFile, openJournaled } from "../../system/journaledFile.js";
import { outputTarget } from "../../system/outputTarget.js";
import { writeWhole } from "../../system/wholeFile.js";
import { littleEndianBlocks } from "../file/modelArrays.js";
import type { Model } from "../file/models.js";
import type { FrameBlock } from "./frameBlocks.js";
import { needsPath, type PredictedField } from "./framePredictor.js";
import {
  blocksFor,
  documentOf,
  PREDICT_FRAMES_FIELDS,
  type PredictFramesOptions,
  predictBlocks,
} from "./predictFrames.js";
import { predictText } from "./predictText.js";
import type { Making, PredictedBlock } from "./predictWorker.js";

/** Options of {@link predictToFile}. */
export interface PredictToFileOptions extends PredictFramesOptions {
  /** What else the frames depend on, such as options of reading: a file that was begun with another is begun anew. Default nothing. */
  readonly identity?: string;
  /** Seconds between entries of the journal that an interrupted run goes on from; default 2. */
  readonly journalSeconds?: number;
  /** Told where the file goes on from an earlier run, and after an error what is kept. */
  readonly onNote?: (note: string) => void;
}

/** What {@link predictToFile} has written. */
export interface PredictedFile {
  /** Frames in the file. */
  readonly frames: number;
  /** What each has besides its structure. */
  readonly quantities: readonly PredictedField[];
  /** How many of the frames an earlier run had left. */
  readonly resumedFrames: number;
}

const OPTIONS = record({
  ...PREDICT_FRAMES_FIELDS,
  identity: text().default(""),
  journalSeconds: number({ atLeast: 0 }, "s").default(2),
  onNote: callback<(note: string) => void>().optional(),
} satisfies Fields<PredictToFileOptions>);

/**
 * {@link predictFrames} into an extended XYZ file, in memory that does not grow. Until it is whole the file has another name, and a
 * journal beside it: a run that was interrupted at any moment goes on when it is started again with the same model, frames and options, and
 * leaves the same bytes as one that was not. Gzipped when the name ends in .gz, with a member for each block of frames.
 * @param out a device or a pipe is written to without a journal
 * @throws as {@link predictFrames}; FileError if the file cannot be written, or another run writes it
 * @throws DataError if the frames are not those that the file was begun with
 */
export async function predictToFile(
  model: Model,
  frames: AsyncIterable<Frame> | Iterable<Frame>,
  out: string,
  options: PredictToFileOptions = {},
): Promise<PredictedFile> {
  return predictInto(model, frames, out, options);
}

/** {@link predictToFile}, also for a text, which other threads read where the model does not need the path of the atoms. */
export async function predictInto(
  model: Model,
  source: AsyncIterable<Frame> | Iterable<Frame> | FrameText,
  out: string,
  options: PredictToFileOptions = {},
): Promise<PredictedFile> {
  const read = readOptions(OPTIONS, options, "predictToFile") as typeof options & { readonly name: string };
  const making = /\.gz$/i.test(out) ? "gzip" : "text";
  const feed = feedOf(model, source, making, read);
  const done = { frames: 0, quantities: [] as readonly PredictedField[] };
  const report = (count: number, fields: readonly PredictedField[]): void => {
    done.frames += count;
    done.quantities = fields;
    read.onProgress?.({ label: "predicting", done: done.frames, unit: "frames" });
  };
  if (outputTarget(out).kind === "stream") {
    async function* bytes(): AsyncGenerator<Uint8Array> {
      for await (const block of feed.run(undefined, new Map())) {
        report(block.count, block.fields);
        yield block.bytes!;
      }
    }
    await writeWhole(out, bytes(), read.signal ? { signal: read.signal } : {});
    return { ...done, resumedFrames: 0 };
  }
  const file = await openJournaled(out, {
    identity: identityOf(model, read, feed.kind),
    every: 1000 * read.journalSeconds!,
  });
  try {
    const earlier = readState(file);
    if (earlier) {
      report(earlier.frames, earlier.fields);
      read.onNote?.(`goes on after ${earlier.frames} frames that an interrupted run left in ${file.partial}`);
    }
    const digests = new Map<number, string>();
    for await (const { index, bytes, count, fields } of feed.run(earlier, digests)) {
      report(count, fields);
      const input = digests.get(index)!;
      await file.add(bytes!, { blocks: index + 1, frames: done.frames, fields: fields.join(" "), input });
      for (const before of digests.keys()) if (before <= index) digests.delete(before);
    }
    await file.finish();
    return { ...done, resumedFrames: earlier?.frames ?? 0 };
  } catch (error) {
    const kept = readKept(await file.close());
    if (kept)
      read.onNote?.(
        `${kept} frames are kept in ${file.partial}; the same command goes on from there (to begin anew, remove that file)`,
      );
    throw error;
  }
}

interface Earlier {
  readonly blocks: number;
  readonly frames: number;
  readonly fields: readonly PredictedField[];
  /** Of the frames before, as they were read. */
  readonly input: string;
}

function readState({ resumed }: JournaledFile): Earlier | undefined {
  if (!resumed) return undefined;
  const { blocks, frames, fields, input } = resumed;
  return {
    blocks: Number(blocks),
    frames: Number(frames),
    fields: String(fields).split(" ") as PredictedField[],
    input: String(input),
  };
}

function readKept(state: Readonly<Record<string, unknown>> | undefined): number {
  return state ? Number(state.frames) : 0;
}

/** Where predictions come from. */
interface Feed {
  /** Texts and frames are not cut into the same blocks. */
  readonly kind: "frames" | "text";
  /** What an earlier run has not left; a hash of everything that was read up to each block not left goes to `digests`. */
  readonly run: (
    earlier: Earlier | undefined,
    digests: Map<number, string>,
  ) => AsyncGenerator<PredictedBlock, void, void>;
}

function feedOf(
  model: Model,
  source: AsyncIterable<Frame> | Iterable<Frame> | FrameText,
  making: Making,
  read: PredictToFileOptions & { readonly name: string },
): Feed {
  if (!("text" in source) || needsPath(model)) {
    const blocks = blocksFor(model, "text" in source ? source.frames() : source, read);
    return {
      kind: "frames",
      run: (earlier, digests) => predictBlocks(model, hashed(blocks, earlier, digests, read.name), making, read),
    };
  }
  return {
    kind: "text",
    run(earlier, digests) {
      const hash = createHash("sha256");
      return predictText(model, source, making, read, (index, bytes) => {
        hash.update(bytes);
        return !isLeft(index, hash, earlier, digests, read.name);
      });
    },
  };
}

/** Whether an earlier run has left a block. @param hash of everything up to it @throws DataError if that is not what it was then */
function isLeft(
  index: number,
  hash: Hash,
  earlier: Earlier | undefined,
  digests: Map<number, string>,
  name: string,
): boolean {
  const blocks = earlier?.blocks ?? 0;
  if (index >= blocks) digests.set(index, hash.copy().digest("hex"));
  else if (index === blocks - 1 && hash.copy().digest("hex") !== earlier?.input) throw changed(name);
  return index < blocks;
}

/** The blocks that are not in the file yet; a hash of all frames up to each goes to `digests`. */
async function* hashed(
  blocks: AsyncIterable<FrameBlock>,
  earlier: Earlier | undefined,
  digests: Map<number, string>,
  name: string,
): AsyncGenerator<FrameBlock, void, void> {
  const hash = createHash("sha256");
  for await (const block of blocks) {
    addTo(hash, block);
    if (isLeft(block.index, hash, earlier, digests, name)) continue;
    yield block;
  }
}

function addTo(
  hash: Hash,
  { index, species, positions, cells, velocities, times, steps, runs, numbers }: FrameBlock,
): void {
  if (index === 0) hash.update(species.join(" "));
  for (const values of [positions, cells, velocities, times, steps, numbers])
    if (values) for (const bytes of littleEndianBlocks(values)) hash.update(bytes);
  if (runs) hash.update(JSON.stringify(runs));
}

function changed(name: string): DataError {
  return new DataError({
    where: name,
    problem: "has been changed since its prediction was begun",
    advice: "put it back, or remove the unfinished prediction (its name ends in .spectensor-part) to begin anew",
  });
}

/** Everything besides the frames that the bytes depend on. */
function identityOf(
  model: Model,
  { from, to, stride, timestep, identity }: PredictToFileOptions,
  source: Feed["kind"],
): string {
  // A first step that is a function of the user's own cannot be told from another: such a file is always begun anew.
  const document = documentOf(model);
  if (!document) return randomBytes(16).toString("hex");
  const { kind, settings, arrays } = document;
  const hash = createHash("sha256");
  hash.update(JSON.stringify([kind, settings, { from, to, stride, timestep, identity, source }]));
  for (const [key, { values }] of Object.entries(arrays)) {
    hash.update(key);
    for (const bytes of littleEndianBlocks(values)) hash.update(bytes);
  }
  return hash.digest("hex");
}
