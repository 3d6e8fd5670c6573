// Derivative learning on the system of the peers' figures: 96-atom ZrO2 cells, n 6, l ≤ 3, r_c 5.5 Å; CPU milliseconds, one thread; on threads wall time.
// polipy4vasp (Schmiedmayer and Kresse's code): training on 119 frames 44 s and 3.4 GB, one frame 250 ms.
import { random } from "#built/math/random.js";
import { evaluatePolarization } from "#built/model/target/polarization/evaluate.js";
import { fitPolarization } from "#built/model/target/polarization/polarization.js";
import { polarizationOf, predictBornCharges } from "#built/model/target/polarization/predict.js";
import { createStructure } from "#built/structure/structure.js";
import { bench } from "../support/benchCase.mjs";

const descriptor = { cutoff: 5.5, nMax: 6, lMax: 3, smearing: 0.5, twoBody: {} };
/** @type {Readonly<Record<string, number>>} */
const charges = { Zr: 4, O: -2 };

/** 2 × 2 × 2 cubic fluorite cells (a = 5.09 Å), jittered; Z* of the formal charges plus noise: only the work counts here. @param {number} seed */
function zirconia(seed) {
  const next = random(seed);
  const a = 5.09;
  /** @type {string[]} */
  const species = [];
  /** @type {number[]} */
  const positions = [];
  /** @param {string} symbol @param {number[]} f @param {number[]} cell */
  const add = (symbol, f, cell) => {
    species.push(symbol);
    positions.push(...f.map((x, c) => a * (x + cell[c]) + 0.1 * next.normal()));
  };
  for (let i = 0; i < 8; i++) {
    const cell = [i >> 2, (i >> 1) & 1, i & 1];
    for (const f of [
      [0, 0, 0],
      [0, 0.5, 0.5],
      [0.5, 0, 0.5],
      [0.5, 0.5, 0],
    ]) {
      add("Zr", f, cell);
      for (const q of [0.25, 0.75]) add("O", [f[0] + 0.25, f[1] + 0.25, f[2] + q], cell);
    }
  }
  const edge = 2 * a;
  const s = createStructure({ species, positions, cell: [edge, 0, 0, 0, edge, 0, 0, 0, edge] });
  const bornCharges = Float64Array.from(
    { length: 9 * species.length },
    (_, p) => ((p % 9) % 4 === 0 ? charges[species[Math.floor(p / 9)]] : 0) + 0.1 * next.normal(),
  );
  return { structure: s, bornCharges };
}

/** @param {number} count */
const frames = (count) => Array.from({ length: count }, (_, k) => zirconia(k + 1));

export const cases = [
  bench({
    name: "polarization: training on 119 frames of 96 atoms",
    unit: "ms",
    goal: 25_000,
    repeat: 1,
    setup: () => frames(119),
    run: async (train) => {
      await fitPolarization(train, { descriptor });
    },
  }),
  bench({
    name: "polarization: P and Z* of one frame of 96 atoms",
    unit: "ms",
    goal: 5,
    setup: async () => ({
      model: await fitPolarization(frames(2), { descriptor, ridge: { kind: "fixed", value: 1e-6 } }),
      s: zirconia(99).structure,
    }),
    run: ({ model, s }) => {
      for (let k = 0; k < 10; k++) predictBornCharges(model, s);
      return 10;
    },
  }),
  ...[1, 2].map((workers) =>
    bench({
      name: `threads: fit of a polarization to 240 frames of 96 atoms, ${workers} ${workers === 1 ? "worker" : "workers"}`,
      unit: "ms",
      clock: "wall",
      repeat: 1,
      setup: () => frames(240),
      run: async (train) => {
        await fitPolarization(train, { descriptor, ridge: { kind: "fixed", value: 1e-6 }, workers });
      },
    }),
  ),
  ...[1, 2].map((workers) =>
    bench({
      name: `threads: evaluation of a polarization on 3000 frames of 96 atoms, ${workers} ${workers === 1 ? "worker" : "workers"}`,
      unit: "ms",
      clock: "wall",
      repeat: 1,
      setup: async () => ({
        model: await fitPolarization(frames(2), { descriptor, ridge: { kind: "fixed", value: 1e-6 } }),
        tested: frames(3000),
      }),
      run: async ({ model, tested }) => {
        await evaluatePolarization(model, tested, { workers });
      },
    }),
  ),
  bench({
    name: "polarization: P alone of one frame of 96 atoms",
    unit: "ms",
    setup: async () => ({
      model: await fitPolarization(frames(2), { descriptor, ridge: { kind: "fixed", value: 1e-6 } }),
      s: zirconia(99).structure,
    }),
    run: ({ model, s }) => {
      for (let k = 0; k < 10; k++) polarizationOf(model, s);
      return 10;
    },
  }),
  bench({
    name: "polarization: training with products on 6 frames of 96 atoms, one ridge",
    unit: "ms",
    repeat: 1,
    setup: () => frames(6),
    run: async (train) => {
      await fitPolarization(train, { descriptor, ridge: { kind: "fixed", value: 1e-6 }, form: { kind: "products" } });
    },
  }),
  bench({
    name: "polarization: P and Z* of one frame of 96 atoms with products",
    unit: "ms",
    goal: 25,
    setup: async () => ({
      model: await fitPolarization(frames(2), {
        descriptor,
        ridge: { kind: "fixed", value: 1e-6 },
        form: { kind: "products" },
      }),
      s: zirconia(99).structure,
    }),
    run: ({ model, s }) => {
      for (let k = 0; k < 10; k++) predictBornCharges(model, s);
      return 10;
    },
  }),
];
