import { type FileHandle, open, stat, unlink } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { DataError } from "../errors.js";
import { extxyzText } from "../io/extxyzWrite.js";
import type { Frame } from "../structure/frame.js";
import type { MdFrame } from "./options.js";

/** A trajectory file that grows while the dynamics runs. */
export interface TrajectoryFile {
  /** Adds a frame; it may reach the file later. */
  readonly add: (frame: MdFrame) => Promise<void>;
  /** Puts everything added into the file. @returns the length of the file in bytes, all of it whole frames */
  readonly flush: () => Promise<number>;
  /** Flushes and closes; a file without a frame is removed. */
  readonly close: () => Promise<void>;
}

/** Text gathered before it is written, characters. */
const BLOCK = 1 << 20;

/**
 * Opens an extended XYZ file for frames as they come; with a name that ends in .gz every flush adds a gzip member, which all readers
 * of gzip take as one text.
 * @param keep bytes to keep of a file that is there; what follows is cut off. Default 0: the file begins anew
 * @throws DataError if the file is shorter than that
 */
export async function openTrajectory(path: string, keep = 0): Promise<TrajectoryFile> {
  if (keep > 0) {
    const found = await stat(path).then(
      (s) => s.size,
      () => 0,
    );
    if (found < keep)
      throw new DataError({
        where: path,
        problem: `has ${found} bytes, the restart file belongs to a trajectory of at least ${keep}`,
        advice: "put the trajectory back, or start the run anew",
      });
  }
  const file: FileHandle = await open(path, keep > 0 ? "r+" : "w");
  await file.truncate(keep);
  const compressed = /\.gz$/i.test(path);
  let bytes = keep;
  let text = "";

  const flush = async (): Promise<number> => {
    if (text === "") return bytes;
    const block = compressed ? gzipSync(text) : Buffer.from(text);
    text = "";
    await file.write(block, 0, block.length, bytes);
    await file.datasync();
    bytes += block.length;
    return bytes;
  };
  return {
    async add(frame) {
      for (const piece of extxyzText([asFrame(frame)])) text += piece;
      if (text.length > BLOCK) await flush();
    },
    flush,
    async close() {
      const length = await flush();
      await file.close();
      if (length === 0) await unlink(path);
    },
  };
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
