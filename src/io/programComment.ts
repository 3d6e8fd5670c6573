/** Comment lines of plain XYZ that programs write in a form of their own: i-PI and CP2K. */
import { unstatedUnit } from "./extxyzUnits.js";
import { statedScale } from "./fieldUnits.js";
import type { Lines } from "./lines.js";

/** What such a comment says, in the words of extended XYZ. */
export interface ProgramComment {
  readonly pairs: Map<string, string>;
  /** Rows a, b, c in the unit of the positions. */
  readonly cell?: Float64Array;
}

/** The comment of a program; `undefined` if it is none of theirs. @throws FormatError for other contents than positions, or without units */
export function programComment(lines: Lines, text: string): ProgramComment | undefined {
  return ipiComment(lines, text) ?? cp2kComment(text);
}

/**
 * i-PI: `# CELL(abcABC): a b c α β γ  Step: 10  Bead: 0 positions{angstrom} cell{angstrom}`, or CELL(H), CELL(GENH) with the
 * cell vectors as columns; older ones `# CELL{abcABC}: … Traj: positions{angstrom} Step: …`.
 */
function ipiComment(lines: Lines, text: string): ProgramComment | undefined {
  const [, kind, words = ""] = /CELL[([{](abcABC|H|GENH)[)\]}]:\s*((?:[-+.\deE]+\s*)*)/.exec(text) ?? [];
  if (!kind) return undefined;
  const v = words.trim().split(/\s+/).map(Number);
  if (v.length !== (kind === "abcABC" ? 6 : 9) || !v.every(Number.isFinite))
    lines.fail(`CELL(${kind}) has ${v.length} numbers`, kind === "abcABC" ? "it needs a b c α β γ" : "it needs nine");
  const units = new Map([...text.matchAll(/([A-Za-z_]\w*)\{([^{}]*)\}/g)].map(([, name, unit]) => [name!, unit!]));
  const content = [...units.keys()].find((name) => !/^cell$/i.test(name)) ?? /Traj:\s*([a-z]\w*)/.exec(text)?.[1];
  if (content !== undefined && !/^(positions|x_centroid|x_c)$/.test(content))
    lines.fail(`the file of i-PI holds ${content}, not positions`, "give the file of positions");
  const fail = (problem: string, advice: string): never => lines.fail(problem, advice);
  const unit = (content === undefined ? undefined : units.get(content)) ?? unstatedUnit;
  const cellUnit = units.get("cell") ?? unit;
  // The reader scales positions and cell alike by the unit of the positions.
  const factor =
    cellUnit === unit || unit === unstatedUnit
      ? 1
      : statedScale("length", cellUnit, fail) / statedScale("length", unit, fail);
  const cell = (kind === "abcABC" ? cellOfLengths(v) : transposed(v)).map((x) => x * factor);
  const step = /Step:\s*(\d+)/.exec(text)?.[1];
  const pairs = new Map([["positions-unit", unit]]);
  if (step !== undefined) pairs.set("step", step);
  return { pairs, cell };
}

/** Rows a, b, c with a along x and b in the xy plane. */
function cellOfLengths([a, b, c, alpha, beta, gamma]: readonly number[]): Float64Array {
  const cosine = (degrees: number) => (degrees === 90 ? 0 : Math.cos((degrees * Math.PI) / 180));
  const [ca, cb, cg] = [cosine(alpha!), cosine(beta!), cosine(gamma!)];
  const sg = Math.sqrt(1 - cg * cg);
  const y = (ca - cb * cg) / sg;
  const z = Math.sqrt(Math.max(0, 1 - cb * cb - y * y));
  return Float64Array.of(a!, 0, 0, b! * cg, b! * sg, 0, c! * cb, c! * y, c! * z);
}

function transposed(v: readonly number[]): Float64Array {
  return Float64Array.from({ length: 9 }, (_, k) => v[3 * (k % 3) + Math.floor(k / 3)]!);
}

/** CP2K: ` i =  10, time =  5.000, E =  -17.1643447508`, fs and hartree. */
function cp2kComment(text: string): ProgramComment | undefined {
  const [, step, time, energy] =
    /^\s*i\s*=\s*(\d+),\s*time\s*=\s*([-+.\deE]+),\s*E\s*=\s*([-+.\deE]+)\s*$/.exec(text) ?? [];
  if (step === undefined) return undefined;
  return {
    pairs: new Map([
      ["step", step],
      ["time", time!],
      ["time-unit", "fs"],
      ["energy", energy!],
      ["energy-unit", "hartree"],
    ]),
  };
}
