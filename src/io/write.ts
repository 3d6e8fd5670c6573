/** Text files, gzipped where their name says so. */
import { pipeline } from "node:stream";
import { createGzip } from "node:zlib";
import { writeWhole } from "../system/wholeFile.js";

/**
 * Writes pieces of text; gzipped when the name ends in .gz. The file appears whole or not at all.
 * @param pieces text in order; produced as the disk takes it, so a long trajectory is never held as text
 * @throws FileError | AbortedError see `writeWhole`
 */
export function writeText(
  path: string,
  pieces: Iterable<string> | AsyncIterable<string>,
  options: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  return writeWhole(path, packed(path, gathered(pieces)), options);
}

/** The bytes as they are, or gzipped when the name of their file ends in .gz. */
export function packed(
  path: string,
  bytes: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  // An error of the source destroys the packer with the same error, which its reader then gets.
  return /\.gz$/i.test(path) ? pipeline(bytes, createGzip(), () => {}) : bytes;
}

/** Joins small pieces to blocks, for speed. */
async function* gathered(pieces: Iterable<string> | AsyncIterable<string>): AsyncGenerator<Buffer> {
  let block = "";
  for await (const piece of pieces) {
    block += piece;
    if (block.length < 1 << 18) continue;
    yield Buffer.from(block);
    block = "";
  }
  if (block) yield Buffer.from(block);
}
