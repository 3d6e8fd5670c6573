/** What is odd about the frames of a file, gathered while they are read and told once, with the frames by number. */
import { FormatError } from "../errors.js";
import { determinant3 } from "../math/matrix3.js";
import { median } from "../math/statistics.js";
import { stepNumber, timeJumps } from "../series/times.js";
import type { Frame } from "../structure/frame.js";
import { type Warning, type WarningOptions, warn } from "../warnings.js";
import { geometryChecker } from "./geometryChecks.js";
import { type FrameField, fieldNames } from "./tensorNames.js";

const fields = [
  "energy",
  "time",
  "forces",
  "velocities",
  "stress",
  "polarization",
  "polarizability",
  "dielectric",
  "bornCharges",
] as const satisfies readonly FrameField[];

/** Larger values, in this package's units, are overflow or damage: no first-principles result comes near. */
export const largestValue = 1e12;
/** Born charges beyond this are in other units or wrong; W in WO₃ has 12. */
const largestCharge = 15;
/** Frames after which repetitions are no longer looked for. */
const rememberedFrames = 2e5;

/** Frames to which something applies, counted; the first few by number. */
interface Tally {
  count: number;
  readonly first: number[];
  /** What is said about the first of them. */
  readonly detail: string;
}

/** Looks at frames one by one. */
export interface FrameChecker {
  /** @throws FormatError for values that cannot be */
  add(frame: Frame): void;
  /** Tells everything that was found; of a file that was not read to its end only what is odd about single frames. */
  finish(whole: boolean): void;
}

/** @param file name for messages */
export function frameChecker(
  file: string,
  options: WarningOptions & { readonly keys?: Readonly<Partial<Record<FrameField, string>>> } = {},
): FrameChecker {
  const tallies = new Map<string, Tally>();
  const present = new Map<FrameField, number>();
  const absent = new Map<FrameField, Tally>();
  const fieldOf = fieldNames(options.keys);
  const times: (number | undefined)[] = [];
  const steps: (number | undefined)[] = [];
  const sizes = new Map<number, Tally>();
  const seen = new Map<number, number>();
  const geometry = geometryChecker();
  let first: Frame | undefined;
  let before: Frame | undefined;
  let frames = 0;

  const note = (what: string, detail = "") => addTo(tallies, what, frames, detail);
  const say = (warning: Omit<Warning, "where">) => warn(options, { where: file, ...warning });

  return {
    add(frame) {
      first ??= frame;
      for (const field of fields)
        if (frame[field] !== undefined) present.set(field, (present.get(field) ?? 0) + 1);
        else addTo(absent, field, frames, "");
      for (const field in frame.notFinite) note(`${frame.notFinite[field]} is not finite and left out`);
      refuseOverflow(frame, file, frames);
      noteUnused(frame, fieldOf, note);
      const first9 = first.structure;
      if (frame !== first && frame.structure.species !== first9.species) noteSpecies(first9.species, frame, note);
      if (before) noteCell(before, frame, note);
      addTo(sizes, frame.structure.species.length, frames, "");
      noteTensors(frame, note);
      for (const found of geometry.add(frame.structure, file, frames)) note(found.what, found.detail);
      if (frames < rememberedFrames) {
        const key = fingerprint(frame.structure.positions);
        const same = seen.get(key);
        if (same !== undefined) note("has the positions of an earlier frame", `those of frame ${same}`);
        else seen.set(key, frames);
      }
      times.push(frame.time);
      steps.push(stepNumber(frame.info));
      before = frame;
      frames++;
    },
    finish(whole) {
      for (const [field, { count, first: some }] of absent)
        if (whole && present.has(field))
          say({ problem: `${count} of ${frames} frames have no ${field}: ${list(some, count)}` });
      for (const [what, { count, first: some, detail }] of tallies)
        say({
          problem: `${what} ${count > 1 ? "in frames" : "in frame"} ${list(some, count)}${detail && ` (${detail})`}`,
        });
      if (!whole) return;
      for (const problem of oddSizes(sizes, frames)) say({ problem });
      const jumps = timeJumps({ times, steps });
      // Frames drawn at random have no spacing at all: nothing to tell.
      if (jumps.length > 0 && jumps.length <= Math.max(1, frames / 4))
        say({
          problem: `the frames are not evenly spaced: ${jumps[0]!.problem}${jumps.length > 1 ? `, and so at ${jumps.length - 1} other places` : ""}`,
        });
      for (const problem of geometry.finish(outliers)) say({ problem });
    },
  };
}

function addTo<K>(tallies: Map<K, Tally>, key: K, frame: number, detail: string): void {
  const tally = tallies.get(key);
  if (!tally) tallies.set(key, { count: 1, first: [frame], detail });
  else {
    tally.count++;
    if (tally.first.length < 8) tally.first.push(frame);
  }
}

/** In a file of one system a frame of another size has lost atoms; sets of several sizes have no usual one. */
function oddSizes(sizes: ReadonlyMap<number, Tally>, frames: number): string[] {
  const [[usual, most] = [0, undefined], ...others] = [...sizes].sort(([, a], [, b]) => b.count - a.count);
  if (!most || most.count < 2 || frames - most.count > Math.max(1, frames / 4)) return [];
  return others.map(
    ([size, { count, first }]) =>
      `${count} of ${frames} frames have ${size} atoms, the others ${usual}: ${list(first, count)}`,
  );
}

function list(numbers: readonly number[], count: number): string {
  return `${numbers.join(", ")}${count > numbers.length ? ", …" : ""}`;
}

function refuseOverflow(frame: Frame, file: string, index: number): void {
  for (const field of fields) {
    const value = frame[field];
    if (value === undefined) continue;
    const numbers = typeof value === "number" ? [value] : value;
    for (let i = 0; i < numbers.length; i++)
      if (!(Math.abs(numbers[i]!) <= largestValue))
        throw new FormatError({
          file,
          where: `frame ${index}`,
          problem: `${field} is ${numbers[i]}, which no calculation gives`,
          advice: "an overflow, a damaged file or a wrong unit: get the file again or leave this frame out",
        });
  }
}

/** Values under a known name that are no such field: nobody else would say that they are not used. */
function noteUnused(
  frame: Frame,
  fieldOf: ReturnType<typeof fieldNames>,
  note: (what: string, detail: string) => void,
): void {
  for (const values of [frame.info, frame.arrays])
    for (const name in values) {
      const field = fieldOf(name)?.field;
      if (!field || field === "virial" || frame[field] !== undefined) continue;
      const value = values[name]!;
      const found = typeof value === "object" ? `${value.length} values` : `"${String(value).slice(0, 24)}"`;
      note(`${name} cannot be used as ${field}`, `it is ${found}`);
    }
}

function noteSpecies(species: readonly string[], frame: Frame, note: (what: string, detail: string) => void): void {
  const now = frame.structure.species;
  if (now.length !== species.length) return;
  const i = now.findIndex((s, k) => s !== species[k]);
  if (i >= 0) note("atoms are other ones than in frame 0", `atom ${i} is ${now[i]}, in frame 0 ${species[i]}`);
}

function noteCell(before: Frame, frame: Frame, note: (what: string, detail?: string) => void): void {
  const [a, b] = [before.structure, frame.structure];
  if (a.periodic.join() !== b.periodic.join()) note("periodicity changes", `from ${a.periodic} to ${b.periodic}`);
  if (!a.cell || !b.cell || a.cell === b.cell) return;
  const ratio = determinant3(b.cell) / determinant3(a.cell);
  if (ratio < 0) note("the handedness of the cell changes");
  const sameAtoms = a.species === b.species || a.species.join() === b.species.join();
  const factor = Math.max(Math.abs(ratio), 1 / Math.abs(ratio));
  if (factor > 2 && sameAtoms) note("the volume of the cell jumps", `by a factor of ${factor.toPrecision(3)}`);
}

function noteTensors(frame: Frame, note: (what: string, detail: string) => void): void {
  for (const field of ["polarizability", "dielectric"] as const) {
    const t = frame[field];
    if (!t) continue;
    const largest = t.reduce((m, x) => Math.max(m, Math.abs(x)), 0);
    const odd = Math.max(Math.abs(t[1]! - t[3]!), Math.abs(t[2]! - t[6]!), Math.abs(t[5]! - t[7]!));
    if (odd > 0.05 * largest) note(`${field} is not symmetric`, `two components differ by ${odd.toPrecision(3)}`);
  }
  const charges = frame.bornCharges;
  if (!charges) return;
  const largest = charges.reduce((m, x) => Math.max(m, Math.abs(x)), 0);
  if (largest > largestCharge) note("Born charges are implausibly large", `${largest.toPrecision(3)} e`);
}

/** 53 bits that tell positions apart; equal only for equal bits, but for one chance in 10¹⁵ per pair. */
function fingerprint(positions: Float64Array): number {
  const words = new Uint32Array(positions.buffer, positions.byteOffset, 2 * positions.length);
  // 32-bit integers from the beginning: as floating-point numbers they would take ten times as long.
  let a = 0x811c9dc5 | 0;
  let b = 0x9e3779b9 | 0;
  for (let i = 0; i < words.length; i++) {
    a = Math.imul(a ^ words[i]!, 0x01000193);
    a ^= a >>> 15;
    b = Math.imul((b + words[i]!) | 0, 0x85ebca6b | 0);
    b ^= b >>> 13;
  }
  return (a >>> 0) * 2 ** 21 + ((b >>> 0) & 0x1fffff);
}

/** Indices of values far above all others: over eight times the median, and over `least`. */
function outliers(values: readonly number[], least: number): number[] {
  if (values.length < 4) return [];
  const limit = Math.max(least, 8 * median(values));
  return values.flatMap((v, i) => (v > limit ? [i] : []));
}
