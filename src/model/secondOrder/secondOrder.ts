/** The response of a crystal's polarizability or dielectric tensor to second order in the displacements of its atoms. */
import { DataError, OptionError } from "../../errors.js";
import { matrix } from "../../math/matrix.js";
import { type Alternatives, type Fields, kinds, readOptions, record } from "../../options/record.js";
import { checkedBy, number, oneOf, positive, RUN_FIELDS } from "../../options/values.js";
import { breathe, type RunOptions, runOf, throwIfAborted } from "../../progress.js";
import type { Frame } from "../../structure/frame.js";
import type { Structure } from "../../structure/structure.js";
import { symmetry } from "../../structure/symmetry.js";
import { type EvenPart, evenParts } from "../linearResponse/derivatives.js";
import { frameTensor, singleDisplacements } from "../linearResponse/displacements.js";
import { crystalDisplacements, expander } from "../linearResponse/expansion.js";
import { type LinearResponse, linearResponse } from "../linearResponse/linearResponse.js";
import { fitQuadratic, type QuadraticBlock, type QuadraticFit } from "./quadraticFit.js";
import {
  addForm,
  type QuadraticTerms,
  quadraticTerms,
  type SecondOrderTerms,
  termDisplacement,
} from "./quadraticTerms.js";

/** How strongly large second derivatives are held back; relative to the largest eigenvalue of the equations. */
export type SecondOrderRidge =
  /** Least error on the frames, each left out in turn; default where there are frames. */
  | { readonly kind: "leaveOneOut" }
  /** Default 1e-3 where there are none. */
  | { readonly kind: "fixed"; readonly value: number };

export interface SecondOrderOptions extends RunOptions {
  /** Default: whichever of polarizability and dielectric the reference has. */
  readonly quantity?: "polarizability" | "dielectric";
  /** Default `{ kind: "atoms" }`. */
  readonly terms?: SecondOrderTerms;
  /**
   * More structures with their tensors, displaced in any way, e.g. frames of a trajectory. Single displacements say nothing about how two atoms
   * act together; frames do. Default none: what is not determined is then as small as possible.
   */
  readonly frames?: readonly Frame[];
  readonly ridge?: SecondOrderRidge;
  /** Positions within this of each other are the same, Å; default 1e-3. */
  readonly tolerance?: number;
}

const OPTIONS = record({
  quantity: oneOf(["polarizability", "dielectric"]).optional(),
  terms: kinds({ atoms: {}, pairs: { cutoff: positive("Å") } } satisfies Alternatives<SecondOrderTerms>).optional(),
  frames: checkedBy<readonly Frame[]>((v) => Array.isArray(v), "a list of frames").optional(),
  ridge: kinds({
    leaveOneOut: {},
    fixed: { value: number({ above: 0, atMost: 1e6 }) },
  } satisfies Alternatives<SecondOrderRidge>).optional(),
  tolerance: positive("Å").optional(),
  ...RUN_FIELDS,
} satisfies Fields<SecondOrderOptions>);

/** How well the second order is known. */
export interface SecondOrderQuality {
  /** Numbers that symmetry leaves to be found, and how many combinations of them the calculations determine. */
  readonly unknowns: number;
  readonly determined: number;
  readonly ridge: number;
  /** Root mean square error of a component on frames, each left out in turn; in the unit of the tensor. */
  readonly leaveOneOut?: number;
}

/** Tensor expanded to second order. Plain data. */
export interface SecondOrderResponse {
  readonly kind: "secondOrder";
  readonly first: LinearResponse;
  readonly terms: SecondOrderTerms;
  /** Atoms of each term: it depends on u_to − u_from, or on u_to where both are one atom. [terms] */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Cells between the atoms of a pair as they stand in the reference, [terms, 3]. */
  readonly shifts: Int32Array;
  /** Second derivatives, [terms, 3, 3 (of the tensor), 3, 3 (displacement)], per Å². */
  readonly tensors: Float64Array;
  readonly quality: SecondOrderQuality;
  readonly warnings: readonly string[];
}

/**
 * Expands the polarizability or dielectric tensor of a crystal to second order, T(x⁰) + Σ D_i u_i + ½ Σ u·D²·u: the next term of the series of
 * Grumet et al., J. Phys. Chem. C 2024, eq. 1, which they propose as a better first step for crystals whose first order vanishes.
 * First derivatives are those of `linearResponse`. Second ones are the least-squares solution, among the tensors that the space group allows, of
 * the even parts of the displaced structures and of whatever `frames` there are. With `terms: { kind: "pairs", cutoff }` the expansion is local:
 * `supercellResponse` carries it over to larger cells. Passed to `fitDelta` or a learning curve it is a first step.
 * @param reference the equilibrium crystal with its tensor
 * @param displaced one atom displaced in each, both ways unless symmetry provides the other
 * @throws OptionError for a molecule or wrong options; DataError for missing displacements, frames without the tensor, or no terms within the cutoff
 * @example
 * const { reference, displaced, frames } = await loadDataset("sio2");
 * const model = await models.secondOrderResponse(reference!, displaced, { terms: { kind: "atoms" } });
 * predictTensor(model, frames[0]!.structure).length // 9
 */
export async function secondOrderResponse(
  reference: Frame,
  displaced: readonly Frame[],
  options: SecondOrderOptions = {},
): Promise<SecondOrderResponse> {
  const where = "secondOrderResponse";
  readOptions(OPTIONS, options, where);
  const { terms: asked = { kind: "atoms" }, frames = [], tolerance = 1e-3, signal } = options;
  const run = runOf(options);
  const s = reference.structure;
  if (!s.periodic.every(Boolean))
    throw new OptionError({
      where,
      problem: "the reference is not a crystal",
      advice: "a molecule turns: use linearResponse in internal coordinates",
    });
  const quantity = options.quantity ?? (reference.polarizability ? "polarizability" : "dielectric");
  const first = await linearResponse(reference, displaced, {
    quantity,
    symmetry: { kind: "detect", tolerance },
    ...run,
  });
  const group = symmetry(s, tolerance);
  const found = quadraticTerms(s, asked, group);
  if (found.unknowns.length === 0)
    throw new DataError({ where, problem: `no terms of kind ${JSON.stringify(asked)}`, advice: "raise the cutoff" });
  const displace = crystalDisplacements(first.reference);
  const linear = expander(first);
  const moved = frames.map((f, i): Moved => {
    const u = displace(f.structure);
    const known = linear(f.structure);
    const targets = frameTensor(f, quantity, `${where}, frame ${i}`).map((x, p) => x - known[p]!);
    const square = u.reduce((sum, x) => sum + x * x, 0) / s.species.length;
    return { block: { rows: designRows(found, u), targets, judged: true }, square };
  });
  const even = evenParts(first.value, singleDisplacements(reference, displaced, quantity), group);
  const single = even.map((part) => evenEquations(found, part, s, displace, spread(moved) ?? 1));
  throwIfAborted(signal, "expanding to second order");
  await breathe();
  const blocks = [...single, ...moved.map((m) => m.block)];
  const fit = fitQuadratic(blocks, ridgesOf(options.ridge, moved.length));
  return assemble(first, asked, found, fit);
}

/** Ridges to choose from. */
function ridgesOf(ridge: SecondOrderRidge | undefined, frames: number): readonly number[] {
  if (ridge?.kind === "fixed") return [ridge.value];
  return frames > 1 ? [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1] : [1e-3];
}

interface Moved {
  readonly block: QuadraticBlock;
  /** Mean square of the displacements, Å². */
  readonly square: number;
}

/** Mean square displacement of the frames. */
function spread(moved: readonly Moved[]): number | undefined {
  return moved.length === 0 ? undefined : moved.reduce((sum, m) => sum + m.square, 0) / moved.length;
}

/** An even part, scaled to a displacement of the mean square of the frames (Å²), so that both weigh alike. */
function evenEquations(
  found: QuadraticTerms,
  { atom, vector, even }: EvenPart,
  reference: Structure,
  displace: (s: Structure) => Float64Array,
  square: number,
): QuadraticBlock {
  const scale = square / vector.reduce((sum, x) => sum + x * x, 0);
  const positions = reference.positions.slice();
  for (let c = 0; c < 3; c++) positions[3 * atom + c]! += vector[c]!;
  // The centre of mass is held, as it is in predictions.
  const rows = designRows(found, displace({ ...reference, positions }));
  return {
    rows: { ...rows, values: rows.values.map((x) => scale * x) },
    targets: even.map((x) => scale * x),
    judged: false,
  };
}

/** ½ u·T·u of every unknown's tensor, [9, unknowns]. */
function designRows({ terms, unknowns }: QuadraticTerms, u: Float64Array): QuadraticBlock["rows"] {
  const rows = matrix(9, unknowns.length);
  unknowns.forEach((unknown, k) => {
    const sum = new Float64Array(9);
    unknown.terms.forEach((t, i) => {
      addForm(sum, unknown.tensors[i]!, 0, termDisplacement(terms[t]!, u));
    });
    for (let p = 0; p < 9; p++) rows.values[p * unknowns.length + k] = sum[p]!;
  });
  return rows;
}

function assemble(
  first: LinearResponse,
  asked: SecondOrderTerms,
  { terms, unknowns }: QuadraticTerms,
  fit: QuadraticFit,
): SecondOrderResponse {
  const tensors = new Float64Array(81 * terms.length);
  unknowns.forEach((unknown, k) => {
    unknown.terms.forEach((t, i) => {
      unknown.tensors[i]!.forEach((x, q) => {
        tensors[81 * t + q]! += fit.amplitudes[k]! * x;
      });
    });
  });
  const { determined, ridge, leaveOneOut } = fit;
  const undetermined = unknowns.length - determined;
  return {
    kind: "secondOrder",
    first,
    terms: asked,
    from: Int32Array.from(terms, (t) => t.from),
    to: Int32Array.from(terms, (t) => t.to),
    shifts: Int32Array.from(terms.flatMap((t) => [...t.shift])),
    tensors,
    quality: { unknowns: unknowns.length, determined, ridge, ...(leaveOneOut !== undefined && { leaveOneOut }) },
    warnings: [
      ...first.warnings,
      ...(undetermined > 0
        ? [
            `${undetermined} of ${unknowns.length} second derivatives are not determined by the calculations and taken as small as possible: give frames`,
          ]
        : []),
    ],
  };
}
