import { md } from "../../src/dynamics/md.js";
import type { MdFrame, MdOptions } from "../../src/dynamics/options.js";
import type { Potential } from "../../src/dynamics/potential.js";
import { createStructure, type Structure } from "../../src/structure/structure.js";
import { lennardJones } from "../support/potentials.js";

export const argon = createStructure({ species: ["Ar"], positions: [[0.1, 0, 0]] });
export const cluster = createStructure({
  species: Array(5).fill("Ar"),
  positions: [
    [0, 0, 0],
    [3.8, 0, 0],
    [1.9, 3.3, 0],
    [1.9, 1.1, 3.1],
    [1.9, 1.1, -3.1],
  ],
});
export const lj = lennardJones(0.0104, 3.4);

/** Every recorded frame of a run. */
export async function frames(start: Structure, potential: Potential, options: MdOptions): Promise<MdFrame[]> {
  const recorded: MdFrame[] = [];
  await md(start, potential, { ...options, onFrame: (f) => void recorded.push(f) });
  return recorded;
}
