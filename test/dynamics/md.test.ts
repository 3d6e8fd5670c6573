import { describe, expect, it } from "vitest";
import { md } from "../../src/dynamics/md.js";
import type { MdOptions } from "../../src/dynamics/options.js";
import type { Potential } from "../../src/dynamics/potential.js";
import { kineticEnergy, maxwellBoltzmann, temperatureOf } from "../../src/dynamics/velocities.js";
import { DataError, OptionError } from "../../src/errors.js";
import { random } from "../../src/math/random.js";
import { createStructure } from "../../src/structure/structure.js";
import { expectClose } from "../support/close.js";
import { idealGas, tethered } from "../support/potentials.js";
import { argon, cluster, frames, lj } from "./support.js";

describe("md", () => {
  it("draws velocities at the asked temperature without net momentum", () => {
    const masses = new Float64Array(3000).fill(20);
    const v = maxwellBoltzmann(masses, 250, random(4));
    expectClose(temperatureOf(kineticEnergy(v, masses), 3 * 3000 - 3), 250, { relative: 0.04 });
    for (let a = 0; a < 3; a++)
      expectClose(
        v.reduce((s, x, i) => s + (i % 3 === a ? x : 0), 0),
        0,
        { absolute: 1e-10 },
      );
  });

  it("keeps fixed atoms where they are and moves the others", async () => {
    const temperatures: number[] = [];
    const { state } = await md(cluster, lj, {
      ensemble: { kind: "nvt", temperature: 50 },
      steps: 20,
      fixed: [1, 3],
      onFrame: (f) => void temperatures.push(f.temperature),
    });
    for (const t of temperatures) expect(t).toBeGreaterThan(0);
    for (const i of [1, 3])
      expect(state.positions.slice(3 * i, 3 * i + 3)).toEqual(cluster.positions.slice(3 * i, 3 * i + 3));
    expect(state.positions[0]).not.toBe(cluster.positions[0]);
  });

  it("stops a run that blows up, says where, and keeps the frames before", async () => {
    const close = createStructure({
      species: ["Ar", "Ar"],
      positions: [
        [0, 0, 0],
        [3.6, 0, 0],
      ],
    });
    const recorded: number[] = [];
    const run = md(close, lj, {
      ensemble: { kind: "nve" },
      steps: 500,
      timestep: 1,
      velocities: Float64Array.of(0.2, 0, 0, -0.2, 0, 0),
      maxForce: 5,
      onFrame: (f) => void recorded.push(f.step),
    });
    await expect(run).rejects.toThrow(DataError);
    await expect(run).rejects.toThrow(/step \d+, atom \d \(Ar\).*eV\/Å, beyond the limit of 5/);
    expect(recorded.length).toBeGreaterThan(1);
  });

  it("stops a run whose time step is too long for its forces to show it", async () => {
    const recorded: number[] = [];
    const pair = createStructure({ species: ["Ar", "Ar"], positions: new Float64Array(6) });
    const run = md(pair, tethered(new Float64Array(6), 1.5), {
      ensemble: { kind: "nve" },
      steps: 4000,
      timestep: 120, // beyond 2/ω = 105 fs of this oscillator
      temperature: 300,
      maxForce: 1e9,
      onFrame: (f) => void recorded.push(f.temperature),
    });
    await expect(run).rejects.toThrow(
      /step \d+: the temperature is .* K, beyond the limit of 1.000e\+4; .*smaller time step/,
    );
    expect(recorded.length).toBeGreaterThan(2);
    expect(Math.max(...recorded)).toBeLessThan(1e4);
  });

  it("treats a NaN force as beyond the limit", async () => {
    const broken: Potential = {
      name: "broken",
      evaluate: (s) => ({ energy: 0, forces: new Float64Array(s.positions.length).fill(Number.NaN) }),
    };
    await expect(md(argon, broken, { ensemble: { kind: "nve" }, steps: 1, temperature: 1 })).rejects.toThrow(/NaN/);
  });

  it("stops where the error estimate passes its limit, after handing on that frame", async () => {
    const unsure: Potential = { ...lj, uncertainty: (s) => Math.abs(s.positions[0]!) };
    const recorded: (number | undefined)[] = [];
    const options: MdOptions = {
      ensemble: { kind: "nve" },
      steps: 100,
      velocities: Float64Array.of(0.01, ...Array(14).fill(0)),
      saveEvery: 5,
      maxUncertainty: 0.2,
      onFrame: (f) => void recorded.push(f.uncertainty),
    };
    await expect(md(cluster, unsure, options)).rejects.toThrow(/step \d+: error estimate.*beyond the limit of 0.2/);
    expect(recorded.length).toBeGreaterThan(2);
    expect(recorded.at(-1)).toBeGreaterThan(0.2);
    expect(recorded.at(-2)).toBeLessThan(0.2);
    await expect(md(cluster, lj, options)).rejects.toThrow(/but Lennard-Jones has no error estimate/);
  });

  it("names options that make no sense", async () => {
    const run = (options: object) =>
      md(argon, idealGas, { ensemble: { kind: "nve" }, steps: 1, temperature: 1, ...options } as MdOptions);
    await expect(run({ timestp: 1 })).rejects.toThrow(/did you mean "timestep"/);
    await expect(run({ steps: 1.5 })).rejects.toThrow(OptionError);
    await expect(run({ timestep: 0 })).rejects.toThrow(OptionError);
    await expect(run({ fixed: [1] })).rejects.toThrow(/atoms are 0 to 0/);
    await expect(run({ temperature: undefined })).rejects.toThrow(/no start velocities/);
    await expect(run({ ensemble: { kind: "npt", temperature: 1 } })).rejects.toThrow(/periodic in three directions/);
    await expect(run({ ensemble: { kind: "nvd" } })).rejects.toThrow(/known kinds: nve, nvt, npt/);
    await expect(run({ ensemble: { kind: "nvt" } })).rejects.toThrow(/no temperature/);
    await expect(run({ ensemble: { kind: "nvt", temperature: Number.NaN } })).rejects.toThrow(/temperature is NaN/);
    await expect(run({ ensemble: { kind: "nvt", temperature: 1, friktion: 1 } })).rejects.toThrow(/"friction"/);
    await expect(run({ ensemble: { kind: "nvt", temperature: 1, friction: 0 } })).rejects.toThrow(/friction is 0/);
    await expect(run({ masses: { H: 2 } })).rejects.toThrow(/given for H.*its species are Ar/);
    await expect(run({ masses: { Ar: 0 } })).rejects.toThrow(/masses is .*expected a mass above 0/);
  });

  it("does nothing but record the start in a run of zero steps", async () => {
    const recorded = await frames(cluster, lj, { ensemble: { kind: "nve" }, steps: 0, temperature: 10 });
    expect(recorded.map((f) => f.step)).toEqual([0]);
    expect(recorded[0]!.structure.positions).toEqual(cluster.positions);
    expect(recorded[0]!.potentialEnergy).toBe(lj.evaluate(cluster).energy);
  });

  it("needs a stress for constant pressure", async () => {
    const boxed = {
      ...cluster,
      cell: Float64Array.of(20, 0, 0, 0, 20, 0, 0, 0, 20),
      periodic: [true, true, true] as const,
    };
    const run = md(boxed, lj, { ensemble: { kind: "npt", temperature: 20 }, steps: 1 });
    await expect(run).rejects.toThrow(/needs a stress.*Lennard-Jones has none/);
  });
});
