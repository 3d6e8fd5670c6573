/** Raman spectra from a polarizability (or dielectric) series. */
import { readOptions, record } from "../options/record.js";
import { component } from "../series/components.js";
import type { SeriesEnsemble } from "../series/ensemble.js";
import type { TensorSeries } from "../series/tensorSeries.js";
import { spectrumOverRuns } from "./average.js";
import { RAMAN_FIELDS, type RamanOptions, type ScatteredSignals, scatteredSpectrum } from "./scattering.js";
import { type Intensity, ratio, type Spectrum } from "./spectrum.js";

export type { RamanOptions } from "./scattering.js";

const OPTIONS = record(RAMAN_FIELDS);

/**
 * Raman spectrum by Grumet et al. 2024, eqs. 2 and 3, from 0 cm⁻¹ to the Nyquist wavenumber. Intensities are
 * one-sided densities per cm⁻¹ of α̇ (Å³/fs; for a dielectric series with volume converted, without volume of ε̇) times the
 * factors chosen:
 * - unpolarised (45a² + 7γ²)/45 = parallel + perpendicular,
 * - parallel (VV) a² + 4γ²/45, perpendicular (VH) γ²/15,
 * - isotropic a², anisotropic γ²,
 * - depolarisation perpendicular/parallel, 0 … ¾ (0 where there is no intensity).
 * @param source a series, or an ensemble of independent runs: the mean of their spectra with its standard error
 * @throws UnitError for a series of another quantity
 * @example
 * const alpha = (await loadDataset("h2o")).series("polarizability");
 * raman(alpha, { temperature: 300, laser: 514, factors: ["laser", "inverseFrequency"] }).axis.unit // "cm-1"
 */
export function raman(source: TensorSeries | SeriesEnsemble, options: RamanOptions = {}): Spectrum {
  const read = readOptions(OPTIONS, options, "raman");
  return spectrumOverRuns(source, (run) => scatteredSpectrum(run, read, invariantSignals));
}

/** The seven signals whose spectra make up a² and γ² (quadratic in α, so rotations leave the sums unchanged). */
function invariantSignals(alpha: TensorSeries): ScatteredSignals {
  const [xx, yy, zz, xy, yz, zx] = (["xx", "yy", "zz", "xy", "yz", "zx"] as const).map((c) => component(alpha, c)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const minus = (a: Float64Array, b: Float64Array): Float64Array => a.map((v, k) => v - b[k]!);
  const mean = xx.map((v, k) => (v + yy[k]! + zz[k]!) / 3);
  return {
    signals: [mean, minus(xx, yy), minus(yy, zz), minus(zz, xx), xy, yz, zx],
    intensities: (densities, unit) => {
      const [isotropic, d1, d2, d3, o1, o2, o3] = densities as [Float64Array, ...Float64Array[]];
      const anisotropic = isotropic.map(
        (_, k) => (d1![k]! + d2![k]! + d3![k]!) / 2 + 3 * (o1![k]! + o2![k]! + o3![k]!),
      );
      const intensity = (i: Float64Array): Intensity => ({ unit, values: i });
      const parallel = isotropic.map((a, k) => a + (4 / 45) * anisotropic[k]!);
      const perpendicular = anisotropic.map((g) => g / 15);
      return {
        unpolarised: intensity(parallel.map((v, k) => v + perpendicular[k]!)),
        parallel: intensity(parallel),
        perpendicular: intensity(perpendicular),
        isotropic: intensity(isotropic),
        anisotropic: intensity(anisotropic),
        depolarisation: { unit: "1", values: ratio(perpendicular, parallel) },
      };
    },
  };
}
