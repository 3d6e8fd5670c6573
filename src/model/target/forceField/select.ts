import { OptionError } from "../../../errors.js";
import { cholesky, logDeterminant } from "../../../math/cholesky.js";
import { identity, type Matrix, matrix } from "../../../math/matrix.js";
import { type Fields, readOptions, record } from "../../../options/record.js";
import { plainList, RUN_FIELDS } from "../../../options/values.js";
import { breathe, type RunOptions, throwIfAborted } from "../../../progress.js";
import type { Structure } from "../../../structure/structure.js";
import { columnCount, rowSpaceOf } from "../../train/linearTarget.js";
import { type Posterior, requirePosterior, rowCovariance, withRows } from "../../train/posterior.js";
import { energyRow, type ForceFieldModel, forceRows } from "./forceField.js";

/** One structure worth computing. */
export interface SelectedConfiguration {
  /** Its place among the candidates. */
  readonly index: number;
  /** What its energy and forces would tell about the weights given those chosen before, nats. */
  readonly gain: number;
}

export interface SelectConfigurationsOptions extends RunOptions {
  /** Structures that are being computed, although the force field has not learned from them yet. */
  readonly already?: readonly Structure[];
}

const OPTIONS = record({
  already: plainList<Structure>("a list of structures").default([]),
  ...RUN_FIELDS,
} satisfies Fields<SelectConfigurationsOptions>);

/**
 * Chooses the structures whose first-principles energies and forces would teach the force field most: greedily by the information
 * gain ½ ln det(1 + R A⁻¹ Rᵀ), where R A⁻¹ Rᵀ is the predictive covariance of a structure's energy and forces in units of the
 * noise. After each choice the precision A is updated. A gain can only shrink while others are chosen, so an old value is an upper
 * bound and few have to be computed again (lazy greedy; Minoux 1978). Results of the structures are not needed.
 * @returns in the order of choice
 * @throws OptionError if count is not within 1 … candidates, or the model was loaded without its posterior
 * @throws AbortedError
 */
export async function selectConfigurations(
  model: ForceFieldModel,
  candidates: readonly Structure[],
  count: number,
  options: SelectConfigurationsOptions = {},
): Promise<SelectedConfiguration[]> {
  const { already, onProgress, signal } = readOptions(OPTIONS, options, "selectConfigurations");
  if (!(Number.isInteger(count) && count >= 1 && count <= candidates.length))
    throw new OptionError({
      where: "selectConfigurations",
      problem: `count is ${count}, expected a whole number from 1 to ${candidates.length}`,
    });
  let posterior = requirePosterior(model);
  for (const s of already) posterior = withRows(posterior, rowsOf(model, s));
  const gains = new Float64Array(candidates.length).fill(Number.POSITIVE_INFINITY);
  const computedFor = new Int32Array(candidates.length).fill(-1);
  const chosen: SelectedConfiguration[] = [];
  const first = { label: "information gain", total: candidates.length, unit: "structures" };
  for (let computed = 0; chosen.length < count; computed++) {
    const index = gains.reduce((best, gain, i) => (gain > gains[best]! ? i : best), 0);
    const rows = rowsOf(model, candidates[index]!);
    if (computedFor[index] === chosen.length) {
      chosen.push({ index, gain: gains[index]! });
      gains[index] = Number.NEGATIVE_INFINITY;
      if (chosen.length < count) posterior = withRows(posterior, rows);
      continue;
    }
    throwIfAborted(signal, "choosing configurations");
    gains[index] = informationGain(posterior, rows);
    computedFor[index] = chosen.length;
    if (computed < candidates.length) onProgress?.({ ...first, done: computed + 1 });
    await breathe();
  }
  return chosen;
}

/** The rows that energy and forces would add, as weighted in training. */
function rowsOf(model: ForceFieldModel, s: Structure): Matrix {
  const space = rowSpaceOf(model);
  const columns = columnCount(space);
  const atoms = s.species.length;
  const rows = matrix(1 + 3 * atoms, columns);
  const { energy, forces } = model.training.weights;
  rows.values.set(energyRow(space, s).map((v) => (energy / atoms) * v));
  forceRows(space, s, (block, firstAtom) => {
    rows.values.set(
      block.map((v) => forces * v),
      (1 + 3 * firstAtom) * columns,
    );
  });
  return rows;
}

function informationGain(posterior: Posterior, rows: Matrix): number {
  const covariance = rowCovariance(posterior, rows);
  identity(covariance.rows).values.forEach((one, k) => {
    covariance.values[k]! += one;
  });
  return 0.5 * logDeterminant(cholesky(covariance));
}
