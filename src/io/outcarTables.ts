/** The tables of an OUTCAR: fixed format, so that columns may touch, and hold **** where a number did not fit. */
import { cellVolume } from "../structure/structure.js";
import { electronvoltPerCubicAngstromPerGigapascal as gigapascal } from "../units/constants.js";
import type { Lines } from "./lines.js";
import { type more, needLine } from "./source.js";

type Need = typeof more;

/** A table that may hold what is no number: `undefined` then, as nobody may need it. */
type Found = Float64Array | undefined;

const finite = (values: Float64Array): Found => (values.every(Number.isFinite) ? values : undefined);

/** Fixed-format numbers with nine decimals, which may touch: "0.000000000-12.429000000". */
export function* readCell(lines: Lines): Generator<Need, Float64Array, void> {
  const cell = new Float64Array(9);
  for (let row = 0; row < 3; row++) {
    yield* needLine(lines, "the cell vectors are cut off");
    const found = lines.text().match(/-?\d+\.\d{9}/g);
    if (found?.length !== 6)
      return lines.fail(`expected a direct and a reciprocal vector, found "${lines.text().trim().slice(0, 60)}"`);
    for (let k = 0; k < 3; k++) cell[3 * row + k] = Number(found[k]);
  }
  if (!(cellVolume(cell) > 1e-9)) lines.fail("the cell has no volume");
  return cell;
}

/** "in kB  XX YY ZZ XY YZ ZX", positive under compression. */
export function readStress(lines: Lines): Found {
  lines.seek(lines.text().indexOf("kB") + 2);
  const kbar = new Float64Array(6);
  lines.numbers(kbar, 0, 6, "the stress", "store");
  const [xx, yy, zz, xy, yz, zx] = kbar.map((x) => x * (-gigapascal / 10));
  return finite(Float64Array.of(xx!, xy!, zx!, xy!, yy!, yz!, zx!, yz!, zz!));
}

export function* readForces(
  lines: Lines,
  n: number,
): Generator<Need, { positions: Float64Array; forces: Found }, void> {
  yield* needLine(lines, "no positions and forces");
  const positions = new Float64Array(3 * n);
  const forces = new Float64Array(3 * n);
  for (let i = 0; i < n; i++) {
    if (!lines.next()) yield* needLine(lines, `positions and forces for ${i} of ${n} ions`);
    lines.numbers(positions, 3 * i, 3, `the position of ion ${i + 1}`);
    lines.numbers(forces, 3 * i, 3, `the force on ion ${i + 1}`, "store");
    if (!lines.atLineEnd()) lines.endLine("position and force");
  }
  yield* needLine(lines, "the table of forces is not closed");
  if (lines.firstByte() !== 45) lines.fail(`more than ${n} ions in the table of forces`);
  return { positions, forces: finite(forces) };
}

/** The number behind "=". */
export function readEnergy(lines: Lines, text: string): number | undefined {
  lines.seek(text.indexOf("=") + 1);
  const energy = new Float64Array(1);
  lines.numbers(energy, 0, 1, "the energy", "store");
  return Number.isFinite(energy[0]) ? energy[0] : undefined;
}

/** A 3×3 block below one ruled line. */
export function* readMatrix(lines: Lines, what: string, numbered: boolean): Generator<Need, Found, void> {
  const matrix = new Float64Array(9);
  if (!numbered) yield* needLine(lines, `${what} is cut off`);
  for (let row = 0; row < 3; row++) {
    yield* needLine(lines, `${row} of 3 rows of ${what}`);
    if (numbered) {
      // Five columns, and the first number may touch it: "    1-1234.56789".
      const [label = "", number] = /^\s*(\d)(?=[\s*-]|$)/.exec(lines.text()) ?? [];
      if (Number(number) !== row + 1) lines.fail(`expected row ${row + 1} of ${what}`);
      lines.seek(label.length);
    }
    lines.numbers(matrix, 3 * row, 3, what, "store");
    lines.endLine(`a row of ${what} has`);
  }
  return finite(matrix);
}

export function* readBornCharges(lines: Lines, n: number): Generator<Need, Found, void> {
  const charges = new Float64Array(9 * n);
  let whole = true;
  yield* needLine(lines, "no Born charges below their title");
  for (let i = 0; i < n; i++) {
    yield* needLine(lines, `Born charges for ${i} of ${n} ions`);
    const ion = /^\s*ion\s+(\d+)\s*$/.exec(lines.text());
    if (Number(ion?.[1]) !== i + 1)
      lines.fail(
        `Born charges for ${i} of ${n} ions, then "${lines.text().trim().slice(0, 40)}"`,
        "rerun the calculation or drop this file",
      );
    const matrix = yield* readMatrix(lines, `the Born charges of ion ${i + 1}`, true);
    if (matrix) charges.set(matrix, 9 * i);
    else whole = false;
  }
  return whole ? charges : undefined;
}
