/** Files that appear whole or not at all. */
import { randomBytes } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

/**
 * Writes pieces of text to a temporary name beside `path`, then renames it; gzipped when the name ends in .gz.
 * A failure or an abort leaves neither the file nor the temporary one.
 * @param pieces text in order; produced as the disk takes it, so a long trajectory is never held as text
 */
export async function writeText(
  path: string,
  pieces: Iterable<string> | AsyncIterable<string>,
  options: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomBytes(6).toString("hex")}.part`;
  try {
    const file = await open(temporary, "wx");
    const sink = file.createWriteStream();
    const source = Readable.from(gathered(pieces));
    const { signal } = options;
    if (/\.gz$/i.test(path)) await pipeline(source, createGzip(), sink, { ...(signal && { signal }) });
    else await pipeline(source, sink, { ...(signal && { signal }) });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
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
