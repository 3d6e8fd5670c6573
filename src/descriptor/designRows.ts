import { type Fields, readOptions, record } from "../options/record.js";
import { positive } from "../options/values.js";
import type { Structure } from "../structure/structure.js";
import type { TensorOrder } from "../tensor/cartesian.js";
import { refuseNormalized } from "./contract.js";
import { type Descriptor, layoutOf } from "./descriptor.js";
import { environmentsOf, type KnownEnvironments } from "./knownEnvironments.js";

/** Consecutive rows of a design matrix. */
export interface DesignBlock {
  /** The rows belong to atoms firstAtom … firstAtom + atoms − 1. */
  readonly firstAtom: number;
  readonly atoms: number;
  /** atoms × (2λ+1) × 3 */
  readonly rows: number;
  /** species × features, as in the weights. */
  readonly columns: number;
  /** Row-major [atoms, 2λ+1, 3, columns]; valid during the call only, since the memory is used again. */
  readonly values: Float64Array;
}

export interface DesignOptions {
  /** Upper bound on the memory of one block, bytes. Default 64 kB, which stays in the innermost caches; at least one atom is always done. */
  readonly blockBytes?: number;
}

const BLOCK_BYTES = 64e3;

export const DESIGN_OPTIONS = record({
  blockBytes: positive("bytes").default(BLOCK_BYTES),
} satisfies Fields<DesignOptions>);

/**
 * Derivatives of all summed features with respect to every position, ∂(Σ_i D^μ_k(i))/∂x_jβ per central species, for training on
 * derivatives: rows·weights is `gradient(...).positions`, ordered by atom j, component μ, direction β. They come in blocks of whole atoms.
 * @param consume called with each block in order; it must use or copy the values before it returns
 * @throws OptionError for a descriptor with normalization
 */
export function designRows(
  d: Descriptor,
  s: Structure,
  order: TensorOrder,
  consume: (block: DesignBlock) => void,
  options: DesignOptions = {},
): void {
  const { blockBytes } = readOptions(DESIGN_OPTIONS, options, "designRows");
  designRowsAround(d, s, order, environmentsOf(d, s), consume, blockBytes);
}

/** {@link designRows} where the structure's environments are known already. */
export function designRowsAround(
  d: Descriptor,
  s: Structure,
  order: TensorOrder,
  around: KnownEnvironments,
  consume: (block: DesignBlock) => void,
  blockBytes = BLOCK_BYTES,
): void {
  refuseNormalized(d, "designRows");
  const layout = layoutOf(d, order);
  const count = s.species.length;
  const columns = d.options.species.length * layout.count;
  const perAtom = layout.components * 3 * columns;
  const atomsPerBlock = Math.max(1, Math.min(count, Math.floor(blockBytes / (8 * Math.max(1, perAtom)))));
  const buffer = new Float64Array(atomsPerBlock * perAtom);
  const fill = (parts: typeof layout.parts, add: ((atom: number, out: Float64Array) => void)[]): void => {
    const [part, ...rest] = parts;
    if (part) {
      d.plan.engine.design(part, around(part.expansion), layout.count, (rows) => fill(rest, [...add, rows]));
      return;
    }
    for (let firstAtom = 0; firstAtom < count; firstAtom += atomsPerBlock) {
      const atoms = Math.min(atomsPerBlock, count - firstAtom);
      const values = buffer.subarray(0, atoms * perAtom);
      values.fill(0);
      for (let i = 0; i < atoms; i++)
        for (const rows of add) rows(firstAtom + i, values.subarray(i * perAtom, (i + 1) * perAtom));
      consume({ firstAtom, atoms, rows: atoms * layout.components * 3, columns, values });
    }
  };
  fill(layout.parts, []);
}
