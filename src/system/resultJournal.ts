/** Results of long work, kept in a file as they come: after a kill at any moment the same work goes on from them. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { DataError } from "../errors.js";
import { readDocument, record } from "../options/record.js";
import { integer, text } from "../options/values.js";
import { parseJson } from "./json.js";
import { lockOutput } from "./lock.js";
import { asFileError } from "./systemError.js";
import { writeWhole } from "./wholeFile.js";

/** Results by the number of their item. */
export interface ResultJournal<R> {
  /** What earlier runs have left. */
  readonly known: ReadonlyMap<number, R>;
  /** Keeps one more. */
  readonly add: (index: number, result: R) => void;
  /** Writes what has not been written, and lets others have the file. @throws FileError if it could not be written */
  readonly close: () => Promise<void>;
}

const JOURNAL = record({
  format: z.literal("spectensor-results"),
  version: z.literal(1),
  identity: text(),
  results: z.array(z.tuple([integer({ atLeast: 0 }), z.unknown()])),
});

/** Milliseconds between two writings, and how much longer than a writing took at least: a large file must not cost more than its work. */
const EVERY = 1000;
const RARELY = 20;

/**
 * Opens the journal for this process alone. The file is written whole about every second in which something was added, and stays.
 * @param identity everything that the results depend on
 * @throws FileError if it cannot be written, or another run has it
 * @throws DataError if it is the journal of other work, or no journal
 */
export async function openResultJournal<R>(path: string, identity: readonly unknown[]): Promise<ResultJournal<R>> {
  const lock = await lockOutput(path);
  try {
    const hash = hashOf(identity);
    const results = new Map<number, R>(existsSync(path) ? readResults<R>(path, hash) : []);
    const known = new Map(results);
    let written = results.size;
    let next = performance.now() + EVERY;
    let writing: Promise<void> | undefined;
    let failure: unknown;
    const write = async (): Promise<void> => {
      const start = performance.now();
      written = results.size;
      const document = { format: "spectensor-results", version: 1, identity: hash, results: [...results] };
      await writeWhole(path, `${JSON.stringify(document, plain)}\n`);
      next = performance.now() + Math.max(EVERY, RARELY * (performance.now() - start));
    };
    return {
      known,
      add(index, result) {
        results.set(index, result);
        if (writing || performance.now() < next) return;
        writing = write()
          .catch((error: unknown) => {
            failure ??= error;
          })
          .finally(() => {
            writing = undefined;
          });
      },
      async close() {
        try {
          await writing;
          if (failure) throw failure;
          if (results.size > written) await write();
        } finally {
          lock.release();
        }
      },
    };
  } catch (error) {
    lock.release();
    throw asFileError(error, { file: path, doing: "cannot be used as a journal" });
  }
}

function readResults<R>(path: string, identity: string): [number, R][] {
  const found = readDocument(JOURNAL, parseJson(readFileSync(path, "utf8"), path), path);
  if (found.identity !== identity)
    throw new DataError({
      where: path,
      problem: "is the journal of other work: other frames or other options",
      advice: "give another name, or remove the file to begin anew",
    });
  return found.results.map(([index, result]) => [index, exact(result) as R]);
}

/** What JSON does not know: numbers that are not finite, and −0. */
const NAME = "$number";

function plain(_: string, value: unknown): unknown {
  return typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))
    ? { [NAME]: Object.is(value, -0) ? "-0" : String(value) }
    : value;
}

function exact(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(exact);
  if (NAME in value) return Number(value[NAME]);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, exact(inner)]));
}

/** SHA-256 of plain values and arrays of numbers, however nested. */
function hashOf(parts: readonly unknown[]): string {
  const hash = createHash("sha256");
  const add = (value: unknown): void => {
    if (value instanceof Float64Array) {
      hash.update(`doubles ${value.length}:`);
      hash.update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    } else if (typeof value === "object" && value !== null) {
      const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
      hash.update(`${Array.isArray(value) ? "list" : "object"} ${entries.length}:`);
      for (const [key, inner] of entries) {
        hash.update(`${key.length}:${key}`);
        add(inner);
      }
    } else {
      const text = `${typeof value} ${Object.is(value, -0) ? "-0" : String(value)}`;
      hash.update(`${text.length}:${text}`);
    }
  };
  add(parts);
  return hash.digest("hex");
}
