import { describe, expect, it } from "vitest";
import { md } from "../../src/dynamics/md.js";
import type { MdOptions } from "../../src/dynamics/options.js";
import type { Potential } from "../../src/dynamics/potential.js";
import { vibrationalDensity } from "../../src/dynamics/vibrations.js";
import { random } from "../../src/math/random.js";
import { findPeaks } from "../../src/spectrum/peaks.js";
import { createStructure } from "../../src/structure/structure.js";
import { createTrajectory } from "../../src/structure/trajectory.js";
import { atomicMassUnit, boltzmannConstant } from "../../src/units/constants.js";
import { angularToWavenumber } from "../../src/units/frequency.js";
import { expectClose } from "../support/close.js";
import { idealGas, tethered } from "../support/potentials.js";
import { argon, cluster, frames, lj } from "./support.js";

const mean = (values: Float64Array): number => values.reduce((sum, x) => sum + x, 0) / values.length;

/** Cumulative standard normal distribution, by Simpson's rule. */
function normalDistribution(x: number): number {
  const steps = 200;
  const f = (t: number): number => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  let sum = f(0) + f(x);
  for (let k = 1; k < steps; k++) sum += (k % 2 ? 4 : 2) * f((k * x) / steps);
  return 0.5 + (sum * x) / (3 * steps);
}

function joined(parts: readonly Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((p) => [...p]));
}

describe("velocity Verlet", () => {
  it("moves a harmonic oscillator with the discrete frequency, sin(ω'Δt/2) = ωΔt/2", async () => {
    const stiffness = 1.5;
    const dt = 5;
    const omega = Math.sqrt(stiffness / (39.95 * atomicMassUnit));
    const discrete = (2 / dt) * Math.asin((omega * dt) / 2);
    const run = await frames(argon, tethered(new Float64Array(3), stiffness), {
      ensemble: { kind: "nve" },
      steps: 400,
      timestep: dt,
      velocities: new Float64Array(3),
      masses: { Ar: 39.95 },
    });
    for (const f of run) expectClose(f.structure.positions[0]!, 0.1 * Math.cos(discrete * f.time), { absolute: 1e-11 });
  });

  it("gives a harmonic ring its analytic frequencies with the Verlet shift", async () => {
    const [n, stiffness, mass, dt] = [6, 3, 28, 12];
    const ring: Potential = {
      name: "harmonic ring",
      evaluate: ({ positions: u }) => {
        const at = (i: number): number => u[3 * ((i + n) % n)]!;
        const forces = u.map((_, k) => (k % 3 === 0 ? stiffness * (at(k / 3 - 1) + at(k / 3 + 1) - 2 * at(k / 3)) : 0));
        return { energy: -0.5 * forces.reduce((s, f, k) => s + f * u[k]!, 0), forces };
      },
    };
    const start = createStructure({ species: Array(n).fill("Si"), positions: new Float64Array(3 * n) });
    const recorded = await frames(start, ring, {
      ensemble: { kind: "nve" },
      steps: 4000,
      timestep: dt,
      temperature: 300,
      masses: { Si: mass },
    });
    const run = {
      ...createTrajectory(
        recorded.map((f) => f.structure),
        dt,
      ),
      velocities: joined(recorded.map((f) => f.velocities)),
    };
    const found = findPeaks(vibrationalDensity(run), { from: 50, minProminence: 5e-3 }).map((p) => p.position);
    const exact = [1, 2, 3].map(
      (j) => 2 * Math.sqrt(stiffness / (mass * atomicMassUnit)) * Math.sin((Math.PI * j) / n),
    );
    const shifted = exact.map((w) => angularToWavenumber((2 / dt) * Math.asin((w * dt) / 2)));
    expect(angularToWavenumber(exact[2]!)).toBeLessThan(shifted[2]! - 5);
    // 48 ps resolve 1 cm⁻¹; the vertex of a line between grid points is good to a small part of that
    expectClose(found, shifted, { absolute: 0.1 });
  });

  it("conserves energy to second order in the time step", async () => {
    const spread = async (dt: number): Promise<number> => {
      const run = await frames(cluster, lj, {
        ensemble: { kind: "nve" },
        steps: 2000 / dt,
        timestep: dt,
        temperature: 20,
        seed: 3,
      });
      const total = run.map((f) => f.potentialEnergy + f.kineticEnergy);
      return Math.max(...total) - Math.min(...total);
    };
    const ratio = (await spread(8)) / (await spread(4));
    expect(ratio).toBeGreaterThan(3.5);
    expect(ratio).toBeLessThan(4.6);
  });

  it("returns to the start when the velocities are reversed", async () => {
    const there = await md(cluster, lj, { ensemble: { kind: "nve" }, steps: 300, timestep: 2, temperature: 20 });
    const turned = createStructure({ species: cluster.species, positions: there.state.positions });
    const back = await md(turned, lj, {
      ensemble: { kind: "nve" },
      steps: 300,
      timestep: 2,
      velocities: there.state.velocities.map((v) => -v),
    });
    expectClose(back.state.positions, cluster.positions, { absolute: 1e-9 });
  });
});

describe("Langevin dynamics", () => {
  it("samples ⟨x²⟩ = k_BT/k of a harmonic well even with a large time step (BAOAB), and the Maxwell–Boltzmann distribution", async () => {
    const n = 200;
    const start = createStructure({ species: Array(n).fill("Ar"), positions: new Float64Array(3 * n) });
    const run = await frames(start, tethered(new Float64Array(3 * n), 1), {
      ensemble: { kind: "nvt", temperature: 300, friction: 5 },
      steps: 4000,
      timestep: 30,
      saveEvery: 20,
      seed: 7,
      masses: { Ar: 40 },
    });
    const late = run.slice(30);
    // 600 components and some 70 independent times: relative error √(2/42000) ≈ 0.7 %; four of them
    const x2 = mean(Float64Array.from(late, (f) => f.structure.positions.reduce((s, x) => s + x * x, 0) / (3 * n)));
    expectClose(x2, boltzmannConstant * 300, { relative: 0.025 });
    const v2 = (power: number): number =>
      mean(Float64Array.from(late, (f) => f.velocities.reduce((s, v) => s + v ** power, 0) / (3 * n)));
    expectClose(v2(4) / v2(2) ** 2, 3, { relative: 0.04 });
  });

  it("gives velocities of every mass the Maxwell–Boltzmann distribution (Kolmogorov–Smirnov), and the temperature", async () => {
    const n = 400;
    const species = Array.from({ length: n }, (_, i) => (i % 2 ? "H" : "Ar"));
    const start = createStructure({ species, positions: new Float64Array(3 * n) });
    const run = await frames(start, tethered(new Float64Array(3 * n), 0.5), {
      ensemble: { kind: "nvt", temperature: 250, friction: 50 },
      steps: 1000,
      timestep: 0.5,
      saveEvery: 100,
      seed: 11,
    });
    // 50 fs apart, with friction 50/ps: e^−2.5 = 8 % of a velocity is left, so that frames are as good as independent.
    const late = run.slice(4);
    for (const [symbol, mass] of [
      ["H", 1.008],
      ["Ar", 39.95],
    ] as const) {
      const width = Math.sqrt((boltzmannConstant * 250) / (mass * atomicMassUnit));
      const scaled = Float64Array.from(
        late.flatMap((f) => [...f.velocities].filter((_, k) => species[Math.floor(k / 3)] === symbol)),
        (v) => v / width,
      ).sort();
      let largest = 0;
      scaled.forEach((v, k) => {
        const expected = normalDistribution(v);
        largest = Math.max(
          largest,
          Math.abs(k / scaled.length - expected),
          Math.abs((k + 1) / scaled.length - expected),
        );
      });
      // 1.95/√N is passed once in a thousand draws.
      expect(scaled.length).toBe(7 * 600);
      expect(largest).toBeLessThan(1.95 / Math.sqrt(scaled.length));
    }
    // 8400 components: relative error of their mean square √(2/8400) = 1.5 %; four of them
    expectClose(mean(Float64Array.from(late, (f) => f.temperature)), 250, { relative: 0.06 });
  });

  it("gives the same bits for the same seed and others for another", async () => {
    const run = (seed: number) => md(cluster, lj, { ensemble: { kind: "nvt", temperature: 30 }, steps: 50, seed });
    const [a, b, c] = [await run(5), await run(5), await run(6)];
    expect(a.state.positions).toEqual(b.state.positions);
    expect(a.state.positions).not.toEqual(c.state.positions);
  });

  it("resumes to the same bits after an interruption at any step", async () => {
    const options: MdOptions = { ensemble: { kind: "nvt", temperature: 30 }, steps: 60, seed: 9 };
    const whole = await md(cluster, lj, options);
    for (const stopAt of [0, 1, 16, 37]) {
      const controller = new AbortController();
      const part = await md(cluster, lj, {
        ...options,
        signal: controller.signal,
        onFrame: (f) => {
          if (f.step === stopAt) controller.abort();
        },
      });
      expect(part.reason).toBe("interrupted");
      expect(part.state.step).toBe(stopAt);
      const rest = await md(cluster, lj, { ...options, resume: part.state });
      expect(rest.state).toEqual(whole.state);
    }
  });
});

describe("stochastic cell rescaling", () => {
  it("gives the ideal gas its volume distribution, ⟨V⟩ = (N + 1) k_BT/P", async () => {
    const n = 40;
    const rng = random(1);
    const start = createStructure({
      species: Array(n).fill("Ar"),
      positions: Float64Array.from({ length: 3 * n }, () => 20 * rng.next()),
      cell: [20, 0, 0, 0, 20, 0, 0, 0, 20],
    });
    const pressure = 0.02; // GPa
    const volumes: number[] = [];
    await md(start, idealGas, {
      ensemble: {
        kind: "npt",
        temperature: 300,
        friction: 20,
        pressure,
        relaxation: 200,
        compressibility: 1 / pressure,
      },
      steps: 30_000,
      timestep: 5,
      saveEvery: 20,
      seed: 2,
      onFrame: (f) => void volumes.push(f.structure.cell![0]! ** 3),
    });
    const late = Float64Array.from(volumes.slice(200));
    // relative width 1/√41 of V, correlation time ≈ 0.2 ps in 150 ps: error ≈ 0.8 %; the step in ln V is finite
    expectClose(mean(late), ((n + 1) * boltzmannConstant * 300) / (pressure * 0.0062415091), { relative: 0.03 });
  }, 120_000);
});
