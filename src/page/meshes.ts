import { cross3 as cross, dot3 as dot } from "../math/vector3.js";
import { type Mesh, type Point, point } from "./mol.js";
import type { Numbers } from "./scene.js";

/** The unit sphere under the matrix whose columns are the semi-axes. */
export function ellipsoidMesh(centre: Numbers, given: readonly Numbers[]): Mesh {
  const [a, b, c] = given as readonly [Numbers, Numbers, Numbers];
  const axes = dot(a, cross(b, c)) > 0 ? given : [b, a, c];
  const squares = axes.map((axis) => dot(axis, axis));
  const vertexArr: Point[] = [];
  const normalArr: Point[] = [];
  const faceArr: number[] = [];
  const [rows, columns] = [18, 28];
  for (let i = 0; i <= rows; i++)
    for (let j = 0; j <= columns; j++) {
      const [t, p] = [(Math.PI * i) / rows, (2 * Math.PI * j) / columns];
      const s = [Math.sin(t) * Math.cos(p), Math.sin(t) * Math.sin(p), Math.cos(t)];
      const at = [0, 1, 2].map((d) => centre[d]! + axes.reduce((sum, axis, k) => sum + s[k]! * axis[d]!, 0));
      const out = [0, 1, 2].map((d) => axes.reduce((sum, axis, k) => sum + (s[k]! * axis[d]!) / squares[k]!, 0));
      vertexArr.push(point(at));
      normalArr.push(point(unit(out)));
      const v = i * (columns + 1) + j;
      if (i < rows && j < columns) faceArr.push(v, v + columns + 1, v + 1, v + 1, v + columns + 1, v + columns + 2);
    }
  return { vertexArr, normalArr, faceArr };
}

/** A closed cone from the middle of its base along a unit vector. */
export function coneMesh(base: Numbers, along: Numbers, height: number, radius: number): Mesh {
  const sizes = along.map(Math.abs);
  const least = sizes.indexOf(Math.min(...sizes));
  const u = unit(
    cross(
      along,
      [0, 1, 2].map((k) => (k === least ? 1 : 0)),
    ),
  );
  const w = cross(along, u);
  const slant = Math.hypot(height, radius);
  const tip = base.map((x, k) => x + height * along[k]!);
  const back = along.map((x) => -x);
  const vertexArr: Point[] = [];
  const normalArr: Point[] = [];
  const faceArr: number[] = [];
  const put = (place: Numbers, normal: Numbers): void => {
    vertexArr.push(point(place));
    normalArr.push(point(normal));
  };
  const n = 24;
  for (let j = 0; j <= n; j++) {
    const t = (2 * Math.PI * j) / n;
    const out = [0, 1, 2].map((k) => Math.cos(t) * u[k]! + Math.sin(t) * w[k]!);
    const rim = out.map((x, k) => base[k]! + radius * x);
    const side = out.map((x, k) => (height * x + radius * along[k]!) / slant);
    put(rim, side);
    put(tip, side);
    put(rim, back);
    put(base, back);
    if (j < n) faceArr.push(4 * j, 4 * j + 4, 4 * j + 1, 4 * j + 2, 4 * j + 3, 4 * j + 6);
  }
  return { vertexArr, normalArr, faceArr };
}

export function unit(v: Numbers): Numbers {
  const size = Math.hypot(...v);
  return v.map((x) => x / size);
}
