/** Vectors of three components. */
export type Vector3 = readonly [number, number, number];

export function plus3(a: ArrayLike<number>, b: ArrayLike<number>): Vector3 {
  return [a[0]! + b[0]!, a[1]! + b[1]!, a[2]! + b[2]!];
}

export function minus3(a: ArrayLike<number>, b: ArrayLike<number>): Vector3 {
  return [a[0]! - b[0]!, a[1]! - b[1]!, a[2]! - b[2]!];
}

export function times3(a: ArrayLike<number>, factor: number): Vector3 {
  return [factor * a[0]!, factor * a[1]!, factor * a[2]!];
}

export function dot3(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return a[0]! * b[0]! + a[1]! * b[1]! + a[2]! * b[2]!;
}

export function norm3(a: ArrayLike<number>): number {
  return Math.hypot(a[0]!, a[1]!, a[2]!);
}

export function cross3(a: ArrayLike<number>, b: ArrayLike<number>): Vector3 {
  return [a[1]! * b[2]! - a[2]! * b[1]!, a[2]! * b[0]! - a[0]! * b[2]!, a[0]! * b[1]! - a[1]! * b[0]!];
}
