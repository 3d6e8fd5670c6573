import { DataError } from "../../../errors.js";
import { readOptions, record } from "../../../options/record.js";
import { fieldsPresent } from "../../../structure/fieldsPresent.js";
import type { Frame } from "../../../structure/frame.js";
import { electronvoltPerCubicAngstromPerGigapascal as gigapascal } from "../../../units/constants.js";
import { rmse, rmspe } from "../../diagnostics.js";
import { EVALUATE_FIELDS, type EvaluateOptions, keptPredictions } from "../../stream/keptPredictions.js";
import type { ForceFieldModel } from "./forceField.js";
import type { ForceFieldPrediction } from "./predict.js";

/** Root mean square errors of a force field; each where frames have the data. */
export interface ForceFieldEvaluation {
  readonly frames: number;
  /** meV/atom */
  readonly energy?: number;
  /** Of force components, meV/Å. */
  readonly forces?: number;
  /** `forces` over the standard deviation of the reference components; 0.02 is 2 %. Absent where all are the same. */
  readonly relativeForces?: number;
  /** Of stress components, GPa. */
  readonly stress?: number;
}

const OPTIONS = record(EVALUATE_FIELDS);

/**
 * Compares predicted energies, forces and stresses with those of the frames.
 * @throws DataError if no frame has any, or the journal is one of other frames or another model
 * @throws OptionError for an unknown option; FileError if another run has the journal; AbortedError when interrupted
 */
export async function evaluateForceField(
  model: ForceFieldModel,
  frames: readonly Frame[],
  options: EvaluateOptions = {},
): Promise<ForceFieldEvaluation> {
  const run = readOptions(OPTIONS, options, "evaluateForceField");
  const used = frames.filter((f) => f.energy !== undefined || f.forces || f.stress);
  if (used.length === 0)
    throw new DataError({
      where: "evaluateForceField",
      problem: "no frame has an energy, forces or a stress",
      advice: `map what is needed by the name it has in the file, with \`keys\`; ${fieldsPresent(frames)}`,
    });
  const [energy, forces, stress] = [pairs(), pairs(), pairs()];
  const numbers = frames.flatMap((f, k) => (f.energy !== undefined || f.forces || f.stress ? [k] : []));
  const structures = used.map((f) => f.structure);
  const predictions = keptPredictions(model, structures, { ...run, numbers, label: "evaluating" });
  let i = 0;
  for await (const predicted of predictions) {
    const frame = used[i++]!;
    const found = predicted as ForceFieldPrediction;
    const atoms = frame.structure.species.length;
    if (frame.energy !== undefined) energy.add([(1000 * frame.energy) / atoms], [(1000 * found.energy) / atoms]);
    if (frame.forces) forces.add(frame.forces, found.forces);
    if (frame.stress && found.stress) stress.add(frame.stress, found.stress);
  }
  const spread = forces.reference.some((f) => f !== forces.reference[0]);
  return {
    frames: used.length,
    ...(energy.reference.length > 0 && { energy: rmse(energy.reference, energy.predicted) }),
    ...(forces.reference.length > 0 && { forces: 1000 * rmse(forces.reference, forces.predicted) }),
    ...(spread && { relativeForces: rmspe(forces.reference, forces.predicted) }),
    ...(stress.reference.length > 0 && { stress: rmse(stress.reference, stress.predicted) / gigapascal }),
  };
}

function pairs() {
  const reference: number[] = [];
  const predicted: number[] = [];
  return {
    reference,
    predicted,
    add(given: ArrayLike<number>, found: ArrayLike<number>): void {
      for (let k = 0; k < given.length; k++) {
        reference.push(given[k]!);
        predicted.push(found[k]!);
      }
    },
  };
}
