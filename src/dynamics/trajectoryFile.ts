import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, rm, stat, unlink } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { DataError, FileError } from "../errors.js";
import { extxyzText } from "../io/extxyzWrite.js";
import type { Frame } from "../structure/frame.js";
import { outputTarget } from "../system/outputTarget.js";
import { asFileError } from "../system/systemError.js";
import type { MdFrame } from "./options.js";

/** A trajectory file that grows while the dynamics runs. */
export interface TrajectoryFile {
  /** Adds a frame; it may reach the file later. */
  readonly add: (frame: MdFrame) => Promise<void>;
  /** Puts everything added into the file. @returns what is in it, all of it whole frames */
  readonly flush: () => Promise<TrajectoryState>;
  /** Flushes and closes; a file without a frame is removed. */
  readonly close: () => Promise<void>;
}

/** How much of a trajectory file belongs to a restart file, and what it was. */
export interface TrajectoryState {
  readonly bytes: number;
  /** SHA-256 of these bytes, hexadecimal; absent in restart files of version 0.1. */
  readonly sha256?: string;
}

/** Text gathered before it is written, characters. */
const BLOCK = 1 << 20;

/**
 * Opens an extended XYZ file for frames as they come; with a name that ends in .gz every flush adds a gzip member, which all readers
 * of gzip take as one text.
 * @param keep what to keep of a file that is there; what follows is cut off. Without it the file begins anew
 * @throws DataError if the file is shorter than that or holds something else
 * @throws FileError if it cannot be written; frames of earlier flushes are in it
 */
export async function openTrajectory(path: string, keep?: TrajectoryState): Promise<TrajectoryFile> {
  const target = outputTarget(path);
  if (target.kind === "stream")
    throw new FileError({
      file: path,
      problem: "is a device or a pipe, and a trajectory is read again when its run goes on",
      advice: "give the name of a file",
    });
  let bytes = keep?.bytes ?? 0;
  const refused = (error: unknown): unknown =>
    asFileError(error, { file: path, doing: "cannot be written", kept: `its first ${bytes} bytes are whole frames` });
  const hash = bytes > 0 ? await checked(target.path, path, keep!) : createHash("sha256");
  const file: FileHandle = await begin(target.path, bytes).catch((error) => Promise.reject(refused(error)));
  const compressed = /\.gz$/i.test(path);
  let text = "";

  const flush = async (): Promise<TrajectoryState> => {
    if (text !== "") {
      const block = compressed ? gzipSync(text) : Buffer.from(text);
      try {
        await writeAt(file, block, bytes);
      } catch (error) {
        await file.truncate(bytes).catch(() => {}); // best as it is: the restart file says what is whole
        throw refused(error);
      }
      text = "";
      hash.update(block);
      bytes += block.length;
    }
    return { bytes, sha256: hash.copy().digest("hex") };
  };
  return {
    async add(frame) {
      for (const piece of extxyzText([asFrame(frame)])) text += piece;
      if (text.length > BLOCK) await flush();
    },
    flush,
    async close() {
      try {
        await flush();
      } finally {
        await file.close();
        if (bytes === 0) await unlink(target.path);
      }
    },
  };
}

/** A file that begins anew is a new one: other names of the old one keep what it held. */
async function begin(path: string, bytes: number): Promise<FileHandle> {
  if (bytes === 0) {
    await rm(path, { force: true });
    return open(path, "wx");
  }
  const file = await open(path, "r+");
  await file.truncate(bytes);
  return file;
}

async function writeAt(file: FileHandle, block: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < block.length; )
    done += (await file.write(block, done, block.length - done, position + done)).bytesWritten;
  await file.datasync();
}

/** The hash of what is kept, after comparing it with the restart file's. */
async function checked(target: string, path: string, keep: TrajectoryState): Promise<Hash> {
  const found = await stat(target).then(
    (s) => s.size,
    () => 0,
  );
  const advice = "put the trajectory back, or start the run anew";
  if (found < keep.bytes)
    throw new DataError({
      where: path,
      problem: `has ${found} bytes, the restart file belongs to a trajectory of at least ${keep.bytes}`,
      advice,
    });
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(target, { end: keep.bytes - 1, highWaterMark: 1 << 20 }))
    hash.update(chunk as Buffer);
  if (keep.sha256 !== undefined && hash.copy().digest("hex") !== keep.sha256)
    throw new DataError({ where: path, problem: "has been changed since its restart file was written", advice });
  return hash;
}

function asFrame(f: MdFrame): Frame {
  return {
    structure: f.structure,
    time: f.time,
    energy: f.potentialEnergy,
    velocities: f.velocities,
    forces: f.forces,
    info: {
      step: f.step,
      kinetic_energy: f.kineticEnergy,
      temperature: f.temperature,
      ...(f.uncertainty !== undefined && { uncertainty: f.uncertainty }),
    },
  };
}
