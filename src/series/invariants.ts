/** Rotational invariants of a symmetric tensor, frame by frame (Long, The Raman Effect, 2002; Grumet et al. 2024). */
import { requireTensor } from "./components.js";
import { seriesLength, type TensorSeries } from "./tensorSeries.js";

/** Mean a = (xx + yy + zz)/3 of a row-major [3, 3] tensor that starts at `offset`. */
export function meanOfTensor(t: ArrayLike<number>, offset = 0): number {
  return (t[offset]! + t[offset + 4]! + t[offset + 8]!) / 3;
}

/**
 * Anisotropy γ² = ½[(xx−yy)² + (yy−zz)² + (zz−xx)²] + 3[xy² + yz² + zx²] of a row-major [3, 3] tensor that starts at
 * `offset`; off-diagonal elements are symmetrised first.
 */
export function anisotropySquared(t: ArrayLike<number>, offset = 0): number {
  const [xx, yy, zz] = [t[offset]!, t[offset + 4]!, t[offset + 8]!];
  const xy = (t[offset + 1]! + t[offset + 3]!) / 2;
  const yz = (t[offset + 5]! + t[offset + 7]!) / 2;
  const zx = (t[offset + 2]! + t[offset + 6]!) / 2;
  return ((xx - yy) ** 2 + (yy - zz) ** 2 + (zz - xx) ** 2) / 2 + 3 * (xy * xy + yz * yz + zx * zx);
}

/** The invariants of every frame. */
export interface Invariants {
  /** a, length frames, in the unit of the series. */
  readonly mean: Float64Array;
  /** γ², length frames, in the unit of the series squared. */
  readonly anisotropy: Float64Array;
}

/**
 * a and γ² of every frame of a polarizability or dielectric series.
 * @throws ShapeError unless every frame is a [3, 3] tensor
 */
export function invariants(series: TensorSeries): Invariants {
  requireTensor(series, "an invariant");
  const frames = seriesLength(series);
  const mean = new Float64Array(frames);
  const anisotropy = new Float64Array(frames);
  for (let f = 0; f < frames; f++) {
    mean[f] = meanOfTensor(series.values, 9 * f);
    anisotropy[f] = anisotropySquared(series.values, 9 * f);
  }
  return { mean, anisotropy };
}
