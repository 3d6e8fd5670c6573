// Spectra of long trajectories: the estimators and the whole Raman and infrared paths.
import { bench } from "../support/benchCase.mjs";

const { density } = await import("#built/spectrum/density.js");
const { raman } = await import("#built/spectrum/raman.js");
const { infrared } = await import("#built/spectrum/infrared.js");
const { correlation } = await import("#built/spectrum/correlation.js");
const { seriesOfComponents } = await import("#built/series/components.js");
const { createSeries } = await import("#built/series/tensorSeries.js");
const { random } = await import("#built/math/random.js");

/** @param {number} frames @param {number} seed */
function column(frames, seed) {
  const r = random(seed);
  return Float64Array.from({ length: frames }, () => r.normal());
}

/** @param {number} frames */
function polarizability(frames, timestep = 1) {
  const [xx, yy, zz, xy, yz, zx] = [1, 2, 3, 4, 5, 6].map((seed) => column(frames, seed));
  const components = { xx, yy, zz, xy, yz, zx };
  return seriesOfComponents({ quantity: "polarizability", components, timestep, origin: "noise" });
}

/** @param {number} frames */
const current = (frames) =>
  createSeries({
    quantity: "current",
    shape: [3],
    values: column(3 * frames, 9),
    timestep: 0.5,
    volume: 1000,
    origin: "noise",
  });

export const cases = [
  bench({
    name: "correlation function of 10,000,000 frames, 4096 lags, in blocks",
    unit: "ms",
    repeat: 1,
    setup: () => column(10_000_000, 1),
    run: (x) => {
      correlation(x, x, { maxLag: 4095, mean: "keep" });
    },
  }),
  bench({
    name: "correlation function of 100,000 frames, all lags",
    unit: "ms",
    setup: () => column(100_000, 1),
    run: (x) => void correlation(x),
    repeat: 5,
    goal: 150,
  }),
  bench({
    name: "periodogram of 100,000 frames, Hann",
    unit: "ms",
    setup: () => column(100_000, 1),
    run: (x) => void density({ kind: "value", signals: [x] }, 1),
    repeat: 5,
    goal: 100,
  }),
  bench({
    name: "Raman spectrum of 1000 frames of 10 fs, default settings",
    unit: "ms",
    setup: () => polarizability(1000, 10),
    run: (s) => void raman(s),
    repeat: 25,
    goal: 20,
  }),
  bench({
    name: "Raman spectrum of 100,000 frames, default settings",
    unit: "ms",
    setup: () => polarizability(100_000),
    run: (s) => void raman(s),
    repeat: 3,
    goal: 2500,
  }),
  bench({
    name: "infrared spectrum of 100,000 frames, Gaussian of 20 cm-1",
    unit: "ms",
    setup: () => current(100_000),
    run: (s) => void infrared(s, { temperature: 300, broadening: { kind: "gaussian", width: 20 } }),
    repeat: 3,
    goal: 1000,
  }),
];
