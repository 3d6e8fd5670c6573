/** Steps of a relaxation or of dynamics in the output of pw.x. */
import { toCartesian } from "../structure/cell.js";
import type { Frame } from "../structure/frame.js";
import { checkStructure, type Structure } from "../structure/structure.js";
import { angstromPerBohr as bohr, femtosecondPerAtomicTime } from "../units/constants.js";
import type { Lines } from "./lines.js";
import { type more, needLine } from "./source.js";

type Need = typeof more;

/** pw.x measures time in ħ per rydberg. */
const rydbergTime = 2 * femtosecondPerAtomicTime;

/** Gathers steps, each complete when the positions of the next one come. */
export function espressoSteps() {
  let count = 0;
  /** fs; printed times have too few digits for small steps. */
  let timestep: number | undefined;
  /** Number of the step whose positions come next, in dynamics. */
  let next: number | undefined;
  let own: number | undefined;
  const placed = (frame: Frame): Frame => ({
    ...frame,
    ...(own !== undefined && { info: { step: own } }),
    ...(own !== undefined && timestep !== undefined && { time: own * timestep }),
  });
  const computed = ({ energy, forces }: Frame): boolean => energy !== undefined || forces !== undefined;
  return {
    /** How often atoms have been moved. */
    count: () => count,
    /** Takes "Time step = 20.00 a.u., …" or "Entering Dynamics: iteration = 7". */
    time(lines: Lines, text: string): void {
      lines.seek(text.indexOf("=") + 1);
      if (text.trimStart().startsWith("Time")) timestep = lines.number("the time step") * rydbergTime;
      else next = lines.integer("the iteration");
    },
    /** The step before new positions; nothing if it has not been computed (the final coordinates are printed twice). */
    frame(before: Frame): Frame | undefined {
      // What has been moved in the first step of this run is the one before it.
      if (count++ === 0 && next !== undefined) own = next - 1;
      const frame = computed(before) ? placed(before) : undefined;
      own = next;
      return frame;
    },
    /** The last one, or the only one. */
    last: (frame: Frame): Frame | undefined => (count === 0 || computed(frame) ? placed(frame) : undefined),
  };
}

/** Å per unit of `ATOMIC_POSITIONS (alat)`, `{bohr}`, `CELL_PARAMETERS (alat= 10.6)`; 0 for fractions of the cell. */
function unitOf(lines: Lines, alat: number): number {
  const [, unit = "alat", value] = /[A-Z_]+\s*[({]?\s*(\w+)?(?:\s*=\s*([\d.]+))?/.exec(lines.text().trim()) ?? [];
  switch (unit.toLowerCase()) {
    case "alat":
      return value === undefined ? alat : Number(value) * bohr;
    case "bohr":
      return bohr;
    case "angstrom":
      return 1;
    case "crystal":
      return 0;
    default:
      return lines.fail(`coordinates in "${unit}"`, "expected alat, bohr, angstrom or crystal");
  }
}

/** Three rows below `CELL_PARAMETERS (unit)`, Å. */
export function* readCellParameters(lines: Lines, alat: number): Generator<Need, Float64Array, void> {
  const unit = unitOf(lines, alat);
  const cell = new Float64Array(9);
  for (let row = 0; row < 3; row++) {
    yield* needLine(lines, `${row} of 3 cell vectors`);
    lines.seek(0);
    lines.numbers(cell, 3 * row, 3, "a cell vector");
  }
  return cell.map((x) => x * unit);
}

/** The rows "Na 0.0 0.0 0.0" below `ATOMIC_POSITIONS (unit)`, with the atoms of the structure before. */
export function* readPositions(
  lines: Lines,
  { species }: Structure,
  cell: Float64Array,
  alat: number,
): Generator<Need, Structure, void> {
  const unit = unitOf(lines, alat);
  const n = species.length;
  const positions = new Float64Array(3 * n);
  for (let i = 0; i < n; i++) {
    yield* needLine(lines, `positions of ${i} of ${n} atoms`);
    lines.seek(0);
    const label = lines.word("the symbol");
    if (/^[A-Z][a-z]?/.exec(label)?.[0] !== species[i])
      lines.fail(`atom ${i + 1} is ${label}, before it was ${species[i]}`, "the file is damaged");
    lines.numbers(positions, 3 * i, 3, "a position");
  }
  const structure: Structure = {
    species,
    positions: unit === 0 ? toCartesian(positions, cell) : positions.map((x) => x * unit),
    cell,
    periodic: [true, true, true],
  };
  checkStructure(structure);
  return structure;
}
