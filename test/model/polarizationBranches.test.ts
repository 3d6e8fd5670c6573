/** Polarizations of crystals' frames on several branches e·a, e·b, e·c. */
import { describe, expect, it } from "vitest";
import { DataError } from "../../src/errors.js";
import { random } from "../../src/math/random.js";
import { evaluatePolarization } from "../../src/model/target/polarization/evaluate.js";
import { fitPolarization } from "../../src/model/target/polarization/polarization.js";
import { settleBranches } from "../../src/model/target/polarization/settleBranches.js";
import type { Frame } from "../../src/structure/frame.js";
import { createStructure } from "../../src/structure/structure.js";
import { expectClose } from "../support/close.js";
import { toyOxideFrames } from "../support/toyPolarization.js";

const descriptor = { cutoff: 3, nMax: 3, lMax: 2, smearing: 0.4, twoBody: {} };
const options = { descriptor, ridge: { kind: "fixed", value: 1e-9 }, validation: { kind: "folds" } } as const;

/** Frames without Z*, on one branch. */
const smooth = toyOxideFrames(40, 1).map(({ bornCharges: _, ...frame }) => frame);

/** P in the cell around 0, as Berry-phase codes print it; the frames whose branch is then another than that of the first. */
function inCell(frames: readonly Frame[], shift = [0, 0, 0]): Frame[] {
  const rng = random(7);
  return frames.map((frame, f) => {
    const cell = frame.structure.cell!;
    const quanta = shift.map((s) => (f === 0 ? 0 : Math.floor(3 * rng.next()) - 1 + s));
    return {
      ...frame,
      polarization: frame.polarization!.map((p, i) => p + quanta.reduce((sum, n, k) => sum + n * cell[3 * k + i]!, 0)),
    };
  });
}

const polarizations = (frames: readonly Frame[]): number[] => frames.flatMap((f) => [...f.polarization!]);

describe("frames that are no neighbors in time", () => {
  it("come to the branch of the first, by charges that leave the least of all differences", () => {
    const { frames, moved } = settleBranches(inCell(smooth));
    expect(moved.length).toBeGreaterThan(30);
    // Whole cell vectors are added and taken off again: rounding of numbers of some 10 e·Å.
    expectClose(polarizations(frames), polarizations(smooth), { absolute: 1e-12 });
    expect(settleBranches(smooth)).toEqual({ frames: smooth, moved: [] });
  });

  it("come there by Born charges and by formal ones, also where frames are few", () => {
    const few = toyOxideFrames(3, 5);
    expectClose(polarizations(settleBranches(inCell(few)).frames), polarizations(few), { absolute: 1e-12 });
    const formal = { kind: "formal", values: { Zr: 4, O: -2 } } as const;
    const bare = few.map(({ bornCharges: _, ...f }) => f);
    expectClose(polarizations(settleBranches(inCell(bare), formal).frames), polarizations(bare), { absolute: 1e-12 });
  });

  it("of other atoms are compared with their own kind only", () => {
    const others = smooth.slice(0, 5).map((f) => {
      const { species, ...rest } = f.structure;
      return { ...f, structure: { ...rest, species: species.map((s) => (s === "Zr" ? "Hf" : s)) } };
    });
    const { moved } = settleBranches([...smooth, ...others]);
    expect(moved).toEqual([]);
  });

  it("are refused, by their numbers, where nothing explains the differences", () => {
    const rng = random(2);
    const odd = smooth.map((f) => ({ ...f, polarization: f.polarization!.map((p) => p + 4 * rng.next()) }));
    expect(() => settleBranches(odd)).toThrow(DataError);
    expect(() => settleBranches(odd)).toThrow(/several branches.*no charges.*frame \d+.*branches: "keep"/);
  });

  it("give the model that they give on one branch, which says what was done", async () => {
    const [one, several] = [await fitPolarization(smooth, options), await fitPolarization(inCell(smooth), options)];
    expectClose(several.constants, one.constants, { absolute: 1e-9 });
    expect(several.training.warnings.join()).toMatch(/polarization of 3\d of 40 frames \(first frame 1\)/);
    expect(one.training.warnings.join()).not.toMatch(/branch/);
    const kept = await fitPolarization(inCell(smooth), { ...options, branches: "keep" });
    // Quanta of 4 e·Å that displacements of tenths of Å are to explain.
    expect(Math.abs(kept.constants[0]! - one.constants[0]!)).toBeGreaterThan(0.5);
  });
});

describe("an evaluation", () => {
  it("compares on the branch nearest to the prediction and counts the frames", async () => {
    const model = await fitPolarization(smooth, options);
    const test = toyOxideFrames(20, 9);
    const { polarization: expected } = await evaluatePolarization(model, test);
    const { polarization: found } = await evaluatePolarization(model, inCell(test));
    expect(expected).not.toHaveProperty("moved");
    expect(found!.moved).toBeGreaterThan(10);
    expect(found!.rmse).toBeCloseTo(expected!.rmse, 9);
    const { polarization: kept } = await evaluatePolarization(model, inCell(test), { branches: "keep" });
    expect(kept!.rmse).toBeGreaterThan(1);
    expect(kept).not.toHaveProperty("moved");
  });

  it("does not make a bad model look better: where errors are as large as quanta, nothing is moved", async () => {
    const model = await fitPolarization(smooth, options);
    const rng = random(3);
    const test = toyOxideFrames(20, 9).map((f) => ({
      ...f,
      polarization: f.polarization!.map((p) => p + 5 * rng.normal()),
    }));
    const { polarization: found } = await evaluatePolarization(model, test);
    const { polarization: kept } = await evaluatePolarization(model, test, { branches: "keep" });
    expect(found!.rmse).toBe(kept!.rmse);
    expect(found!.unsettled).toBeGreaterThan(0);
  });

  it("leaves molecules alone: their dipole has no quanta", async () => {
    const molecule = (x: number): Frame => ({
      structure: createStructure({ species: ["O", "Zr"], positions: [0, 0, 0, x, 0.1 * x * x, 0] }),
      polarization: Float64Array.of(40 * x, 0, 0),
    });
    const frames = Array.from({ length: 8 }, (_, k) => molecule(1.6 + 0.1 * k));
    expect(settleBranches(frames)).toEqual({ frames, moved: [] });
  });
});
