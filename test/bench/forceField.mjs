// Force field: a step of molecular dynamics, a prediction with its error estimate, and training, on one thread; a step of a large structure on several.
import { loadDataset } from "#built/dataset/load.js";
import { createDescriptor, featureCount } from "#built/descriptor/descriptor.js";
import { forceFieldPotential } from "#built/dynamics/forceFieldPotential.js";
import { md } from "#built/dynamics/md.js";
import { random } from "#built/math/random.js";
import { fitForceField } from "#built/model/target/forceField/forceField.js";
import { predictForces } from "#built/model/target/forceField/predict.js";
import { forceFieldUncertainty } from "#built/model/target/forceField/uncertainty.js";
import { supercell } from "#built/structure/cell.js";
import { createStructure } from "#built/structure/structure.js";
import { bench } from "../support/benchCase.mjs";

/** Ideal β-cristobalite, cubic cells of 24 atoms, jittered; so many along each edge. */
function cristobalite(edge = 2) {
  const next = random(1);
  const a = 7.16;
  const fcc = [
    [0, 0, 0],
    [0, 0.5, 0.5],
    [0.5, 0, 0.5],
    [0.5, 0.5, 0],
  ];
  const bond = [0.125, 0.125, 0.125];
  /** @type {string[]} */
  const species = [];
  /** @type {number[][]} */
  const positions = [];
  /** @param {string} symbol @param {number[]} f @param {number[]} shift */
  const add = (symbol, f, shift) => {
    species.push(symbol);
    positions.push(f.map((x, c) => a * (x + shift[c]) + 0.08 * next.normal()));
  };
  for (const f of fcc) {
    add("Si", f, [0, 0, 0]);
    add("Si", f, [0.25, 0.25, 0.25]);
    for (const signs of [
      [1, 1, 1],
      [1, -1, -1],
      [-1, 1, -1],
      [-1, -1, 1],
    ])
      add(
        "O",
        f,
        signs.map((s, c) => s * bond[c]),
      );
  }
  return supercell(createStructure({ species, positions, cell: [a, 0, 0, 0, a, 0, 0, 0, a] }), [edge, edge, edge]);
}

/**
 * A force field of the goal's size with weights too small to move anything far.
 * @returns {import("#built/index.js").ForceFieldModel}
 */
function model() {
  const d = createDescriptor({
    species: ["O", "Si"],
    cutoff: 5,
    nMax: 8,
    lMax: 4,
    smearing: 0.5,
    twoBody: { cutoff: 6, nMax: 12 },
  });
  const next = random(3);
  const weights = Float64Array.from({ length: 2 * featureCount(d, 0) }, () => 1e-3 * next.normal());
  return {
    kind: "forceField",
    descriptor: d,
    order: 0,
    basis: { kind: "features" },
    weights,
    constants: new Float64Array(2),
    training: {
      ...{ frames: 0, validationFrames: 0, ridge: 0, trials: [], condition: 1, options: {}, warnings: [] },
      counts: { energy: 0, forces: 0, stress: 0 },
      weights: { energy: 10, forces: 1, stress: 2 },
      form: { kind: "full" },
    },
  };
}

/**
 * The same with the square of the kernel with so many references per species, weights as small.
 * @param {number} environments
 * @returns {import("#built/index.js").ForceFieldModel}
 */
function kernelModel(environments) {
  const plain = model();
  const { descriptor: d } = plain;
  const count = featureCount(d, 0);
  const next = random(4);
  const references = [0, 1].map(() => {
    const values = Float64Array.from({ length: environments * count }, () => next.normal() / Math.sqrt(count));
    return { rows: environments, columns: count, values };
  });
  const weights = Float64Array.from({ length: 2 * environments }, () => 1e-3 * next.normal());
  return { ...plain, weights, basis: { kind: "kernel", zeta: 2, references } };
}

async function quartzFrames() {
  const { frames } = await loadDataset("sio2");
  return frames.filter((f) => f.forces).slice(0, 40);
}

export const cases = [
  bench({
    name: "force field: energy, forces and stress, 192-atom SiO2",
    unit: "ms",
    setup: () => ({ force: model(), s: cristobalite() }),
    run: ({ force, s }) => {
      for (let k = 0; k < 5; k++) predictForces(force, s);
      return 5;
    },
    goal: 40,
  }),
  bench({
    name: "force field: step of molecular dynamics, 192-atom SiO2",
    unit: "ms",
    setup: () => ({ potential: forceFieldPotential(model()), s: cristobalite() }),
    run: async ({ potential, s }) => {
      await md(s, potential, { ensemble: { kind: "nve" }, temperature: 300, steps: 19 });
      return 20; // the forces of the start count as well
    },
    goal: 40,
  }),
  ...[1, 2].map((workers) =>
    bench({
      name: `threads: step of molecular dynamics, 648-atom SiO2, ${workers} ${workers === 1 ? "worker" : "workers"}`,
      unit: "ms",
      clock: "wall",
      repeat: 1,
      setup: () => ({ potential: forceFieldPotential(model()), s: cristobalite(3) }),
      run: async ({ potential, s }) => {
        await md(s, potential, { ensemble: { kind: "nve" }, temperature: 300, steps: 999, workers });
        return 1000;
      },
    }),
  ),
  bench({
    name: "force field: the same step with zeta = 2 and 200 references per species",
    unit: "ms",
    setup: () => ({ potential: forceFieldPotential(kernelModel(200)), s: cristobalite() }),
    run: async ({ potential, s }) => {
      await md(s, potential, { ensemble: { kind: "nve" }, temperature: 300, steps: 9 });
      return 10;
    },
  }),
  bench({
    name: "force field: error estimate of 9 atoms",
    unit: "ms",
    setup: async () => {
      const frames = await quartzFrames();
      return { force: await fitForceField(frames, { ridge: { kind: "fixed", value: 1e-9 } }), s: frames[0].structure };
    },
    run: ({ force, s }) => {
      forceFieldUncertainty(force, s);
    },
  }),
  bench({
    name: "force field: fit to 40 frames of 9 atoms with choice of the ridge",
    unit: "ms",
    setup: quartzFrames,
    run: async (frames) => {
      await fitForceField(frames);
    },
    repeat: 3,
  }),
  bench({
    name: "force field: fit to 20 frames of 48 atoms with stresses, one thread, one ridge",
    unit: "ms",
    setup: async () => ((await loadDataset("water")).parts.selected ?? []).slice(0, 20),
    run: async (frames) => {
      const descriptor = { cutoff: 4.5, nMax: 6, lMax: 3 };
      await fitForceField(frames, { descriptor, ridge: { kind: "fixed", value: 1e-8 }, workers: 1 });
    },
    repeat: 3,
  }),
  bench({
    name: "force field: fit to 40 frames of 9 atoms with zeta = 2 and 100 references per species",
    unit: "ms",
    setup: quartzFrames,
    run: async (frames) => {
      await fitForceField(frames, {
        form: { kind: "sparse", references: 100, zeta: 2 },
        ridge: { kind: "fixed", value: 1e-9 },
      });
    },
    repeat: 3,
  }),
];
