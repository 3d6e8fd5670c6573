import { describe, expect, it } from "vitest";
import { DataError, OptionError, ShapeError } from "../../src/errors.js";
import { random } from "../../src/math/random.js";
import { type DisplacedForces, displacedForces } from "../../src/spectrum/displacedForces.js";
import { forceConstants } from "../../src/spectrum/forceConstants.js";
import { infraredIntensities, modeDerivatives, ramanActivities } from "../../src/spectrum/modeActivities.js";
import { nonAnalyticTerm, normalModes } from "../../src/spectrum/phonons.js";
import { toCartesian } from "../../src/structure/cell.js";
import { neighborList } from "../../src/structure/neighbors.js";
import { rotateTensor } from "../../src/structure/rotateTensor.js";
import { createStructure, type Structure } from "../../src/structure/structure.js";
import { noSymmetry, symmetry } from "../../src/structure/symmetry.js";
import { atomicMassUnit } from "../../src/units/constants.js";
import { angularToWavenumber } from "../../src/units/frequency.js";
import { expectClose } from "../support/close.js";
import { rotateRows } from "../support/equivariance.js";
import { displacedSets, water } from "./springs.js";

describe("normal modes", () => {
  it("of a diatomic molecule: one of √(k/μ), five of zero", () => {
    const s = createStructure({ species: ["C", "O"], positions: [0, 0, 0, 0, 0, 1.13] });
    const modes = normalModes(forceConstants(s, displacedSets(s, 100, [0, 1]), { symmetry: { kind: "none" } }), {
      masses: Float64Array.of(12, 16),
    });
    const mu = (12 * 16) / 28;
    expectClose(modes.wavenumbers[5]!, angularToWavenumber(Math.sqrt(100 / (mu * atomicMassUnit))), { relative: 1e-6 });
    for (let k = 0; k < 5; k++) expect(Math.abs(modes.wavenumbers[k]!)).toBeLessThan(2);
  });

  it("need only symmetry-distinct displacements, and are the same without symmetry", () => {
    const all = normalModes(forceConstants(water, displacedSets(water, 40, [0, 1, 2]), { symmetry: { kind: "none" } }));
    const few = forceConstants(water, displacedSets(water, 40, [0, 1]));
    expectClose(normalModes(few).wavenumbers.subarray(6), all.wavenumbers.subarray(6), { relative: 1e-6 });
    expect(few.symmetry).toBe("C2v");
    expect(few.translationalResidual).toBeLessThan(1e-4);
    expect(() => forceConstants(water, displacedSets(water, 40, [0, 1]), { symmetry: { kind: "none" } })).toThrow(
      /atom 2 \(H\).*0 of 3 directions/,
    );
    const rigid = Math.max(...all.wavenumbers.subarray(0, 6).map(Math.abs));
    expect(rigid).toBeLessThan(0.01 * all.wavenumbers[6]!);
  });

  it("have force constants that obey symmetry, the sum rule and action = reaction", () => {
    const { values } = forceConstants(water, displacedSets(water, 40, [0, 1]));
    for (let i = 0; i < 9; i++)
      for (let b = 0; b < 3; b++)
        expectClose(
          [0, 1, 2].reduce((s, j) => s + values.values[9 * i + 3 * j + b]!, 0),
          0,
          { absolute: 1e-12 },
        );
    for (let i = 0; i < 9; i++)
      for (let j = 0; j < 9; j++)
        expectClose(values.values[9 * i + j]!, values.values[9 * j + i]!, { absolute: 1e-12 });
    for (const { rotation, permutation } of symmetry(water).operations)
      for (let i = 0; i < 3; i++)
        for (let j = 0; j < 3; j++) {
          const block = (a: number, b: number) =>
            Float64Array.from(
              { length: 9 },
              (_, p) => values.values[(3 * a + Math.floor(p / 3)) * 9 + 3 * b + (p % 3)]!,
            );
          expectClose(block(permutation[i]!, permutation[j]!), rotateTensor(rotation, block(i, j)), { absolute: 1e-9 });
        }
    const left = forceConstants(water, displacedSets(water, 40, [0, 1]), { sumRule: { kind: "leave" } });
    expectClose(left.values.values, values.values, { absolute: 1e-4 });
  });

  it("turn with the molecule: same frequencies, intensities and activities", () => {
    const r = random(3);
    const R = r.rotation();
    const turned = { ...water, positions: rotateRows(R, water.positions) };
    const z = Float64Array.from({ length: 27 }, () => r.normal());
    const d = Float64Array.from({ length: 81 }, () => r.normal());
    const make = (s: Structure) =>
      normalModes(forceConstants(s, displacedSets(s, 40, [0, 1, 2]), { symmetry: { kind: "none" } }));
    const [a, b] = [make(water), make(turned)];
    const turn = (t: Float64Array, size: number) => {
      const out = new Float64Array(t.length);
      for (let at = 0; at < t.length; at += size) out.set(rotateTensor(R, t.slice(at, at + size)), at);
      return out;
    };
    expectClose(b.wavenumbers.subarray(6), a.wavenumbers.subarray(6), { relative: 1e-5 });
    expectClose(infraredIntensities(b, turn(z, 9)).subarray(6), infraredIntensities(a, z).subarray(6), {
      relative: 1e-5,
    });
    expectClose(ramanActivities(b, turn(d, 27)).activities.subarray(6), ramanActivities(a, d).activities.subarray(6), {
      relative: 1e-5,
    });
  });

  it("refuse what does not fit", () => {
    const fc = forceConstants(water, displacedSets(water, 40, [0, 1]));
    expect(() => normalModes(fc, { masses: Float64Array.of(1, 2) })).toThrow(ShapeError);
    expect(() => modeDerivatives(normalModes(fc), new Float64Array(5), 3)).toThrow(ShapeError);
    expect(() =>
      forceConstants(water, [{ atom: 0, displacement: new Float64Array(3), forces: new Float64Array(6) }]),
    ).toThrow(ShapeError);
    expect(() =>
      nonAnalyticTerm(water, {
        direction: [1, 0, 0],
        bornCharges: new Float64Array(27),
        epsilonInfinity: new Float64Array(9),
      }),
    ).toThrow(OptionError);
  });
});

describe("a crystal with screw axes (α-quartz, P3₂21)", () => {
  // Idealised coordinates; springs to every neighbor within 3.3 Å.
  const [a, c, u, [x, y, z]] = [4.913, 5.405, 0.4697, [0.4135, 0.2669, 0.7858]] as const;
  const cell = Float64Array.of(a, 0, 0, -a / 2, (a * Math.sqrt(3)) / 2, 0, 0, 0, c);
  const fractional = [
    [u, 0, 2 / 3],
    [0, u, 1 / 3],
    [-u, -u, 0],
    [x, y, z],
    [-y, x - y, z + 2 / 3],
    [y - x, -x, z + 1 / 3],
    [y, x, -z],
    [x - y, -y, 1 / 3 - z],
    [-x, y - x, 2 / 3 - z],
  ].flat();
  const quartz = createStructure({
    species: ["Si", "Si", "Si", "O", "O", "O", "O", "O", "O"],
    positions: toCartesian(Float64Array.from(fractional), cell),
    cell,
  });
  const list = neighborList(quartz, 3.3);

  /** Forces of the springs when one atom is moved by a small vector, all images with it. */
  function forcesOf(moved: number, d: ArrayLike<number>): Float64Array {
    const forces = new Float64Array(27);
    const shift = (i: number, k: number): number => (i === moved ? d[k]! : 0);
    for (let i = 0; i < 9; i++)
      for (let p = list.first[i]!; p < list.first[i + 1]!; p++) {
        const j = list.index[p]!;
        const r = [0, 1, 2].map((k) => list.vectors[3 * p + k]! + shift(j, k) - shift(i, k));
        const now = Math.hypot(...r);
        const stiffness = 30 * Math.exp(-list.distances[p]!);
        for (let k = 0; k < 3; k++) forces[3 * i + k]! += (stiffness * (now - list.distances[p]!) * r[k]!) / now;
      }
    return forces;
  }
  const setOf = (atom: number, d: readonly number[]): DisplacedForces => ({
    atom,
    displacement: Float64Array.from(d),
    forces: forcesOf(atom, d),
  });
  const pair = (atom: number, d: readonly number[]): DisplacedForces[] => [
    setOf(atom, d),
    setOf(
      atom,
      d.map((v) => -v),
    ),
  ];
  const axes = [
    [1e-3, 0, 0],
    [0, 1e-3, 0],
    [0, 0, 1e-3],
  ];

  it("has the same modes from the symmetry-distinct displacements as from all", () => {
    const all = forceConstants(
      quartz,
      quartz.species.flatMap((_, i) => axes.flatMap((d) => pair(i, d))),
      { symmetry: { kind: "none" } },
    );
    // Si lies on a twofold axis: two displacements across it, one of them askew, and their images; O needs three.
    const few = forceConstants(quartz, [
      ...pair(0, [4e-4, 8e-4, 5e-4]),
      ...pair(0, [0, 1e-3, 0]),
      ...axes.flatMap((d) => pair(5, d)),
    ]);
    expect(few.symmetry.replace(/ /g, "")).toBe("P3_221");
    expectClose(few.values.values, all.values.values, { absolute: 1e-5 });
    expectClose(normalModes(few).wavenumbers.subarray(3), normalModes(all).wavenumbers.subarray(3), { absolute: 0.05 });
    expect(few.asymmetry).toBeLessThan(1e-5);
    expect(() => forceConstants(quartz, pair(0, [1e-3, 0, 0]))).toThrow(DataError);
  });
});

describe("displacedForces", () => {
  const frame = (positions: number[], forces?: Float64Array) => ({
    structure: createStructure({ species: ["H", "H"], positions }),
    ...(forces && { forces }),
  });

  it("finds the displaced atom, skips the reference and subtracts its forces", () => {
    const reference = frame([0, 0, 0, 0, 0, 1], Float64Array.of(0, 0, 0.1, 0, 0, -0.1));
    const sets = displacedForces(reference, [
      reference,
      frame([0, 0, 0, 0.02, 0, 1], Float64Array.of(0, 0, 0.3, 0, 0, 0)),
    ]);
    expect(sets).toHaveLength(1);
    expect(sets[0]!.atom).toBe(1);
    expectClose(sets[0]!.displacement, [0.02, 0, 0], { absolute: 1e-15 });
    expectClose(sets[0]!.forces, [0, 0, 0.2, 0, 0, 0.1], { absolute: 1e-15 });
    expect(() => displacedForces(reference, [frame([0.1, 0, 0, 0.1, 0, 1])])).toThrow(/atoms 0, 1/);
    expect(() => displacedForces(reference, [frame([0.1, 0, 0, 0, 0, 1])])).toThrow(DataError);
  });

  it("noSymmetry is what symmetry none uses", () => {
    expect(forceConstants(water, displacedSets(water, 40, [0, 1, 2]), { symmetry: { kind: "none" } }).symmetry).toBe(
      noSymmetry(water).symbol,
    );
  });
});
