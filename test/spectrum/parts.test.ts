import { describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { DataError, OptionError, ShapeError, UnitError } from "../../src/errors.js";
import { random } from "../../src/math/random.js";
import { linearResponse } from "../../src/model/linearResponse/linearResponse.js";
import { predictLinearResponse } from "../../src/model/linearResponse/predictSeries.js";
import { bornCurrent } from "../../src/series/current.js";
import { seriesEnsemble } from "../../src/series/ensemble.js";
import { splitSeries } from "../../src/series/join.js";
import { createSeries, type TensorSeries } from "../../src/series/tensorSeries.js";
import { currentParts, modeCurrents } from "../../src/spectrum/currentParts.js";
import { displacedForces } from "../../src/spectrum/displacedForces.js";
import { forceConstants } from "../../src/spectrum/forceConstants.js";
import { infrared } from "../../src/spectrum/infrared.js";
import { modeSpectrum } from "../../src/spectrum/modeProjection.js";
import { moleculeModeSpectrum } from "../../src/spectrum/moleculeModes.js";
import { spectrumParts } from "../../src/spectrum/parts.js";
import { findPeaks } from "../../src/spectrum/peaks.js";
import { normalModes } from "../../src/spectrum/phonons.js";
import { modePolarizabilities, polarizabilityParts } from "../../src/spectrum/polarizabilityParts.js";
import { raman } from "../../src/spectrum/raman.js";
import { area, intensityOf, type Spectrum } from "../../src/spectrum/spectrum.js";
import { withVelocities } from "../../src/structure/displacement.js";
import { atomGroups } from "../../src/structure/groups.js";
import { createStructure } from "../../src/structure/structure.js";
import type { Trajectory } from "../../src/structure/trajectory.js";
import { expectClose } from "../support/close.js";
import { waves } from "./signals.js";

const options = { temperature: 300, volume: 100 } as const;

/** All intensities but the first added up. */
function added(s: Spectrum): Float64Array {
  const [, ...terms] = Object.values(s.intensities);
  return terms[0]!.values.map((_, k) => terms.reduce((sum, t) => sum + t.values[k]!, 0));
}

function sum(parts: Readonly<Record<string, TensorSeries>>): Float64Array {
  const all = Object.values(parts);
  return all[0]!.values.map((_, k) => all.reduce((s, p) => s + p.values[k]!, 0));
}

function current(x: Float64Array, origin: string): TensorSeries {
  const values = new Float64Array(3 * x.length);
  x.forEach((v, f) => {
    values[3 * f] = v;
  });
  return createSeries({ quantity: "current", shape: [3], values, timestep: 2, volume: 100, origin });
}

describe("a spectrum taken apart", () => {
  const wave = (amplitude: number, phase: number) => waves(4000, 2, [{ wavenumber: 400, amplitude, phase }]).rate;
  const a = current(wave(0.3, 0.2), "a");

  it("of two oscillators of one frequency has the cross term 2AB cos δ/(A² + B²) of the autos: +, 0 or −", () => {
    for (const delta of [0, Math.PI / 3, Math.PI / 2, Math.PI]) {
      const b = current(wave(0.5, 0.2 + delta), "b");
      const s = spectrumParts({ a, b }, (x) => infrared(x, options));
      const [own, other, cross] = ["a", "b", "a × b"].map((name) => area(s, { name, from: 300, to: 500 }));
      // A tapered record of 8 ps does not quite average the phase: cos(2ωt) over it is 1e-3.
      expectClose(other! / own!, (0.5 / 0.3) ** 2, { relative: 3e-3 });
      expectClose(cross! / own!, (2 * 0.3 * 0.5 * Math.cos(delta)) / 0.3 ** 2, { absolute: 1e-2 });
    }
  });

  it("adds up to the whole to rounding, pairs and rest, with many parts, factors and broadening, infrared and Raman", () => {
    const r = random(3);
    const noise = (): Float64Array => Float64Array.from({ length: 500 }, () => r.normal());
    for (const count of [1, 2, 3, 9])
      for (const kind of ["pairs", "rest"] as const) {
        const parts = Object.fromEntries(Array.from({ length: count }, (_, k) => [`p${k}`, current(noise(), `p${k}`)]));
        const s = spectrumParts(parts, (x) => infrared(x, options), { cross: { kind } });
        const top = Math.max(...intensityOf(s).values);
        expectClose(added(s), intensityOf(s).values, { absolute: 1e-12 * top });
        const terms = kind === "pairs" ? (count * (count - 1)) / 2 : count === 1 ? 0 : count;
        expect(Object.keys(s.intensities)).toHaveLength(1 + count + terms);
      }
    const alpha = (origin: string): TensorSeries =>
      createSeries({
        quantity: "polarizability",
        shape: [3, 3],
        values: Float64Array.from({ length: 9 * 300 }, () => r.normal()),
        timestep: 2,
        origin,
      });
    for (const intensity of ["parallel", "perpendicular", "unpolarised"]) {
      const s = spectrumParts({ x: alpha("x"), y: alpha("y"), z: alpha("z") }, (x) => raman(x), { intensity });
      expectClose(added(s), intensityOf(s, intensity).values, { absolute: 1e-12 * Math.max(...added(s)) });
    }
    expect(() => spectrumParts({ x: alpha("x") }, (x) => raman(x), { intensity: "depolarisation" })).toThrow(/ratio/);
    expect(() => spectrumParts({ a, b: { ...a, unit: "e·bohr/fs" } }, (x) => infrared(x, options))).toThrow(ShapeError);
    expect(() => spectrumParts({ absorption: a }, (x) => infrared(x, options))).toThrow(OptionError);
  });

  it("of ensembles is the mean over the runs of their parts, with errors for every term", () => {
    const [x, y] = [current(wave(0.3, 0), "x"), current(wave(0.1, 1), "y")].map((s) =>
      seriesEnsemble(splitSeries(s, 4)),
    );
    const s = spectrumParts({ x: x!, y: y! }, (run) => infrared(run, options));
    expect(s.averaged).toBe(4);
    expect(s.intensities["x × y"]!.standardError).toBeDefined();
    expectClose(added(s), intensityOf(s).values, { absolute: 1e-12 * Math.max(...intensityOf(s).values) });
  });
});

describe("groups of atoms", () => {
  it("are atoms, species, molecules across faces, or labels, each atom in one", () => {
    const s = createStructure({
      species: ["O", "H", "H", "O", "H", "H"],
      positions: [0.1, 1, 1, 0.8, 1.5, 1, 9.4, 1.6, 1, 5, 5, 5, 5.7, 5.6, 5, 4.3, 5.6, 5],
      cell: [10, 0, 0, 0, 10, 0, 0, 0, 10],
    });
    const names = (g: Parameters<typeof atomGroups>[1]) => atomGroups(s, g).map((x) => `${x.name}:${x.atoms.join()}`);
    expect(names({ kind: "molecules" })).toEqual(["H2O 1:0,1,2", "H2O 2:3,4,5"]);
    expect(names({ kind: "species" })).toEqual(["O:0,3", "H:1,2,4,5"]);
    expect(names({ kind: "atoms" })[4]).toBe("H5:4");
    expect(names({ kind: "labels", labels: ["a", "a", "b", "b", "b", "a"] })).toEqual(["a:0,1,5", "b:2,3,4"]);
    expect(() => atomGroups(s, { kind: "labels", labels: ["a"] })).toThrow(ShapeError);
  });
});

describe("the embedded water molecule", async () => {
  const set = await loadDataset("h2o");
  const reference = set.reference!;
  const modes = normalModes(forceConstants(reference.structure, displacedForces(reference, set.displaced)));
  const t: Trajectory = withVelocities(set.trajectory());
  const r = random(11);
  const fixed = reference.bornCharges!;
  // Constant charges, and charges that change from frame to frame.
  const constant = createSeries({
    quantity: "bornCharges",
    shape: [3, 3, 3],
    values: fixed,
    timestep: 2,
    origin: "Z*",
  });
  const charges = {
    ...constant,
    values: Float64Array.from({ length: 27 * 1001 }, (_, p) => fixed[p % 27]! * (1 + 0.1 * r.normal())),
  };
  const whole = bornCurrent(charges, t);
  const scale = Math.max(...whole.values.map(Math.abs));

  it("has a current that is the sum over atoms, species, the molecule and normal modes", () => {
    for (const kind of ["atoms", "species", "molecules"] as const)
      expectClose(sum(currentParts(charges, t, { kind })), whole.values, { absolute: 1e-13 * scale });
    const still = bornCurrent(constant, t);
    expectClose(sum(modeCurrents(modes, constant, t)), still.values, { absolute: 1e-12 * scale });
    const byMode = modeCurrents(modes, charges, t);
    expect(Object.keys(byMode)).toHaveLength(9);
    expectClose(sum(byMode), whole.values, { absolute: 1e-12 * scale });
    const grouped = modeCurrents(modes, charges, t, {
      kind: "labels",
      labels: Array.from(modes.wavenumbers, (v) => (v > 1000 ? "vibration" : "other")),
    });
    expectClose(sum(grouped), whole.values, { absolute: 1e-12 * scale });
    // A neutral molecule's current is its vibrations' and rotations'.
    const vibrations = Math.max(...grouped.vibration!.values.map(Math.abs));
    expect(vibrations).toBeGreaterThan(0.5 * scale);
  });

  it("takes charges of its own frames only, and no trajectory without motion", () => {
    const late = { ...charges, timestep: 77 };
    expect(() => modeCurrents(modes, late, t)).toThrow("charges every 77 fs, velocities every 2 fs");
    expect(() => bornCurrent(late, t)).toThrow(UnitError);
    // Constant charges have no times.
    expect(() => modeCurrents(modes, { ...constant, timestep: 77 }, t)).not.toThrow();
    const still = { ...t, velocities: t.velocities!.map(() => 0) };
    expect(() => modeSpectrum(modes, still)).toThrow("modeSpectrum: all velocities are 0");
    expect(() => moleculeModeSpectrum(modes, still, [[0, 1, 2]])).toThrow("moleculeModeSpectrum: all velocities are 0");
  });

  it("shows each mode where it is harmonic, within anharmonicity, and the modes add up to the density of states", () => {
    const s = modeSpectrum(modes, t);
    expectClose(added(s), intensityOf(s).values, { absolute: 1e-12 * Math.max(...added(s)) });
    expectClose(area(s), 1, { relative: 1e-10 });
    modes.wavenumbers.forEach((v, k) => {
      if (v < 1000) return;
      const name = Object.keys(s.intensities)[1 + k]!;
      const [top] = findPeaks(s, { name, count: 1 });
      // Classical dynamics at 300 K against the harmonic limit, and the amplitude of central differences.
      expectClose(top!.position, v, { relative: 0.04 });
    });
  });

  it("has a polarizability in linear response that is the sum over atoms and over modes", async () => {
    const model = await linearResponse(reference, set.displaced, {
      quantity: "polarizability",
      frame: { kind: "eckart" },
    });
    const alpha = await predictLinearResponse(model, t);
    const size = Math.max(...alpha.values);
    for (const parts of [
      await polarizabilityParts(model, t, { kind: "atoms" }),
      await polarizabilityParts(model, t),
      await modePolarizabilities(model, modes, t, { kind: "degenerate", within: 200 }),
    ])
      expectClose(sum(parts), alpha.values, { absolute: 1e-10 * size });
    const s = spectrumParts(await polarizabilityParts(model, t), (x) => raman(x));
    expectClose(added(s), intensityOf(raman(alpha)).values, { absolute: 1e-9 * Math.max(...added(s)) });
    const internal = await linearResponse(reference, set.displaced, { quantity: "polarizability" });
    await expect(polarizabilityParts(internal, t)).rejects.toThrow(DataError);
  });
});
