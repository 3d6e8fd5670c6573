/**
 * Spectral densities of sampled signals: estimator and window, no prefactor.
 *
 * Densities D are one-sided and per cm⁻¹: ∫₀^∞ D(ν̃) dν̃ = ⟨x²⟩, by the trapezoidal rule on the grid exactly (Parseval).
 * With the half-sided transform J(ω) = Re ∫₀^∞ ⟨x(0)x(t)⟩ e^{−iωt} dt of the literature, D = 4cJ (c in cm/fs).
 */
import { OptionError, ShapeError } from "../errors.js";
import { readOptions } from "../options/record.js";
import { correlogram } from "./correlogram.js";
import { type DensityInput, type Estimator, estimatorOption, type RawDensity } from "./estimator.js";
import { periodogram } from "./periodogram.js";

export type { DensityInput, Estimator } from "./estimator.js";

export interface Density extends RawDensity {
  /** With every default filled in. */
  readonly estimator: Estimator;
}

/**
 * Spectral densities of one or more signals of equal length.
 * @param timestep fs
 * @throws ShapeError for fewer than four frames or signals of different length
 * @throws OptionError for an estimator option out of range
 */
export function density(
  input: DensityInput,
  timestep: number,
  estimator: Estimator = { kind: "periodogram" },
): Density {
  const all = input.kind === "cross" ? [...input.signals, ...input.rates] : input.signals;
  const frames = all[0]?.length ?? 0;
  if (frames < 4) throw new ShapeError({ where: "spectrum", problem: `${frames} frames, at least 4 are needed` });
  const odd = all.find((s) => s.length !== frames);
  if (odd) throw new ShapeError({ where: "spectrum", problem: `signals of ${frames} and of ${odd.length} frames` });
  const read = readOptions(estimatorOption, estimator, "estimator");
  if (read.kind === "periodogram")
    return { ...periodogram(input, timestep, read.taper, read.padding), estimator: read };
  const maxLag = read.maxLag === undefined ? frames - 1 : Math.round(read.maxLag / timestep);
  if (!(maxLag >= 3 && maxLag < frames))
    throw new OptionError({
      where: "estimator",
      problem: `maxLag ${read.maxLag} fs`,
      advice: `give ${3 * timestep} to ${(frames - 1) * timestep} fs for this record`,
    });
  const resolved = { ...read, maxLag: maxLag * timestep };
  return { ...correlogram(input, timestep, { ...read, maxLag }), estimator: resolved };
}
