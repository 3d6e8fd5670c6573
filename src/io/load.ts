/** Files of any format: what it is, is found out from the content. */
import { DataError, OptionError, rejectUnknownOptions } from "../errors.js";
import { type FrameQuantity, seriesOfFrames } from "../series/fromFrames.js";
import type { TensorSeries } from "../series/tensorSeries.js";
import type { Frame } from "../structure/frame.js";
import type { Trajectory } from "../structure/trajectory.js";
import { type CollectOptions, collectTrajectory } from "./collect.js";
import { loadColumns } from "./columns.js";
import { loadEspresso } from "./espresso.js";
import { streamExtxyz } from "./extxyz.js";
import { detectFormat, type Format } from "./format.js";
import type { TensorOptions } from "./frameFields.js";
import { streamLammps } from "./lammps.js";
import { streamOutcar } from "./outcar.js";
import { loadPoscar } from "./poscar.js";
import type { ReadOptions } from "./source.js";
import { streamVasprun } from "./vasprun.js";
import { streamXdatcar } from "./xdatcar.js";

/** Options of the loaders for any format; each is used by the formats that need it. */
export interface LoadOptions extends ReadOptions, TensorOptions {
  /** What the file is; default: found out from its content. */
  readonly format?: Format;
  /** Symbols of the types of a LAMMPS dump, or of the species of a POSCAR of VASP 4. */
  readonly species?: readonly string[];
  /** `units` of a LAMMPS run. */
  readonly lammpsUnits?: "metal" | "real";
}

const loadOptionNames = [
  ...["name", "incomplete", "onProgress", "signal", "format"],
  ...["keys", "units", "components", "becOrder", "species", "lammpsUnits"],
];

/**
 * Frames of a file of any format, one by one, in memory that does not grow.
 * @throws FormatError with file and line
 * @throws OptionError for options that the format cannot use
 */
export function streamFrames(path: string, options: LoadOptions = {}): AsyncGenerator<Frame, void, void> {
  rejectUnknownOptions(options, loadOptionNames, "streamFrames");
  return frames(path, options);
}

async function* frames(path: string, options: LoadOptions): AsyncGenerator<Frame, void, void> {
  const format = options.format ?? (await detectFormat(path, options));
  if (format !== "extxyz")
    for (const name of ["keys", "units", "becOrder"] as const)
      if (options[name] !== undefined)
        throw new OptionError({
          where: name,
          problem: `${path} is ${format}`,
          advice: `${name} is for extended XYZ: leave it out`,
        });
  switch (format) {
    case "extxyz":
      return yield* streamExtxyz(path, options);
    case "poscar":
      return yield await loadPoscar(path, options);
    case "xdatcar":
      return yield* streamXdatcar(path, options);
    case "outcar":
      return yield* streamOutcar(path, options);
    case "vasprun":
      return yield* streamVasprun(path, options);
    case "espresso":
      return yield await loadEspresso(path, options);
    case "lammps": {
      const { lammpsUnits, units: _, ...rest } = options;
      return yield* streamLammps(path, { ...rest, ...(lammpsUnits && { units: lammpsUnits }) });
    }
    case "columns":
      throw new DataError({
        where: path,
        problem: "columns of numbers have no structures",
        advice: "read them as a series",
      });
  }
}

/**
 * All frames of a file of any format; see {@link streamFrames}.
 * @example
 * await writeExtxyz("md.extxyz", (await loadDataset("h2o")).frames);
 * (await readFrames("md.extxyz")).length // 1001
 */
export async function readFrames(path: string, options: LoadOptions = {}): Promise<Frame[]> {
  rejectUnknownOptions(options, loadOptionNames, "readFrames");
  const all: Frame[] = [];
  for await (const frame of frames(path, options)) all.push(frame);
  return all;
}

/** The frames of a file of any format as a trajectory of the same atoms in one buffer. */
export async function loadTrajectory(path: string, options: LoadOptions & CollectOptions = {}): Promise<Trajectory> {
  rejectUnknownOptions(options, [...loadOptionNames, "timestep", "stride"], "loadTrajectory");
  return collectTrajectory(frames(path, options), { ...options, name: options.name ?? path });
}

/** Options of {@link loadSeries}. */
export interface SeriesOptions extends LoadOptions {
  readonly quantity: FrameQuantity;
  /** fs between frames; default from the file, where it has times. */
  readonly timestep?: number;
  /** For legends; default the file's name. */
  readonly origin?: string;
  /** Leading columns to leave out of a plain file of columns. */
  readonly skipColumns?: number;
}

/**
 * One tensor per frame from a file of any format, plain columns included. Only the tensors are held in memory.
 * @throws FormatError with file and line
 * @throws DataError if frames lack the tensor
 * @throws UnitError if there is no time step, or the frames' times contradict it
 * @example
 * await writeExtxyz("md.extxyz.gz", (await loadDataset("h2o")).frames);
 * (await loadSeries("md.extxyz.gz", { quantity: "polarizability" })).timestep // 2
 */
export async function loadSeries(path: string, options: SeriesOptions): Promise<TensorSeries> {
  rejectUnknownOptions(options, [...loadOptionNames, "quantity", "timestep", "origin", "skipColumns"], "loadSeries");
  const { quantity, timestep, origin = path.replace(/^.*[\\/]/, "") } = options;
  const format = options.format ?? (await detectFormat(path, options));
  if (format === "columns") {
    if (quantity === "bornCharges")
      throw new DataError({ where: path, problem: "plain columns cannot hold Born charges" });
    return loadColumns(path, { ...options, quantity, origin });
  }
  const light: Frame[] = [];
  for await (const frame of frames(path, { ...options, format })) {
    const { cell, periodic } = frame.structure;
    light.push({
      structure: { species: [], positions: new Float64Array(0), periodic, ...(cell && { cell }) },
      ...(frame.time !== undefined && { time: frame.time }),
      ...(frame[quantity] && { [quantity]: frame[quantity] }),
    });
  }
  return seriesOfFrames(light, quantity, { origin, ...(timestep !== undefined && { timestep }) });
}
