import { ShapeError } from "../errors.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { integer, list, RUN_FIELDS, text } from "../options/values.js";
import { toCartesian } from "../structure/cell.js";
import type { Frame } from "../structure/frame.js";
import { checkStructure } from "../structure/structure.js";
import { frameCount, frameStructure, type Trajectory } from "../structure/trajectory.js";
import { frameReader } from "./checkedFrames.js";
import { COLLECT_FIELDS, type CollectOptions, collectTrajectory, trajectoryCollector } from "./collect.js";
import type { FileFormat } from "./format.js";
import type { Lines } from "./lines.js";
import {
  fractionalText,
  type PoscarHeader,
  poscarHead,
  readPoscarHeader,
  startsLikeCell,
  startsLikePoscar,
} from "./poscarHeader.js";
import { type more, needLine, nextLine, READ_FIELDS, type ReadOptions, type Source } from "./source.js";
import { writeText } from "./write.js";

/** Options for the configurations of an XDATCAR. */
export interface XdatcarFrameOptions extends ReadOptions {
  /** One symbol per species or per atom, for files whose names are none ("r X"). */
  readonly species?: readonly string[];
}

/** Options of the XDATCAR reader; `timestep` is POTIM × NBLOCK in fs, which the file does not hold. */
export interface XdatcarOptions extends XdatcarFrameOptions, Omit<CollectOptions, "name"> {}

const FRAME_FIELDS = { ...READ_FIELDS, species: list(text()).optional() } satisfies Fields<XdatcarFrameOptions>;
const FRAME_OPTIONS = record(FRAME_FIELDS);
const OPTIONS = record({ ...FRAME_FIELDS, ...COLLECT_FIELDS } satisfies Fields<XdatcarOptions & CollectOptions>);
const WRITE_OPTIONS = record({
  comment: text().optional(),
  decimals: integer({ atLeast: 1, atMost: 17 }).optional(),
  signal: RUN_FIELDS.signal,
});

const xdatcar = frameReader("Xdatcar", FRAME_OPTIONS, xdatcarReader);

/**
 * The trajectory in an XDATCAR with fixed or variable cell. Positions are Cartesian, Å, and as the file has them:
 * VASP wraps them into the cell.
 * @throws FormatError with file and line
 */
export function parseXdatcar(input: string | Uint8Array, options: XdatcarOptions = {}): Trajectory {
  const { timestep, stride, ...read } = readOptions(OPTIONS, options, "parseXdatcar");
  const collector = trajectoryCollector(collecting(timestep, stride, read.name));
  for (const frame of xdatcar.parse(input, read)) collector.add(frame);
  return collector.finish();
}

/** Configurations of an XDATCAR one by one, in memory that does not grow; `info.step` is the file's own number. */
export function streamXdatcar(source: Source, options: XdatcarFrameOptions = {}): AsyncGenerator<Frame, void, void> {
  return xdatcar.stream(source, options);
}

/** The whole trajectory of an XDATCAR; see {@link parseXdatcar}. */
export function loadXdatcar(source: Source, options: XdatcarOptions = {}): Promise<Trajectory> {
  const { timestep, stride, ...read } = readOptions(OPTIONS, options, "loadXdatcar");
  return collectTrajectory(xdatcar.stream(source, read), collecting(timestep, stride, read.name));
}

function collecting(timestep: number | undefined, stride: number, name: string | undefined): CollectOptions {
  return { stride, ...(timestep !== undefined && { timestep }), ...(name !== undefined && { name }) };
}

/** XDATCAR for the loaders. */
export const xdatcarFormat: FileFormat = {
  name: "xdatcar",
  title: "XDATCAR",
  options: ["species"],
  sniff: ({ text, lines }) =>
    startsLikeVasp4(lines) ||
    (startsLikePoscar(lines) && /^[ \t]*(direct configuration|konfig)/im.test(text)) ||
    startsWithoutTitles(lines),
  frames: xdatcar.unchecked,
};

/** VASP 5.2 separates configurations by a blank line and calls them nothing. */
function startsWithoutTitles(lines: readonly string[]): boolean {
  const [first = "", blank = "x", row = ""] = lines.slice(6);
  return startsLikeCell(lines) && /^[\s\d]*\d\s*$/.test(first) && blank.trim() === "" && isPosition(row);
}

/** VASP 4: counts, volume and lengths of the cell vectors, temperature, "CAR", name, and neither cell nor species. */
function startsLikeVasp4(lines: readonly string[]): boolean {
  return (
    numbersIn(lines[0]) >= 2 &&
    numbersIn(lines[1]) === 5 &&
    numbersIn(lines[2]) === 1 &&
    /^\s*CAR\b/.test(lines[3] ?? "")
  );
}

/** How many words of a line are numbers. */
function numbersIn(line = ""): number {
  return line
    .trim()
    .split(/\s+/)
    .filter((word) => word !== "" && Number.isFinite(Number(word))).length;
}

function isPosition(line: string): boolean {
  return /^\s*[-+]?\d*\.\d+\s*[-+\d]/.test(line);
}

const titled = /^\s*(direct|konfig)/i;

/** The XDATCAR format as a line reader. */
export function xdatcarReader(
  options: XdatcarFrameOptions,
): (lines: Lines) => Generator<Frame | typeof more, void, void> {
  return (lines) => readXdatcar(lines, options.species);
}

function* readXdatcar(lines: Lines, given: readonly string[] | undefined): Generator<Frame | typeof more, void, void> {
  lines.fixedFormat = true;
  yield* needLine(lines, "the file is empty");
  const first = lines.text();
  yield* needLine(lines, "no scale factor (second line)");
  if (numbersIn(lines.text()) === 5)
    lines.fail(
      "an XDATCAR of VASP 4: it holds neither the cell nor the species",
      "put the first seven lines of a POSCAR of VASP 5 with cell, species and counts in the place of its first five",
    );
  lines.back();
  let header: PoscarHeader = yield* readPoscarHeader(lines, given, first);
  const n = header.species.length;
  let titles: boolean | undefined;
  for (let frame = 0; ; ) {
    let blanks = -1;
    do {
      if (!(yield* nextLine(lines))) {
        if (frame === 0) lines.failEnd("no configuration in it");
        return;
      }
      blanks++;
    } while (lines.isBlank());
    const title = lines.text();
    titles ??= titled.test(title) || blanks === 0;
    if (!titles) {
      if (blanks === 0)
        lines.fail(`more than the ${n} positions of configuration ${frame}, or no blank line behind them`);
      lines.back();
    } else if (!titled.test(title)) {
      if (frame === 0 || /^\s*[-+.\d]/.test(title))
        lines.fail(
          `expected "Direct configuration= …" for configuration ${frame + 1}, found "${title.trim().slice(0, 40)}"`,
        );
      const next: PoscarHeader = yield* readPoscarHeader(lines, given);
      if (next.species.join() !== header.species.join())
        lines.fail(
          `configuration ${frame + 1} has other atoms than the first`,
          "an XDATCAR keeps its atoms: the file is damaged, or two are joined",
        );
      // The same array lets everything downstream skip its comparison.
      header = { ...next, species: header.species };
      yield* needLine(lines, `no positions for configuration ${frame + 1}`);
      if (!titled.test(lines.text())) lines.fail('expected "Direct configuration= …"');
    }
    const step = titles ? Number(/(\d+)\s*$/.exec(lines.text())?.[1] ?? frame + 1) : undefined;
    const fractional = new Float64Array(3 * n);
    for (let i = 0; i < n; i++) {
      if (!lines.next()) yield* needLine(lines, `${i} of ${n} positions in configuration ${frame + 1}`);
      lines.numbers(fractional, 3 * i, 3, "a position");
      if (!lines.atLineEnd()) lines.endLine("the three coordinates of a position");
    }
    const { species, cell } = header;
    frame++;
    yield {
      structure: { species, positions: toCartesian(fractional, cell), cell, periodic: [true, true, true] },
      ...(step !== undefined && { info: { step } }),
    };
  }
}

/**
 * A trajectory as XDATCAR text, one piece per configuration; the head is repeated where the cell varies.
 * @param options.decimals of the fractional positions; default 8 as in VASP, 16 keeps doubles to rounding
 * @throws ShapeError if the trajectory is empty
 */
export function* xdatcarText(
  t: Trajectory,
  options: { readonly comment?: string; readonly decimals?: number } = {},
): Generator<string, void, void> {
  const { comment = "written by spectensor", decimals = 8 } = options;
  const frames = frameCount(t);
  if (frames === 0) throw new ShapeError("an empty trajectory cannot be written as XDATCAR");
  for (let f = 0; f < frames; f++) {
    const structure = frameStructure(t, f);
    checkStructure(structure, `frame ${f}`);
    const head = f === 0 || t.cells!.length > 9 ? poscarHead(structure, comment) : "";
    yield `${head}Direct configuration=${String(f + 1).padStart(6)}\n${fractionalText(structure, decimals)}`;
  }
}

/** Writes an XDATCAR, gzipped when the name ends in .gz; the file appears whole or not at all. */
export function writeXdatcar(
  path: string,
  t: Trajectory,
  options: { readonly comment?: string; readonly decimals?: number; readonly signal?: AbortSignal } = {},
): Promise<void> {
  const { signal, ...read } = readOptions(WRITE_OPTIONS, options, "writeXdatcar");
  return writeText(path, xdatcarText(t, read), signal ? { signal } : {});
}
