/**
 * Files that take long: written in pieces under a name of their own, with a journal that says how much of them is whole, and given their
 * name at the end. After a kill at any moment the next run goes on from the journal; after an error, too.
 */
import { createHash, type Hash } from "node:crypto";
import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
} from "node:fs";
import { promisify } from "node:util";
import { z } from "zod";
import { FileError } from "../errors.js";
import { readDocument, record } from "../options/record.js";
import { integer, text } from "../options/values.js";
import { breathe } from "../progress.js";
import { parseJson } from "./json.js";
import { type Lock, lockOutput } from "./lock.js";
import { outputTarget } from "./outputTarget.js";
import { asFileError } from "./systemError.js";
import { nameAs, temporaryFile } from "./temporaryFile.js";
import { writeTo } from "./writeTo.js";

/** What the writer notes of itself with each piece, to go on from there. */
export type JournalState = Readonly<Record<string, number | string>>;

/** A file on its way. */
export interface JournaledFile {
  /** What was noted with the last piece that an earlier run left whole; `undefined` where this one begins anew. */
  readonly resumed: JournalState | undefined;
  /** Name under which it is until it is finished. */
  readonly partial: string;
  /** Adds a piece. @param state after it */
  readonly add: (piece: Uint8Array, state: JournalState) => Promise<void>;
  /** Gives the file its name. */
  readonly finish: () => Promise<void>;
  /** Ends without finishing. @returns what the next run will go on from; `undefined` if nothing is kept */
  readonly close: () => Promise<JournalState | undefined>;
}

export interface JournalOptions {
  /** Everything that the bytes depend on; a file of another identity is begun anew. */
  readonly identity: string;
  /** Milliseconds between entries of the journal; default 2000. */
  readonly every?: number;
}

const JOURNAL = record({
  format: z.literal("spectensor-journal"),
  version: z.literal(1),
  identity: text(),
  bytes: integer({ atLeast: 1 }),
  sha256: text(),
  state: z.record(z.string(), z.union([z.string(), z.number()])),
});
type Journal = z.output<typeof JOURNAL>;

/** Bytes that are gathered before they are written. */
const BLOCK = 1 << 20;

/**
 * Opens the file for this process alone.
 * @throws FileError if it cannot be written, or another run writes it
 */
export async function openJournaled(path: string, options: JournalOptions): Promise<JournaledFile> {
  const target = outputTarget(path);
  if (target.kind === "stream")
    throw new FileError({
      file: path,
      problem: "is a device or a pipe, which cannot be gone on with",
      advice: "give the name of a file",
    });
  const lock = await lockOutput(path);
  const refused = (error: unknown): unknown => asFileError(error, { file: path, doing: "cannot be written" });
  try {
    return await openLocked(target, options, lock, refused);
  } catch (error) {
    lock.release();
    throw refused(error);
  }
}

async function openLocked(
  target: Extract<ReturnType<typeof outputTarget>, { kind: "file" }>,
  { identity, every = 2000 }: JournalOptions,
  lock: Lock,
  refused: (error: unknown) => unknown,
): Promise<JournaledFile> {
  const partial = `${target.path}.spectensor-part`;
  const note = `${target.path}.spectensor-journal`;
  const found = readJournal(note, identity);
  const earlier = found && (await goOn(partial, found));
  if (!earlier) {
    rmSync(note, { force: true });
    rmSync(partial, { force: true });
  }
  const descriptor = earlier?.descriptor ?? openSync(partial, "wx");
  const hash = earlier?.hash ?? createHash("sha256");
  let noted = earlier ? found : undefined;
  let bytes = noted?.bytes ?? 0;
  let state = noted?.state;
  let gathered: Uint8Array[] = [];
  let waiting = 0;
  let last = performance.now();
  let open = true;

  const flush = async (): Promise<void> => {
    const pieces = gathered;
    [gathered, waiting] = [[], 0];
    for (const piece of pieces) {
      await writeTo(descriptor, piece, bytes);
      hash.update(piece);
      bytes += piece.length;
    }
  };
  const enter = async (): Promise<void> => {
    await flush();
    last = performance.now();
    if (!state || bytes === noted?.bytes || bytes === 0) return;
    // Not waited for in this thread: the others go on.
    await promisify(fdatasync)(descriptor);
    const entry: Journal = {
      format: "spectensor-journal",
      version: 1,
      identity,
      bytes,
      sha256: hash.copy().digest("hex"),
      state,
    };
    const file = temporaryFile(note);
    try {
      await writeTo(file.descriptor, Buffer.from(`${JSON.stringify(entry)}\n`));
    } catch (error) {
      file.discard();
      throw error;
    }
    file.keep();
    noted = entry;
  };
  const end = (): void => {
    if (open) closeSync(descriptor);
    open = false;
    lock.release();
  };
  return {
    resumed: noted?.state,
    partial,
    async add(piece, after) {
      gathered.push(piece);
      waiting += piece.length;
      state = after;
      try {
        if (performance.now() - last >= every) await enter();
        else if (waiting >= BLOCK) await flush();
      } catch (error) {
        throw refused(error);
      }
    },
    async finish() {
      try {
        await flush();
        open = false;
        nameAs(target, descriptor, partial);
        rmSync(note, { force: true });
      } catch (error) {
        throw refused(error);
      } finally {
        end();
      }
    },
    async close() {
      if (!open) return noted?.state;
      try {
        // Best as it is if this fails: the journal says what is whole.
        await enter().catch(() => {});
        if (noted) ftruncateSync(descriptor, noted.bytes);
        else rmSync(partial, { force: true });
        return noted?.state;
      } finally {
        end();
      }
    },
  };
}

/** Links are not followed and pipes not waited for: somebody else may have put them there. Windows has neither flag. */
const OWN = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Whether it is a file that this user has made, and has no other name. */
function isOwn(descriptor: number): boolean {
  const info = fstatSync(descriptor);
  return info.isFile() && info.nlink === 1 && (process.getuid === undefined || info.uid === process.getuid());
}

/** The journal of an earlier run with the same identity. */
function readJournal(file: string, identity: string): Journal | undefined {
  try {
    const descriptor = openSync(file, constants.O_RDONLY | OWN);
    try {
      if (!isOwn(descriptor)) return undefined;
      const found = readDocument(JOURNAL, parseJson(readFileSync(descriptor, "utf8"), file), file);
      return found.identity === identity ? found : undefined;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}

/** Opens what an earlier run left, if it is what its journal says; bytes after that are cut off. */
async function goOn(partial: string, journal: Journal): Promise<{ descriptor: number; hash: Hash } | undefined> {
  let descriptor: number;
  try {
    descriptor = openSync(partial, constants.O_RDWR | OWN);
  } catch {
    return undefined;
  }
  const hash = createHash("sha256");
  if (isOwn(descriptor) && fstatSync(descriptor).size >= journal.bytes) {
    const block = Buffer.alloc(BLOCK);
    for (let at = 0; at < journal.bytes; ) {
      const length = readSync(descriptor, block, 0, Math.min(BLOCK, journal.bytes - at), at);
      hash.update(block.subarray(0, length));
      at += length;
      await breathe();
    }
    if (hash.copy().digest("hex") === journal.sha256) {
      ftruncateSync(descriptor, journal.bytes);
      return { descriptor, hash };
    }
  }
  closeSync(descriptor);
  return undefined;
}
