import { describe, expect, it } from "vitest";
import { velocityAutocorrelation, vibrationalDensity } from "../../src/dynamics/vibrations.js";
import { DataError, ShapeError } from "../../src/errors.js";
import { findPeaks } from "../../src/spectrum/peaks.js";
import type { Trajectory } from "../../src/structure/trajectory.js";
import { angularToWavenumber, wavenumberToAngular } from "../../src/units/frequency.js";
import { expectClose } from "../support/close.js";

/** Two atoms, each oscillating along one axis with its own frequency (cm⁻¹) and velocity amplitude. */
function oscillators(frames: number, timestep: number): Trajectory {
  const velocities = new Float64Array(6 * frames);
  for (let f = 0; f < frames; f++) {
    velocities[6 * f] = 0.01 * Math.cos(wavenumberToAngular(400) * f * timestep);
    velocities[6 * f + 4] = 0.02 * Math.cos(wavenumberToAngular(900) * f * timestep + 1);
  }
  return {
    species: ["Si", "O"],
    positions: new Float64Array(6 * frames),
    velocities,
    periodic: [false, false, false],
    timestep,
  };
}
const masses = Float64Array.of(28, 16);

describe("vibrational density of states", () => {
  it("has area 1, its lines at the frequencies, and the species' shares of the kinetic energy", () => {
    const g = vibrationalDensity(oscillators(8192, 2), { masses });
    const { values } = g.axis;
    const area = (v: Float64Array): number => v.reduce((s, x) => s + x, 0) * (values[1]! - values[0]!);
    expectClose(area(g.intensities.density!.values), 1, { relative: 1e-9 });
    // kinetic energies 28·1² and 16·2²
    expectClose(area(g.intensities.Si!.values), 28 / (28 + 64), { relative: 2e-3 });
    expectClose(area(g.intensities.O!.values), 64 / (28 + 64), { relative: 2e-3 });
    const found = findPeaks(g, { count: 2 }).map((p) => p.position);
    expectClose(
      found.sort((a, b) => a - b),
      [400, 900],
      { absolute: 0.5 },
    );
  });

  it("is the transform of the autocorrelation, which is a sum of cosines here", () => {
    const c = velocityAutocorrelation(oscillators(20_000, 2), { masses, maxLag: 50 });
    const cosine = (wavenumber: number, t: number): number => Math.cos(wavenumberToAngular(wavenumber) * t);
    // the mean over a record of 40 ps leaves 1/(2ωT) of the term of twice the frequency
    expectClose(
      c.species.Si!,
      Float64Array.from(c.lag, (t) => cosine(400, t)),
      { absolute: 1e-3 },
    );
    const total = Float64Array.from(c.lag, (t) => (28 * cosine(400, t) + 64 * cosine(900, t)) / 92);
    expectClose(c.total, total, { absolute: 1e-3 });
    expect(angularToWavenumber(wavenumberToAngular(400))).toBeCloseTo(400, 9);
  });

  it("is refused where nothing moves, and for masses that are none", () => {
    const t = oscillators(100, 1);
    const still = { ...t, velocities: new Float64Array(600) };
    for (const function_ of [vibrationalDensity, velocityAutocorrelation]) {
      expect(() => function_(still)).toThrow("all velocities are 0");
      expect(() => function_({ ...t, velocities: t.velocities!.map(() => Number.NaN) })).toThrow("not finite");
      expect(() => function_(t, { masses: Float64Array.of(28) })).toThrow("1 masses for 2 atoms");
      expect(() => function_(t, { masses: Float64Array.of(28, Number.NaN) })).toThrow("that of atom 1 is NaN");
      expect(() => function_(t, { masses: Float64Array.of(-1, 16) })).toThrow(ShapeError);
    }
    // Of one species that is held the other's correlation is all there is.
    const held = { ...t, velocities: t.velocities!.map((v, p) => (p % 6 < 3 ? 0 : v)) };
    const { species, total } = velocityAutocorrelation(held, { masses });
    expect([...species.Si!]).toEqual(Array(51).fill(0));
    expectClose(species.O!, total, { relative: 1e-12 });
  });

  it("needs velocities and a time step", () => {
    const { velocities: _, ...still } = oscillators(10, 1);
    expect(() => vibrationalDensity(still)).toThrow(DataError);
    const { timestep: __, ...timeless } = oscillators(10, 1);
    expect(() => velocityAutocorrelation(timeless)).toThrow(/no time step/);
  });
});
