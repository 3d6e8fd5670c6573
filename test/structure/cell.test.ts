import { describe, expect, it } from "vitest";
import { inverse3, timesMatrix } from "../../src/math/matrix3.js";
import { faceDistances, strain, supercell, toCartesian, toFractional, wrap } from "../../src/structure/cell.js";
import { cellVolume, createStructure } from "../../src/structure/structure.js";
import { expectClose } from "../support/close.js";
import { uniform } from "../support/uniform.js";

const cell = Float64Array.of(4, 0.3, -0.2, 1.1, 5, 0.4, -0.7, 0.9, 6);

describe("cell", () => {
  it("inverse3(m)·m is the identity; a singular matrix is refused", () => {
    expectClose(timesMatrix(inverse3(cell), cell), [1, 0, 0, 0, 1, 0, 0, 0, 1], { absolute: 1e-14 });
    expect(() => inverse3(Float64Array.of(1, 2, 3, 2, 4, 6, 0, 0, 1))).toThrow(/has no inverse/);
  });

  it("toCartesian undoes toFractional", () => {
    const u = uniform(3);
    const x = Float64Array.from({ length: 30 }, () => 20 * (u() - 0.5));
    expectClose(toCartesian(toFractional(x, cell), cell), x, { absolute: 1e-13 });
    expectClose(toFractional(cell, cell), [1, 0, 0, 0, 1, 0, 0, 0, 1], { absolute: 1e-14 });
  });

  it("faceDistances are volume over face area", () => {
    const [ax, ay, az, bx, by, bz] = cell as unknown as number[];
    const area = Math.hypot(ay! * bz! - az! * by!, az! * bx! - ax! * bz!, ax! * by! - ay! * bx!);
    expectClose(faceDistances(cell)[2], cellVolume(cell) / area, { relative: 1e-13 });
  });

  it("wrap brings periodic directions into [0, 1) by whole cell vectors and leaves the others", () => {
    const s = createStructure({
      species: ["O", "O"],
      positions: [11, -9, 14, -0.1, 0.2, 40],
      cell,
      periodic: [true, true, false],
    });
    const before = toFractional(s.positions, cell);
    const after = toFractional(wrap(s).positions, cell);
    after.forEach((f, p) => {
      expectClose(f - before[p]!, Math.round(f - before[p]!), { absolute: 1e-12 });
      if (p % 3 === 2) expectClose(f, before[p]!, { absolute: 1e-12 });
      else expect(f >= 0 && f < 1).toBe(true);
    });
  });

  it("supercell repeats atoms in blocks and scales the cell", () => {
    const s = createStructure({ species: ["Na", "Cl"], positions: [0, 0, 0, 1, 1, 1], cell });
    const big = supercell(s, [2, 1, 3]);
    expect(big.species.length).toBe(12);
    expectClose(cellVolume(big.cell!), 6 * cellVolume(cell), { relative: 1e-13 });
    expectClose(big.positions.subarray(6, 9), cell.subarray(6, 9), { absolute: 1e-14 });
    expect(() => supercell({ ...s, periodic: [true, true, false] }, [1, 1, 2])).toThrow(/not periodic/);
    expect(() => supercell(s, [0, 1, 1])).toThrow(/repetition 0/);
  });

  it("strain keeps fractional coordinates and scales the volume by det(1 + ε)", () => {
    const s = createStructure({ species: ["Si"], positions: [1, 2, 3], cell });
    const e = Float64Array.of(0.01, 0.02, 0, -0.01, 0.03, 0.005, 0, 0, -0.02);
    const t = strain(s, e);
    expectClose(toFractional(t.positions, t.cell!), toFractional(s.positions, cell), { absolute: 1e-13 });
    const determinant = 0.98 * (1.01 * 1.03 + 0.02 * 0.01);
    expectClose(cellVolume(t.cell!), cellVolume(cell) * determinant, { relative: 1e-13 });
    expectClose(t.positions[0]!, 1 + 0.01 * 1 + 0.02 * 2, { absolute: 1e-14 });
  });
});
