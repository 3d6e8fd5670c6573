/** Frames of a stream in blocks of one buffer each, which is what threads are given. */
import { OptionError, ShapeError } from "../../errors.js";
import { passOverConstant } from "../../series/constantSteps.js";
import { stepChecker, stepNumber } from "../../series/times.js";
import type { Frame } from "../../structure/frame.js";
import type { Periodicity, Structure } from "../../structure/structure.js";
import { unwrapper } from "../../structure/unwrapping.js";

/** Consecutive frames of the same atoms. */
export interface FrameBlock {
  /** Blocks before it. */
  readonly index: number;
  readonly count: number;
  /** Numbers of the frames in the file. */
  readonly numbers: Float64Array;
  readonly species: readonly string[];
  readonly periodic: Periodicity;
  /** [count, n, 3], Å, as in the file. */
  readonly positions: Float64Array;
  /** Without jumps across the cell faces since the first frame of the file, where that was asked for and makes a difference. */
  readonly path?: Float64Array;
  /** [count, 3, 3], Å */
  readonly cells?: Float64Array;
  /** [count, n, 3], Å/fs */
  readonly velocities?: Float64Array;
  /** fs; NaN where a frame has none. */
  readonly times: Float64Array;
  /** Numbers of the frames' steps by which runs are told apart, see `stepNumber`; NaN where a frame has none. */
  readonly steps: Float64Array;
  /** Names or numbers of the runs that the frames are of, where they say so. */
  readonly runs?: readonly (string | number | undefined)[];
}

/** Which frames of a stream are used, and how. */
export interface BlockOptions {
  /** First frame, counted from 0 in the file; default 0. */
  readonly from?: number;
  /** Frame to stop before; default the end. */
  readonly to?: number;
  /** Use frames whose number in the file is a multiple of it; default 1. */
  readonly stride?: number;
  /** fs between frames of the file, for those without times; checked against times where there are any. */
  readonly timestep?: number;
  /** Who needs the path of the atoms, which is followed from the first frame of the file on. */
  readonly path?: string;
  /** Name for messages. */
  readonly name: string;
}

/** Atoms of a block: enough of them for a thread to be busy for some ten milliseconds, few enough for an interrupt to be heard soon. */
const ATOMS = 1024;

/**
 * Gathers frames into blocks.
 * @throws ShapeError if the atoms change, or cell or velocities are there only in some frames
 * @throws DataError if times or steps contradict `timestep`; or by `path`, see {@link unwrapper}
 * @throws OptionError if no frame is left
 */
export async function* frameBlocks(
  frames: AsyncIterable<Frame> | Iterable<Frame>,
  options: BlockOptions,
): AsyncGenerator<FrameBlock, void, void> {
  const { from = 0, to = Number.POSITIVE_INFINITY, stride = 1, timestep, name } = options;
  let first: Frame | undefined;
  let alike: ReturnType<typeof likeFirst> | undefined;
  let follow: ReturnType<typeof unwrapper> | undefined;
  let gathered: Gathered[] = [];
  let blocks = 0;
  let number = -1;
  const check = timestep === undefined ? () => {} : stepChecker(timestep, name);
  const numbered = passOverConstant();
  for await (const frame of frames) {
    number++;
    if (number >= to) break;
    first ??= frame;
    alike ??= likeFirst(firstOf(frame), name);
    alike(frame, number);
    check(frame.time, numbered(stepNumber(frame.info)));
    const { structure } = frame;
    let path: Float64Array | undefined;
    if (options.path !== undefined && structure.periodic.some(Boolean)) {
      follow ??= unwrapper(first.structure, options.path);
      path = structure.positions.slice();
      follow(path, structure.cell);
    }
    if (number < from || number % stride !== 0) continue;
    gathered.push({ number, frame, ...(path && { path }) });
    if (gathered.length < framesPerBlock(structure.species.length)) continue;
    yield blockOf(gathered, blocks++, timestep);
    gathered = [];
  }
  if (gathered.length > 0) yield blockOf(gathered, blocks++, timestep);
  if (blocks === 0) throw noneLeft(name, number + 1);
}

/** @param frames that there are */
export function noneLeft(where: string, frames: number): OptionError {
  return new OptionError({
    where,
    problem: `no frame is left of ${frames === 0 ? "a file without any" : `frames 0 to ${frames - 1}`}`,
    advice: "see which frames were asked for",
  });
}

/** A frame on its way into a block. */
export interface Gathered {
  readonly number: number;
  readonly frame: Frame;
  readonly path?: Float64Array;
}

/** Frames of so many atoms that make a block. */
export function framesPerBlock(atoms: number): number {
  return Math.max(1, Math.floor(ATOMS / atoms));
}

/** What all frames have in common with the first one. */
export interface FirstFrame {
  readonly species: readonly string[];
  readonly cell: boolean;
  readonly velocities: boolean;
}

export function firstOf({ structure, velocities }: Frame): FirstFrame {
  return { species: structure.species, cell: structure.cell !== undefined, velocities: velocities !== undefined };
}

/** Called with every frame and its number. @throws ShapeError where one is not like the first */
export function likeFirst(first: FirstFrame, name: string): (frame: Frame, number: number) => void {
  let same = first.species;
  return ({ structure: { species, cell }, velocities }, number) => {
    const problem =
      (species === same ? undefined : otherAtoms(first.species, species)) ??
      (first.velocities !== Boolean(velocities) ? "velocities in some frames only" : undefined) ??
      (first.cell !== Boolean(cell) ? "a cell in some frames only" : undefined);
    if (problem) throw new ShapeError({ where: `${name}, frame ${number}`, problem, advice: "cut the file there" });
    same = species;
  };
}

function otherAtoms(first: readonly string[], species: readonly string[]): string | undefined {
  if (species.length !== first.length) return `${species.length} atoms, the first frame has ${first.length}`;
  const i = species.findIndex((x, k) => x !== first[k]);
  return i < 0 ? undefined : `atom ${i} is ${species[i]}, in the first frame it is ${first[i]}`;
}

export function blockOf(gathered: readonly Gathered[], index: number, timestep: number | undefined): FrameBlock {
  const [{ frame: first }] = gathered as readonly [Gathered];
  const { species, periodic, cell } = first.structure;
  const joined = (of: (g: Gathered) => Float64Array): Float64Array => {
    const size = of(gathered[0]!).length;
    const all = new Float64Array(size * gathered.length);
    gathered.forEach((g, k) => {
      all.set(of(g), k * size);
    });
    return all;
  };
  const moved = gathered.some(({ path, frame }) => path?.some((x, p) => x !== frame.structure.positions[p]));
  const runs = gathered.map(({ frame }) => runOf(frame));
  return {
    index,
    count: gathered.length,
    numbers: Float64Array.from(gathered, (g) => g.number),
    species,
    periodic,
    positions: joined((g) => g.frame.structure.positions),
    ...(moved && { path: joined((g) => g.path!) }),
    ...(cell && { cells: joined((g) => g.frame.structure.cell!) }),
    ...(first.velocities && { velocities: joined((g) => g.frame.velocities!) }),
    times: Float64Array.from(
      gathered,
      ({ frame: { time }, number }) => time ?? (timestep === undefined ? Number.NaN : number * timestep),
    ),
    steps: Float64Array.from(gathered, ({ frame }) => stepNumber(frame.info) ?? Number.NaN),
    ...(runs.some((run) => run !== undefined) && { runs }),
  };
}

/** The run that a frame says it is of. */
function runOf({ info }: Frame): string | number | undefined {
  const run = info?.run;
  return typeof run === "string" || typeof run === "number" ? run : undefined;
}

/** A block of structures of the same atoms. */
export function blockOfStructures(
  structures: readonly Structure[],
  index: number,
  numbers: readonly number[],
): FrameBlock {
  return blockOf(
    structures.map((structure, k) => ({ number: numbers[k]!, frame: { structure } })),
    index,
    undefined,
  );
}

/** The structures of a block, as they are predicted for. Arrays are views. */
export function structuresOf(block: FrameBlock, positions = block.path ?? block.positions): Structure[] {
  const { species, periodic, cells, count } = block;
  const size = 3 * species.length;
  return Array.from({ length: count }, (_, k) => ({
    species,
    positions: positions.subarray(k * size, (k + 1) * size),
    periodic,
    ...(cells && { cell: cells.subarray(9 * k, 9 * k + 9) }),
  }));
}

/** The frames of a block as in the file, with what was predicted for each. Arrays are views. */
export function framesOf(block: FrameBlock, predicted: readonly Partial<Frame>[]): Frame[] {
  const { velocities, times, steps, runs, species } = block;
  const size = 3 * species.length;
  return structuresOf(block, block.positions).map((structure, k) => ({
    structure,
    ...(Number.isNaN(times[k]) ? {} : { time: times[k]! }),
    ...infoOf(steps[k]!, runs?.[k]),
    ...(velocities && { velocities: velocities.subarray(k * size, (k + 1) * size) }),
    ...predicted[k],
  }));
}

/** What a frame says of its place among others. */
function infoOf(step: number, run: string | number | undefined): Pick<Frame, "info"> {
  if (Number.isNaN(step) && run === undefined) return {};
  return { info: { ...(Number.isNaN(step) ? {} : { step }), ...(run !== undefined && { run }) } };
}
