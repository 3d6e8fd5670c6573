// Polarizability models: fitting and prediction, one thread, on synthetic nine-atom crystals.
import { random } from "#built/math/random.js";
import { polarizabilitySettings } from "#built/model/target/polarizability/options.js";
import { fitContext, fitPrepared, prepareFor } from "#built/model/target/polarizability/polarizability.js";
import { predictPolarizability } from "#built/model/target/polarizability/predictSeries.js";
import { createStructure } from "#built/structure/structure.js";
import { createTrajectory } from "#built/structure/trajectory.js";
import { bench } from "../support/benchCase.mjs";

const SPECIES = ["Si", "Si", "Si", "O", "O", "O", "O", "O", "O"];
// α-quartz, fractional coordinates.
const SITES = [
  [0.47, 0, 2 / 3],
  [0, 0.47, 1 / 3],
  [0.53, 0.53, 0],
  [0.413, 0.267, 0.786],
  [0.733, 0.146, 0.453],
  [0.854, 0.587, 0.119],
  [0.267, 0.413, 0.214],
  [0.146, 0.733, 0.547],
  [0.587, 0.854, 0.881],
];
const CELL = Float64Array.of(4.91, 0, 0, -2.455, 4.2522, 0, 0, 0, 5.4);

/**
 * Crystals with atoms displaced at random by 0.08 Å and tensors that depend on the displacements.
 * @param {number} count
 */
function frames(count) {
  const r = random(1);
  return Array.from({ length: count }, () => {
    const shift = Float64Array.from({ length: 27 }, () => 0.08 * r.normal());
    const positions = Float64Array.from({ length: 27 }, (_, p) => {
      const [site, c] = [SITES[Math.floor(p / 3)], p % 3];
      return site[0] * CELL[c] + site[1] * CELL[3 + c] + site[2] * CELL[6 + c] + shift[p];
    });
    const [x, y, z] = [shift[0], shift[4], shift[8]];
    const polarizability = Float64Array.of(10 + x, y, z, y, 10 - x, x, z, x, 10 + x * y);
    return {
      structure: createStructure({ species: SPECIES, positions, cell: CELL }),
      polarizability,
    };
  });
}

/** @param {number} zeta */
const settingsOf = (zeta) =>
  polarizabilitySettings(
    { descriptor: { cutoff: 5, nMax: 6, lMax: 4, smearing: 0.5 }, form: { kind: "full", zeta } },
    "fitPolarizability",
  );

/** @param {number} count */
async function prepared(count, zeta = 1) {
  const all = frames(count);
  const context = await fitContext(all, undefined, "polarizability", settingsOf(zeta), {});
  return { context, data: await prepareFor(context, all, {}) };
}
/** @param {Awaited<ReturnType<typeof prepared>>} prepared @param {number} count */
const trained = ({ context, data }, count) => fitPrepared(data, [...Array(count).keys()], [], context, {});

/** A model of 20 training frames, and 10,000 frames. @param {number} zeta */
async function prediction(zeta) {
  const model = await trained(await prepared(20, zeta), 20);
  const some = frames(500).map((f) => f.structure);
  return { model, t: createTrajectory(Array.from({ length: 20 }, () => some).flat(), 1) };
}

export const cases = [
  bench({
    name: "polarizability: features and fit, 50 frames of 9 atoms",
    unit: "ms",
    repeat: 3,
    run: async () => {
      await trained(await prepared(50), 50);
    },
  }),
  bench({
    name: "polarizability: fit with ridge search, 440 frames of 9 atoms",
    unit: "ms",
    repeat: 1,
    goal: 30000,
    setup: () => prepared(440),
    run: async (state) => {
      await trained(state, 440);
    },
  }),
  bench({
    name: "polarizability: predict 10,000 frames of 9 atoms",
    unit: "ms",
    repeat: 2,
    goal: 2500,
    setup: () => prediction(1),
    run: async ({ model, t }) => {
      await predictPolarizability(model, t, { workers: 1 });
    },
  }),
  bench({
    name: "polarizability: predict 10,000 frames of 9 atoms, ζ = 2, 20 training frames",
    unit: "ms",
    repeat: 2,
    goal: 4000,
    setup: () => prediction(2),
    run: async ({ model, t }) => {
      await predictPolarizability(model, t, { workers: 1 });
    },
  }),
];
