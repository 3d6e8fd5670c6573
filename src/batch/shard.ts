/** Runs one shard. The same under every engine: what is done is said by files, not by the engine. */
import { spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { fileHash } from "../dataset/files.js";
import { AbortedError, DataError, OptionError } from "../errors.js";
import { readDocument, record } from "../options/record.js";
import { number, text } from "../options/values.js";
import { lockOutput } from "../system/lock.js";
import { PARENT_VARIABLE } from "../system/parent.js";
import { WORKERS_VARIABLE } from "../system/threads.js";
import { writeWhole } from "../system/wholeFile.js";
import { type BatchManifest, shardFolder, shardOf } from "./manifest.js";

/** What a shard leaves when it is done; without this file it is not. */
export interface ShardRecord {
  readonly host: string;
  readonly seconds: number;
  /** SHA-256 of what it wrote; `undefined` for commands that only print. */
  readonly sha256?: string;
  /** What the command printed with `--json`. */
  readonly result: unknown;
}

const shardRecord = record({
  host: text(),
  seconds: number({ atLeast: 0 }),
  sha256: text().optional(),
  result: z.unknown(),
});

/** The record of a shard; `undefined` if it is not done. */
export function shardRecordOf(folder: string, id: number): ShardRecord | undefined {
  const file = join(shardFolder(folder, id), "done.json");
  if (!existsSync(file)) return undefined;
  return readDocument(shardRecord, JSON.parse(readFileSync(file, "utf8")), file) as ShardRecord;
}

/** Why the last attempt at a shard failed; `undefined` if none has. */
export function failureOf(folder: string, id: number): string | undefined {
  const file = join(shardFolder(folder, id), "failed.txt");
  return existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
}

/**
 * Runs a shard in a process of its own, unless it is done. Its output appears under its name before `done.json` does, both whole.
 * @param program words that start the command line, e.g. node and the main file
 * @param threads of the command; default those of the environment
 * @throws OptionError for another version of the package
 * @throws DataError if an input is not the file that was planned with, or the command fails
 * @throws FileError if another process works at this shard
 */
export async function runShard(
  folder: string,
  batch: BatchManifest,
  id: number,
  program: readonly string[],
  version: string,
  signal?: AbortSignal,
  threads?: number,
): Promise<ShardRecord> {
  const shard = shardOf(batch, id);
  const own = shardFolder(folder, id);
  mkdirSync(own, { recursive: true });
  const lock = await lockOutput(join(own, "shard"));
  try {
    const done = shardRecordOf(folder, id);
    if (done) return done;
    rmSync(join(own, "failed.txt"), { force: true });
    if (version !== batch.spectensor)
      throw new OptionError({
        where: "batch",
        problem: `planned with version ${batch.spectensor}, run with ${version}`,
        advice: "install the same version everywhere, or plan anew",
      });
    await checkInputs(batch, signal);
    const start = performance.now();
    const out = batch.output === "" ? undefined : join(own, batch.output);
    const words = [...shard.args, "--json", ...(out ? ["--out", out] : [])];
    const printed = await runCommand([...program, ...words], batch.folder, join(own, "log.txt"), signal, threads);
    const result: ShardRecord = {
      host: hostname(),
      seconds: Math.round(performance.now() - start) / 1000,
      ...(out && { sha256: (await fileHash(out)).sha256 }),
      result: JSON.parse(printed),
    };
    await writeWhole(join(own, "done.json"), `${JSON.stringify(result)}\n`);
    return result;
  } catch (error) {
    if (!(error instanceof AbortedError))
      // A full disk may be why it failed, and take no word of it.
      await writeWhole(join(own, "failed.txt"), `${(error as Error).message}\n`).catch(() => {});
    throw error;
  } finally {
    lock.release();
  }
}

async function checkInputs(batch: BatchManifest, signal?: AbortSignal): Promise<void> {
  for (const { path, sha256 } of batch.inputs) {
    if (!existsSync(path))
      throw new DataError({ where: path, problem: "not there", advice: "put it where this machine sees it" });
    if ((await fileHash(path, signal)).sha256 !== sha256)
      throw new DataError({ where: path, problem: "changed since the batch was planned", advice: "plan anew" });
  }
}

/** What a command prints; its messages go to the log. */
function runCommand(
  words: readonly string[],
  cwd: string,
  log: string,
  signal?: AbortSignal,
  threads?: number,
): Promise<string> {
  const env = {
    ...(threads !== undefined && { [WORKERS_VARIABLE]: String(threads) }),
    ...process.env,
    [PARENT_VARIABLE]: String(process.pid),
  };
  return new Promise((resolve, reject) => {
    const child = spawn(words[0]!, words.slice(1), { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    // A disk that is full for the log may still take the result; what the command said last is in the error.
    const file = createWriteStream(log, { flags: "a" }).on("error", () => {});
    let printed = "";
    let last = "";
    child.stdout.setEncoding("utf8").on("data", (piece: string) => {
      printed += piece;
    });
    child.stderr.setEncoding("utf8").on("data", (piece: string) => {
      last = (last + piece).slice(-2000);
      file.write(piece);
    });
    const stop = (): void => void child.kill("SIGTERM");
    signal?.addEventListener("abort", stop, { once: true });
    child.on("error", reject);
    child.on("close", (code, by) => {
      signal?.removeEventListener("abort", stop);
      file.end();
      if (signal?.aborted) reject(new AbortedError({ where: "shard", problem: "interrupted" }));
      else if (code === 0) resolve(printed);
      else {
        const reason = last.trim().split("\n").at(-1) ?? "";
        reject(new DataError({ where: "shard", problem: `ended with ${by ?? `exit code ${code}`}: ${reason}` }));
      }
    });
  });
}
