import { describe, expect, it } from "vitest";
import { random } from "../../src/math/random.js";
import { branchJumps } from "../../src/series/branchJumps.js";
import { seriesProblems } from "../../src/series/plausibility.js";
import { createSeries } from "../../src/series/tensorSeries.js";

/** A dipole as a liquid's: modes at random around four wavenumbers (cm⁻¹) of so large amplitudes (e·Å). */
const modes = [
  [100, 2.5],
  [500, 0.9],
  [1640, 0.25],
  [3400, 0.25],
] as const;
const cmPerFs = 2.99792458e-5;

function liquid(timestep: number, seed: number, n = 2000): Float64Array {
  const rng = random(seed);
  const values = new Float64Array(3 * n);
  for (let c = 0; c < 3; c++)
    for (const [wavenumber, amplitude] of modes)
      for (let m = 0; m < 6; m++) {
        const omega = 2 * Math.PI * cmPerFs * wavenumber * (1 + 0.05 * rng.normal());
        const phase = 2 * Math.PI * rng.next();
        for (let f = 0; f < n; f++)
          values[3 * f + c]! += (amplitude / Math.sqrt(6)) * Math.cos(omega * f * timestep + phase);
      }
  return values;
}

/** Put into a cell of edge L around the branch that x leaves now and then; frames at which it does. */
function wrapped(values: Float64Array, edge: number): { values: Float64Array; jumps: number[] } {
  const x = Array.from({ length: values.length / 3 }, (_, f) => values[3 * f]!);
  const border = 0.8 * Math.max(...x);
  const out = values.map((v, p) => (p % 3 === 0 && v > border ? v - edge : v));
  return { values: out, jumps: x.flatMap((v, f) => (f > 0 && v > border !== x[f - 1]! > border ? [f] : [])) };
}

const seriesOf = (values: Float64Array, timestep: number) =>
  createSeries({ quantity: "polarization", shape: [3], values, timestep, origin: "test" });

describe("changes of branch without a cell", () => {
  // 12.4 Å: 64 molecules of water. At 1 fs the quantum is 56 median steps, at 4 fs 17, at 8 fs some 10.
  it.each([0.5, 1, 2, 4, 8])("are found at a row every %s fs, all and no others", (timestep) => {
    const { values, jumps } = wrapped(liquid(timestep, 3, 4000), 12.4);
    expect(jumps.length).toBeGreaterThan(3);
    expect(branchJumps(seriesOf(values, timestep))).toEqual(jumps);
    expect(seriesProblems(seriesOf(values, timestep)).join()).toMatch(/several branches, e·a, e·b, e·c apart/);
  });

  it("are not seen in a dipole that only moves, however sparse its rows", () => {
    for (let seed = 0; seed < 8; seed++)
      for (const timestep of [0.5, 2, 4, 10, 20, 50])
        expect(branchJumps(seriesOf(liquid(timestep, seed), timestep))).toEqual([]);
  });

  it("are not seen in noise, nor in a molecule that turns from time to time", () => {
    const rng = random(1);
    expect(
      branchJumps(
        seriesOf(
          Float64Array.from({ length: 3000 }, () => 5 * rng.normal()),
          1,
        ),
      ),
    ).toEqual([]);
    const turning = Float64Array.from({ length: 3000 }, (_, p) => 2 * Math.tanh(3 * Math.sin(0.01 * p)));
    expect(branchJumps(seriesOf(turning, 1))).toEqual([]);
  });
});
