/** The polarization as a target: P = Σ_j φ(X_j)·w + Σ_i Q_{J(i)} x_i, learnt from values of it and from its derivatives Z*. */
import type { DescriptorOptions } from "../../../descriptor/options.js";
import { type Alternatives, kinds, readOptions } from "../../../options/record.js";
import { byName, number, oneOf } from "../../../options/values.js";
import type { Frame } from "../../../structure/frame.js";
import { VECTOR_AXES } from "../../../tensor/cartesian.js";
import type { AddRows } from "../../train/frameRows.js";
import { fitLinear } from "../../train/linear.js";
import {
  columnCount,
  type LinearModel,
  type LinearOptions,
  type LinearTarget,
  linearSchema,
  type RowSpace,
} from "../../train/linearTarget.js";
import type { LinearFit } from "../../train/primal.js";
import { rowsOnThread } from "../../train/rowThread.js";
import { nearestImages } from "./nearestImages.js";
import { movedWarnings, settleBranches } from "./settleBranches.js";
import { chargeMoments, planCharges, type SpeciesCharges } from "./speciesCharges.js";

/** What a polarization model learns from. */
export type PolarizationData = "bornCharges" | "polarization";

export interface PolarizationOptions extends LinearOptions<PolarizationData> {
  /** Weights of rows; default 1 for `bornCharges` and 10 for `polarization` (S, Fig. 1), each where frames have it. */
  readonly weights?: Readonly<Partial<Record<PolarizationData, number>>>;
  /** Default `{ kind: "fit" }`. */
  readonly charges?: SpeciesCharges;
  /**
   * `absolute` (default without a cell) takes P as it is; `differences` (default with a cell) takes it relative to the first frame
   * that has one, since P of a crystal is known up to a constant. P must then be on one branch; atoms are taken in the image nearest to
   * where that frame has them, so that positions of a solid may be wrapped.
   */
  readonly polarization?: "absolute" | "differences";
  /**
   * P of a crystal is known up to e·a, e·b, e·c. `unwrap` (default) brings frames of the same atoms to the branch of the first, by
   * what their displacements say; `keep` takes all as they are.
   */
  readonly branches?: "unwrap" | "keep";
}

/** A fitted polarization; its constants are the species charges Q_J, e. See `fitPolarization`. */
export interface PolarizationModel extends LinearModel<PolarizationData> {
  readonly kind: "polarization";
}

/**
 * Settings of S for λ = 1, with near neighbors counting for more, which lowers errors of Z* in cross-validation on the training part of
 * the water dimer by 4 %. Other cutoffs from 4.5 to 7 Å, n of 5 to 8, l of 2 to 4 or smearings change them by no more than 6 %. Species are
 * filled in from the data.
 */
const DESCRIPTOR = {
  cutoff: 5.5,
  nMax: 6,
  lMax: 3,
  smearing: 0.5,
  radialScaling: { kind: "inversePower", scale: 2, exponent: 3 },
  twoBody: {},
} as const satisfies Omit<DescriptorOptions, "species">;

const CHARGES = kinds({
  fit: {},
  meanDiagonal: {},
  formal: { values: byName(number(), "a charge (e) per symbol") },
} satisfies Alternatives<SpeciesCharges>);

export const POLARIZATION: LinearTarget<PolarizationData, PolarizationOptions> = {
  kind: "polarization",
  order: 1,
  descriptor: DESCRIPTOR,
  validation: { kind: "folds" },
  uncertainty: { kind: "none" },
  data: {
    bornCharges: { name: "Born charges", weight: 1, given: (f) => f.bornCharges !== undefined },
    polarization: { name: "a polarization", weight: 10, given: (f) => f.polarization !== undefined },
  },
  options: {
    charges: CHARGES.optional(),
    polarization: oneOf(["absolute", "differences"]).optional(),
    branches: oneOf(["unwrap", "keep"]).optional(),
  },
  constants: (d, frames, { charges = { kind: "fit" } }) => planCharges(charges, d.options.species, frames),
  workerModule: new URL("./polarization.js", import.meta.url),
  targets: 2,
  rows: (space, frames, weights, options) => {
    const origin = weights.polarization > 0 ? polarizationOrigin(frames, options.polarization) : undefined;
    const zero = origin && polarizationRows(space, origin);
    return (frame, add) => {
      if (frame.bornCharges && weights.bornCharges > 0) bornChargeRows(space, frame, weights.bornCharges, add);
      if (!frame.polarization || weights.polarization === 0 || frame === origin) return;
      const near = origin ? nearestImages(frame, origin, frames.indexOf(frame)) : frame;
      const { rows, targets } = polarizationRows(space, near);
      const scaled = (x: Float64Array, x0: Float64Array | undefined): Float64Array =>
        x.map((v, i) => weights.polarization * (v - (x0 ? x0[i]! : 0)));
      const y = scaled(targets, zero?.targets);
      const both = Float64Array.from({ length: 6 }, (_, k) => y[k >> 1]!);
      add(scaled(rows, zero?.rows), both);
    };
  },
  warnings: (fit, charges, d, frames) => [
    ...transpositionWarning(fit),
    ...neutralityWarning(excessCharge(charges, d.options.species, frames)),
  ],
};

/** What each thread of a fit does; exported for the worker pool. */
export const prepare = rowsOnThread(POLARIZATION);

/**
 * Fits the polarization as the antiderivative of Born effective charges, from values of either or both (derivative learning:
 * Schmiedmayer and Kresse, J. Chem. Phys. 161, 084703 (2024), eqs. 6–11).
 * @param frames with Z*, with P, or with both; at least one of all needed
 * @returns a model whose Z* is exactly the derivative of its P, and whose P turns as a vector
 * @throws DataError if no frame has what the weights ask for, or polarizations of crystals may be on several branches and it is not clear on which
 * @throws OptionError | ConvergenceError | AbortedError
 */
export async function fitPolarization(
  frames: readonly Frame[],
  options: PolarizationOptions = {},
): Promise<PolarizationModel> {
  readOptions(linearSchema(POLARIZATION), options as never, "fitPolarization");
  const { training, held, warnings } = onOneBranch(frames, options);
  const validation = held && { validation: { kind: "frames" as const, frames: held } };
  const model = await fitLinear(POLARIZATION, training, { ...options, ...validation }, "fitPolarization");
  const told = { ...model.training, warnings: [...warnings, ...model.training.warnings] };
  return { ...model, training: told } as PolarizationModel;
}

/** Training frames and held-out ones on one branch. */
function onOneBranch(frames: readonly Frame[], options: PolarizationOptions) {
  const held = options.validation?.kind === "frames" ? options.validation.frames : undefined;
  if (options.branches === "keep" || options.weights?.polarization === 0)
    return { training: frames, held, warnings: [] };
  const origin = polarizationOrigin(frames, options.polarization);
  const near = (f: Frame, number: number): Frame => (origin && f.polarization ? nearestImages(f, origin, number) : f);
  const all = settleBranches([...frames.map(near), ...(held ?? []).map((f) => near(f, -1))], options.charges);
  return {
    training: all.frames.slice(0, frames.length),
    held: held && all.frames.slice(frames.length),
    warnings: movedWarnings(all.frames, all.moved),
  };
}

/** Largest |Σ_J N_J Q_J| over the compositions of frames, e; Σ_i Z*_i of a prediction is this times the unit matrix. */
export function excessCharge(charges: Float64Array, species: readonly string[], frames: readonly Frame[]): number {
  return frames.reduce((most, { structure }) => {
    const charge = structure.species.reduce((sum, x) => sum + charges[species.indexOf(x)]!, 0);
    return Math.max(most, Math.abs(charge));
  }, 0);
}

/** The frame whose P is the zero of all others, or none where P is absolute. */
function polarizationOrigin(frames: readonly Frame[], kind: PolarizationOptions["polarization"]): Frame | undefined {
  const first = frames.find((f) => f.polarization);
  const differences = kind ? kind === "differences" : first?.structure.cell !== undefined;
  return differences ? first : undefined;
}

/**
 * Z*_{i,αβ} = Σ_j ∂φ^α(X_j)/∂x_{iβ}·w + Q_{J(i)} δ_αβ (Schmiedmayer & Kresse 2024, eqs. 10 and 11): nine rows per atom, each
 * with two targets: Z* as it is, and transposed, to notice data in the other order.
 * @param weight multiplies rows and targets
 */
export function bornChargeRows(space: RowSpace, frame: Frame, weight: number, add: AddRows): void {
  const { basis, constants } = space;
  const { structure } = frame;
  const born = frame.bornCharges!;
  const size = basis.kinds.length;
  const columns = columnCount(space);
  basis.derivatives(structure, (values, firstAtom) => {
    const count = values.length / size;
    const rows = new Float64Array(count * columns);
    const targets = new Float64Array(2 * count);
    for (let r = 0; r < count; r++) {
      const atom = firstAtom + Math.floor(r / 9);
      const [alpha, beta] = [VECTOR_AXES[Math.floor((r % 9) / 3)]!, r % 3];
      const kind = basis.descriptor.options.species.indexOf(structure.species[atom]!);
      const to = r * columns;
      for (let c = 0; c < size; c++) rows[to + c] = weight * values[r * size + c]!;
      const diagonal = alpha === beta ? 1 : 0;
      constants.directions.forEach((u, q) => {
        rows[to + size + q] = weight * diagonal * u[kind]!;
      });
      const fixed = diagonal * constants.fixed[kind]!;
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

/** P_α = Σ_j φ^α(X_j)·w + Σ_i Q_{J(i)} x_{iα} (eqs. 9 and 11), unweighted, for unwrapped positions. */
export function polarizationRows(space: RowSpace, frame: Pick<Frame, "structure" | "polarization">): PolarizationRows {
  const { basis, constants } = space;
  const size = basis.kinds.length;
  const columns = columnCount(space);
  const sums = basis.sums(frame.structure);
  const rows = new Float64Array(3 * columns);
  const targets = frame.polarization?.slice() ?? new Float64Array(3);
  const moments = chargeMoments(basis.descriptor.options.species, frame);
  for (let m = 0; m < 3; m++) {
    const axis = VECTOR_AXES[m]!;
    rows.set(sums.subarray(m * size, (m + 1) * size), axis * columns);
    const moment = (u: Float64Array): number => u.reduce((s, q, kind) => s + q * moments[3 * kind + axis]!, 0);
    constants.directions.forEach((u, q) => {
      rows[axis * columns + size + q] = moment(u);
    });
    targets[axis]! -= moment(constants.fixed);
  }
  return { rows, targets };
}

/** A transposed Z* is no derivative of any P: where the transposed data fit clearly better, their order is most likely the other one. */
function transpositionWarning({ trainingErrors: [given, transposed] }: LinearFit): string[] {
  if (!(transposed! < 0.8 * given!)) return [];
  return [
    `the transposed Born charges fit better (weighted error ${transposed!.toExponential(2)} against ${given!.toExponential(2)}): ` +
      'the file most likely has rows = displacement; read it with becOrder: "displacement-field", ' +
      "or without that option if it was given",
  ];
}

/** Without neutrality P depends on the origin, and Σ_i Z*_i is not 0. */
function neutralityWarning(excess: number): string[] {
  if (excess < 0.01) return [];
  return [
    `the species charges are not neutral: they sum to ${excess.toFixed(3)} e over a frame, by which P depends on the origin; ` +
      'use charges { kind: "fit" } or neutral formal charges',
  ];
}
