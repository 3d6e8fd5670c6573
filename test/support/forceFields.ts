/** Force fields with known weights, and frames computed with them. */
import { createDescriptor, featureCount } from "../../src/descriptor/descriptor.js";
import type { DescriptorOptions } from "../../src/descriptor/options.js";
import { random } from "../../src/math/random.js";
import type { ForceFieldModel } from "../../src/model/target/forceField/forceField.js";
import { predictForces } from "../../src/model/target/forceField/predict.js";
import type { Frame } from "../../src/structure/frame.js";
import type { Structure } from "../../src/structure/structure.js";
import { quartz } from "./crystals.js";

/** Few features, so that a fit takes milliseconds. */
export const SMALL = {
  cutoff: 3.5,
  nMax: 3,
  lMax: 2,
  smearing: 0.5,
  twoBody: { cutoff: 4, nMax: 4 },
} as const satisfies Partial<DescriptorOptions>;

/** Random weights of the size that gives forces of a few eV/Å. */
export function randomForceField(seed = 1, options: Partial<DescriptorOptions> = SMALL): ForceFieldModel {
  const d = createDescriptor({ ...SMALL, species: ["O", "Si"], ...options });
  const rng = random(seed);
  return {
    kind: "forceField",
    descriptor: d,
    weights: Float64Array.from({ length: 2 * featureCount(d, 0) }, () => rng.normal()),
    order: 0,
    basis: { kind: "features" },
    constants: Float64Array.of(-430, -110),
    training: {
      frames: 0,
      validationFrames: 0,
      counts: { energy: 0, forces: 0, stress: 0 },
      weights: { energy: 10, forces: 1, stress: 2 },
      form: { kind: "full" },
      ridge: 0,
      trials: [],
      condition: 1,
      options: {},
      warnings: [],
    },
  };
}

/** Quartz with every coordinate displaced by normal noise of `width` Å. */
export function jitteredQuartz(seed: number, width = 0.1): Structure {
  const s = quartz();
  const rng = random(seed);
  return { ...s, positions: s.positions.map((x) => x + width * rng.normal()) };
}

/** Frames with the energy, forces and stress of a force field. */
export function computedFrames(model: ForceFieldModel, structures: readonly Structure[]): Frame[] {
  return structures.map((structure) => ({ structure, ...predictForces(model, structure) }));
}
