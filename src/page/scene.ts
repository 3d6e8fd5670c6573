/** A structure as the viewer of a page draws it. */

export type Numbers = readonly number[];

/** Frames to play: shifts of all balls, x, y, z after each other, in thousandths of an Å. */
export interface SceneMotion {
  readonly shifts: readonly Numbers[];
  readonly captions: readonly string[];
  readonly seconds: number;
  /** For each ball, in the order of the colours and within them, its place in the shifts. */
  readonly balls: readonly number[];
  /** For each stick of the first group, the places of its ends' balls; one for a stick that ends half way. */
  readonly sticks: readonly (readonly number[])[];
}

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
  readonly motion?: SceneMotion;
  readonly colours: { readonly background: string; readonly text: string; readonly axis: string };
}
