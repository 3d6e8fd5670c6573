import { expect, it } from "vitest";
import { DataError, OptionError } from "../../src/errors.js";
import { evaluateConstantCharges } from "../../src/model/target/polarization/constantCharges.js";
import { evaluatePolarization } from "../../src/model/target/polarization/evaluate.js";
import { fitPolarization } from "../../src/model/target/polarization/polarization.js";
import { TOY_CHARGES, toyOxideFrames } from "../support/toyPolarization.js";

const frames = toyOxideFrames(12, 3);

it("is exact where charges are constant: the diagonal of Z*, and P", async () => {
  const rigid = frames.map(({ structure: s }) => ({
    structure: s,
    bornCharges: Float64Array.from({ length: 9 * s.species.length }, (_, k) =>
      // One element off the diagonal, so that there is a spread to relate errors to.
      (k % 9) % 4 === 0 ? TOY_CHARGES[s.species[Math.floor(k / 9)]!]! : k % 9 === 1 ? 0.3 : 0,
    ),
    polarization: Float64Array.from([0, 1, 2], (a) =>
      s.species.reduce((sum, x, i) => sum + TOY_CHARGES[x]! * s.positions[3 * i + a]!, 0),
    ),
  }));
  const { bornCharges, polarization } = await evaluateConstantCharges(rigid.slice(0, 4), rigid.slice(4));
  // One element in nine is 0.3 e off. P: only rounding, sums of a dozen numbers of some e·Å.
  expect(bornCharges!.rmse).toBeCloseTo(0.1, 14);
  expect(bornCharges!.rmseDiagonal).toBeLessThan(1e-14);
  expect(polarization!.rmse).toBeLessThan(1e-12);
});

it("leaves all of the spread that the species' means do not hold", async () => {
  const all = (await evaluateConstantCharges(frames, frames)).bornCharges!;
  expect(all.rmspeWithoutDiagonal).toBeCloseTo(1, 12);
  // The same number by hand: off-diagonal elements whole, diagonal ones about the mean of their species.
  let sum = 0;
  const z = frames.flatMap((f) => Array.from(f.bornCharges!));
  const species = frames.flatMap((f) => [...f.structure.species]);
  const diagonal = (k: number) => (k % 9) % 4 === 0;
  for (const symbol of ["Zr", "O"]) {
    const own = z.map((v, k) => [v, k] as const).filter(([, k]) => species[Math.floor(k / 9)] === symbol);
    const on = own.filter(([, k]) => diagonal(k)).map(([v]) => v);
    const mean = on.reduce((s, v) => s + v, 0) / on.length;
    for (const [v, k] of own) sum += (diagonal(k) ? v - mean : v) ** 2;
  }
  expect(all.rmse).toBeCloseTo(Math.sqrt(sum / z.length), 12);
});

it("is beaten by a model that learnt the surroundings", async () => {
  const descriptor = { cutoff: 3, nMax: 4, lMax: 3, smearing: 0.4, twoBody: {} };
  const model = await fitPolarization(frames.slice(0, 9), { descriptor, weights: { polarization: 0 } });
  const learnt = (await evaluatePolarization(model, frames.slice(9))).bornCharges!;
  const constant = (await evaluateConstantCharges(frames.slice(0, 9), frames.slice(9))).bornCharges!;
  expect(learnt.rmse).toBeLessThan(0.5 * constant.rmse);
});

it("names what is missing", async () => {
  await expect(evaluateConstantCharges([], frames)).rejects.toThrow(OptionError);
  const other = frames.map((f) => ({
    ...f,
    structure: { ...f.structure, species: f.structure.species.map(() => "Hf") },
  }));
  await expect(evaluateConstantCharges(frames, other)).rejects.toThrow(DataError);
});
