import { type Fields, record } from "../options/record.js";
import { list, oneOf, plainObject, positive, text } from "../options/values.js";
import { toCartesian } from "../structure/cell.js";
import type { Frame } from "../structure/frame.js";
import { checkStructure, type Periodicity } from "../structure/structure.js";
import { frameReader } from "./checkedFrames.js";
import { type FieldScales, type FieldUnits, fieldScales } from "./fieldUnits.js";
import type { FileFormat } from "./format.js";
import { idOrder, type SeenIds, sameIds, symbolsOf, symbolsOfElements } from "./lammpsAtoms.js";
import { type DumpBox, readBox } from "./lammpsBox.js";
import { isLammpsUnits, type LammpsUnits, lammpsScales, lammpsUnitNames } from "./lammpsUnits.js";
import type { Lines } from "./lines.js";
import { isOdd } from "./number.js";
import { type more, needLine, nextLine, READ_FIELDS, type ReadOptions, type Source } from "./source.js";

/** Options of the LAMMPS dump reader. */
export interface LammpsOptions extends ReadOptions {
  /** Symbol of type 1, 2, …; needed where the dump has no `element` column. */
  readonly species?: readonly string[];
  /** LAMMPS `units`; needed for velocities and forces unless the dump says it (`dump_modify units yes`). */
  readonly units?: LammpsUnits;
  /** Units of single fields that are in others than those of the run. */
  readonly fieldUnits?: FieldUnits;
  /** Time of one MD step, fs, to give frames their time; default the dump's own `ITEM: TIME`. */
  readonly timestep?: number;
}

const OPTIONS = record({
  ...READ_FIELDS,
  species: list(text()).optional(),
  units: oneOf(lammpsUnitNames).optional(),
  fieldUnits: plainObject<FieldUnits>("a unit per field").optional(),
  timestep: positive("fs").optional(),
} satisfies Fields<LammpsOptions>);

const lammps = frameReader("Lammps", OPTIONS, lammpsReader);

/**
 * Frames of a LAMMPS dump (`dump custom` or `dump atom`), atoms sorted by id. Positions from `xu yu zu`, `x y z` (made
 * unwrapped with `ix iy iz` where the dump has them), `xsu ysu zsu` or `xs ys zs`; orthogonal, restricted and general
 * triclinic boxes; velocities and forces converted; other numeric columns stay in `arrays`.
 * @throws FormatError with file and line
 */
export function parseLammps(input: string | Uint8Array, options: LammpsOptions = {}): Frame[] {
  return lammps.parse(input, options);
}

/** Frames of a LAMMPS dump one by one, in memory that does not grow; see {@link parseLammps}. */
export function streamLammps(source: Source, options: LammpsOptions = {}): AsyncGenerator<Frame, void, void> {
  return lammps.stream(source, options);
}

/** All frames of a LAMMPS dump; see {@link parseLammps}. */
export function loadLammps(source: Source, options: LammpsOptions = {}): Promise<Frame[]> {
  return lammps.load(source, options);
}

/** LAMMPS dumps for the loaders. */
export const lammpsFormat: FileFormat = {
  name: "lammps",
  title: "LAMMPS dump",
  options: ["species", "lammpsUnits", "units"],
  sniff: ({ text }) => text.startsWith("ITEM:"),
  frames: (source, { lammpsUnits, units, ...options }) =>
    lammps.unchecked(source, {
      ...options,
      ...(lammpsUnits && { units: lammpsUnits }),
      ...(units && { fieldUnits: units }),
    }),
};

/** The LAMMPS dump format as a line reader. @throws OptionError for a unit system without dimensions */
export function lammpsReader(options: LammpsOptions): (lines: Lines) => Generator<Frame | typeof more, void, void> {
  if (options.units !== undefined) lammpsScales(options.units); // complains about an unknown one
  const given = fieldScales(options.fieldUnits);
  return (lines) => readDump(lines, options, given);
}

/** What the ITEM sections before the atoms said. */
interface Head {
  step: number;
  time: number | undefined;
  count: number;
  box: DumpBox | undefined;
  units: string | undefined;
}

function* readDump(
  lines: Lines,
  options: LammpsOptions,
  given: FieldScales,
): Generator<Frame | typeof more, void, void> {
  const head: Head = { step: -1, time: undefined, count: -1, box: undefined, units: options.units };
  let frames = 0;
  let species: readonly string[] = [];
  const seen: SeenIds = { ids: undefined, told: false };
  while (yield* nextLine(lines)) {
    if (lines.isBlank()) continue;
    const title = lines.text().trim();
    if (!title.startsWith("ITEM:"))
      lines.fail(`expected "ITEM: …", found "${title.slice(0, 40)}"`, "this is not a LAMMPS dump, or it is damaged");
    if (title.startsWith("ITEM: ATOMS")) {
      if (head.count < 0 || !head.box || head.step < 0)
        lines.fail("atoms before time step, number of atoms and box", "the dump is damaged");
      const frame = yield* readAtoms(lines, title, head, options, given, species, seen);
      species = frame.structure.species;
      frames++;
      yield frame;
      Object.assign(head, { step: -1, time: undefined, count: -1, box: undefined });
      continue;
    }
    if (title.startsWith("ITEM: BOX BOUNDS")) {
      head.box = yield* readBox(lines, title);
      continue;
    }
    yield* needLine(lines, `nothing below "${title}"`);
    if (title === "ITEM: TIMESTEP") head.step = lines.integer("the time step");
    else if (title === "ITEM: TIME") head.time = lines.number("the time");
    else if (title === "ITEM: UNITS") head.units = statedUnits(lines, options.units);
    else if (title === "ITEM: NUMBER OF ATOMS") head.count = lines.integer("the number of atoms", 1);
    else lines.fail(`unknown section "${title.slice(0, 40)}"`);
  }
  if (frames === 0 || head.step >= 0) lines.failEnd(`frame ${frames} has no atoms`);
}

const positionSets = [
  ["xu", "yu", "zu"],
  ["x", "y", "z"],
  ["xsu", "ysu", "zsu"],
  ["xs", "ys", "zs"],
] as const;
/** Columns that are words whatever they look like, and those that must be numbers. */
const textColumns = new Set(["element", "typelabel"]);
const neededNumbers = new Set(["id", "ix", "iy", "iz", "vx", "vy", "vz", "fx", "fy", "fz", ...positionSets.flat()]);
/** Beyond this many atoms the table grows with what has really been read. */
const trustedAtoms = 1 << 14;

function* readAtoms(
  lines: Lines,
  title: string,
  head: Head,
  options: LammpsOptions,
  given: FieldScales,
  before: readonly string[],
  seen: SeenIds,
): Generator<typeof more, Frame, void> {
  const names = title.slice("ITEM: ATOMS".length).trim().split(/\s+/);
  const { count } = head;
  const width = names.length;
  const text = new Map<number, string[]>();
  let table = new Float64Array(Math.min(count, trustedAtoms) * width);
  for (let i = 0; i < count; i++) {
    if (!lines.next()) yield* needLine(lines, `${i} of ${count} atoms in the frame of step ${head.step}`);
    if ((i + 1) * width > table.length) {
      const larger = new Float64Array(Math.min(count * width, 2 * table.length));
      larger.set(table);
      table = larger;
    }
    if (i === 0) for (const k of wordColumns(names, lines.text().trim().split(/\s+/))) text.set(k, []);
    for (let k = 0; k < width; k++) {
      const name = names[k]!;
      const column = text.get(k);
      if (column) column.push(lines.word(name));
      else lines.numbers(table, i * width + k, 1, name, neededNumbers.has(name) ? "refuse" : "store");
    }
    if (!lines.atLineEnd()) lines.endLine("ITEM: ATOMS names");
  }
  return buildFrame(lines, names, table, text, head, options, given, before, seen);
}

/** The columns that hold words: known ones, and those that begin with one and need not be numbers. */
function wordColumns(names: readonly string[], first: readonly string[]): number[] {
  const number = /^[-+]?(\d+\.?\d*|\.\d+)([eEdD]?[-+]?\d+)?$/;
  return names.flatMap((name, k) => {
    if (textColumns.has(name)) return [k];
    const word = first[k];
    return neededNumbers.has(name) || word === undefined || isOdd(word) || number.test(word) ? [] : [k];
  });
}

function buildFrame(
  lines: Lines,
  names: readonly string[],
  table: Float64Array,
  text: ReadonlyMap<number, readonly string[]>,
  head: Head,
  options: LammpsOptions,
  given: FieldScales,
  before: readonly string[],
  seen: SeenIds,
): Frame {
  const { count, box } = head;
  const { cell, origin, periodic } = box as DumpBox;
  const width = names.length;
  const order = idOrder(lines, table, names.indexOf("id"), width, count);
  if (names.includes("id"))
    sameIds(
      lines,
      order.map((i) => table[i * width + names.indexOf("id")]!),
      seen,
    );
  const columns = (...wanted: string[]): Float64Array | undefined => {
    const at = wanted.map((name) => names.indexOf(name));
    if (at.includes(-1)) return undefined;
    const out = new Float64Array(count * at.length);
    for (let i = 0; i < count; i++)
      for (let k = 0; k < at.length; k++) out[i * at.length + k] = table[order[i]! * width + at[k]!]!;
    return out;
  };
  const words = (name: string): readonly string[] | undefined => {
    const column = text.get(names.indexOf(name));
    return column && Array.from(order, (i) => column[i]!);
  };
  const set = positionSets.find((s) => s.every((name) => names.includes(name)));
  if (!set) return lines.fail("no positions among the columns", "dump x y z, xu yu zu, xs ys zs or xsu ysu zsu");
  let positions = columns(...set)!;
  const images = set[0] === "x" || set[0] === "xs" ? columns("ix", "iy", "iz") : undefined;
  if (set[0].startsWith("xs")) {
    positions = toCartesian(images ? positions.map((s, i) => s + images[i]!) : positions, cell);
    positions = positions.map((x, i) => x + origin[i % 3]!);
  } else if (images) {
    const shifts = toCartesian(images, cell);
    positions = positions.map((x, i) => x + shifts[i]!);
  }
  const elements = words("element");
  const symbols = elements
    ? symbolsOfElements(lines, elements, options.species)
    : symbolsOf(lines, words("typelabel") ?? words("type") ?? columns("type"), columns("mass"), options.species);
  const species = symbols.length === before.length && symbols.every((s, i) => s === before[i]) ? before : symbols;
  const scales = { ...(head.units && isLammpsUnits(head.units) && lammpsScales(head.units)), ...given };
  const inAngstrom = (v: Float64Array): Float64Array => scaled(v, scales.length ?? 1);
  const structure = {
    species,
    positions: inAngstrom(positions),
    cell: inAngstrom(cell),
    periodic: periodic as Periodicity,
  };
  checkStructure(structure, `step ${head.step}`);

  const velocities = columns("vx", "vy", "vz");
  const forces = columns("fx", "fy", "fz");
  const unsaid = [
    velocities && scales.velocities === undefined ? "velocities" : "",
    forces && scales.forces === undefined ? "forces" : "",
    head.time !== undefined && scales.time === undefined && options.timestep === undefined ? "a time" : "",
  ].filter(Boolean);
  if (unsaid.length > 0)
    lines.fail(
      `${unsaid.join(", ")} in unknown units: the dump does not say those of its run`,
      'say them: lammpsUnits: "metal" or "real"',
    );
  const used = new Set<string>([...set, "id", "element", "ix", "iy", "iz", "vx", "vy", "vz", "fx", "fy", "fz"]);
  const others = names.filter((name) => !used.has(name));
  const arrays: Record<string, Float64Array | readonly string[]> = {};
  const notFinite: Record<string, string> = {};
  for (const name of others) {
    const values = words(name) ?? columns(name)!;
    if (values instanceof Float64Array && values.includes(Number.NaN)) notFinite[name] = name;
    else arrays[name] = values;
  }
  const time =
    options.timestep !== undefined
      ? head.step * options.timestep
      : head.time === undefined
        ? undefined
        : head.time * (scales.time ?? 1);
  return {
    structure,
    ...(time !== undefined && { time }),
    ...(velocities && { velocities: scaled(velocities, scales.velocities ?? 1) }),
    ...(forces && { forces: scaled(forces, scales.forces ?? 1) }),
    info: { step: head.step },
    ...(Object.keys(notFinite).length > 0 && { notFinite }),
    ...(Object.keys(arrays).length > 0 && { arrays }),
  };
}

function scaled(v: Float64Array, factor: number): Float64Array {
  return factor === 1 ? v : v.map((x) => x * factor);
}

/** What stands below ITEM: UNITS, which must not contradict what the caller says. */
function statedUnits(lines: Lines, given: LammpsUnits | undefined): LammpsUnits {
  const units = lines.word("the units");
  if (!isLammpsUnits(units)) return lines.fail(`the dump is in units ${units}`, "dump it in metal or real units");
  if (given !== undefined && given !== units) lines.fail(`the dump says units ${units}, the options say ${given}`);
  return units;
}
