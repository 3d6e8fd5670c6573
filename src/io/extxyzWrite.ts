import { ShapeError } from "../errors.js";
import { readOptions } from "../options/record.js";
import { SIGNAL_OPTIONS } from "../options/values.js";
import type { Frame } from "../structure/frame.js";
import type { InfoValue } from "./extxyzComment.js";
import { writeText } from "./write.js";

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
  let index = 0;
  for (const frame of frames) yield frameText(frame, index++);
}

/** Writes frames as extended XYZ, gzipped when the name ends in .gz; the file appears whole or not at all. */
export function writeExtxyz(
  path: string,
  frames: Iterable<Frame>,
  options: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  return writeText(path, extxyzText(frames), readOptions(SIGNAL_OPTIONS, options, "writeExtxyz"));
}

function frameText(frame: Frame, index: number): string {
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
  const pairs: string[] = [];
  if (structure.cell) pairs.push(`Lattice="${structure.cell.join(" ")}"`);
  pairs.push(`Properties=${properties}`);
  for (const [field, name] of frameFields) {
    const value = frame[field];
    if (value !== undefined) pairs.push(`${name}=${infoText(value)}`);
  }
  for (const [key, value] of Object.entries(frame.info ?? {})) pairs.push(`${quoted(key)}=${infoText(value)}`);
  pairs.push(`pbc="${structure.periodic.map((p) => (p ? "T" : "F")).join(" ")}"`);
  const lines = [String(n), pairs.join(" ")];
  for (let i = 0; i < n; i++) {
    let line = `${structure.species[i]} ${structure.positions[3 * i]} ${structure.positions[3 * i + 1]} ${structure.positions[3 * i + 2]}`;
    for (const { values, width } of columns) for (let k = 0; k < width; k++) line += ` ${values[i * width + k]}`;
    lines.push(line);
  }
  return `${lines.join("\n")}\n`;
}

function infoText(value: InfoValue): string {
  if (typeof value === "boolean") return value ? "T" : "F";
  if (typeof value === "number") return String(value);
  // A one-element array keeps its brackets, or it would come back as a number.
  if (typeof value === "string") return quoted(value);
  return value.length === 1 ? `[${value[0]}]` : `"${value.join(" ")}"`;
}

function quoted(text: string): string {
  return /^[\w.:/+-]+$/.test(text) ? text : `"${text.replace(/[\r\n]+/g, " ").replace(/["\\]/g, "\\$&")}"`;
}
