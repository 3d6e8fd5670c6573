import { determinant3 } from "../math/matrix3.js";
import { dot3 } from "../math/vector3.js";
import { rotationAxis, rotationOrder, trace } from "./rotationAxis.js";

/**
 * Schoenflies symbol of a finite point group from all its matrices, by the orders of its rotations and the kinds of its mirrors.
 * @param rotations orthogonal matrices [3, 3], the identity included
 */
export function schoenflies(rotations: readonly Float64Array[]): string {
  const proper = rotations.filter((r) => determinant3(r) > 0);
  const improper = rotations.filter((r) => determinant3(r) < 0);
  const axes = proper.map((r) => ({ order: rotationOrder(r), axis: rotationAxis(r) }));
  const n = Math.max(1, ...axes.map((a) => a.order));
  const inversion = improper.some((r) => trace(r) < -2.9);
  const mirrors = improper.filter((r) => trace(r) > 0.9).map((r) => rotationAxis(r.map((x) => -x)));
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
  const horizontal = mirrors.some((m) => main.some((a) => Math.abs(dot3(a, m)) > 0.99));
  if (dihedral) return horizontal && mirrors.length > n ? `D${n}h` : `D${n}d`;
  if (horizontal) return `C${n}h`;
  return mirrors.length > 0 ? `C${n}v` : `S${2 * n}`;
}
