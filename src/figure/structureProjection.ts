/** A structure's picture in the axes of the viewer: x right, y up, z towards the eye. */
import type { Vector } from "./structureImages.js";
import type { StructureView } from "./structureView.js";

/** Turns vectors into the axes of the viewer. */
export function projector(view: Pick<StructureView, "orientation">): (v: Vector) => Vector {
  const r = view.orientation;
  const along = (k: number, v: Vector): number => r[k]! * v[0] + r[k + 1]! * v[1] + r[k + 2]! * v[2];
  return (v) => [along(0, v), along(3, v), along(6, v)];
}

/** Smallest box around everything drawn, in the axes of the viewer, Å. */
export function extent(view: StructureView): { readonly low: Vector; readonly high: Vector } {
  const turn = projector(view);
  const points: { at: Vector; reach: number }[] = [
    ...view.balls.map((b) => ({ at: b.position, reach: b.radius })),
    ...view.bonds.map((b) => ({ at: b.to, reach: 0 })),
    ...view.edges.flat().map((at) => ({ at, reach: 0 })),
    ...view.ellipsoids.map((e) => ({ at: e.centre, reach: Math.max(...e.axes.map((a) => Math.hypot(...a))) })),
    ...view.arrows.map((a) => ({ at: a.to, reach: 0.1 })),
  ];
  const low = [Infinity, Infinity, Infinity] as [number, number, number];
  const high = [-Infinity, -Infinity, -Infinity] as [number, number, number];
  for (const { at, reach } of points)
    turn(at).forEach((x, d) => {
      low[d] = Math.min(low[d]!, x - reach);
      high[d] = Math.max(high[d]!, x + reach);
    });
  return points.length > 0 ? { low, high } : { low: [-1, -1, -1], high: [1, 1, 1] };
}
