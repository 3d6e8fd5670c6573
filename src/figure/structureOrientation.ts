/** From where a structure is looked at. */
import { DataError } from "../errors.js";
import { symmetricEigen } from "../math/eigen.js";
import { matrix } from "../math/matrix.js";
import { cross3 as cross } from "../math/vector3.js";
import type { Structure } from "../structure/structure.js";
import type { Vector } from "./structureImages.js";

/** How far a picture is turned from a view straight along an axis, so that depth can be seen; radians. */
const TURN = (-22 * Math.PI) / 180;
const TILT = (14 * Math.PI) / 180;

/**
 * Orthonormal rows: right, up, towards the viewer. A crystal is seen with c upwards and a to the right, a molecule with its
 * longest extent to the right and its shortest towards the viewer; both turned by 22° and tilted by 14°.
 */
export function defaultOrientation(s: Structure): Float64Array {
  const [right, up] = s.cell ? [row(s.cell, 0), row(s.cell, 2)] : longest(s);
  const front = frame(up, cross(right, up));
  return turned(front);
}

/** Orthonormal rows with `towards` as the third and `up` upwards. @throws DataError if the two are parallel or zero */
export function orientation(towards: Vector, up: Vector): Float64Array {
  return frame(up, towards);
}

function frame(up: Vector, towards: Vector): Float64Array {
  const z = unit(towards);
  const x = unit(cross(up, z));
  const y = cross(z, x);
  return Float64Array.of(...x, ...y, ...z);
}

/** First about the upward axis, then about the axis to the right. */
function turned(r: Float64Array): Float64Array {
  const [c, s] = [Math.cos(TURN), Math.sin(TURN)];
  const [ct, st] = [Math.cos(TILT), Math.sin(TILT)];
  const out = new Float64Array(9);
  for (let k = 0; k < 3; k++) {
    const [x, y, z] = [r[k]!, r[3 + k]!, r[6 + k]!];
    const back = s * x + c * z;
    out[k] = c * x - s * z;
    out[3 + k] = ct * y - st * back;
    out[6 + k] = st * y + ct * back;
  }
  return out;
}

/** The directions in which the atoms reach farthest and second farthest: eigenvectors of Σ (x − x̄)(x − x̄)ᵀ. */
function longest(s: Structure): [Vector, Vector] {
  const n = s.species.length;
  const mean = [0, 1, 2].map((d) => s.positions.reduce((sum, x, i) => (i % 3 === d ? sum + x / n : sum), 0));
  const spread = matrix(3, 3);
  for (let i = 0; i < n; i++)
    for (let a = 0; a < 3; a++)
      for (let b = 0; b < 3; b++)
        spread.values[3 * a + b]! += (s.positions[3 * i + a]! - mean[a]!) * (s.positions[3 * i + b]! - mean[b]!);
  const { vectors } = symmetricEigen(spread);
  const column = (k: number): Vector => [vectors.values[k]!, vectors.values[3 + k]!, vectors.values[6 + k]!];
  return [column(2), column(1)];
}

function row(m: Float64Array, k: number): Vector {
  return [m[3 * k]!, m[3 * k + 1]!, m[3 * k + 2]!];
}

function unit(v: Vector): Vector {
  const length = Math.hypot(...v);
  if (!(length > 1e-9 && Number.isFinite(length)))
    throw new DataError({
      where: "structureView",
      problem: "the directions of view and up are parallel, zero or not finite",
      advice: "give two independent directions",
    });
  return [v[0] / length, v[1] / length, v[2] / length];
}
