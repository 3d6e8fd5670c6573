// Spectra of long trajectories: the estimators and the whole Raman and infrared paths.
const { density } = await import("../../dist/spectrum/density.js");
const { raman } = await import("../../dist/spectrum/raman.js");
const { infrared } = await import("../../dist/spectrum/infrared.js");
const { correlation } = await import("../../dist/spectrum/correlation.js");
const { seriesOfComponents } = await import("../../dist/series/components.js");
const { createSeries } = await import("../../dist/series/tensorSeries.js");
const { random } = await import("../../dist/math/random.js");

function column(frames, seed) {
  const r = random(seed);
  return Float64Array.from({ length: frames }, () => r.normal());
}

function polarizability(frames, timestep = 1) {
  const names = ["xx", "yy", "zz", "xy", "yz", "zx"];
  const components = Object.fromEntries(names.map((name, k) => [name, column(frames, k + 1)]));
  return seriesOfComponents({ quantity: "polarizability", components, timestep, origin: "noise" });
}

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
  {
    name: "correlation function of 100,000 frames, all lags",
    unit: "ms",
    setup: () => column(100_000, 1),
    run: (x) => void correlation(x),
    repeat: 5,
    goal: 150,
  },
  {
    name: "periodogram of 100,000 frames, Hann",
    unit: "ms",
    setup: () => column(100_000, 1),
    run: (x) => void density({ kind: "value", signals: [x] }, 1),
    repeat: 5,
    goal: 100,
  },
  {
    name: "Raman spectrum of 1000 frames of 10 fs, default settings",
    unit: "ms",
    setup: () => polarizability(1000, 10),
    run: (s) => void raman(s),
    repeat: 25,
    goal: 20,
  },
  {
    name: "Raman spectrum of 100,000 frames, default settings",
    unit: "ms",
    setup: () => polarizability(100_000),
    run: (s) => void raman(s),
    repeat: 3,
    goal: 2500,
  },
  {
    name: "infrared spectrum of 100,000 frames, Gaussian of 20 cm-1",
    unit: "ms",
    setup: () => current(100_000),
    run: (s) => void infrared(s, { temperature: 300, broadening: { kind: "gaussian", width: 20 } }),
    repeat: 3,
    goal: 1000,
  },
];
