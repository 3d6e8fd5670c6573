import { readOptions } from "../options/record.js";
import type { Structure } from "../structure/structure.js";
import type { TensorOrder } from "../tensor/cartesian.js";
import { refuseNormalized } from "./contract.js";
import { type Descriptor, layoutOf } from "./descriptor.js";
import { DESIGN_OPTIONS, type DesignOptions } from "./designRows.js";
import type { CentreRows } from "./engine.js";
import { environmentsOf } from "./knownEnvironments.js";

/** Derivatives of the features of several centres with respect to the position of one atom. */
export interface CentreDerivatives {
  /** The centres whose features depend on the atom: itself and its neighbors, in rising order. */
  readonly centres: Int32Array;
  /** ∂D^μ_k(centre)/∂x_atom,β, [centres, 2λ+1, 3, features]. */
  readonly values: Float64Array;
}

/** {@link CentreDerivatives} of consecutive atoms. */
export interface JacobianBlock {
  /** `derivatives` are with respect to atoms firstAtom, firstAtom + 1, … */
  readonly firstAtom: number;
  /** Valid during the call only, since the memory is used again. */
  readonly derivatives: readonly CentreDerivatives[];
}

/**
 * Derivatives of every atom's features with respect to every position, for models that are not linear in the features; summed over
 * the centres of each species they are `designRows`. They come in blocks of whole atoms.
 * @param consume called with each block in order; it must use or copy the values before it returns
 * @throws OptionError for a descriptor with normalization
 */
export function featureJacobian(
  d: Descriptor,
  s: Structure,
  order: TensorOrder,
  consume: (block: JacobianBlock) => void,
  options: DesignOptions = {},
): void {
  const { blockBytes } = readOptions(DESIGN_OPTIONS, options, "featureJacobian");
  refuseNormalized(d, "featureJacobian");
  const layout = layoutOf(d, order);
  const size = layout.components * 3 * layout.count;
  const around = environmentsOf(d, s);
  const centresOf = (atom: number): Int32Array => {
    const found = new Set([atom]);
    for (const { expansion } of layout.parts) {
      const { first, neighbor } = around(expansion);
      const kinds = expansion.species.length;
      for (let p = first[atom * kinds]!; p < first[(atom + 1) * kinds]!; p++) found.add(neighbor[p]!);
    }
    return Int32Array.from(found).sort();
  };
  const centres = s.species.map((_, atom) => centresOf(atom));
  const blocks = blocksOf(
    centres.map((c) => c.length),
    Math.floor(blockBytes / (8 * Math.max(1, size))),
  );
  const buffer = new Float64Array(size * blocks.reduce((most, b) => Math.max(most, b.centres), 0));
  const fill = (parts: typeof layout.parts, add: CentreRows[]): void => {
    const [part, ...rest] = parts;
    if (part) {
      d.plan.engine.jacobian(part, around(part.expansion), layout.count, (rows) => fill(rest, [...add, rows]));
      return;
    }
    for (const { first, end } of blocks) {
      const derivatives: CentreDerivatives[] = [];
      for (let atom = first, used = 0; atom < end; atom++) {
        const own = centres[atom]!;
        const values = buffer.subarray(used, used + own.length * size).fill(0);
        const slot = new Map(Array.from(own, (centre, k) => [centre, k]));
        const target = (centre: number): Float64Array => {
          const from = slot.get(centre)! * size;
          return values.subarray(from, from + size);
        };
        for (const rows of add) rows(atom, target);
        derivatives.push({ centres: own, values });
        used += values.length;
      }
      consume({ firstAtom: first, derivatives });
    }
  };
  fill(layout.parts, []);
}

/** Consecutive atoms with at most so many centres together, at least one atom each. */
function blocksOf(counts: readonly number[], most: number): { first: number; end: number; centres: number }[] {
  const blocks: { first: number; end: number; centres: number }[] = [];
  counts.forEach((count, atom) => {
    const last = blocks.at(-1);
    if (last && last.centres + count <= most) {
      last.end = atom + 1;
      last.centres += count;
    } else blocks.push({ first: atom, end: atom + 1, centres: count });
  });
  return blocks;
}
