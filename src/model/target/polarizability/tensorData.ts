/** Target tensors as the models see them: polarizability in Å³ per atom, split into its irreducible parts. */
import { DataError, OptionError, ShapeError } from "../../../errors.js";
import { fieldsPresent } from "../../../structure/fieldsPresent.js";
import type { Frame } from "../../../structure/frame.js";
import { cellVolume, type Structure } from "../../../structure/structure.js";
import { irreducibleToSymmetric, symmetricToIrreducible } from "../../../tensor/cartesian.js";
import type { Components } from "../../train/preparedFrames.js";

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
      advice: `drop these frames, or map the tensor by the name it has in the file, with \`keys\`; ${fieldsPresent(
        missing.map((i) => frames[i]!),
      )}`,
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

/** Irreducible components of a tensor, [3, 3]: λ = 0 (1) and λ = 2 (5). */
export function componentsOf(t: Float64Array): Components {
  const { scalar, traceless } = symmetricToIrreducible(t);
  return { 0: Float64Array.of(scalar), 2: traceless };
}

/** Components per atom of a tensor in the model's quantity. */
export function componentsPerAtom(t: Float64Array, quantity: PolarizabilityQuantity, s: Structure): Components {
  return componentsOf(toPolarizability(t, quantity, s).map((x) => x / s.species.length));
}

/** Tensor number `i` of a list of components, [3, 3]. */
export function tensorOf(t: Components, i: number): Float64Array {
  return irreducibleToSymmetric({ scalar: t[0]![i]!, traceless: t[2]!.subarray(5 * i, 5 * i + 5) });
}

function volumeOf(s: Structure): number {
  if (!s.cell)
    throw new DataError({
      problem: "a dielectric tensor needs a cell, but the structure has none",
      advice: "give polarizabilities for free molecules",
    });
  return cellVolume(s.cell);
}
