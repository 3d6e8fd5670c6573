/** Static dielectric constant from the fluctuations of the polarization. */
import { UnitError } from "../errors.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { positive } from "../options/values.js";
import { component, requireVector } from "../series/components.js";
import { inPackageUnits } from "../series/convert.js";
import { isEnsemble, type SeriesEnsemble } from "../series/ensemble.js";
import type { TensorSeries } from "../series/tensorSeries.js";
import { boltzmannConstant, vacuumPermittivity } from "../units/constants.js";
import { withoutMean } from "./correlation.js";
import { epsilonInfinityOption } from "./epsilonInfinity.js";

export interface StaticDielectricOptions {
  /** K; the temperature of the dynamics. */
  readonly temperature: number;
  /** Å³, default the series' own. */
  readonly volume?: number;
  /** High-frequency dielectric constant ε∞ ≥ 1 or its tensor, [3, 3] row-major. */
  readonly epsilonInfinity: number | Float64Array;
}

const OPTIONS = record({
  temperature: positive("K"),
  volume: positive("Å³").optional(),
  epsilonInfinity: epsilonInfinityOption,
} satisfies Fields<StaticDielectricOptions>);

/** ε(0), its mean over the directions and the direction's own. */
export interface StaticDielectric {
  readonly isotropic: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/**
 * ε(0) = ε∞ + (β/ε₀V)(⟨P²⟩ − ⟨P⟩²)/3 at zero macroscopic field (conducting boundary, as a periodic cell has), and by direction with the
 * variance of P_x, P_y, P_z in place of the third. Of an ensemble the mean over the runs, each about its own mean.
 * @param source polarization on one branch
 * @throws UnitError for another quantity or without a volume; OptionError for an ε∞ that is none
 */
export function staticDielectric(
  source: TensorSeries | SeriesEnsemble,
  options: StaticDielectricOptions,
): StaticDielectric {
  const { temperature, volume, epsilonInfinity } = readOptions(OPTIONS, options, "staticDielectric");
  const runs = isEnsemble(source) ? source.runs : [source];
  const sums = [0, 0, 0];
  for (const run of runs) {
    requireVector(run, "a static dielectric constant");
    const cell = volume ?? run.volume;
    if (run.quantity !== "polarization" || cell === undefined)
      throw new UnitError({
        where: `${run.quantity} series (${run.origin})`,
        problem: `a static dielectric constant needs a polarization${cell === undefined ? " and a volume" : ""}`,
      });
    const p = inPackageUnits(run);
    for (const [a, axis] of (["x", "y", "z"] as const).entries()) {
      const deviations = withoutMean(component(p, axis));
      const variance = deviations.reduce((s, v) => s + v * v, 0) / deviations.length;
      sums[a]! += variance / (boltzmannConstant * temperature * vacuumPermittivity * cell * runs.length);
    }
  }
  const high = (a: number): number => (typeof epsilonInfinity === "number" ? epsilonInfinity : epsilonInfinity[4 * a]!);
  const [x, y, z] = sums.map((s, a) => s + high(a)) as [number, number, number];
  return { isotropic: (x + y + z) / 3, x, y, z };
}
