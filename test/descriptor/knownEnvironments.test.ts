import { expect, it } from "vitest";
import { createDescriptor } from "../../src/descriptor/descriptor.js";
import { environmentsOf, followingEnvironments } from "../../src/descriptor/knownEnvironments.js";
import { createStructure, type Structure } from "../../src/structure/structure.js";
import { uniform } from "../support/uniform.js";

const u = uniform(45);
const d = createDescriptor({ species: ["O", "Si"], cutoff: 3, nMax: 2, lMax: 1, twoBody: { cutoff: 2.5 } });
const crystal = createStructure({
  species: Array.from({ length: 20 }, (_, i) => (i % 3 === 0 ? "Si" : "O")),
  positions: Array.from({ length: 60 }, () => 12 * (u() - 0.5)),
  cell: [6, 0, 0, 2, 5, 0, -1, 1.5, 5.5],
});
const moved = (s: Structure, by: number): Structure => ({
  ...s,
  positions: s.positions.map((x) => x + by * (u() - 0.5)),
});
const larger = { ...crystal, cell: crystal.cell!.map((x) => 1.01 * x) };

/** Steps of a run, frames of a set, leaps, other cells, each often enough for lists to be made, kept and given up. */
const sequence: Structure[] = [
  ...Array.from({ length: 20 }, () => moved(crystal, 0.02)),
  ...Array.from({ length: 20 }, () => moved(crystal, 0.5)),
  ...Array.from({ length: 80 }, () => moved(crystal, 2)),
  ...Array.from({ length: 10 }, (_, k) => moved(k % 2 === 0 ? crystal : larger, 0.02)),
  ...Array.from({ length: 10 }, () => moved(larger, 0.5)),
];

it("the neighbors of structures that follow each other are those of a search for each, whatever came before", () => {
  const follow = followingEnvironments(d);
  for (const s of sequence) {
    const [followed, searched] = [follow(s), environmentsOf(d, s)];
    for (const { expansion } of d.plan.layouts.flatMap(({ parts }) => parts))
      expect(followed(expansion)).toEqual(searched(expansion));
  }
});
