import { determinant3 } from "./orthogonal.js";

/**
 * Schoenflies symbol of a finite point group from all its matrices, by the orders of its rotations and the kinds of its mirrors.
 * @param rotations orthogonal matrices [3, 3], the identity included
 */
export function schoenflies(rotations: readonly Float64Array[]): string {
  const proper = rotations.filter((r) => determinant3(r) > 0);
  const improper = rotations.filter((r) => determinant3(r) < 0);
  const axes = proper.map((r) => ({ order: orderOf(r), axis: axisOf(r) }));
  const n = Math.max(1, ...axes.map((a) => a.order));
  const inversion = improper.some((r) => trace(r) < -2.9);
  const mirrors = improper.filter((r) => trace(r) > 0.9).map((r) => axisOf(r.map((x) => -x)));
  if (proper.length === 60) return inversion ? "Ih" : "I";
  if (proper.length === 24 && n === 4 && axes.filter((a) => a.order === 3).length === 8) return inversion ? "Oh" : "O";
  if (proper.length === 12 && axes.filter((a) => a.order === 3).length === 8)
    return inversion ? "Th" : improper.length > 0 ? "Td" : "T";
  if (n === 1) return inversion ? "Ci" : mirrors.length > 0 ? "Cs" : "C1";
  // D groups have twice as many rotations as the order of their main axis.
  const dihedral = proper.length === 2 * n;
  if (dihedral && improper.length === 0) return `D${n}`;
  if (!dihedral && improper.length === 0) return `C${n}`;
  // D2h and D2d have three twofold axes: any of them may be the main axis.
  const main = axes.filter((a) => a.order === n).map((a) => a.axis);
  const horizontal = mirrors.some((m) => main.some((a) => Math.abs(a[0] * m[0] + a[1] * m[1] + a[2] * m[2]) > 0.99));
  if (dihedral) return horizontal && mirrors.length > n ? `D${n}h` : `D${n}d`;
  if (horizontal) return `C${n}h`;
  return mirrors.length > 0 ? `C${n}v` : `S${2 * n}`;
}

const trace = (r: Float64Array): number => r[0]! + r[4]! + r[8]!;

/** Smallest k with Rᵏ = 1 for a proper rotation. */
function orderOf(r: Float64Array): number {
  const angle = Math.acos(Math.min(1, Math.max(-1, (trace(r) - 1) / 2)));
  for (let k = 1; k <= 60; k++) {
    const turns = (k * angle) / (2 * Math.PI);
    if (Math.abs(turns - Math.round(turns)) < 0.01 * k ** 0.5) return k;
  }
  return 60;
}

/** Unit vector along the axis of a proper rotation; a column of R + Rᵀ + (1 − tr R)·1, which is (3 − tr R)·a aᵀ. */
function axisOf(r: Float64Array): readonly [number, number, number] {
  const t = 1 - trace(r);
  const columns = [0, 1, 2].map((c) => [0, 1, 2].map((d) => r[3 * d + c]! + r[3 * c + d]! + (c === d ? t : 0)));
  const lengths = columns.map((v) => Math.hypot(...v));
  const norm = Math.max(...lengths) || 1;
  const longest = columns[lengths.indexOf(Math.max(...lengths))]!;
  return [longest[0]! / norm, longest[1]! / norm, longest[2]! / norm];
}
