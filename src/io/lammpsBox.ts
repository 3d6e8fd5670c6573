/** The simulation box of a LAMMPS dump. */
import type { Lines } from "./lines.js";
import { type more, needLine } from "./source.js";

export interface DumpBox {
  /** Rows a, b, c, Å. */
  readonly cell: Float64Array;
  readonly origin: readonly number[];
  readonly periodic: readonly boolean[];
}

/**
 * Reads the three lines below "ITEM: BOX BOUNDS …": orthogonal, restricted triclinic (the bounds are those of the
 * enclosing box, so the tilts are taken off; LAMMPS manual, Howto triclinic) or general triclinic (abc origin).
 */
export function* readBox(lines: Lines, title: string): Generator<typeof more, DumpBox, void> {
  const words = title.split(/\s+/).slice(3);
  const flags = words.filter((w) => /^[pfsm]{2}$/.test(w));
  const periodic = flags.length === 3 ? flags.map((f) => f === "pp") : [true, true, true];
  const general = words[0] === "abc";
  const tilted = words[0] === "xy";
  const columns = general ? 4 : tilted ? 3 : 2;
  const v = new Float64Array(12);
  for (let row = 0; row < 3; row++) {
    yield* needLine(lines, `${row} of 3 lines of the box`);
    lines.numbers(v, row * columns, columns, "the box");
    lines.endLine(`the ${columns} numbers of a box line`);
  }
  if (general)
    return {
      cell: Float64Array.of(v[0]!, v[1]!, v[2]!, v[4]!, v[5]!, v[6]!, v[8]!, v[9]!, v[10]!),
      origin: [v[3]!, v[7]!, v[11]!],
      periodic,
    };
  const [xy, xz, yz] = tilted ? [v[2]!, v[5]!, v[8]!] : [0, 0, 0];
  const low = [v[0]! - Math.min(0, xy, xz, xy + xz), v[columns]! - Math.min(0, yz), v[2 * columns]!];
  const high = [v[1]! - Math.max(0, xy, xz, xy + xz), v[columns + 1]! - Math.max(0, yz), v[2 * columns + 1]!];
  const [lx, ly, lz] = high.map((h, k) => h - low[k]!) as [number, number, number];
  if (!(lx > 0 && ly > 0 && lz > 0)) lines.fail(`the box has edges ${lx}, ${ly}, ${lz}`, "each must be positive");
  return { cell: Float64Array.of(lx, 0, 0, xy, ly, 0, xz, yz, lz), origin: low, periodic };
}
