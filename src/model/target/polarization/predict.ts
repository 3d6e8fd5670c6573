import { contract, gradient } from "../../../descriptor/contract.js";
import type { Descriptor } from "../../../descriptor/descriptor.js";
import { inFrame, ShapeError } from "../../../errors.js";
import { breathe, type RunOptions, throwIfAborted } from "../../../progress.js";
import { bornCurrent } from "../../../series/current.js";
import { type TensorSeries, tensorSeries } from "../../../series/tensorSeries.js";
import { continuous } from "../../../structure/continuous.js";
import { cellVolume, type Structure } from "../../../structure/structure.js";
import { frameCount, frameStructure, type Trajectory } from "../../../structure/trajectory.js";
import type { PolarizationModel, ProductTerms } from "./model.js";
import { AXIS_OF, chargeMoments } from "./rows.js";

/**
 * P of one structure, [3], e·Å: that of the features plus Σ_i Q_{J(i)} x_i for the positions as they are, so a trajectory must be
 * unwrapped. Its zero is arbitrary for a crystal.
 * @throws DataError for a species that the model does not know
 */
export function polarizationOf(model: PolarizationModel, s: Structure): Float64Array {
  const { descriptor: d, products } = model;
  const linear = contract(d, s, { order: 1, values: model.weights }).value;
  if (products)
    for (const { value } of productFactors(d, products, s)) for (let m = 0; m < 3; m++) linear[m]! += value[m]!;
  return cartesian(model, s, linear);
}

/** P and its derivative. */
export interface PolarizationResponse {
  /** [3], e·Å */
  readonly polarization: Float64Array;
  /** Z*_{i,αβ} = ∂P_α/∂x_{iβ}, [n, 3 (field), 3 (displacement)], e */
  readonly bornCharges: Float64Array;
}

/** P and Z* of one structure by one reverse pass, or with products by one more for each Cartesian component. */
export function polarizationResponse(model: PolarizationModel, s: Structure): PolarizationResponse {
  const n = s.species.length;
  const { value, positions } = featureResponse(model, s);
  const bornCharges = new Float64Array(9 * n);
  for (let i = 0; i < n; i++) {
    const charge = model.charges[model.descriptor.options.species.indexOf(s.species[i]!)]!;
    for (let m = 0; m < 3; m++)
      for (let b = 0; b < 3; b++)
        bornCharges[9 * i + 3 * AXIS_OF[m]! + b] = positions[3 * (m * n + i) + b]! + (AXIS_OF[m] === b ? charge : 0);
  }
  return { polarization: cartesian(model, s, value), bornCharges };
}

/** The part of the features in P, [3 (m)], and its derivative, [3 (m), n, 3]. */
function featureResponse(
  { descriptor: d, weights, products }: PolarizationModel,
  s: Structure,
): { readonly value: Float64Array; readonly positions: Float64Array } {
  if (!products) return gradient(d, s, { order: 1, values: weights });
  const [n, kinds] = [s.species.length, d.options.species.length];
  const [vectorLength, scalarLength] = [weights.length / kinds, products.scalars.length / kinds / products.count];
  // d(s y) = s dy + y ds: vector features with weights w + Σ_q s_q b_q of each atom, scalar ones with Σ_q y_q a_q for each component.
  const forVectors = new Float64Array(n * vectorLength);
  const forScalars = [0, 1, 2].map(() => new Float64Array(n * scalarLength));
  const factors = productFactors(d, products, s);
  s.species.forEach((symbol, atom) => {
    const kind = d.options.species.indexOf(symbol);
    const own = forVectors.subarray(atom * vectorLength, (atom + 1) * vectorLength);
    own.set(weights.subarray(kind * vectorLength, (kind + 1) * vectorLength));
    factors.forEach(({ scalars, vectors }, q) => {
      const [a, b] = [(q * kinds + kind) * scalarLength, (q * kinds + kind) * vectorLength];
      for (let k = 0; k < vectorLength; k++) own[k]! += scalars[atom]! * products.vectors[b + k]!;
      forScalars.forEach((list, m) => {
        const y = vectors[3 * atom + m]!;
        for (let k = 0; k < scalarLength; k++) list[atom * scalarLength + k]! += y * products.scalars[a + k]!;
      });
    });
  });
  const [linear, ...rest] = gradient(d, s, [
    { order: 1, values: forVectors, per: "atom" },
    ...forScalars.map((values) => ({ order: 0, values, per: "atom" }) as const),
  ]);
  const positions = linear!.positions.slice();
  rest.forEach((r, m) => {
    for (let c = 0; c < 3 * n; c++) positions[3 * n * m + c]! += r.positions[c]!;
  });
  return { value: linear!.value, positions };
}

/** Both factors of one product for every atom, and Σ_i s(i) y(i). */
interface ProductFactors {
  /** [atoms] */
  readonly scalars: Float64Array;
  /** [atoms, 3 (m)] */
  readonly vectors: Float64Array;
  /** [3 (m)] */
  readonly value: Float64Array;
}

function productFactors(d: Descriptor, products: ProductTerms, s: Structure): ProductFactors[] {
  const { count } = products;
  const part = (all: Float64Array, q: number): Float64Array =>
    all.subarray((q * all.length) / count, ((q + 1) * all.length) / count);
  const terms = [...Array(count).keys()];
  const found = contract(d, s, [
    ...terms.map((q) => ({ order: 0, values: part(products.scalars, q) }) as const),
    ...terms.map((q) => ({ order: 1, values: part(products.vectors, q) }) as const),
  ]);
  return terms.map((q) => {
    const offsets = part(products.offsets, q);
    const scalars = found[q]!.atoms.map((v, atom) => v - offsets[d.options.species.indexOf(s.species[atom]!)]!);
    const vectors = found[count + q]!.atoms;
    const value = new Float64Array(3);
    vectors.forEach((y, p) => {
      value[p % 3]! += scalars[Math.floor(p / 3)]! * y;
    });
    return { scalars, vectors, value };
  });
}

function cartesian(model: PolarizationModel, s: Structure, value: Float64Array): Float64Array {
  const result = new Float64Array(3);
  for (let m = 0; m < 3; m++) result[AXIS_OF[m]!] = value[m]!;
  const moments = chargeMoments(model.descriptor.options.species, { structure: s });
  model.charges.forEach((q, kind) => {
    for (let a = 0; a < 3; a++) result[a]! += q * moments[3 * kind + a]!;
  });
  return result;
}

/** What {@link predictPolarization} returns. */
export interface PolarizationPrediction {
  /** P(t), e·Å, on one branch. */
  readonly polarization: TensorSeries;
  /** Z*(t), e. */
  readonly bornCharges: TensorSeries;
  /** Ṗ(t) = Σ Z*·v, e·Å/fs (S eq. 4), where the trajectory has velocities. */
  readonly current?: TensorSeries;
}

/**
 * P, Z* and Ṗ along a trajectory.
 * @param trajectory consecutive frames with a time step; positions may be wrapped into the cell, they are unwrapped here
 * @throws ShapeError without a time step
 * @throws DataError naming the frame if an atom moves too far between two frames for its path to be known, or two atoms coincide
 * @throws AbortedError if `signal` is aborted
 */
export async function predictPolarization(
  model: PolarizationModel,
  trajectory: Trajectory,
  options: RunOptions = {},
): Promise<PolarizationPrediction> {
  const { timestep, species, cells, velocities } = trajectory;
  if (timestep === undefined)
    throw new ShapeError({
      where: "predictPolarization",
      problem: "the trajectory has no time step",
      advice: "give the fs between frames",
    });
  const path = continuous(trajectory, "predictPolarization");
  const frames = frameCount(trajectory);
  const n = species.length;
  const p = new Float64Array(3 * frames);
  const z = new Float64Array(9 * n * frames);
  for (let f = 0; f < frames; f++) {
    const { polarization, bornCharges } = inFrame(f, () => polarizationResponse(model, frameStructure(path, f)));
    p.set(polarization, 3 * f);
    z.set(bornCharges, 9 * n * f);
    if (f % 8 !== 7 && f !== frames - 1) continue;
    throwIfAborted(options.signal, "predicting the polarization");
    options.onProgress?.({ label: "polarization", done: f + 1, total: frames, unit: "frames" });
    await breathe();
  }
  const volume = cells && { volume: meanVolume(cells) };
  const common = { timestep, origin: "derivative learning", ...volume };
  const bornCharges = tensorSeries({ quantity: "bornCharges", shape: [n, 3, 3], values: z, ...common });
  return {
    polarization: tensorSeries({ quantity: "polarization", shape: [3], values: p, ...common }),
    bornCharges,
    ...(velocities && { current: bornCurrent(bornCharges, trajectory) }),
  };
}

function meanVolume(cells: Float64Array): number {
  let sum = 0;
  for (let c = 0; c < cells.length; c += 9) sum += cellVolume(cells.subarray(c, c + 9));
  return sum / (cells.length / 9);
}
