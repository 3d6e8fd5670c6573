/** Polarization of point charges and of pairs and triples of neighbors, with Z* by finite differences: a stand-in for first principles. */
import type { Frame } from "../../src/structure/frame.js";
import { neighborList } from "../../src/structure/neighbors.js";
import { createStructure, type Structure } from "../../src/structure/structure.js";
import { jacobian } from "./finiteDifference.js";
import { uniform } from "./uniform.js";

/** Rigid charges, e. */
export const TOY_CHARGES: Readonly<Record<string, number>> = { Zr: 4, O: -2 };
const CUTOFF = 3;

/** P of a structure whose formula is neutral, e·Å: Σ Q x + Σ pairs + a three-body term that makes Z* unsymmetric. */
export function toyPolarization(s: Structure): Float64Array {
  const p = new Float64Array(3);
  const { first, vectors, distances, index } = neighborList(s, CUTOFF);
  const weight = (r: number): number => (1 - (r / CUTOFF) ** 2) ** 3;
  s.species.forEach((symbol, i) => {
    const sign = symbol === "O" ? -1 : 1.3;
    for (let a = 0; a < 3; a++) p[a]! += TOY_CHARGES[symbol]! * s.positions[3 * i + a]!;
    for (let j = first[i]!; j < first[i + 1]!; j++) {
      const wj = weight(distances[j]!) * (s.species[index[j]!] === "O" ? 1 : 0.6);
      for (let a = 0; a < 3; a++) p[a]! += 0.2 * sign * wj * vectors[3 * j + a]!;
      for (let k = first[i]!; k < first[i + 1]!; k++) {
        let dot = 0;
        for (let b = 0; b < 3; b++) dot += vectors[3 * j + b]! * vectors[3 * k + b]!;
        const w = 0.04 * wj * weight(distances[k]!) * dot;
        for (let a = 0; a < 3; a++) p[a]! += w * vectors[3 * j + a]!;
      }
    }
  });
  return p;
}

/** Fourth-order central differences of {@link toyPolarization}, [n, 3 (field), 3 (displacement)]. */
export function toyBornCharges(s: Structure): Float64Array {
  const n3 = s.positions.length;
  const j = jacobian((positions) => toyPolarization({ ...s, positions }), s.positions);
  return Float64Array.from({ length: 3 * n3 }, (_, p) => {
    const [i, a, b] = [Math.floor(p / 9), Math.floor((p % 9) / 3), p % 3];
    return j[a * n3 + 3 * i + b]!;
  });
}

/** Frames of a shaken cell of two or more fluorite formula units with Z* and P of the toy. @param edge Å, small against 2·r_c */
export function toyOxideFrames(count: number, seed: number, edge = 4.2): Frame[] {
  const next = uniform(seed);
  const sites = [
    ["Zr", 0, 0, 0],
    ["Zr", 0.5, 0.5, 0.45],
    ["O", 0.25, 0.2, 0.3],
    ["O", 0.75, 0.7, 0.2],
    ["O", 0.3, 0.75, 0.7],
    ["O", 0.7, 0.25, 0.8],
  ] as const;
  return Array.from({ length: count }, () => {
    const s = createStructure({
      species: sites.map(([symbol]) => symbol),
      positions: sites.flatMap(([, ...f]) => f.map((x) => edge * x + 0.3 * (next() - 0.5))),
      cell: [edge, 0, 0, 0.3, edge, 0, 0, 0.2, edge * 1.1],
    });
    return { structure: s, bornCharges: toyBornCharges(s), polarization: toyPolarization(s) };
  });
}
