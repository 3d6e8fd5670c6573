import { ShapeError } from "../errors.js";
import { readOptions } from "../options/record.js";
import { SIGNAL_OPTIONS } from "../options/values.js";
import type { Frame } from "../structure/frame.js";
import type { Structure } from "../structure/structure.js";
import type { InfoValue } from "./extxyzComment.js";
import { TextBytes } from "./textBytes.js";
import { writeText } from "./write.js";

const [BLANK, LINE_BREAK] = [32, 10];

/** Per-atom fields and their column names; per-frame fields and their keys. Born charges: first index field. */
const atomFields = [
  ["velocities", "vel", 3],
  ["forces", "forces", 3],
  ["bornCharges", "bec", 9],
] as const;
const frameFields = [
  ["time", "time"],
  ["energy", "energy"],
  ["stress", "stress"],
  ["polarization", "dipole"],
  ["polarizability", "polarizability"],
  ["dielectric", "dielectric"],
] as const;

/**
 * Frames as extended XYZ text, one piece per frame. Every number is written with the digits that give the same
 * double when read. Units are this package's.
 * @throws ShapeError if an array does not have one row per atom
 */
export function* extxyzText(frames: Iterable<Frame>): Generator<string, void, void> {
  for (const bytes of extxyzBytes(frames, 1)) yield Buffer.from(bytes.buffer).toString();
}

/** {@link extxyzText} as bytes, so many frames in one piece. */
export function* extxyzBytes(
  frames: Iterable<Frame>,
  together = Number.POSITIVE_INFINITY,
): Generator<Uint8Array<ArrayBuffer>, void, void> {
  const text = new TextBytes();
  let index = 0;
  for (const frame of frames) {
    writeFrame(text, frame, index++);
    if (index % together === 0) yield text.take();
  }
  const last = text.take();
  if (last.length > 0) yield last;
}

/** Writes frames as extended XYZ, gzipped when the name ends in .gz; the file appears whole or not at all. */
export function writeExtxyz(
  path: string,
  frames: Iterable<Frame>,
  options: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  return writeText(path, extxyzText(frames), readOptions(SIGNAL_OPTIONS, options, "writeExtxyz"));
}

type Columns = readonly { readonly values: Float64Array | readonly string[]; readonly width: number }[];

function writeFrame(text: TextBytes, frame: Frame, index: number): void {
  const { structure } = frame;
  const n = structure.species.length;
  const columns: { values: Float64Array | readonly string[]; width: number }[] = [];
  let properties = "species:S:1:pos:R:3";
  const add = (name: string, values: Float64Array | readonly string[], width: number) => {
    if (values.length !== width * n || !Number.isInteger(width) || width < 1)
      throw new ShapeError({
        where: `frame ${index}`,
        problem: `"${name}" has ${values.length} values for ${n} atoms`,
      });
    properties += `:${name}:${typeof values[0] === "string" ? "S" : "R"}:${width}`;
    columns.push({ values, width });
  };
  for (const [field, name, width] of atomFields) if (frame[field]) add(name, frame[field], width);
  for (const [name, values] of Object.entries(frame.arrays ?? {})) add(name, values, values.length / n);
  text.text(`${n}\n`);
  if (structure.cell) {
    text.text('Lattice="');
    writeRow(text, structure.cell);
    text.text('" ');
  }
  text.text(`Properties=${properties} `);
  for (const [field, name] of frameFields) if (frame[field] !== undefined) writePair(text, name, frame[field]);
  for (const [key, value] of Object.entries(frame.info ?? {})) writePair(text, quoted(key), value);
  text.text(`pbc="${structure.periodic.map((p) => (p ? "T" : "F")).join(" ")}"\n`);
  writeAtoms(text, frame.structure, columns);
}

function writeAtoms(text: TextBytes, { species, positions }: Structure, columns: Columns): void {
  for (let i = 0; i < species.length; i++) {
    text.text(species[i]!);
    for (let p = 3 * i; p < 3 * i + 3; p++) {
      text.character(BLANK);
      text.number(positions[p]!);
    }
    for (const { values, width } of columns)
      for (let k = i * width; k < (i + 1) * width; k++) {
        text.character(BLANK);
        const value = values[k]!;
        if (typeof value === "string") text.text(value);
        else text.number(value);
      }
    text.character(LINE_BREAK);
  }
}

function writeRow(text: TextBytes, values: Float64Array): void {
  for (let k = 0; k < values.length; k++) {
    if (k > 0) text.character(BLANK);
    text.number(values[k]!);
  }
}

/** A pair of the comment line and a blank. */
function writePair(text: TextBytes, name: string, value: InfoValue): void {
  text.text(`${name}=`);
  if (typeof value === "number") text.number(value);
  else if (typeof value === "object") {
    // An array of one number keeps its brackets, or it would come back as a number.
    const [open, close] = value.length === 1 ? ["[", "]"] : ['"', '"'];
    text.text(open!);
    writeRow(text, value);
    text.text(close!);
  } else text.text(typeof value === "boolean" ? (value ? "T" : "F") : quoted(value));
  text.character(BLANK);
}

function quoted(text: string): string {
  return /^[\w.:/+-]+$/.test(text) ? text : `"${text.replace(/[\r\n]+/g, " ").replace(/["\\]/g, "\\$&")}"`;
}
