import { describe, expect, it } from "vitest";
import { environments } from "../../src/descriptor/environments.js";
import { followedEnvironments, followPairs } from "../../src/descriptor/followEnvironments.js";
import { createStructure, type Structure } from "../../src/structure/structure.js";
import { servesStructure, verletList } from "../../src/structure/verletList.js";
import { uniform } from "../support/uniform.js";

const u = uniform(44);
const SPECIES = ["O", "Si"];
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
  it("gives the environments of a moved structure exactly as a new search would, whatever came before", () => {
    const pairs = followPairs(verletList(crystal, 4, 0.8), SPECIES);
    for (let k = 0; k < 20; k++) {
      const s = moved(crystal, 0.39);
      expect(followedEnvironments(pairs, s)).toEqual(environments(s, SPECIES, 4));
    }
  });

  it("sorts neighbors at equal distances by their vectors", () => {
    const cube = createStructure({ species: ["Si"], positions: [[0, 0, 0]], cell: [2, 0, 0, 0, 2, 0, 0, 0, 2] });
    const pairs = followPairs(verletList(cube, 4, 0.8), SPECIES);
    expect(followedEnvironments(pairs, cube)).toEqual(environments(cube, SPECIES, 4));
  });

  it("asks for a new list once an atom has moved by half the skin, or cell or atoms have changed", () => {
    const list = verletList(crystal, 4, 0.8);
    const far = { ...crystal, positions: crystal.positions.map((x, p) => (p === 7 ? x + 0.4001 : x)) };
    expect(servesStructure(list, far)).toBe(false);
    expect(servesStructure(list, { ...crystal, cell: crystal.cell!.map((x) => 1.001 * x) })).toBe(false);
    expect(servesStructure(list, { ...crystal, species: [...crystal.species].reverse() })).toBe(false);
    expect(servesStructure(list, { ...crystal, periodic: [true, true, false] })).toBe(false);
    expect(servesStructure(list, { ...crystal, positions: crystal.positions.map(() => Number.NaN) })).toBe(false);
    expect(servesStructure(list, crystal)).toBe(true);
  });

  it("does not see later changes of the positions it was made from", () => {
    const s = { ...crystal, positions: crystal.positions.slice() };
    const list = verletList(s, 4, 0.8);
    s.positions[0]! += 1;
    expect(servesStructure(list, s)).toBe(false);
  });

  it("needs a positive skin", () => {
    expect(() => verletList(crystal, 4, 0)).toThrow(/skin is 0/);
  });
});
