// Equivariant features on the two systems of the peers' figures: CPU milliseconds per frame, one thread.
// DScribe SOAP 29 / 12 (192-atom water / 96-atom ZrO2); librascal SOAP 15 / 9, with gradients 579 / 263, λ = 1: 224 / 92, λ = 2: 366 / 222.
import { contract, gradient } from "#built/descriptor/contract.js";
import { createDescriptor, featureCount } from "#built/descriptor/descriptor.js";
import { designRows } from "#built/descriptor/designRows.js";
import { featuresOf } from "#built/descriptor/evaluate.js";
import { random } from "#built/math/random.js";
import { neighborList } from "#built/structure/neighbors.js";
import { createStructure } from "#built/structure/structure.js";
import { bench } from "../support/benchCase.mjs";

/** @typedef {import("#built/index.js").types.TensorOrder} TensorOrder */

const settings = { cutoff: 5, nMax: 8, lMax: 6, smearing: 0.5 };

/** 64 randomly turned molecules on a jittered 4 × 4 × 4 lattice at 0.997 g/cm³. */
function water() {
  const next = random(1);
  const edge = 12.43;
  /** @type {string[]} */
  const species = [];
  /** @type {number[][]} */
  const positions = [];
  /** @type {[string, number[]][]} */
  const molecule = [
    ["O", [0, 0, 0.066]],
    ["H", [0, 0.757, -0.52]],
    ["H", [0, -0.757, -0.52]],
  ];
  for (let i = 0; i < 64; i++) {
    const centre = [i >> 4, (i >> 2) & 3, i & 3].map((k) => (k + 0.5 + 0.2 * (next.next() - 0.5)) * (edge / 4));
    const r = next.rotation();
    for (const [symbol, v] of molecule) {
      species.push(symbol);
      positions.push([0, 1, 2].map((a) => centre[a] + r[3 * a] * v[0] + r[3 * a + 1] * v[1] + r[3 * a + 2] * v[2]));
    }
  }
  return createStructure({ species, positions, cell: [edge, 0, 0, 0, edge, 0, 0, 0, edge] });
}

/** 2 × 2 × 2 cubic fluorite cells (a = 5.09 Å), jittered. */
function zirconia() {
  const next = random(2);
  const a = 5.09;
  /** @type {string[]} */
  const species = [];
  /** @type {number[][]} */
  const positions = [];
  const sites = [
    [0, 0, 0],
    [0, 0.5, 0.5],
    [0.5, 0, 0.5],
    [0.5, 0.5, 0],
  ];
  /** @param {string} symbol @param {number[]} f @param {number[]} cell */
  const add = (symbol, f, cell) => {
    species.push(symbol);
    positions.push(f.map((x, c) => a * (x + cell[c]) + 0.1 * next.normal()));
  };
  for (let i = 0; i < 8; i++) {
    const cell = [i >> 2, (i >> 1) & 1, i & 1];
    for (const f of sites) {
      add("Zr", f, cell);
      for (const q of [0.25, 0.75]) add("O", [f[0] + 0.25, f[1] + 0.25, f[2] + q], cell);
    }
  }
  const edge = 2 * a;
  return createStructure({ species, positions, cell: [edge, 0, 0, 0, edge, 0, 0, 0, edge] });
}

/** @type {[string, import("#built/index.js").Structure, string[]][]} */
const systems = [
  ["192-atom water", water(), ["H", "O"]],
  ["96-atom ZrO2", zirconia(), ["Zr", "O"]],
];

/** @param {import("#built/index.js").types.Descriptor} d @param {TensorOrder} order */
function weights(d, order) {
  const next = random(3);
  const length = d.options.species.length * featureCount(d, order);
  return { order, values: Float64Array.from({ length }, () => next.normal()) };
}

/** @param {string[]} species @param {TensorOrder} order */
function withWeights(species, order, options = settings) {
  const d = createDescriptor({ species, ...options });
  return { d, w: weights(d, order) };
}

/** @type {readonly TensorOrder[]} */
const orders = [0, 1, 2];
const goals = {
  features: [
    [15, 9],
    [40, 20],
    [70, 40],
  ],
  contraction: [12, 8],
  gradient: [45, 25],
};

export const cases = systems.flatMap(([name, s, species], i) => [
  bench({
    name: `structure: neighbors within 5 Å, ${name}`,
    unit: "ms",
    run: () => {
      for (let k = 0; k < 5; k++) neighborList(s, settings.cutoff);
      return 5;
    },
    repeat: 7,
  }),
  ...orders.map((order) =>
    bench({
      name: `descriptor: features λ = ${order}, ${name}`,
      unit: "ms",
      setup: () => {
        const d = createDescriptor({ species, ...settings });
        for (let k = 0; k < 10; k++) featuresOf(d, s, order); // until the kernels are compiled by the optimising compiler
        return d;
      },
      run: (d) => {
        for (let k = 0; k < 3; k++) featuresOf(d, s, order);
        return 3;
      },
      repeat: 7,
      goal: goals.features[order][i],
    }),
  ),
  bench({
    name: `descriptor: contraction λ = 1, ${name}`,
    unit: "ms",
    setup: () => withWeights(species, 1),
    run: ({ d, w }) => {
      for (let k = 0; k < 5; k++) contract(d, s, w);
      return 5;
    },
    repeat: 7,
    goal: goals.contraction[i],
  }),
  ...orders.map((order) =>
    bench({
      name: `descriptor: value and all derivatives λ = ${order}, ${name}`,
      unit: "ms",
      setup: () => withWeights(species, order),
      run: ({ d, w }) => {
        for (let k = 0; k < 5; k++) gradient(d, s, w);
        return 5;
      },
      repeat: 7,
      ...(order === 1 && { goal: goals.gradient[i] }),
    }),
  ),
  bench({
    name: `descriptor: design rows λ = 1, n 6, l 3, r_c 5.5 Å, ${name}`,
    unit: "ms",
    setup: () => createDescriptor({ species, ...settings, cutoff: 5.5, nMax: 6, lMax: 3 }),
    run: (d) => {
      designRows(d, s, 1, () => {});
    },
    repeat: 7,
  }),
]);
