import { describe, expect, it } from "vitest";
import { random } from "../../src/math/random.js";
import { toCartesian } from "../../src/structure/cell.js";
import { closestPairFinder } from "../../src/structure/closestPair.js";
import { neighborList } from "../../src/structure/neighbors.js";
import type { Periodicity, Structure } from "../../src/structure/structure.js";

const reach = 0.6;
const cells: readonly (readonly [string, readonly number[] | undefined])[] = [
  ["cubic", [6, 0, 0, 0, 6, 0, 0, 0, 6]],
  ["skewed", [5, 0, 0, 2.4, 5, 0, -2, 2, 6]],
  ["left-handed and long", [0, 0, 20, 3, 0, 0, 0, 3, 0]],
  ["of a few tenths of Å", [1, 0, 0, 0, 9, 0, 0, 0, 9]],
  ["none", undefined],
];
const periodicities: readonly Periodicity[] = [
  [true, true, true],
  [false, false, false],
  [true, false, true],
  [false, true, true],
];

function nearest(s: Structure): number | undefined {
  const { distances } = neighborList(s, reach);
  return distances.length > 0 ? Math.min(...distances) : undefined;
}

describe("closestPairFinder finds what a neighbor list finds", () => {
  it.each(cells)("in a cell: %s", (_, rows) => {
    const draw = random(11);
    const find = closestPairFinder(reach);
    let found = 0;
    for (const periodic of rows ? periodicities : periodicities.slice(1, 2))
      for (let k = 0; k < 60; k++) {
        const n = 2 + draw.integer(40);
        // Fractions beyond the cell too, and now and then a pair on purpose.
        const f = Float64Array.from({ length: 3 * n }, () => draw.next() * 3 - 1);
        if (k % 3 === 0)
          for (let c = 0; c < 3; c++) f[3 * (n - 1) + c] = f[c]! + (periodic[c] ? 2 : 0) + 0.03 * draw.normal();
        const cell = rows && Float64Array.from(rows);
        const positions = cell ? toCartesian(f, cell) : f.map((x) => 4 * x);
        const s: Structure = { species: new Array<string>(n).fill("H"), positions, periodic, ...(cell && { cell }) };
        const [pair, right] = [find(s), nearest(s)];
        if (right === undefined) expect(pair).toBeUndefined();
        else {
          found++;
          // Rounding of fractions of up to 3.
          expect(pair!.distance).toBeCloseTo(right, 12);
        }
      }
    expect(found).toBeGreaterThan(20);
  });

  it("and atoms in one place, in cells of any size", () => {
    const find = closestPairFinder(reach);
    for (const edge of [1, 8]) {
      const s: Structure = {
        species: ["O", "H", "H"],
        positions: Float64Array.of(0, 0, 0, 0.5, 0, 0, 0.5 + edge, 0, -edge),
        cell: Float64Array.of(edge, 0, 0, 0, edge, 0, 0, 0, edge),
        periodic: [true, true, true],
      };
      expect(find(s)).toEqual({ i: 1, j: 2, distance: 0 });
    }
  });
});
