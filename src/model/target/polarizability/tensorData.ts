/** Target tensors as the models see them: polarizability in Å³ per atom, split into its irreducible parts. */
import { DataError, OptionError, ShapeError } from "../../../errors.js";
import type { Frame } from "../../../structure/frame.js";
import { cellVolume, type Structure } from "../../../structure/structure.js";
import { irreducibleToSymmetric, symmetricToIrreducible } from "../../../tensor/cartesian.js";

/** Quantities that a polarizability model can learn and predict. */
export type PolarizabilityQuantity = "polarizability" | "dielectric";

/** The quantity asked for, or the one that the frames have (polarizability if both). @throws DataError naming the frames without it */
export function quantityOf(
  frames: readonly Frame[],
  asked: PolarizabilityQuantity | undefined,
): PolarizabilityQuantity {
  if (asked !== undefined && asked !== "polarizability" && asked !== "dielectric")
    throw new OptionError({
      where: "quantity",
      problem: `unknown quantity ${JSON.stringify(asked)}`,
      advice: 'give "polarizability" or "dielectric"',
    });
  const quantity = asked ?? (frames.every((f) => f.polarizability) ? "polarizability" : "dielectric");
  const missing = frames.flatMap((f, i) => (f[quantity] ? [] : [i]));
  if (frames.length === 0) throw new DataError({ where: "frames", problem: "there are none" });
  if (missing.length > 0)
    throw new DataError({
      where: `frame ${missing.slice(0, 8).join(", ")}${missing.length > 8 ? ", …" : ""}`,
      problem: asked ? `no ${quantity}` : "neither polarizability nor dielectric tensor in every frame",
      advice: "drop these frames, or name the tensor's field when reading the file",
    });
  return quantity;
}

/**
 * ε∞ or α → α in Å³, [3, 3]: α = V(ε∞ − 1)/4π. @throws DataError for a dielectric tensor without a cell
 */
export function toPolarizability(t: Float64Array, quantity: PolarizabilityQuantity, s: Structure): Float64Array {
  if (t.length !== 9) throw new ShapeError({ where: quantity, problem: `${t.length} numbers, expected 9` });
  if (quantity === "polarizability") return t;
  const factor = volumeOf(s) / (4 * Math.PI);
  return t.map((x, i) => factor * (x - (i % 4 === 0 ? 1 : 0)));
}

/** Inverse of {@link toPolarizability}. */
export function fromPolarizability(alpha: Float64Array, quantity: PolarizabilityQuantity, s: Structure): Float64Array {
  if (quantity === "polarizability") return alpha;
  const factor = (4 * Math.PI) / volumeOf(s);
  return alpha.map((x, i) => factor * x + (i % 4 === 0 ? 1 : 0));
}

/** Irreducible components, one after the other: λ = 0 (1) and λ = 2 (5). */
export interface IrreducibleTensors {
  /** [n, 1] */
  readonly scalar: Float64Array;
  /** [n, 5] */
  readonly traceless: Float64Array;
}

/** Irreducible components of a list of tensors, each [3, 3]. */
export function toIrreducible(tensors: readonly Float64Array[]): IrreducibleTensors {
  const scalar = new Float64Array(tensors.length);
  const traceless = new Float64Array(5 * tensors.length);
  tensors.forEach((t, i) => {
    const parts = symmetricToIrreducible(t);
    scalar[i] = parts.scalar;
    traceless.set(parts.traceless, 5 * i);
  });
  return { scalar, traceless };
}

/** Tensor number `i` of a list, [3, 3]. */
export function fromIrreducible(t: IrreducibleTensors, i: number): Float64Array {
  return irreducibleToSymmetric({ scalar: t.scalar[i]!, traceless: t.traceless.subarray(5 * i, 5 * i + 5) });
}

function volumeOf(s: Structure): number {
  if (!s.cell)
    throw new DataError({
      problem: "a dielectric tensor needs a cell, but the structure has none",
      advice: "give polarizabilities for free molecules",
    });
  return cellVolume(s.cell);
}
