/** One file from the network: resumed, checked, and there only when it is whole. */
import { constants, createReadStream } from "node:fs";
import { lstat, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { AbortedError, DataError, SpectensorError } from "../errors.js";
import { type RunOptions, throwIfAborted } from "../progress.js";
import { lockOutput } from "../system/lock.js";
import { asFileError, isSystemError } from "../system/systemError.js";
import { writeWhole } from "../system/wholeFile.js";
import { fileHash, receiptPath } from "./files.js";

/** How patient a download is. */
export interface DownloadOptions extends RunOptions {
  /** Attempts after the first that fail for reasons that may pass; default 5. */
  readonly retries?: number;
  /** Pause before the first retry, ms, doubled each time; default 1000. */
  readonly backoff?: number;
  /** Give up an attempt when no byte has come for this long, ms; default 30000. */
  readonly stall?: number;
}

/** What is to be fetched; size and hash where they are known. */
export interface Download {
  readonly url: string;
  readonly label: string;
  readonly bytes?: number;
  readonly sha256?: string;
}

/** A reason that may pass: try again. */
class Passing extends Error {
  readonly wait: number | undefined;
  constructor(message: string, wait?: number) {
    super(message);
    this.wait = wait;
  }
}

/** Goes on with a file, never through a link. */
const APPEND = constants.O_WRONLY | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0);

/** Larger than any published set; a server that sends more is wrong. */
const mostBytes = 2 ** 37;

/**
 * Fetches `download.url` to `target`: into `target.part` first, resumed from there after an interruption if the server
 * still has the same file, checked for size and hash, then renamed; a receipt with the hash is left beside it.
 * @throws DataError if the file cannot be had or is not what it should be; AbortedError if interrupted (resumable)
 * @throws FileError if it cannot be written, or another process fetches it
 */
export async function downloadFile(download: Download, target: string, options: DownloadOptions = {}): Promise<void> {
  await mkdir(dirname(target), { recursive: true }).catch((error) => {
    throw asFileError(error, { file: target, doing: "its folder cannot be made" });
  });
  const lock = await lockOutput(target);
  try {
    await downloadLocked(download, target, options);
  } catch (error) {
    throw asFileError(error, { file: target, doing: "cannot be written", kept: "what has come already is kept" });
  } finally {
    lock.release();
  }
}

async function downloadLocked(download: Download, target: string, options: DownloadOptions): Promise<void> {
  const { retries = 5, backoff = 1000 } = options;
  const part = `${target}.part`;
  let problem = "";
  let mismatched = false;
  for (let attempt = 0; attempt <= retries; attempt++) {
    throwIfAborted(options.signal, `fetching ${download.label}`);
    try {
      await receive(download, part, options);
      const { bytes, sha256 } = await fileHash(part, options.signal);
      const wrong =
        download.bytes !== undefined && bytes !== download.bytes
          ? `${bytes} bytes came, expected ${download.bytes}`
          : download.sha256 && sha256 !== download.sha256
            ? `the SHA-256 is ${sha256.slice(0, 12)}…, expected ${download.sha256.slice(0, 12)}…`
            : undefined;
      if (wrong) {
        await discard(part);
        if (mismatched) throw notThatFile(download, wrong);
        // A resumed or damaged transfer can explain one mismatch; the second is the server's.
        mismatched = true;
        throw new Passing(wrong);
      }
      await writeWhole(receiptPath(target), JSON.stringify({ url: download.url, bytes, sha256 }));
      await rename(part, target);
      await rm(validatorPath(part), { force: true });
      return;
    } catch (error) {
      if (options.signal?.aborted) throw aborted(download);
      if (!(error instanceof Passing)) throw error;
      problem = error.message;
      if (attempt < retries) await pause(error.wait ?? backoff * 2 ** attempt, download, options.signal);
    }
  }
  throw new DataError({
    where: download.label,
    problem: `cannot be fetched from ${download.url}: ${problem} (${retries + 1} attempts)`,
    advice: "try again later: what has come already is kept",
  });
}

/** One attempt: appends to what is there already if the server has the same file still. */
async function receive(download: Download, part: string, options: DownloadOptions): Promise<void> {
  const url = new URL(download.url);
  if (url.protocol === "file:") {
    await discard(part);
    const source = fileURLToPath(url);
    return save(createReadStream(source), part, 0, download, options, download.bytes).catch((error) => {
      throw error.path === source ? asFileError(error, { file: source, doing: "cannot be read" }) : error;
    });
  }
  const have = await partSize(part);
  const validator = have > 0 ? await readFile(validatorPath(part), "utf8").catch(() => "") : "";
  const resume = have > 0 && validator !== "";
  const watchdog = new AbortController();
  const stalled = watch(watchdog, options.stall ?? 30_000);
  const abort = () => watchdog.abort();
  options.signal?.addEventListener("abort", abort, { once: true });
  try {
    const headers: Record<string, string> = { "accept-encoding": "identity" };
    if (resume) Object.assign(headers, { range: `bytes=${have}-`, "if-range": validator });
    const response = await fetch(url, { headers, signal: watchdog.signal, redirect: "follow" });
    stalled.reset();
    if (response.status === 416) {
      await discard(part);
      throw new Passing("the part that had come does not fit the file any more");
    }
    if (!response.ok) throw refused(response, download);
    if (/text\/html/i.test(response.headers.get("content-type") ?? "") && !/\.html?$/i.test(url.pathname))
      throw new DataError({
        where: download.label,
        problem: `${download.url} gave a web page instead of the file`,
        advice: "open the address in a browser and see what it says",
      });
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get("content-range") ?? "");
    const from = response.status === 206 ? Number(range?.[1] ?? Number.NaN) : 0;
    if (response.status === 206 && from !== have) {
      await discard(part);
      throw new Passing("the server sent another part of the file than asked for");
    }
    if (from === 0) await discard(part);
    await writeWhole(
      validatorPath(part),
      response.headers.get("etag")?.replace(/^W\/.*/, "") || response.headers.get("last-modified") || "",
    );
    const length = Number(response.headers.get("content-length") ?? Number.NaN);
    const total = download.bytes ?? (Number.isFinite(length) ? from + length : undefined);
    if (!response.body) throw new Passing("an empty answer");
    await save(response.body as unknown as AsyncIterable<Uint8Array>, part, from, download, options, total, () =>
      stalled.reset(),
    );
  } catch (error) {
    if (error instanceof SpectensorError || error instanceof Passing || isSystemError(error)) throw error;
    if (stalled.expired()) throw new Passing(`nothing came for ${(options.stall ?? 30_000) / 1000} s`);
    throw new Passing(reason(error));
  } finally {
    stalled.stop();
    options.signal?.removeEventListener("abort", abort);
  }
}

async function save(
  body: AsyncIterable<Uint8Array>,
  part: string,
  from: number,
  download: Download,
  options: DownloadOptions,
  total: number | undefined,
  onChunk: () => void = () => {},
): Promise<void> {
  const file = await open(part, from > 0 ? APPEND : "wx");
  let done = from;
  try {
    for await (const chunk of body) {
      onChunk();
      done += chunk.length;
      if (done > (download.bytes ?? mostBytes)) {
        await file.truncate(0);
        throw new Passing(`more than the ${download.bytes ?? mostBytes} bytes expected came`);
      }
      await file.write(chunk);
      options.onProgress?.({
        label: `fetching ${download.label}`,
        done,
        unit: "bytes",
        ...(total !== undefined && { total }),
      });
    }
  } finally {
    await file.close();
  }
  if (total !== undefined && done !== total) throw new Passing(`${done} of ${total} bytes came`);
}

/** Aborts when it has not been reset for `ms`. */
function watch(controller: AbortController, ms: number): { reset(): void; stop(): void; expired(): boolean } {
  let expired = false;
  const fire = () => {
    expired = true;
    controller.abort();
  };
  let timer = setTimeout(fire, ms);
  return {
    reset() {
      clearTimeout(timer);
      timer = setTimeout(fire, ms);
    },
    stop: () => clearTimeout(timer),
    expired: () => expired,
  };
}

function refused(response: Response, download: Download): Error {
  const { status, statusText } = response;
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
    return new Passing(
      `the server answered ${status} ${statusText}`,
      seconds >= 0 && seconds <= 120 ? seconds * 1000 : undefined,
    );
  }
  return new DataError({
    where: download.label,
    problem: `${download.url} answered ${status} ${statusText}`,
    advice:
      status === 404 || status === 410
        ? "the file has moved: see the citation of the data set"
        : "see whether the address opens in a browser",
  });
}

function notThatFile(download: Download, wrong: string): DataError {
  return new DataError({
    where: download.label,
    problem: `${download.url} holds another file: ${wrong}`,
    advice: "it has changed since the registry was written: see the citation of the data set",
  });
}

function reason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}

function aborted(download: Download): AbortedError {
  return new AbortedError({
    problem: `interrupted while fetching ${download.label}`,
    advice: "fetch again to go on where it stopped",
  });
}

function pause(ms: number, download: Download, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(aborted(download));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** Bytes that have come of an earlier attempt; a link in their place, which might lead anywhere, is removed. */
async function partSize(part: string): Promise<number> {
  const info = await lstat(part).catch(() => undefined);
  if (info?.isFile()) return info.size;
  await discard(part);
  return 0;
}

function validatorPath(part: string): string {
  return `${part}.validator`;
}

async function discard(part: string): Promise<void> {
  await rm(part, { force: true });
  await rm(validatorPath(part), { force: true });
}
