/** Whether the error estimates of a model mean what they say. */
import { readOptions } from "../options/record.js";
import { RUN_OPTIONS } from "../options/values.js";
import type { RunOptions } from "../progress.js";
import type { Frame } from "../structure/frame.js";
import { type PolarizabilityCoverage, polarizabilityCoverage } from "./target/polarizability/coverage.js";
import type { PolarizabilityModel } from "./target/polarizability/polarizability.js";
import { type PolarizationCoverage, polarizationCoverage } from "./target/polarization/coverage.js";
import type { PolarizationModel } from "./target/polarization/polarization.js";

/**
 * Compares errors with the standard deviations of `predictUncertainty` on frames that the model has not seen. Of P and Z* the estimates hold what the
 * training data leave open, not what no weights could fit: multiply them by `scale`, found on left-out frames, to have error bars
 * that cover. Water dimer, 50 configurations: ±2σ holds 57 % of Z* and 60 % of P as it comes, 95 % and 98 % with the scales 2.8 and 2.3 of 50 others.
 * Those of polarizabilities are scaled to left-out training frames already: with 30 frames ±2σ holds 92 to 96 % of λ = 2 in quartz, AlN, Si, NaCl and
 * methanol, of λ = 0 95 to 99 % in the last two and only 76 to 91 % in the first three, where the ridge was chosen by the same left-out errors.
 * @param model fitted with `uncertainty: { kind: "variance" }`
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
  model: PolarizationModel | PolarizabilityModel,
  frames: readonly Frame[],
  options: RunOptions = {},
): Promise<PolarizationCoverage | PolarizabilityCoverage> {
  const run = readOptions(RUN_OPTIONS, options, "uncertaintyCoverage");
  return model.kind === "polarization"
    ? polarizationCoverage(model, frames, run)
    : polarizabilityCoverage(model, frames, run);
}
