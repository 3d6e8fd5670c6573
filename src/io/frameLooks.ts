/** What is odd about one frame, given the first and the one before: plain data, so that threads can look and one can tell. */
import { FormatError } from "../errors.js";
import { determinant3 } from "../math/matrix3.js";
import { stepNumber } from "../series/times.js";
import type { Frame } from "../structure/frame.js";
import { type Finding, type GeometryLook, geometryLooker } from "./geometryChecks.js";
import { type FrameField, fieldNames } from "./tensorNames.js";

/** What a frame may have. */
export const lookedFields = [
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

/** What is seen of one frame. */
export interface FrameLook {
  /** One bit per field of {@link lookedFields} that it has. */
  readonly fields: number;
  readonly size: number;
  readonly time?: number;
  readonly step?: number;
  /** Tells the run that it names (`run`) from others. */
  readonly run?: number;
  /** Tells its positions from others; `undefined` where repetitions are no longer looked for. */
  readonly fingerprint?: number;
  readonly notes: readonly Finding[];
  readonly geometry: GeometryLook;
}

/** Looks at frames one by one. */
export interface FrameLooker {
  /** @param index of the frame in its file @throws FormatError for values that cannot be */
  look(frame: Frame, index: number): FrameLook;
  /** Begins behind a frame that has been looked at. @param species of the first frame of the file */
  after(before: Frame, species: readonly string[]): void;
}

/** Looks as they travel between threads: a row of numbers for each frame, and what is odd about the few. */
export interface PackedLooks {
  /** [frames, 7] */
  readonly rows: Float64Array;
  readonly odd: readonly (readonly [number, Pick<FrameLook, "notes"> & Pick<GeometryLook, "findings">])[];
}

const ROW = 7;

export function packLooks(looks: readonly FrameLook[]): PackedLooks {
  const rows = new Float64Array(ROW * looks.length).fill(Number.NaN);
  const odd: PackedLooks["odd"][number][] = [];
  looks.forEach(({ fields, size, time, step, run, fingerprint, notes, geometry: { move, findings } }, k) => {
    const row = [fields, size, time, step, run, fingerprint, move];
    for (let c = 0; c < ROW; c++) if (row[c] !== undefined) rows[ROW * k + c] = row[c]!;
    if (notes.length + findings.length > 0) odd.push([k, { notes, findings }]);
  });
  return { rows, odd };
}

export function unpackLooks({ rows, odd }: PackedLooks): FrameLook[] {
  const oddities = new Map(odd);
  const known = (x: number) => !Number.isNaN(x);
  return Array.from({ length: rows.length / ROW }, (_, k) => {
    const [fields, size, time, step, run, fingerprint, move] = rows.subarray(ROW * k, ROW * k + ROW);
    const { notes, findings } = oddities.get(k) ?? { notes: none, findings: none };
    return {
      ...{ fields: fields!, size: size!, notes },
      ...(known(time!) && { time: time! }),
      ...(known(step!) && { step: step! }),
      ...(known(run!) && { run: run! }),
      ...(known(fingerprint!) && { fingerprint: fingerprint! }),
      geometry: known(move!) ? { move: move!, findings } : { findings },
    };
  });
}

const none: readonly Finding[] = [];

/** @param file name for messages */
export function frameLooker(
  file: string,
  options: { readonly keys?: Readonly<Partial<Record<FrameField, string>>> } = {},
): FrameLooker {
  const fieldOf = fieldNames(options.keys);
  const geometry = geometryLooker();
  let species: readonly string[] | undefined;
  let before: Frame | undefined;
  return {
    after(frame, first) {
      before = frame;
      species = first;
      geometry.after(frame.structure);
    },
    look(frame, index) {
      const { structure, time, info } = frame;
      species ??= structure.species;
      const notes: Finding[] = [];
      const note = (what: string, detail = "") => notes.push({ what, detail });
      let fields = 0;
      for (let k = 0; k < lookedFields.length; k++) if (frame[lookedFields[k]!] !== undefined) fields |= 1 << k;
      for (const field in frame.notFinite) note(`${frame.notFinite[field]} is not finite and left out`);
      refuseOverflow(frame, file, index);
      noteUnused(frame, fieldOf, note);
      if (structure.species !== species) noteSpecies(species, frame, note);
      if (before) noteCell(before, frame, note);
      noteTensors(frame, note);
      const seen = geometry.look(structure, file, index);
      before = frame;
      const step = stepNumber(info);
      return {
        fields,
        size: structure.species.length,
        ...(time !== undefined && { time }),
        ...(step !== undefined && { step }),
        ...(info?.run !== undefined && { run: fingerprint(Float64Array.from(Buffer.from(String(info.run)))) }),
        ...(index < rememberedFrames && { fingerprint: fingerprint(structure.positions) }),
        notes: notes.length > 0 ? notes : none,
        geometry: seen,
      };
    },
  };
}

function refuseOverflow(frame: Frame, file: string, index: number): void {
  for (const field of lookedFields) {
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
