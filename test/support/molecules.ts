/** Small molecules with and without symmetry. */
import { createStructure, type Structure } from "../../src/structure/structure.js";
import { uniform } from "./uniform.js";

export const water = createStructure({
  species: ["O", "H", "H"],
  positions: [0, 0, 0.12, 0, 0.76, -0.47, 0, -0.76, -0.47],
});
export const lopsided = createStructure({
  species: ["C", "O", "H", "H", "F", "N"],
  positions: [0, 0, 0, 1.2, 0.1, 0.2, -0.5, 0.9, -0.2, -0.4, -0.5, 0.8, -0.3, -0.8, -1, 1.9, 1.1, 0.6],
});
export const methane = createStructure({
  species: ["C", "H", "H", "H", "H"],
  positions: [0, 0, 0, 0.63, 0.63, 0.63, 0.63, -0.63, -0.63, -0.63, 0.63, -0.63, -0.63, -0.63, 0.63],
});
export const methanol = createStructure({
  species: ["C", "O", "H", "H", "H", "H"],
  positions: [0, 0, 0, 1.42, 0, 0, -0.4, 1.02, 0, -0.35, -0.51, 0.89, -0.35, -0.51, -0.89, 1.72, -0.91, 0],
});
export const ammonia = createStructure({
  species: ["N", "H", "H", "H"],
  positions: [0, 0, 0.3, 0.94, 0, 0, -0.47, 0.47 * Math.sqrt(3), 0, -0.47, -0.47 * Math.sqrt(3), 0],
});

/** Every coordinate moved by up to `by`. */
export function distorted(s: Structure, by: number, seed: number): Structure {
  const u = uniform(seed);
  return { ...s, positions: s.positions.map((x) => x + 2 * by * (u() - 0.5)) };
}
