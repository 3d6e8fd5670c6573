/** The one way in which this package writes files: they appear whole or not at all. */
import { constants, openSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { throwIfAborted } from "../progress.js";
import { type OutputTarget, outputTarget } from "./outputTarget.js";
import { asFileError } from "./systemError.js";
import { temporaryFile } from "./temporaryFile.js";
import { writeTo } from "./writeTo.js";

/** A text or bytes, in one piece or in pieces that are produced as the disk takes them. */
export type Content = string | Uint8Array | Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/** Bytes that the system takes in one call. */
const MOST = 2 ** 30;

/**
 * Writes to a temporary name beside `path`, made anew and not to be guessed, then renames. A symbolic link stays: what it points to is
 * written. Devices and pipes are written to. A failure or an abort leaves no temporary file, and an earlier file as it was.
 * @throws FileError if the path cannot be written: a missing folder, a folder, a full disk, no permission …
 * @throws AbortedError if interrupted
 */
export async function writeWhole(
  path: string,
  content: Content,
  options: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  const target = outputTarget(path);
  const pieces = typeof content === "string" || content instanceof Uint8Array ? [content] : content;
  const pour = async (write: (bytes: Uint8Array) => Promise<void>): Promise<void> => {
    for await (const piece of pieces) {
      throwIfAborted(options.signal, `writing ${path}`);
      await write(typeof piece === "string" ? Buffer.from(piece) : piece);
    }
    throwIfAborted(options.signal, `writing ${path}`);
  };
  try {
    throwIfAborted(options.signal, `writing ${path}`);
    if (target.kind === "stream") return await pourIntoStream(path, target.descriptor, pour);
    const temporary = temporaryFile(target.path, target.before);
    try {
      await pour((bytes) => writeTo(temporary.descriptor, bytes));
    } catch (error) {
      temporary.discard();
      throw error;
    }
    temporary.keep();
  } catch (error) {
    throw asFileError(error, { file: path, doing: "cannot be written", kept: kept(target) });
  }
}

async function pourIntoStream(
  path: string,
  descriptor: number | undefined,
  pour: (write: (bytes: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<void> {
  if (descriptor !== undefined) {
    const own = descriptor === 1 ? process.stdout : process.stderr;
    return pour((bytes) => new Promise((done, fail) => own.write(bytes, (error) => (error ? fail(error) : done()))));
  }
  // Without creating or cutting, which devices do not know; waits for the reader of a pipe.
  const file = await open(path, constants.O_WRONLY);
  try {
    await pour((bytes) => writeTo(file.fd, bytes));
  } finally {
    await file.close();
  }
}

/** {@link writeWhole} in one go, for small files between steps of synchronous work. @throws FileError */
export function writeWholeSync(path: string, content: string | Uint8Array): void {
  const target = outputTarget(path);
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  try {
    if (target.kind === "stream") {
      writeAll(target.descriptor ?? openSync(path, constants.O_WRONLY), bytes);
      return;
    }
    const temporary = temporaryFile(target.path, target.before);
    try {
      writeAll(temporary.descriptor, bytes);
    } catch (error) {
      temporary.discard();
      throw error;
    }
    temporary.keep();
  } catch (error) {
    throw asFileError(error, { file: path, doing: "cannot be written", kept: kept(target) });
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(descriptor, bytes, done, Math.min(bytes.length - done, MOST));
}

function kept(target: OutputTarget): string {
  if (target.kind === "stream") return "what came before has been written";
  return target.before ? "the earlier file is as it was" : "no part of it is left";
}
