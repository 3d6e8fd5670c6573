import { describe, expect, it } from "vitest";
import { neighborList } from "../../src/structure/neighbors.js";
import { createStructure, type Structure } from "../../src/structure/structure.js";
import { verletList, verletNeighbors } from "../../src/structure/verletList.js";
import { uniform } from "../support/uniform.js";

const u = uniform(44);
const crystal = createStructure({
  species: Array.from({ length: 20 }, (_, i) => (i % 3 === 0 ? "Si" : "O")),
  positions: Array.from({ length: 60 }, () => 12 * (u() - 0.5)),
  cell: [6, 0, 0, 2, 5, 0, -1, 1.5, 5.5],
});
const moved = (s: Structure, by: number): Structure => ({
  ...s,
  positions: s.positions.map((x) => x + (2 * by * (u() - 0.5)) / Math.sqrt(3)),
});

describe("verletList", () => {
  it("gives the neighbors of a moved structure exactly as a new list would", () => {
    const list = verletList(crystal, 4, 0.8);
    for (let k = 0; k < 20; k++) {
      const s = moved(crystal, 0.39);
      const [fast, full] = [verletNeighbors(list, s)!, neighborList(s, 4)];
      expect(fast.first).toEqual(full.first);
      expect([...fast.index]).toEqual([...full.index]);
      expect([...fast.shifts]).toEqual([...full.shifts]);
      expect([...fast.vectors]).toEqual([...full.vectors]);
      expect([...fast.distances]).toEqual([...full.distances]);
    }
  });

  it("asks for a new list once an atom has moved by half the skin, or the cell has changed", () => {
    const list = verletList(crystal, 4, 0.8);
    const far = { ...crystal, positions: crystal.positions.map((x, p) => (p === 7 ? x + 0.4001 : x)) };
    expect(verletNeighbors(list, far)).toBeUndefined();
    expect(verletNeighbors(list, { ...crystal, cell: crystal.cell!.map((x) => 1.001 * x) })).toBeUndefined();
    expect(verletNeighbors(list, crystal)!.index.length).toBe(neighborList(crystal, 4).index.length);
  });

  it("does not see later changes of the positions it was made from", () => {
    const s = { ...crystal, positions: crystal.positions.slice() };
    const list = verletList(s, 4, 0.8);
    s.positions[0]! += 1;
    expect(verletNeighbors(list, s)).toBeUndefined();
  });

  it("needs a positive skin", () => {
    expect(() => verletList(crystal, 4, 0)).toThrow(/skin is 0/);
  });
});
