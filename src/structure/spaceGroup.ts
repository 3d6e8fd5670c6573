import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { analyze_cell, initSync, type MoyoDataset } from "@spglib/moyo-wasm";
import { DataError } from "../errors.js";
import { determinant3, inverse3, timesMatrix } from "../math/matrix3.js";
import { toFractional } from "./cell.js";
import { atomicNumber } from "./elements.js";
import { imageReducer } from "./minimumImage.js";
import { nearestOrthogonal } from "./orthogonal.js";
import type { Structure } from "./structure.js";
import type { SymmetryOperation } from "./symmetryOperation.js";

let ready = false;

/** Space-group operations of a crystal; of a slab or chain those that also hold along its free directions. */
export function spaceGroup(
  s: Structure,
  tolerance: number,
): { readonly symbol: string; readonly number: number; readonly operations: readonly SymmetryOperation[] } {
  if (!s.cell) throw new DataError({ where: "symmetry", problem: "periodic directions but no cell" });
  // moyo takes the rows for a right-handed basis: of a left-handed one it would see the mirror image, whose group is the enantiomorphic one where
  // there are two. −a, −b, −c span the same lattice.
  const cell = determinant3(s.cell) < 0 ? s.cell.map((x) => -x) : s.cell;
  const dataset = analyse(s, cell, tolerance);
  const inverse = inverse3(cell);
  const find = atomFinder(s, tolerance);
  const operations = dataset.operations.flatMap((o): SymmetryOperation[] => {
    // moyo stores W of f′ = W f by columns, which read as rows is Wᵀ. Rows of positions obey x′ = x·(cell⁻¹ Wᵀ cell).
    const rows = timesMatrix(timesMatrix(inverse, Float64Array.from(o.rotation)), cell);
    const rotation = nearestOrthogonal(Float64Array.from(rows, (_, p) => rows[3 * (p % 3) + Math.floor(p / 3)]!));
    const translation = timesMatrix(Float64Array.from(o.translation), cell);
    const permutation = find(rotation, translation);
    return permutation ? [{ rotation, translation, permutation }] : [];
  });
  const full = s.periodic.every(Boolean);
  if (full && operations.length < dataset.operations.length)
    throw new DataError({
      where: "symmetry",
      problem: `${dataset.operations.length - operations.length} of ${dataset.operations.length} operations of ${dataset.hm_symbol} do not map atoms onto atoms`,
      advice: "symmetrise the structure or lower the tolerance",
    });
  return { symbol: dataset.hm_symbol, number: dataset.number, operations };
}

function analyse(s: Structure, cell: Float64Array, tolerance: number): MoyoDataset {
  if (!ready) {
    initSync({ module: readFileSync(createRequire(import.meta.url).resolve("@spglib/moyo-wasm/moyo_wasm_bg.wasm")) });
    ready = true;
  }
  const f = toFractional(s.positions, cell);
  const positions = s.species.map((_, i) => [f[3 * i]!, f[3 * i + 1]!, f[3 * i + 2]!]);
  const input = JSON.stringify({ lattice: { basis: [...cell] }, positions, numbers: s.species.map(atomicNumber) });
  try {
    return analyze_cell(input, tolerance, "Spglib");
  } catch (cause) {
    throw new DataError({
      where: "symmetry",
      problem: `the space group could not be determined (${cause})`,
      advice: "check for coincident atoms or change the tolerance",
      cause,
    });
  }
}

/** Returns a function that gives the permutation belonging to {R|t}, or `undefined` if an atom lands nowhere. */
function atomFinder(s: Structure, tolerance: number): (r: Float64Array, t: Float64Array) => Int32Array | undefined {
  const n = s.species.length;
  const reduce = imageReducer(s.cell, s.periodic);
  // The lattice accuracy adds to that of the positions.
  const limit = (3 * tolerance) ** 2;
  const d = new Float64Array(3);
  return (r, t) => {
    const permutation = new Int32Array(n);
    const taken = new Uint8Array(n);
    for (let i = 0; i < n; i++) {
      const image = [0, 1, 2].map(
        (c) => t[c]! + [0, 1, 2].reduce((sum, k) => sum + r[3 * c + k]! * s.positions[3 * i + k]!, 0),
      );
      let found = -1;
      for (let j = 0; j < n && found < 0; j++) {
        if (taken[j] || s.species[j] !== s.species[i]) continue;
        for (let c = 0; c < 3; c++) d[c] = image[c]! - s.positions[3 * j + c]!;
        reduce(d, 0);
        if (d[0]! ** 2 + d[1]! ** 2 + d[2]! ** 2 < limit) found = j;
      }
      if (found < 0) return undefined;
      taken[found] = 1;
      permutation[i] = found;
    }
    return permutation;
  };
}
