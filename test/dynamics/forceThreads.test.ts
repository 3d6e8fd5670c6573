import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it, vi } from "vitest";
import { forceFieldPotential } from "../../src/dynamics/forceFieldPotential.js";
import { md } from "../../src/dynamics/md.js";
import type { MdFrame, MdOptions } from "../../src/dynamics/options.js";
import { DataError, SpectensorError } from "../../src/errors.js";
import { random } from "../../src/math/random.js";
import { basisOf } from "../../src/model/basis/basisOf.js";
import { kernelReferences } from "../../src/model/basis/kernelBasis.js";
import { productFactors } from "../../src/model/basis/productFactors.js";
import type { ForceFieldModel } from "../../src/model/target/forceField/forceField.js";
import { predictForces } from "../../src/model/target/forceField/predict.js";
import { supercell } from "../../src/structure/cell.js";
import type { Structure } from "../../src/structure/structure.js";
import { expectClose } from "../support/close.js";
import { jitteredQuartz, randomForceField } from "../support/forceFields.js";

/** 504 atoms. */
const large = moved(supercell(jitteredQuartz(5, 0), [4, 7, 2]), 0.05);
const small = moved(supercell(jitteredQuartz(5, 0), [3, 3, 2]), 0.05);

function moved(s: Structure, width: number, seed = 1): Structure {
  const next = random(seed);
  return { ...s, positions: s.positions.map((x) => x + width * next.normal()) };
}

/** Weights so small that a few steps keep the crystal. */
function gentle(model = randomForceField(3)): ForceFieldModel {
  return { ...model, weights: model.weights.map((w) => 1e-3 * w) };
}

async function framesOf(start: Structure, model: ForceFieldModel, options: Partial<MdOptions>): Promise<MdFrame[]> {
  const frames: MdFrame[] = [];
  const run = { ensemble: { kind: "nvt", temperature: 300 }, steps: 6, ...options } as const;
  await md(start, forceFieldPotential(model), { ...run, onFrame: (frame) => void frames.push(frame) });
  return frames;
}

describe("forces of 500 atoms and more", () => {
  it("are those of one pass up to rounding, with every basis", async () => {
    const plain = gentle();
    const { descriptor: d } = plain;
    const next = random(2);
    const drawn = (length: number): Float64Array => Float64Array.from({ length }, () => 1e-3 * next.normal());
    const one = jitteredQuartz(7);
    const chosen = d.options.species.map((symbol) =>
      one.species.flatMap((x, atom) => (x === symbol ? [{ structure: 0, atom }] : [])),
    );
    const kernel = { kind: "kernel", ...kernelReferences(d, [one], chosen, 2) } as const;
    const factors = await productFactors(d, 0, [one], { equivariants: 4, scalars: 3 }, {});
    const products = { kind: "products", ...factors } as const;
    for (const basis of [plain.basis, kernel, products]) {
      const size = basisOf(d, 0, basis).kinds.length;
      const model = { ...plain, basis, weights: basis.kind === "features" ? plain.weights : drawn(size) };
      const found = forceFieldPotential(model).evaluate(large);
      const whole = predictForces(model, large);
      expectClose(Float64Array.of(found.energy), Float64Array.of(whole.energy), { relative: 1e-12 });
      expectClose(found.forces, whole.forces, { absolute: 1e-11 });
      expectClose(found.stress!, whole.stress!, { absolute: 1e-12 });
    }
  });

  it.each(["nve", "nvt", "npt"] as const)("have the same bits for 1, 2 and 3 workers: %s", async (kind) => {
    const ensemble = kind === "nve" ? { kind } : { kind, temperature: 300 };
    const options = { ensemble, temperature: 300 };
    const alone = await framesOf(large, gentle(), { ...options, workers: 1 });
    for (const workers of [2, 3]) expect(await framesOf(large, gentle(), { ...options, workers })).toEqual(alone);
    const last = alone.at(-1)!;
    expect(forceFieldPotential(gentle()).evaluate(last.structure).forces).toEqual(last.forces);
  });

  it("are a function of the structure alone: jumps and another cell between", () => {
    const potential = forceFieldPotential(gentle());
    const found = potential.evaluate(large);
    potential.evaluate(moved(large, 0.3));
    potential.evaluate({ ...large, cell: large.cell!.map((x) => 1.01 * x) });
    potential.evaluate(small);
    expect(potential.evaluate(large)).toEqual(found);
  });
});

it("below 500 atoms forces are those of one pass, to the bit, and no thread is asked for", () => {
  const potential = forceFieldPotential(gentle());
  expect(potential.evaluate(small)).toEqual(predictForces(gentle(), small));
  expect(potential.onThreads!(small, 3)).toBeUndefined();
});

describe("threads of a run", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("an error on any of them has its class, and all end", async () => {
    const terminated = vi.spyOn(Worker.prototype, "terminate");
    const close = { ...large, positions: large.positions.slice() };
    close.positions.copyWithin(3, 0, 3);
    for (const workers of [1, 2, 3]) {
      const error = await framesOf(close, gentle(), { workers }).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(DataError);
      expect((error as DataError).message).toMatch(/atoms? 0.*1/);
    }
    expect(terminated).toHaveBeenCalledTimes(3);
  });

  it("one that dies is an error, not a hang", async () => {
    const threads = forceFieldPotential(gentle()).onThreads!(large, 2)!;
    await threads.evaluate(large);
    const workers: Worker[] = [];
    const { emit } = Worker.prototype;
    vi.spyOn(Worker.prototype, "emit").mockImplementation(function (this: Worker, ...args) {
      workers.push(this);
      return emit.apply(this, args);
    });
    const dying = forceFieldPotential(gentle()).onThreads!(large, 2)!;
    await dying.evaluate(large);
    while (workers.length === 0) await new Promise((done) => setTimeout(done, 5));
    await workers[0]!.terminate();
    await expect(dying.evaluate(large)).rejects.toThrow(SpectensorError);
    await dying.end();
    await threads.end();
  });

  it("stop at a whole step when the run is aborted", async () => {
    const controller = new AbortController();
    const { reason, state } = await md(large, forceFieldPotential(gentle()), {
      ensemble: { kind: "nvt", temperature: 300 },
      steps: 1000,
      workers: 2,
      signal: controller.signal,
      onFrame: ({ step }) => {
        if (step === 2) controller.abort();
      },
    });
    expect([reason, state.step]).toEqual(["interrupted", 2]);
  });
});
