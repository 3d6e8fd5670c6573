/** Pairwise additive polarizability and dipole with analytic derivatives: a stand-in for first-principles tensors. */
import type { Frame } from "../../src/structure/frame.js";
import { neighborList } from "../../src/structure/neighbors.js";
import type { Structure } from "../../src/structure/structure.js";

const CUTOFF = 4.5;
/** Strength per species; unequal, so that every pair of species differs. */
const STRENGTH: Readonly<Record<string, number>> = {
  H: 0.7,
  C: 1.3,
  N: 1.1,
  O: 1.7,
  F: 0.9,
  Na: 0.6,
  Al: 1.9,
  Si: 2.1,
  Cl: 2.4,
};

/** Sum over pairs of a(r)·1 + b(r)·v vᵀ and its derivatives; a and b vanish smoothly at the cutoff. */
export function toyPolarizability(s: Structure): { readonly value: Float64Array; readonly derivatives: Float64Array } {
  const value = new Float64Array(9);
  value[0] = value[4] = value[8] = 2;
  const derivatives = new Float64Array(s.species.length * 27);
  forPairs(s, (i, j, v, f, df, strength) => {
    const [b, db] = [0.8 * f * strength, 0.8 * df * strength];
    for (let p = 0; p < 9; p++) {
      const [x, y] = [Math.floor(p / 3), p % 3];
      const delta = x === y ? 0.5 : 0;
      value[p]! += 0.5 * b * (v[x]! * v[y]! + delta);
      for (let c = 0; c < 3; c++) {
        const d = db * v[c]! * (v[x]! * v[y]! + delta) + b * ((c === x ? v[y]! : 0) + (c === y ? v[x]! : 0));
        derivatives[27 * j + 9 * c + p]! += 0.5 * d;
        derivatives[27 * i + 9 * c + p]! -= 0.5 * d;
      }
    }
  });
  return { value, derivatives };
}

/** Sum over pairs of charge differences times f(r)·v; derivatives [n, 3 (displacement), 3]. */
export function toyDipole(s: Structure): { readonly value: Float64Array; readonly derivatives: Float64Array } {
  const value = new Float64Array(3);
  const derivatives = new Float64Array(s.species.length * 9);
  forPairs(s, (i, j, v, f, df) => {
    const q = STRENGTH[s.species[j]!]! - STRENGTH[s.species[i]!]!;
    for (let x = 0; x < 3; x++) {
      value[x]! += 0.5 * q * f * v[x]!;
      for (let c = 0; c < 3; c++) {
        const d = q * (df * v[c]! * v[x]! + (c === x ? f : 0));
        derivatives[9 * j + 3 * c + x]! += 0.5 * d;
        derivatives[9 * i + 3 * c + x]! -= 0.5 * d;
      }
    }
  });
  return { value, derivatives };
}

/** df is f′(r)/r. */
function forPairs(
  s: Structure,
  visit: (i: number, j: number, v: Float64Array, f: number, df: number, strength: number) => void,
): void {
  const list = neighborList(s, CUTOFF);
  for (let i = 0; i < s.species.length; i++)
    for (let p = list.first[i]!; p < list.first[i + 1]!; p++) {
      const j = list.index[p]!;
      const r = list.distances[p]!;
      const t = 1 - (r / CUTOFF) ** 2;
      const decay = Math.exp(-r / 1.5);
      const f = decay * t ** 4;
      const df = (-decay / 1.5) * (t ** 4 / r) - (decay * 8 * t ** 3) / CUTOFF ** 2;
      const strength = STRENGTH[s.species[i]!]! * STRENGTH[s.species[j]!]!;
      visit(i, j, list.vectors.subarray(3 * p, 3 * p + 3), f, df, strength);
    }
}

/** A structure with all its toy tensors. */
export function toyFrame(s: Structure): Frame {
  const value = toyPolarizability(s).value;
  return {
    structure: s,
    polarizability: value,
    dielectric: value.map((x, p) => 0.2 * x + (p % 4 === 0 ? 1 : 0)),
    polarization: toyDipole(s).value,
  };
}

/** Frames with one atom displaced by ± δ along x, y and z. */
export function displacedFrames(
  s: Structure,
  delta: number,
  atoms: readonly number[] = s.species.map((_, i) => i),
  signs: readonly number[] = [1, -1],
): Frame[] {
  return atoms.flatMap((i) =>
    [0, 1, 2].flatMap((c) =>
      signs.map((sign) =>
        toyFrame({ ...s, positions: s.positions.map((x, p) => (p === 3 * i + c ? x + sign * delta : x)) }),
      ),
    ),
  );
}
