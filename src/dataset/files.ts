/** Where files of data sets are, and whether they are what the registry says. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { DataError } from "../errors.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { checkedBy, RUN_FIELDS, text } from "../options/values.js";
import { type RunOptions, throwIfAborted } from "../progress.js";
import { type DatasetEntry, dataFolder, type EmbeddedFile, listDatasets, type PublishedFile } from "./registry.js";

/** Options that say where things are. */
export interface PlaceOptions {
  /** Folder of fetched data; default `SPECTENSOR_DATA`, or else the cache folder of the platform. */
  readonly cacheDir?: string;
  /** Folder of embedded data; default the package's. */
  readonly dataDir?: string;
}

export const PLACE_FIELDS = {
  cacheDir: text().optional(),
  dataDir: text().optional(),
} satisfies Fields<PlaceOptions>;

/** `SPECTENSOR_DATA`, or the platform's cache folder. */
export function defaultCacheFolder(): string {
  const { env } = process;
  if (env.SPECTENSOR_DATA) return env.SPECTENSOR_DATA;
  if (process.platform === "win32")
    return join(env.LOCALAPPDATA ?? join(homedir(), "AppData", "Local"), "spectensor", "Cache");
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches", "spectensor");
  return join(env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "spectensor");
}

/** Path of a file of a data set, whether it is there or not. */
export function filePath(entry: DatasetEntry, file: EmbeddedFile | PublishedFile, options: PlaceOptions = {}): string {
  return "path" in file
    ? join(options.dataDir ?? dataFolder, file.path)
    : join(options.cacheDir ?? defaultCacheFolder(), entry.id, file.name);
}

/** Name of a file in messages. */
export function fileLabel(file: EmbeddedFile | PublishedFile): string {
  return "path" in file ? file.path : file.name;
}

/** Where the size and hash of a fetched file are kept. */
export function receiptPath(path: string): string {
  return `${path}.fetched.json`;
}

/** SHA-256 of a file, hexadecimal, and its size in bytes; reads in constant memory. */
export async function fileHash(
  path: string,
  signal?: AbortSignal,
): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    throwIfAborted(signal, `reading ${path}`);
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { sha256: hash.digest("hex"), bytes };
}

/** Files that have been found in order in this process, by path, size and time. */
const verified = new Set<string>();

/**
 * The path of a file after checking that it is there and has the size and hash of the registry (or, for a fetched file
 * without known hash, those it had when it was fetched). Checked once per process while the file stays as it is.
 * @throws DataError if it is missing or damaged
 */
export async function verifiedPath(
  entry: DatasetEntry,
  file: EmbeddedFile | PublishedFile,
  options: PlaceOptions & RunOptions = {},
): Promise<string> {
  const path = filePath(entry, file, options);
  const where = `data set ${entry.id}, ${fileLabel(file)}`;
  const info = await stat(path).catch(() => undefined);
  const again = "path" in file ? "install the package again" : `fetch it again: spectensor data fetch ${entry.id}`;
  if (!info?.isFile())
    throw new DataError({
      where,
      problem: `no file ${path}`,
      advice: "path" in file ? again : `fetch it: spectensor data fetch ${entry.id}`,
    });
  const key = `${path} ${info.size} ${info.mtimeMs} ${file.sha256}`;
  if (verified.has(key)) return path;
  const expected = "path" in file || file.sha256 ? file : { ...file, ...(await readReceipt(path)) };
  if (expected.bytes !== undefined && info.size !== expected.bytes)
    throw new DataError({ where, problem: `${info.size} bytes, expected ${expected.bytes}`, advice: again });
  if (expected.sha256) {
    const { sha256 } = await fileHash(path, options.signal);
    if (sha256 !== expected.sha256)
      throw new DataError({
        where,
        problem: `SHA-256 ${sha256.slice(0, 12)}…, expected ${expected.sha256.slice(0, 12)}…`,
        advice: again,
      });
  }
  verified.add(key);
  return path;
}

async function readReceipt(path: string): Promise<{ bytes?: number; sha256?: string }> {
  try {
    const { bytes, sha256 } = JSON.parse(await readFile(receiptPath(path), "utf8")) as {
      bytes: number;
      sha256: string;
    };
    return Number.isInteger(bytes) && /^[0-9a-f]{64}$/.test(sha256) ? { bytes, sha256 } : {};
  } catch {
    return {};
  }
}

/** State of one file of a data set. */
export interface FileState {
  readonly id: string;
  readonly file: string;
  readonly state: "ok" | "not fetched" | "damaged";
  /** What is wrong, in one sentence. */
  readonly problem?: string;
}

const VERIFY_OPTIONS = record({
  ...PLACE_FIELDS,
  ...RUN_FIELDS,
  entries: checkedBy<readonly DatasetEntry[]>(Array.isArray, "a list of data sets").optional(),
});

/** Checks every file of the given (default: all) data sets; public files that were never fetched are not damaged. */
export async function verifyDatasets(
  options: PlaceOptions & RunOptions & { readonly entries?: readonly DatasetEntry[] } = {},
): Promise<FileState[]> {
  readOptions(VERIFY_OPTIONS, options, "verifyDatasets");
  const all = (options.entries ?? listDatasets()).flatMap((entry) => entry.files.map((file) => ({ entry, file })));
  const states: FileState[] = [];
  for (const { entry, file } of all) {
    throwIfAborted(options.signal, "verifying data sets");
    const name = { id: entry.id, file: fileLabel(file) };
    const missing = "url" in file && !(await stat(filePath(entry, file, options)).catch(() => undefined));
    if (missing) states.push({ ...name, state: "not fetched" });
    else
      states.push(
        await verifiedPath(entry, file, options).then(
          () => ({ ...name, state: "ok" as const }),
          (error: Error) => ({ ...name, state: "damaged" as const, problem: error.message }),
        ),
      );
    options.onProgress?.({ label: "verifying data sets", done: states.length, total: all.length, unit: "files" });
  }
  return states;
}
