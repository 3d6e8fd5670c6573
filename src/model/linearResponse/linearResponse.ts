import { DataError, OptionError } from "../../errors.js";
import { type Fields, kinds, readOptions, record } from "../../options/record.js";
import { oneOf, positive, RUN_FIELDS } from "../../options/values.js";
import type { RunOptions } from "../../progress.js";
import { UNIT_OF } from "../../series/tensorSeries.js";
import { isLinear } from "../../structure/chooseCoordinates.js";
import type { Frame } from "../../structure/frame.js";
import { labellings } from "../../structure/labelling.js";
import { rotateTensor } from "../../structure/rotateTensor.js";
import type { Structure } from "../../structure/structure.js";
import { noSymmetry, type Symmetry, symmetry } from "../../structure/symmetry.js";
import { bornDerivatives } from "./born.js";
import { type DisplacementQuality, solveDerivatives } from "./derivatives.js";
import { frameTensor, type ResponseQuantity, singleDisplacements } from "./displacements.js";
import { type InternalDerivatives, internalDerivatives } from "./internal.js";
import { imposeTranslation, rotationalResidual, translationalResidual } from "./sumRules.js";

/**
 * How a structure is compared with the reference.
 * - `periodic`: shortest images, centre of mass held (crystals);
 * - `eckart`: superposed on the reference, evaluated in its frame, turned back (molecules);
 * - `internal`: linear in bonds, angles and dihedrals, turned back from the Eckart frame (molecules).
 */
export type ResponseFrame = { readonly kind: "periodic" } | { readonly kind: "eckart" } | { readonly kind: "internal" };

export interface LinearResponseOptions extends RunOptions {
  /** Default: the first of polarizability, dielectric, polarization that the reference has. */
  readonly quantity?: ResponseQuantity;
  /** Default: `periodic` if any direction is; `internal` for a molecule, unless it is linear: `eckart`. */
  readonly frame?: ResponseFrame;
  /** Symmetry of the reference used to complete and average the derivatives; default detect within 1e-3 Å. */
  readonly symmetry?: { readonly kind: "detect"; readonly tolerance?: number } | { readonly kind: "none" };
  /** Σ_i ∂/∂x_i = 0: impose (default) by subtracting the mean over atoms, or leave the derivatives as computed. */
  readonly sumRule?: { readonly kind: "impose" } | { readonly kind: "leave" };
  /**
   * Where derivatives of the polarization come from; default displaced frames if they have dipoles, else the reference's Born charges. A
   * crystal's polarization then counts from the reference, unless that has a `polarization`.
   */
  readonly source?: { readonly kind: "displaced" } | { readonly kind: "bornCharges" };
}

const OPTIONS = record({
  quantity: oneOf(["polarizability", "dielectric", "polarization"]).optional(),
  frame: kinds({ periodic: {}, eckart: {}, internal: {} }).optional(),
  symmetry: kinds({ detect: { tolerance: positive("Å").optional() }, none: {} }).optional(),
  sumRule: kinds({ impose: {}, leave: {} }).optional(),
  source: kinds({ displaced: {}, bornCharges: {} }).optional(),
  ...RUN_FIELDS,
} satisfies Fields<LinearResponseOptions>);

/** What is known about the accuracy of the derivatives; all numbers in the unit of the derivatives unless stated. */
export interface LinearResponseQuality extends DisplacementQuality {
  /** Largest component of Σ_i ∂/∂x_i before the sum rule was imposed. */
  readonly translationalResidual: number;
  /** Molecules: largest deviation of Σ_i (∂/∂x_i)(ω × r_i) from the rotation of the tensor, in its unit per rad; absent for crystals. */
  readonly rotationalResidual?: number;
}

/** Tensor expanded to first order in the displacements of the atoms. Plain data. */
export interface LinearResponse {
  readonly kind: "linearResponse";
  readonly quantity: ResponseQuantity;
  /** Unit of `value`; derivatives are per Å. */
  readonly unit: string;
  /** [3, 3] or [3]. */
  readonly shape: readonly number[];
  readonly reference: Structure;
  /** Tensor of the reference, row-major. */
  readonly value: Float64Array;
  /** ∂T/∂x, shape [n, 3 (displacement), ...shape]. For the polarization this is the transpose of Z*. */
  readonly derivatives: Float64Array;
  readonly frame: ResponseFrame;
  /** For `frame.kind` "internal": the coordinates and derivatives with respect to them. */
  readonly internal?: InternalDerivatives;
  readonly symmetry: { readonly symbol: string; readonly operations: number; readonly tolerance: number };
  readonly quality: LinearResponseQuality;
  /** What a careful reader should know, e.g. one-sided differences. */
  readonly warnings: readonly string[];
}

const AS_LABELLED =
  "there are too many ways to exchange like atoms: each is compared with the atom of the reference that has its number";

/**
 * Linear-response model T(x) = T(x⁰) + Σ_i (∂T/∂x_i) Δx_i from structures with one displaced atom each (Grumet et al., J. Phys. Chem. C
 * 2024, 10.1021/acs.jpcc.4c00886, eq. 1). Which atom moved, and how far, is read from the positions. Derivatives are central differences;
 * those of equivalent atoms follow by rotating all indices with the space (point) group, and each is averaged over its
 * site group, so that symmetry-distinct displacements are enough. A minus displacement that symmetry provides need not be computed.
 * @param reference the equilibrium structure with its tensor
 * @param displaced one atom displaced in each, in any direction; repeats of the reference are skipped
 * @throws AbortedError | OptionError
 * @throws DataError naming the atom and direction whose displacement is missing, or a frame that is not a single displacement
 * @example
 * const { reference, displaced } = await loadDataset("h2o");
 * (await linearResponse(reference!, displaced, { quantity: "polarizability", frame: { kind: "eckart" } })).warnings // []
 */
export async function linearResponse(
  reference: Frame,
  displaced: readonly Frame[],
  options: LinearResponseOptions = {},
): Promise<LinearResponse> {
  readOptions(OPTIONS, options, "linearResponse");
  const s = reference.structure;
  const quantity = options.quantity ?? defaultQuantity(reference);
  const frame = responseFrame(s, options.frame);
  const group = responseSymmetry(s, options.symmetry);
  const source = options.source?.kind ?? defaultSource(quantity, displaced);
  const value = symmetrised(referenceTensor(reference, quantity, source), group);
  const solved =
    source === "bornCharges"
      ? bornDerivatives(reference, quantity, group)
      : await solveDerivatives(s, value, singleDisplacements(reference, displaced, quantity), group, options);
  const residual = translationalResidual(solved.derivatives, s.species.length);
  if ((options.sumRule?.kind ?? "impose") === "impose") imposeTranslation(solved.derivatives, s.species.length);
  const free = !s.periodic.some(Boolean);
  return {
    kind: "linearResponse",
    quantity,
    unit: UNIT_OF[quantity],
    shape: quantity === "polarization" ? [3] : [3, 3],
    reference: s,
    value,
    derivatives: solved.derivatives,
    frame,
    ...(frame.kind === "internal" && { internal: internalDerivatives(s, solved.derivatives) }),
    symmetry: { symbol: group.symbol, operations: group.operations.length, tolerance: group.tolerance },
    quality: {
      ...solved.quality,
      translationalResidual: residual,
      ...(free && { rotationalResidual: rotationalResidual(s, value, solved.derivatives) }),
    },
    warnings: [...solved.warnings, ...(free && !labellings(s).complete ? [AS_LABELLED] : [])],
  };
}

function defaultQuantity(reference: Frame): ResponseQuantity {
  if (reference.polarizability) return "polarizability";
  if (reference.dielectric) return "dielectric";
  if (reference.polarization) return "polarization";
  throw new DataError({
    where: "linearResponse",
    problem: "the reference has no polarizability, dielectric tensor or polarization",
    advice: "map the tensor's name in the file to ours when reading it",
  });
}

function defaultSource(quantity: ResponseQuantity, displaced: readonly Frame[]): "displaced" | "bornCharges" {
  return quantity === "polarization" && !displaced.some((f) => f.polarization) ? "bornCharges" : "displaced";
}

function referenceTensor(
  reference: Frame,
  quantity: ResponseQuantity,
  source: "displaced" | "bornCharges",
): Float64Array {
  const relative = source === "bornCharges" && !reference.polarization && reference.structure.periodic.some(Boolean);
  return relative ? new Float64Array(3) : frameTensor(reference, quantity, "the reference");
}

function responseFrame(s: Structure, asked: ResponseFrame | undefined): ResponseFrame {
  const periodic = s.periodic.some(Boolean);
  const kind = asked?.kind ?? (periodic ? "periodic" : isLinear(s) ? "eckart" : "internal");
  if (periodic !== (kind === "periodic"))
    throw new OptionError({
      where: "linearResponse",
      problem: `frame "${kind}" for a ${periodic ? "periodic structure" : "free molecule"}`,
      advice: periodic ? 'use { kind: "periodic" }' : 'use { kind: "eckart" } or { kind: "internal" }',
    });
  return { kind };
}

function responseSymmetry(s: Structure, asked: LinearResponseOptions["symmetry"]): Symmetry {
  if (asked?.kind === "none") return noSymmetry(s);
  return symmetry(s, asked?.tolerance);
}

/** Mean of a tensor over the group. */
function symmetrised(tensor: Float64Array, group: Symmetry): Float64Array {
  const mean = new Float64Array(tensor.length);
  for (const { rotation } of group.operations)
    rotateTensor(rotation, tensor).forEach((x, p) => {
      mean[p]! += x;
    });
  return mean.map((x) => x / group.operations.length);
}
