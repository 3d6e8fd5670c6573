/** Rows of the linear equations for the weights of a polarization model, from the Born charges and the polarization of one frame. */
import { type Descriptor, featureCount } from "../../../descriptor/descriptor.js";
import { designRows } from "../../../descriptor/designRows.js";
import { featureSums } from "../../../descriptor/evaluate.js";
import type { Frame } from "../../../structure/frame.js";
import { type ProductBasis, productColumns, productDerivatives, productSums } from "../../basis/products.js";
import type { ChargePlan } from "./speciesCharges.js";

/** Cartesian axis of the irreducible components m = −1, 0, 1 of a vector. */
export const AXIS_OF: readonly [number, number, number] = [1, 2, 0];

/** What the equations are written in. */
export interface RowSpace {
  readonly descriptor: Descriptor;
  readonly plan: ChargePlan;
  /** Products of features, where there are any. */
  readonly products?: ProductBasis;
}

/** Columns of the equations: species × features, then one per free charge direction, then the products. */
export function columnCount({ descriptor: d, plan, products }: RowSpace): number {
  const linear = d.options.species.length * featureCount(d, 1) + plan.directions.length;
  return linear + (products ? productColumns(products) : 0);
}

type Add = (rows: Float64Array, targets: Float64Array) => void;

/**
 * Z*_{i,αβ} = Σ_j ∂D^α(X_j)/∂x_{iβ}·w + Q_{J(i)} δ_αβ (Schmiedmayer & Kresse 2024, eqs. 10 and 11): nine rows per atom, each
 * with two targets: Z* as it is, and transposed, to notice data in the other order.
 * @param weight multiplies rows and targets
 */
export function bornChargeRows(space: RowSpace, frame: Frame, weight: number, add: Add): void {
  const { descriptor: d, plan, products } = space;
  const { structure } = frame;
  const born = frame.bornCharges!;
  const columns = columnCount(space);
  const derivatives = products && productDerivatives(d, products, structure);
  designRows(d, structure, 1, (block) => {
    const rows = new Float64Array(block.rows * columns);
    const targets = new Float64Array(2 * block.rows);
    for (let r = 0; r < block.rows; r++) {
      const atom = block.firstAtom + Math.floor(r / 9);
      const [alpha, beta] = [AXIS_OF[Math.floor((r % 9) / 3)]!, r % 3];
      const kind = d.options.species.indexOf(structure.species[atom]!);
      const to = r * columns;
      for (let c = 0; c < block.columns; c++) rows[to + c] = weight * block.values[r * block.columns + c]!;
      const diagonal = alpha === beta ? 1 : 0;
      plan.directions.forEach((u, q) => {
        rows[to + block.columns + q] = weight * diagonal * u[kind]!;
      });
      if (derivatives) {
        const count = productColumns(products);
        const row = derivatives.subarray((9 * block.firstAtom + r) * count, (9 * block.firstAtom + r + 1) * count);
        rows.set(
          row.map((v) => weight * v),
          to + columns - count,
        );
      }
      const fixed = diagonal * plan.fixed[kind]!;
      targets[2 * r] = weight * (born[9 * atom + 3 * alpha + beta]! - fixed);
      targets[2 * r + 1] = weight * (born[9 * atom + 3 * beta + alpha]! - fixed);
    }
    add(rows, targets);
  });
}

/** One equation for a polarization: three rows and their targets. */
export interface PolarizationRows {
  /** [3, columns] */
  readonly rows: Float64Array;
  readonly targets: Float64Array;
}

/** P_α = Σ_j D^α(X_j)·w + Σ_i Q_{J(i)} x_{iα} (eqs. 9 and 11), unweighted, for unwrapped positions. */
export function polarizationRows(space: RowSpace, frame: Frame): PolarizationRows {
  const { descriptor: d, plan, products } = space;
  const columns = columnCount(space);
  const features = d.options.species.length * featureCount(d, 1);
  const sums = featureSums(d, frame.structure, 1);
  const further = products && productSums(d, products, frame.structure);
  const rows = new Float64Array(3 * columns);
  const targets = frame.polarization!.slice();
  const moments = chargeMoments(d.options.species, frame);
  for (let m = 0; m < 3; m++) {
    const axis = AXIS_OF[m]!;
    rows.set(sums.subarray(m * features, (m + 1) * features), axis * columns);
    const moment = (u: Float64Array): number => u.reduce((s, q, kind) => s + q * moments[3 * kind + axis]!, 0);
    plan.directions.forEach((u, q) => {
      rows[axis * columns + features + q] = moment(u);
    });
    targets[axis]! -= moment(plan.fixed);
    if (further) {
      const count = further.length / 3;
      rows.set(further.subarray(m * count, (m + 1) * count), (axis + 1) * columns - count);
    }
  }
  return { rows, targets };
}

/** Σ over the atoms of each species of their positions, [species, 3], Å. */
export function chargeMoments(species: readonly string[], frame: Pick<Frame, "structure">): Float64Array {
  const { structure } = frame;
  const moments = new Float64Array(3 * species.length);
  structure.species.forEach((symbol, i) => {
    const kind = species.indexOf(symbol);
    for (let a = 0; a < 3; a++) moments[3 * kind + a]! += structure.positions[3 * i + a]!;
  });
  return moments;
}
