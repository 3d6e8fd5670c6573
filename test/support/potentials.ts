/** Potentials with known answers, for tests of dynamics. */
import type { Potential } from "../../src/dynamics/potential.js";

/** Every atom bound to its own point by a spring, eV/Å². */
export function tethered(anchors: Float64Array, stiffness: number): Potential {
  return {
    name: "tethered",
    evaluate(s) {
      const forces = s.positions.map((x, i) => -stiffness * (x - anchors[i]!));
      const energy = 0.5 * stiffness * s.positions.reduce((sum, x, i) => sum + (x - anchors[i]!) ** 2, 0);
      return { energy, forces };
    },
  };
}

/** No interaction at all. */
export const idealGas: Potential = {
  name: "ideal gas",
  evaluate: (s) => ({ energy: 0, forces: new Float64Array(s.positions.length), stress: new Float64Array(9) }),
};

/** Lennard-Jones without cutoff between the atoms of a cluster; ε in eV, σ in Å. */
export function lennardJones(epsilon: number, sigma: number): Potential {
  return {
    name: "Lennard-Jones",
    evaluate(s) {
      const forces = new Float64Array(s.positions.length);
      let energy = 0;
      for (let i = 0; i < s.species.length; i++)
        for (let j = 0; j < i; j++) {
          const d = [0, 1, 2].map((a) => s.positions[3 * i + a]! - s.positions[3 * j + a]!);
          const r2 = d[0]! ** 2 + d[1]! ** 2 + d[2]! ** 2;
          const x = (sigma * sigma) / r2;
          const x6 = x ** 3;
          energy += 4 * epsilon * (x6 * x6 - x6);
          const f = (24 * epsilon * (2 * x6 * x6 - x6)) / r2;
          d.forEach((component, a) => {
            forces[3 * i + a]! += f * component;
            forces[3 * j + a]! -= f * component;
          });
        }
      return { energy, forces };
    },
  };
}
