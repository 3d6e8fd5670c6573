/** A structure as the viewer of a page draws it. */

export type Numbers = readonly number[];

/** In the axes of the viewer around the middle of the scene, Å with three decimals. */
export interface Scene {
  readonly size: readonly [number, number];
  /** Half the width and height that have to be seen. */
  readonly reach: readonly [number, number];
  /** By colour: x, y, z, radius. */
  readonly balls: Readonly<Record<string, readonly Numbers[]>>;
  /** Colour, radius, and both ends of each. */
  readonly sticks: readonly (readonly [string, number, readonly Numbers[]])[];
  readonly arrows: readonly [string, readonly Numbers[]];
  /** Centre, three semi-axes; colour of the surface and of each axis. */
  readonly ellipsoids: readonly (readonly [Numbers, readonly Numbers[], string, readonly string[]])[];
  readonly labels: readonly (readonly [string, Numbers])[];
  readonly directions: readonly (readonly [string, Numbers])[];
  readonly legend: readonly (readonly [string, string])[];
  readonly note?: string;
  readonly colours: { readonly background: string; readonly text: string; readonly axis: string };
}
