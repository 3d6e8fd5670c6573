/** Predictions of a fitted polarizability model. */
import { contractAround } from "../../../descriptor/contract.js";
import { followingEnvironments, type KnownEnvironments } from "../../../descriptor/knownEnvironments.js";
import { DataError, inFrame } from "../../../errors.js";
import type { Structure } from "../../../structure/structure.js";
import { basisOf } from "../../basis/basisOf.js";
import { referenceContraction } from "../../basis/referenceContraction.js";
import { type CommitteePart, deviating, type MemberPart } from "../../train/committee.js";
import { componentsOfParts } from "../../train/preparedFrames.js";
import type { PolarizabilityModel, PolarizabilityPart } from "./polarizability.js";
import { componentsOf, fromPolarizability, tensorOf, toPolarizability } from "./tensorData.js";

/**
 * The model's tensor for one structure, [3, 3] row-major, in `model.quantity` (Å³ or ε∞).
 * @throws DataError for a species the model was not trained on
 */
export function polarizabilityTensor(model: PolarizabilityModel, s: Structure): Float64Array {
  return tensorsOf(model)([s])[0]!;
}

/** Structures that are predicted together, by functions prepared once for a model. */
export interface BlockPredictor {
  /** @param numbers of the frames, for errors */
  readonly predict: (structures: readonly Structure[], numbers: readonly number[]) => Float64Array[];
  /** How many structures of so many atoms it should be given at a time. */
  readonly together: (atoms: number) => number;
}

/** {@link polarizabilityTensor} of blocks of structures; what it gives for one does not depend on the others. */
export function polarizabilityPredictor(model: PolarizabilityModel): BlockPredictor {
  const tensors = tensorsOf(model);
  return {
    together: blockLength,
    predict(structures, numbers) {
      try {
        return tensors(structures);
      } catch (error) {
        // One by one, to name the frame.
        for (const [i, s] of structures.entries()) inFrame(numbers[i]!, () => tensors([s]));
        throw error;
      }
    },
  };
}

/** {@link polarizabilityTensor} for several structures, with what all structures have in common computed once. */
function tensorsOf(model: PolarizabilityModel): (structures: readonly Structure[]) => Float64Array[] {
  const [scalar, traceless] = model.parts;
  if (scalar.predictor.kind === "references" && traceless.predictor.kind === "references") {
    const sums = referenceContraction(model.descriptor, scalar.predictor, traceless.predictor);
    return (structures) => sums(structures).map((sum, i) => assemble(model, structures[i]!, sum, model.parts));
  }
  const pair = model.parts.map(linearPart);
  const around = followingEnvironments(model.descriptor);
  return (structures) => structures.map((s) => predictLinear(model, s, [pair], around)[0]!);
}

/**
 * {@link polarizabilityPredictor} with the committee: nine numbers of the full model, then nine for each member, which is the full model plus
 * the member's calibrated deviation from the members' mean.
 * @throws DataError if the model has no committee
 */
export function committeePredictor(model: PolarizabilityModel): BlockPredictor {
  const members = model.parts.map((part) => {
    const { committee } = part;
    if (!committee)
      throw new DataError({
        where: "predictCommittee",
        problem: "the model has no committee",
        advice: 'fit it with uncertainty: { kind: "committee" }',
      });
    const full = linearPart(part);
    return [full, ...calibrated(full, committee)];
  });
  const sets = members[0]!.map((_, i) => members.map((list) => list[i]!));
  const around = followingEnvironments(model.descriptor);
  return {
    together: blockLength,
    predict: (structures, numbers) =>
      structures.map((s, k) =>
        inFrame(numbers[k]!, () =>
          Float64Array.from(predictLinear(model, s, sets, around).flatMap((tensor) => [...tensor])),
        ),
      ),
  };
}

/** @throws DataError unless the kernel is linear */
function linearPart({ intercept, firstStepFactor, predictor }: PolarizabilityPart): MemberPart {
  if (predictor.kind === "linear") return { intercept, firstStepFactor, weights: predictor.weights };
  throw new DataError({ where: "model", problem: "its two orders have different kinds of kernel" });
}

/** The full model with each member's calibrated deviation; all of it is linear, so it can be done on the weights. */
function calibrated(full: MemberPart, { members, calibration }: CommitteePart): MemberPart[] {
  const of = (numbers: (m: MemberPart) => Float64Array) => deviating(numbers(full), members.map(numbers), calibration);
  const weights = of((m) => m.weights);
  return of((m) => Float64Array.of(m.intercept, m.firstStepFactor)).map(([intercept, firstStepFactor], k) => ({
    intercept: intercept!,
    firstStepFactor: firstStepFactor!,
    weights: weights[k]!,
  }));
}

/** Tensors of several linear models that share a basis. @param sets of each model its λ = 0 and its λ = 2 part */
function predictLinear(
  model: PolarizabilityModel,
  s: Structure,
  sets: readonly (readonly MemberPart[])[],
  around: (s: Structure) => KnownEnvironments,
): Float64Array[] {
  const { descriptor: d, parts } = model;
  if (parts.some((p) => p.basis.kind !== "features"))
    return sets.map((set) =>
      assemble(
        model,
        s,
        set.map((p, k) => basisOf(d, parts[k]!.order, parts[k]!.basis).value(p.weights, s)),
        set,
      ),
    );
  const weights = sets.flatMap((set) => set.map((p, k) => ({ order: parts[k]!.order, values: p.weights })));
  const found = contractAround(d, s, weights, around(s));
  const values = found.map((f) => f.value);
  return sets.map((set, i) => assemble(model, s, values.slice(i * set.length, (i + 1) * set.length), set));
}

/** Adds intercept and first step to the summed atomic contributions and turns them into a tensor of the model's quantity. */
function assemble(
  model: PolarizabilityModel,
  s: Structure,
  sums: readonly Float64Array[],
  parts: readonly Pick<MemberPart, "intercept" | "firstStepFactor">[],
): Float64Array {
  const first = model.firstStep && componentsOf(toPolarizability(model.firstStep.predict(s), model.quantity, s));
  const whole = componentsOfParts(model.parts, ({ order }, k) => {
    const { intercept, firstStepFactor } = parts[k]!;
    const own = first?.[order];
    return sums[k]!.map((x, m) => x + s.species.length * intercept + (own ? (1 + firstStepFactor) * own[m]! : 0));
  });
  return fromPolarizability(tensorOf(whole, 0), model.quantity, s);
}

/** Structures that are predicted together: few enough for features to stay in memory, enough of them for matrix products. */
function blockLength(atoms: number): number {
  return Math.max(1, Math.floor(128 / atoms));
}
