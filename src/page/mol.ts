/** The part of 3Dmol.js that is used here. Its own types need libraries of their own. */

export interface Point {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** A triangle mesh. */
export interface Mesh {
  readonly vertexArr: readonly Point[];
  readonly normalArr: readonly Point[];
  readonly faceArr: readonly number[];
}

interface Shape {
  addSphere(options: object): void;
  addCylinder(options: object): void;
}

/** Place x, y, z, zoom, then a quaternion. */
export type ViewState = readonly number[];

export interface Viewer {
  removeAllShapes(): void;
  removeAllLabels(): void;
  setBackgroundColor(colour: string): void;
  addShape(options: object): Shape;
  addCylinder(options: object): void;
  addCustom(options: object): void;
  addLabel(text: string, options: object): void;
  render(): void;
  setViewChangeCallback(listener: (view: ViewState) => void): void;
  getView(): ViewState;
  setView(view: ViewState): void;
  zoomTo(): void;
  rotate(degrees: number, axis: string): void;
  zoom(factor: number): void;
}

export interface Mol {
  createViewer(element: HTMLElement, options: object): Viewer;
}

/** A point from three successive numbers. */
export function point(numbers: readonly number[], at = 0): Point {
  return { x: numbers[at]!, y: numbers[at + 1]!, z: numbers[at + 2]! };
}
