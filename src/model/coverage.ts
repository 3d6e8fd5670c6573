/** Whether the error estimates of a model mean what they say. */
import { readOptions } from "../options/record.js";
import { RUN_OPTIONS } from "../options/values.js";
import type { RunOptions } from "../progress.js";
import type { Frame } from "../structure/frame.js";
import { type ForceFieldCoverage, forceFieldCoverage } from "./target/forceField/coverage.js";
import type { ForceFieldModel } from "./target/forceField/forceField.js";
import { type PolarizabilityCoverage, polarizabilityCoverage } from "./target/polarizability/coverage.js";
import type { PolarizabilityModel } from "./target/polarizability/polarizability.js";
import { type PolarizationCoverage, polarizationCoverage } from "./target/polarization/coverage.js";
import type { PolarizationModel } from "./target/polarization/polarization.js";

/**
 * Compares errors with the standard deviations of `predictUncertainty` on frames that the model has not seen. Water
 * dimer, 50 configurations with Z* and P: ±2σ holds 98 % of Z* and 93 % of P. Of a kind of data that a model has not learnt from its noise is not known, and estimates
 * are too small: 56 % of P where only Z* were learnt. Multiply them by `scale`, found on left-out frames, to have error bars that cover.
 * Those of polarizabilities are scaled to left-out training frames: with 30 frames, ten draws, ±2σ holds 95 to 99 % of λ = 0 and 93 to 97 % of
 * λ = 2 in AlN, Si, quartz, NaCl and methanol, with ten frames 94 to 100 % and 88 to 98 %.
 * @param model fitted with `uncertainty: { kind: "variance" }`; a force field is, unless told otherwise
 * @throws OptionError if the model has no error estimate; DataError if no frame has what the model predicts; AbortedError
 * @example
 * const { parts } = await loadDataset("water-dimer");
 * const model = await fitPolarization(parts.bec!.slice(0, 30), { uncertainty: { kind: "variance" }, ridge: { kind: "fixed", value: 1e-9 } });
 * (await models.uncertaintyCoverage(model, parts.bec!.slice(100))).bornCharges!.scale > 0 // true
 */
export async function uncertaintyCoverage(
  model: PolarizationModel,
  frames: readonly Frame[],
  options?: RunOptions,
): Promise<PolarizationCoverage>;
export async function uncertaintyCoverage(
  model: PolarizabilityModel,
  frames: readonly Frame[],
  options?: RunOptions,
): Promise<PolarizabilityCoverage>;
export async function uncertaintyCoverage(
  model: ForceFieldModel,
  frames: readonly Frame[],
  options?: RunOptions,
): Promise<ForceFieldCoverage>;
export async function uncertaintyCoverage(
  model: PolarizationModel | PolarizabilityModel | ForceFieldModel,
  frames: readonly Frame[],
  options: RunOptions = {},
): Promise<PolarizationCoverage | PolarizabilityCoverage | ForceFieldCoverage> {
  const run = readOptions(RUN_OPTIONS, options, "uncertaintyCoverage");
  if (model.kind === "forceField") return forceFieldCoverage(model, frames, run);
  return model.kind === "polarization"
    ? polarizationCoverage(model, frames, run)
    : polarizabilityCoverage(model, frames, run);
}
