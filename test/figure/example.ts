import type { Figure } from "../../src/figure/figure.js";
import { learningCurveFigure } from "../../src/figure/learningCurve.js";
import { panels } from "../../src/figure/panels.js";
import { parityFigure } from "../../src/figure/parity.js";
import { spectrumFigure } from "../../src/figure/spectrum.js";
import { timeSeriesFigure } from "../../src/figure/timeSeries.js";
import { random } from "../../src/math/random.js";
import { createSeries, type TensorSeries } from "../../src/series/tensorSeries.js";
import type { Spectrum } from "../../src/spectrum/spectrum.js";

/** A polarizability that oscillates with a period of 314 fs, with noise. */
export function oscillating(noise: number, origin: string, frames = 120): TensorSeries {
  const r = random(1);
  const values = Float64Array.from({ length: 9 * frames }, (_, k) => {
    const [frame, i] = [Math.floor(k / 9), k % 9];
    return (i % 4 === 0 ? 33 : 0) + 0.2 * Math.sin(0.2 * frame + (i % 4)) + noise * r.normal();
  });
  return createSeries({ quantity: "polarizability", shape: [3, 3], values, timestep: 10, origin });
}

/** Lorentzian lines shifted by `shift` cm⁻¹, with a standard error of 8 % of the intensity. */
export function lines(shift: number, origin: string, unit = "arb. units"): Spectrum {
  const axis = Float64Array.from({ length: 400 }, (_, i) => 3 * i);
  const positions = [117, 244, 506, 674, 791, 1088];
  const heights = [0.2, 0.4, 1, 0.1, 0.15, 0.12];
  const values = axis.map((v) =>
    positions.reduce((sum, p, i) => sum + (heights[i]! * 64) / ((v - p - shift) ** 2 + 64), 0),
  );
  return {
    quantity: "raman",
    axis: { unit: "cm-1", values: axis },
    intensities: { unpolarised: { unit, values, standardError: values.map((v) => 0.08 * v) } },
    resolution: 3,
    corrections: [],
    broadening: { kind: "none" },
    origin,
  };
}

/** One figure of every kind. */
export function exampleFigures(): Readonly<Record<string, Figure>> {
  const [dfpt, lrm] = [oscillating(0, "DFPT"), oscillating(0.03, "LRM")];
  const substitute =
    "a sine with noise, in place of a first-principles trajectory of a crystal with 192 atoms at 300 K, to try long labels";
  const timeSeries = timeSeriesFigure({ LRM: lrm, DFPT: dfpt }, { reference: "DFPT", component: "xx", substitute });
  const xx = (s: TensorSeries): Float64Array => s.values.filter((_, i) => i % 9 === 0);
  const parity = parityFigure(
    { "LRM, R² = 0.9": { reference: xx(dfpt), predicted: xx(lrm) } },
    { axis: { quantity: "α<sub>xx</sub>", unit: "Å³" }, reference: "DFPT" },
  );
  const sizes = [6, 12, 24, 48, 96, 192];
  const learningCurve = learningCurveFigure(
    {
      "direct ML": { sizes, mean: [0.9, 0.6, 0.35, 0.2, 0.11, 0.06], spread: [0.3, 0.2, 0.1, 0.05, 0.03, 0.01] },
      "Δ-ML": { sizes, mean: [0.3, 0.2, 0.12, 0.08, 0.05, 0.03], spread: [0.1, 0.07, 0.04, 0.02, 0.01, 0.005] },
    },
    {
      score: { quantity: "RMSE of α", unit: "Å³" },
      scale: "log-log",
      threshold: 0.1,
      note: "Bands: standard deviation over draws.",
    },
  );
  const spectrum = spectrumFigure(
    { DFPT: lines(0, "DFPT"), "Δ-ML": lines(4, "Δ-ML") },
    { range: [20, 1180], reference: "DFPT", marks: [{ value: 464, label: "464" }] },
  );
  const stacked = panels([
    timeSeries,
    timeSeriesFigure({ LRM: lrm, DFPT: dfpt }, { reference: "DFPT", component: "anisotropy" }),
  ]);
  const grid = panels([parity, parity, spectrum, learningCurve], { columns: 2 });
  return { timeSeries, parity, learningCurve, spectrum, stacked, grid };
}
