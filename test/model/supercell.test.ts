/** Models of a small cell on a large one: what is local carries over. */
import { expect, it } from "vitest";
import { evaluatePolarizability } from "../../src/model/target/polarizability/evaluate.js";
import { fitPolarizability } from "../../src/model/target/polarizability/polarizability.js";
import { supercell } from "../../src/structure/cell.js";
import type { Frame } from "../../src/structure/frame.js";
import type { Structure } from "../../src/structure/structure.js";
import { quartz } from "../support/crystals.js";
import { toyPolarizability } from "../support/toyTensors.js";
import { uniform } from "../support/uniform.js";

/** The toy with its part at rest, 2 Å³ on the diagonal, once per cell of nine atoms. */
function frame(ideal: Structure, seed: number): Frame {
  const next = uniform(seed);
  const structure = { ...ideal, positions: ideal.positions.map((x) => x + 0.24 * (next() - 0.5)) };
  const cells = ideal.species.length / 9;
  const polarizability = toyPolarizability(structure).value.map((x, p) => x + (p % 4 === 0 ? 2 * (cells - 1) : 0));
  return { structure, polarizability };
}

it("a kernel trained on 9 atoms foretells 72 atoms that all move on their own", async () => {
  const small = quartz();
  const large = supercell(small, [2, 2, 2]);
  const model = await fitPolarizability(Array.from({ length: 60 }, (_, k) => frame(small, k + 1)));
  const { r2 } = await evaluatePolarizability(
    model,
    Array.from({ length: 30 }, (_, k) => frame(large, k + 901)),
  );
  // The toy reaches 4.5 Å, the edge of the small cell is 4.9 Å: features see images there that move alike, and atoms that do not here.
  expect(r2.a).toBeGreaterThan(0.95);
  expect(r2.gamma2).toBeGreaterThan(0.95);
});
