import type { Scene } from "./scene.js";

/** Place in the figure, number of the scene, frame of its motion, and what that is in words. */
export type LinkAnchor = readonly [x: number, y: number, scene: number, frame: number, text: string];

/** A figure whose places lead to structures. */
export interface Links {
  /** Names of the elements of figure and structure. */
  readonly plot: string;
  readonly structure: string;
  /** Number of the trace that is a ring around the chosen place. */
  readonly ring: number;
  /** Names of the axes as plotly has them, "x2", "y2". */
  readonly axes: readonly [string, string];
  readonly nearest: "x" | "plane";
  readonly of: string;
  readonly anchors: readonly LinkAnchor[];
  /** Where the structure changes with the place; otherwise its frame alone does. */
  readonly scenes?: readonly Scene[];
}

/** Sent to the element of a figure: moves the ring. */
export const CHOOSE = "spectensor-choose";
export interface Choice {
  readonly ring: number;
  readonly x: number;
  readonly y: number;
}

/** Sent to the element of a structure: shows a frame, of another scene if there is one. */
export const FRAME = "spectensor-frame";
export interface FrameWanted {
  readonly scene?: Scene;
  readonly frame: number;
  /** Sets it into motion. */
  readonly play: boolean;
}
