import { DataError } from "../../errors.js";
import { displacements } from "../../structure/displacement.js";
import type { Frame } from "../../structure/frame.js";

/** Tensors that the linear-response model expands; the polarization of a molecule is its dipole moment. */
export type ResponseQuantity = "polarizability" | "dielectric" | "polarization";

/** One displaced atom and the tensor computed for it. */
export interface SingleDisplacement {
  readonly atom: number;
  /** [3], Å. */
  readonly vector: Float64Array;
  /** Tensor of the displaced structure, row-major. */
  readonly value: Float64Array;
}

/** Displacements below this are the reference itself, in files with five decimals, Å. */
const REFERENCE = 1.5e-5;
/** Atoms that move less than this fraction of the largest displacement count as resting: rounding in files. */
const RESTING = 0.02;

/** The tensor of a frame. @throws DataError if the frame has none, or one with the wrong number of components */
export function frameTensor(frame: Frame, quantity: ResponseQuantity, where: string): Float64Array {
  const size = quantity === "polarization" ? 3 : 9;
  const value = frame[quantity];
  if (!value)
    throw new DataError({
      where,
      problem: `no ${quantity}`,
      advice: "drop the frame or map the tensor's name when reading the file",
    });
  if (value.length !== size)
    throw new DataError({ where, problem: `${quantity} has ${value.length} components, expected ${size}` });
  if (size === 3) return value;
  return value.map((x, p) => 0.5 * (x + value[3 * (p % 3) + Math.floor(p / 3)]!));
}

/**
 * Finds the displaced atom of each frame from the positions, whatever the labels say; a shift of the whole structure is taken out.
 * @throws DataError for a frame in which more than one atom moved, or whose atoms differ from the reference
 */
export function singleDisplacements(
  reference: Frame,
  displaced: readonly Frame[],
  quantity: ResponseQuantity,
): SingleDisplacement[] {
  return displaced.flatMap((frame, f): SingleDisplacement[] => {
    const where = `displaced frame ${f}`;
    const d = displacements(reference.structure, frame.structure);
    const n = d.length / 3;
    if (n > 2) for (let c = 0; c < 3; c++) removeMedian(d, c);
    const lengths = Array.from({ length: n }, (_, i) => Math.hypot(d[3 * i]!, d[3 * i + 1]!, d[3 * i + 2]!));
    const largest = Math.max(...lengths);
    if (largest < REFERENCE) return [];
    const moved = lengths.flatMap((l, i) => (l > RESTING * largest ? [i] : []));
    if (moved.length > 1)
      throw new DataError({
        where,
        problem: `atoms ${moved.slice(0, 6).join(", ")}${moved.length > 6 ? ", …" : ""} differ from the reference (by up to ${largest.toPrecision(3)} Å), expected one displaced atom`,
        advice: "give the reference that the displacements start from, with atoms in the same order",
      });
    const atom = moved[0]!;
    return [{ atom, vector: d.slice(3 * atom, 3 * atom + 3), value: frameTensor(frame, quantity, where) }];
  });
}

function removeMedian(d: Float64Array, component: number): void {
  const sorted = d.filter((_, p) => p % 3 === component).sort();
  const median = sorted[Math.floor((sorted.length - 1) / 2)]!;
  for (let p = component; p < d.length; p += 3) d[p]! -= median;
}
