/** A spectrum in one file: the density of the mean polarizability itself, not of its rate. */
import { type Fields, readOptions, record } from "../../src/options/record.js";
import { positive } from "../../src/options/values.js";
import { inPackageUnits } from "../../src/series/convert.js";
import { invariants } from "../../src/series/invariants.js";
import type { TensorSeries } from "../../src/series/tensorSeries.js";
import { density } from "../../src/spectrum/density.js";
import type { Spectrum } from "../../src/spectrum/spectrum.js";

export interface MeanSpectrumOptions {
  /** Times everything; default 1. */
  readonly scale?: number;
}

const OPTIONS = record({ scale: positive().default(1) } satisfies Fields<MeanSpectrumOptions>);

export function meanSpectrum(series: TensorSeries, options: MeanSpectrumOptions = {}): Spectrum {
  const { scale } = readOptions(OPTIONS, options, "meanSpectrum");
  const { mean } = invariants(inPackageUnits(series));
  const raw = density({ kind: "value", signals: [mean] }, series.timestep);
  return {
    quantity: "vibrational",
    axis: { unit: "cm-1", values: raw.wavenumbers },
    intensities: { mean: { unit: "Å⁶·cm", values: raw.values[0]!.map((v) => scale * v) } },
    resolution: raw.resolution,
    corrections: [],
    broadening: { kind: "none" },
    estimator: raw.estimator,
    origin: series.origin,
  };
}
