/** What a file format is to the loaders, and the options of reading whatever a file turns out to be. */
import { type Fields, record } from "../options/record.js";
import { checkedBy, integer, list, oneOf, positive, text } from "../options/values.js";
import type { FrameQuantity } from "../series/fromFrames.js";
import type { TensorSeries } from "../series/tensorSeries.js";
import type { SampleTimes } from "../series/times.js";
import type { Frame } from "../structure/frame.js";
import { TENSOR_FIELDS, type TensorOptions } from "./frameFields.js";
import { READ_FIELDS, type ReadOptions, type Source } from "./source.js";
import { type LabelOptions, labelSources } from "./vaspSteps.js";

/** Options that some formats need. */
export interface FormatOptions extends TensorOptions, LabelOptions {
  /** Symbols of the types of a LAMMPS dump, or of the species of a POSCAR or XDATCAR that names none. */
  readonly species?: readonly string[];
  /** Leading columns to leave out of a plain file of columns. */
  readonly skipColumns?: number;
  /** Which cell of a phonopy.yaml; default "unit". */
  readonly phonopyCell?: "primitive" | "unit" | "super";
}

/** Options of the loaders for any format; an option that the format of the file cannot use is refused. */
export interface LoadOptions extends ReadOptions, FormatOptions {
  /** What the file is: a name, or a format of one's own; default: found out from its content. */
  readonly format?: string | FileFormat;
}

export const LOAD_FIELDS = {
  ...READ_FIELDS,
  ...TENSOR_FIELDS,
  species: list(text()).optional(),
  skipColumns: integer({ atLeast: 0 }).optional(),
  phonopyCell: oneOf(["primitive", "unit", "super"]).optional(),
  labels: oneOf(labelSources).optional(),
  format: checkedBy<string | FileFormat>(
    (v) => typeof v === "string" || (typeof v === "object" && v !== null && "sniff" in v),
    "the name of a format, or a format",
  ).optional(),
} satisfies Fields<LoadOptions>;
export const LOAD_OPTIONS = record(LOAD_FIELDS);

/** Options of loading a series. */
export interface SeriesOptions extends LoadOptions {
  /** What to read; of several the first that the file has. */
  readonly quantity: FrameQuantity | readonly FrameQuantity[];
  /** fs between frames; default from the file, where it has times. */
  readonly timestep?: number;
  /** For legends; default the file's name. */
  readonly origin?: string;
  /**
   * What to do where a polarization jumps by multiples of e·a, e·b, e·c, which P of a periodic cell leaves open: "unwrap"
   * (default) takes the jumps out and tells their number, "keep" leaves the values as they are.
   */
  readonly branches?: "unwrap" | "keep";
  /** Use every so many-th sample, from the first on; the others need not have the tensor. Default 1. */
  readonly stride?: number;
}

export const SERIES_OPTIONS = record({
  ...LOAD_FIELDS,
  quantity: checkedBy<SeriesOptions["quantity"]>(
    (v) => typeof v === "string" || Array.isArray(v),
    "the name of a quantity, or a list of them",
  ),
  timestep: positive("fs").optional(),
  origin: text().optional(),
  branches: oneOf(["unwrap", "keep"]).optional(),
  stride: integer({ atLeast: 1 }).optional(),
} satisfies Fields<SeriesOptions>);

/** A series as a file has it. */
export interface ReadSeries extends TensorSeries {
  /** The quanta that a polarization is open to, e·a, e·b, e·c as rows, e·Å, where the file says them: [3, 3] or [frames, 3, 3]. */
  readonly quanta?: Float64Array;
}

/** The beginning of a file, as {@link FileFormat.sniff} sees it. */
export interface FileHead {
  /** The first 64 KiB, unpacked. */
  readonly text: string;
  /** The first 16 lines of it. */
  readonly lines: readonly string[];
  /** Name of the file without folder and without .gz; empty where there is none. */
  readonly fileName: string;
}

/**
 * A file format. One that is not built in is used by `format: mine`, or found by itself after `registerFormat(mine)`.
 * A format has `frames` if it holds structures, and `series` if it holds tensors without structures.
 */
export interface FileFormat {
  /** As in the option `format`. */
  readonly name: string;
  /** For messages, e.g. "LAMMPS dump". */
  readonly title: string;
  /** The options that it understands, of those that not every format does. */
  readonly options: readonly (keyof FormatOptions)[];
  /** Whether a file that begins like this is one; formats are asked in turn, the general ones last. */
  readonly sniff: (head: FileHead) => boolean;
  /** Its frames one by one, in memory that does not grow. */
  readonly frames?: (source: Source, options: LoadOptions) => AsyncIterable<Frame>;
  /** Its tensors, if it has no structures. */
  readonly series?: (source: Source, options: SeriesOptions) => Promise<ReadSeries>;
  /** The runs that a file without structures was joined from, told apart by its times or steps. */
  readonly segments?: (source: Source, options: SeriesOptions) => Promise<readonly ReadSeries[]>;
  /** When the samples of a file without structures were taken, by its own account. */
  readonly times?: (source: Source, options: SeriesOptions) => Promise<SampleTimes>;
}
