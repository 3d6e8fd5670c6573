/**
 * Spectral densities of sampled signals: estimator and window, no prefactor.
 *
 * Densities D are one-sided and per cm⁻¹: ∫₀^∞ D(ν̃) dν̃ = ⟨x²⟩, by the trapezoidal rule on the grid exactly (Parseval).
 * With the half-sided transform J(ω) = Re ∫₀^∞ ⟨x(0)x(t)⟩ e^{−iωt} dt of the literature, D = 4cJ (c in cm/fs).
 */
import { OptionError, rejectUnknownOptions, ShapeError } from "../errors.js";
import { correlogram } from "./correlogram.js";
import type { DensityInput, Estimator, RawDensity } from "./estimator.js";
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
  if (!(estimator.padding === undefined || (estimator.padding >= 1 && estimator.padding <= 64)))
    throw new OptionError({ where: "estimator", problem: `padding is ${estimator.padding}`, advice: "give 1 to 64" });
  if (estimator.kind === "periodogram") {
    rejectUnknownOptions(estimator, ["kind", "taper", "padding"], "periodogram");
    const resolved = { taper: { kind: "hann" }, padding: 2, ...estimator } as const;
    return { ...periodogram(input, timestep, resolved.taper, resolved.padding), estimator: resolved };
  }
  if (estimator.kind !== "correlation")
    throw new OptionError({
      where: "estimator",
      problem: `unknown kind "${(estimator as { kind: string }).kind}"`,
      advice: "known kinds: periodogram, correlation",
    });
  rejectUnknownOptions(estimator, ["kind", "window", "maxLag", "normalization", "padding"], "correlation");
  const maxLag = estimator.maxLag === undefined ? frames - 1 : Math.round(estimator.maxLag / timestep);
  if (!(maxLag >= 3 && maxLag < frames))
    throw new OptionError({
      where: "estimator",
      problem: `maxLag ${estimator.maxLag} fs`,
      advice: `give ${3 * timestep} to ${(frames - 1) * timestep} fs for this record`,
    });
  const resolved = {
    window: { kind: "gaussian", width: 10 },
    normalization: "biased",
    padding: 2,
    ...estimator,
    maxLag: maxLag * timestep,
  } as const;
  return { ...correlogram(input, timestep, { ...resolved, maxLag }), estimator: resolved };
}
