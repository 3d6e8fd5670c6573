/** What a proper rotation is: its order and its axis. */
import type { Vector3 } from "../math/vector3.js";

/** Smallest k with Rᵏ = 1 for a proper rotation; of C_n^m coprime to n, n. */
export function rotationOrder(r: ArrayLike<number>): number {
  const angle = Math.acos(Math.min(1, Math.max(-1, (trace(r) - 1) / 2)));
  for (let k = 1; k <= 60; k++) {
    const turns = (k * angle) / (2 * Math.PI);
    if (Math.abs(turns - Math.round(turns)) < 0.01 * k ** 0.5) return k;
  }
  return 60;
}

/** Unit vector along the axis of a proper rotation: the longest column of R + Rᵀ + (1 − tr R)·1, which is (3 − tr R)·a aᵀ. */
export function rotationAxis(r: ArrayLike<number>): Vector3 {
  const t = 1 - trace(r);
  const columns = [0, 1, 2].map((c) => [0, 1, 2].map((d) => r[3 * d + c]! + r[3 * c + d]! + (c === d ? t : 0)));
  const lengths = columns.map((v) => Math.hypot(...v));
  const norm = Math.max(...lengths) || 1;
  const longest = columns[lengths.indexOf(Math.max(...lengths))]!;
  return [longest[0]! / norm, longest[1]! / norm, longest[2]! / norm];
}

export function trace(r: ArrayLike<number>): number {
  return r[0]! + r[4]! + r[8]!;
}
