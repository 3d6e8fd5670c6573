/** A polarizability that is quadratic in the differences of displacements of near atoms: what an expansion to second order has to get exactly. */
import { type SecondOrderResponse, secondOrderResponse } from "../../src/model/secondOrder/secondOrder.js";
import type { Frame } from "../../src/structure/frame.js";
import { neighborList } from "../../src/structure/neighbors.js";
import type { Structure } from "../../src/structure/structure.js";
import { uniform } from "./uniform.js";

const STRENGTH: Readonly<Record<string, number>> = { Na: 0.6, Cl: 1.4, Si: 1.1, O: 0.8, Al: 0.9, N: 1.3 };

/**
 * Polarizability (Å³) of structures as displaced from `reference`, with pairs nearer than `cutoff` there. Each bond along n adds its stretch n·d to first
 * order and four quadratic forms that turn with it.
 */
export function quadraticToy(reference: Structure, cutoff: number): (s: Structure) => Frame {
  const { first, index, vectors, distances } = neighborList(reference, cutoff);
  return (s) => {
    const u = s.positions.map((x, p) => x - reference.positions[p]!);
    const value = new Float64Array(9);
    value[0] = value[4] = value[8] = reference.species.length;
    reference.species.forEach((symbol, i) => {
      for (let k = first[i]!; k < first[i + 1]!; k++) {
        const j = index[k]!;
        const strength = 0.5 * STRENGTH[symbol]! * STRENGTH[reference.species[j]!]! * Math.exp(2 - distances[k]!);
        const n = [0, 1, 2].map((c) => vectors[3 * k + c]! / distances[k]!);
        const d = [0, 1, 2].map((c) => u[3 * j + c]! - u[3 * i + c]!);
        const along = n.reduce((sum, x, c) => sum + x * d[c]!, 0);
        const square = d.reduce((sum, x) => sum + x * x, 0);
        for (let a = 0; a < 3; a++)
          for (let b = 0; b < 3; b++) {
            const [one, nn] = [a === b ? 1 : 0, n[a]! * n[b]!];
            const mixed = along * (n[a]! * d[b]! + n[b]! * d[a]!);
            value[3 * a + b]! +=
              strength *
              (along * (nn + 0.2 * one) +
                0.7 * along ** 2 * nn +
                0.4 * square * one +
                0.3 * mixed +
                0.5 * d[a]! * d[b]!);
          }
      }
    });
    return { structure: s, polarizability: value, dielectric: value.map((x, p) => 0.2 * x + (p % 4 === 0 ? 1 : 0)) };
  };
}

/** Every atom moved at random by up to `size` Å along each axis. */
export function shaken(s: Structure, size: number, seed: number): Structure {
  const next = uniform(seed);
  return { ...s, positions: s.positions.map((x) => x + 2 * size * (next() - 0.5)) };
}

/** Every coordinate moved by ±`delta` Å alone. */
export function singles(s: Structure, delta: number, frame: (s: Structure) => Frame): Frame[] {
  return Array.from({ length: 6 * s.species.length }, (_, k) => {
    const [p, sign] = [Math.floor(k / 2), k % 2 === 0 ? 1 : -1];
    return frame({ ...s, positions: s.positions.map((x, q) => (q === p ? x + sign * delta : x)) });
  });
}

/** The expansion within `cutoff` (Å) from single displacements and 40 frames of the toy. */
export function localFit(s: Structure, cutoff: number): Promise<SecondOrderResponse> {
  const toy = quadraticToy(s, cutoff);
  return secondOrderResponse(toy(s), singles(s, 0.02, toy), {
    terms: { kind: "pairs", cutoff },
    frames: Array.from({ length: 40 }, (_, k) => toy(shaken(s, 0.1, k + 1))),
    ridge: { kind: "fixed", value: 1e-13 },
  });
}
