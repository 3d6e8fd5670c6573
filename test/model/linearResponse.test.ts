import { describe, expect, it } from "vitest";
import { type LinearResponse, linearResponse } from "../../src/model/linearResponse.js";
import { evaluateLinearResponse, predictLinearResponse } from "../../src/model/linearResponsePredict.js";
import { wrap } from "../../src/structure/cell.js";
import { rotateTensor } from "../../src/structure/rotateTensor.js";
import { type Structure, structure } from "../../src/structure/structure.js";
import { trajectory } from "../../src/structure/trajectory.js";
import { expectClose, largestDifference } from "../support/close.js";
import { aln, nacl, quartz, silicon } from "../support/crystals.js";
import { randomOrthogonal, rotateStructure } from "../support/equivariance.js";
import { jacobian } from "../support/finiteDifference.js";
import { displacedFrames, toyDipole, toyFrame, toyPolarizability } from "../support/toyTensors.js";
import { uniform } from "../support/uniform.js";

const water = structure({ species: ["O", "H", "H"], positions: [0, 0, 0.12, 0, 0.76, -0.47, 0, -0.76, -0.47] });
const lopsided = structure({
  species: ["C", "O", "H", "H", "F", "N"],
  positions: [0, 0, 0, 1.2, 0.1, 0.2, -0.5, 0.9, -0.2, -0.4, -0.5, 0.8, -0.3, -0.8, -1, 1.9, 1.1, 0.6],
});
const methane = structure({
  species: ["C", "H", "H", "H", "H"],
  positions: [0, 0, 0, 0.63, 0.63, 0.63, 0.63, -0.63, -0.63, -0.63, 0.63, -0.63, -0.63, -0.63, 0.63],
});
const proper = randomOrthogonal(10, 77).filter((_, i) => i % 2 === 0);
const distorted = (s: Structure, by: number, seed: number): Structure => {
  const u = uniform(seed);
  return { ...s, positions: s.positions.map((x) => x + 2 * by * (u() - 0.5)) };
};

describe("the toy tensors themselves", () => {
  it("have the derivatives they claim", () => {
    for (const s of [lopsided, quartz()]) {
      const at = (x: Float64Array) => ({ ...s, positions: x });
      const alpha = jacobian((x) => toyPolarizability(at(x)).value, s.positions);
      const mu = jacobian((x) => toyDipole(at(x)).value, s.positions);
      const n3 = s.positions.length;
      expectClose(
        toyPolarizability(s).derivatives,
        Float64Array.from({ length: 9 * n3 }, (_, p) => alpha[(p % 9) * n3 + Math.floor(p / 9)]!),
        { absolute: 1e-8 },
      );
      expectClose(
        toyDipole(s).derivatives,
        Float64Array.from({ length: 3 * n3 }, (_, p) => mu[(p % 3) * n3 + Math.floor(p / 3)]!),
        { absolute: 1e-8 },
      );
    }
  });
});

describe("linearResponse", () => {
  it.each([
    ["water", water],
    ["without symmetry", lopsided],
    ["methane", methane],
    ["quartz", quartz()],
    ["AlN", aln()],
  ] as const)("finds the known derivatives of every quantity: %s", (_, s) => {
    const frames = displacedFrames(s, 1e-3);
    const expected = toyPolarizability(s).derivatives;
    const alpha = linearResponse(toyFrame(s), frames);
    expect([alpha.quantity, alpha.unit, alpha.shape]).toEqual(["polarizability", "Å³", [3, 3]]);
    // Central differences: δ²/6 times third derivatives of order one.
    expectClose(alpha.derivatives, expected, { absolute: 1e-6 });
    expectClose(alpha.value, toyPolarizability(s).value, { absolute: 1e-12 });
    expectClose(
      linearResponse(toyFrame(s), frames, { quantity: "dielectric" }).derivatives,
      expected.map((x) => 0.2 * x),
      { absolute: 1e-6 },
    );
    const mu = linearResponse(toyFrame(s), frames, { quantity: "polarization" });
    expectClose(mu.derivatives, toyDipole(s).derivatives, { absolute: 1e-6 });
    expect(alpha.quality.translationalResidual).toBeLessThan(1e-9);
    if (mu.quality.rotationalResidual !== undefined) {
      expect(mu.quality.rotationalResidual).toBeLessThan(1e-5);
      expect(alpha.quality.rotationalResidual).toBeLessThan(1e-5);
    }
    expect(alpha.quality.oneSided).toBe(0);
    expect(alpha.warnings).toEqual([]);
  });

  it.each([
    ["quartz", quartz(), [0, 3]],
    ["quartz from other atoms of the orbits", quartz(), [1, 7]],
    ["rock salt", nacl(), [0, 1]],
    ["AlN", aln(), [0, 2]],
    ["silicon", silicon(), [5]],
    ["methane", methane, [0, 2]],
    ["water", water, [0, 1]],
  ] as const)("needs symmetry-distinct atoms only: %s", (_, s, atoms) => {
    // The δ² error of a difference depends on the direction of the displacement; symmetry averages over directions.
    const delta = 1e-4;
    for (const quantity of ["polarizability", "polarization"] as const) {
      const full = linearResponse(toyFrame(s), displacedFrames(s, delta), {
        quantity,
        symmetry: { kind: "none" },
        sumRule: { kind: "leave" },
      });
      const reduced = linearResponse(toyFrame(s), displacedFrames(s, delta, atoms), {
        quantity,
        sumRule: { kind: "leave" },
      });
      expectClose(reduced.derivatives, full.derivatives, { absolute: 1e-8 });
      expect(reduced.quality.symmetryResidual).toBeLessThan(1e-8);
    }
  });

  it("needs no displacement where symmetry forbids a derivative, and only one where it fixes the rest", () => {
    const salt = linearResponse(toyFrame(nacl()), [], { quantity: "polarizability" });
    expect(largestDifference(salt.derivatives, new Float64Array(8 * 27))).toBe(0);
    const s = silicon();
    const along = displacedFrames(s, 0.01, [0], [1]).slice(0, 1);
    const full = linearResponse(toyFrame(s), displacedFrames(s, 0.01), { symmetry: { kind: "none" } });
    const one = linearResponse(toyFrame(s), along);
    // One displacement along x and its mirror images; −x follows from the S4 axis.
    expectClose(one.derivatives, full.derivatives, { absolute: 1e-11 });
    // Only ∂α_xy/∂z and its permutations survive.
    for (let p = 0; p < one.derivatives.length; p++) {
      const [c, a, b] = [Math.floor((p % 27) / 9), Math.floor((p % 9) / 3), p % 3];
      if (new Set([a, b, c]).size < 3) expect(Math.abs(one.derivatives[p]!)).toBeLessThan(1e-12);
    }
    expect(Math.max(...one.derivatives)).toBeGreaterThan(0.01);
  });

  it("says which displacement is missing", () => {
    const s = lopsided;
    const frames = displacedFrames(s, 0.01);
    expect(() =>
      linearResponse(
        toyFrame(s),
        frames.filter((_, i) => i !== 14 && i !== 15),
      ),
    ).toThrow(/no displacement of atom 2 \(H\) along y; add frames/);
    expect(() => linearResponse(toyFrame(quartz()), displacedFrames(quartz(), 0.01, [0]))).toThrow(
      /atom 3 \(O\) \(or an equivalent atom: 4, 5, 6, 7, 8\) along x, y, z/,
    );
  });

  it("takes displacements in any direction", () => {
    const s = lopsided;
    const u = uniform(5);
    const frames = s.species.flatMap((_, i) =>
      [0, 1, 2, 3].flatMap(() => {
        const d = [0, 1, 2].map(() => 0.002 * (u() - 0.5));
        return [1, -1].map((sign) =>
          toyFrame({
            ...s,
            positions: s.positions.map((x, p) => x + (Math.floor(p / 3) === i ? sign * d[p % 3]! : 0)),
          }),
        );
      }),
    );
    expectClose(linearResponse(toyFrame(s), frames).derivatives, toyPolarizability(s).derivatives, { absolute: 1e-6 });
  });

  it("accepts one-sided displacements with a warning, and reports the second-order term they carry", () => {
    const s = lopsided;
    const one = linearResponse(toyFrame(s), displacedFrames(s, 0.01, undefined, [1]));
    const two = linearResponse(toyFrame(s), displacedFrames(s, 0.01));
    expect(one.warnings).toHaveLength(6);
    expect(one.warnings[0]).toMatch(/atom 0 \(C\): 3 displacements have no opposite one/);
    expect(one.quality.oneSided).toBe(18);
    const exact = toyPolarizability(s).derivatives;
    const [worstOne, worstTwo] = [largestDifference(one.derivatives, exact), largestDifference(two.derivatives, exact)];
    expect(worstOne).toBeGreaterThan(20 * worstTwo);
    // What ± tells about one-sided differences is what they are wrong by (the sum rule redistributes some of it).
    const left = linearResponse(toyFrame(s), displacedFrames(s, 0.01, undefined, [1]), { sumRule: { kind: "leave" } });
    expectClose(largestDifference(left.derivatives, exact), two.quality.evenPart, { relative: 0.05 });
  });

  it("finds the moved atom from the positions: wrapped across a face, with the whole structure shifted, repeats of the reference skipped", () => {
    const s = quartz();
    const plain = linearResponse(toyFrame(s), displacedFrames(s, 0.01));
    const moved = displacedFrames(s, 0.01).map((f, k) => {
      const shifted = {
        ...f.structure,
        positions: f.structure.positions.map((x, p) => x + 0.3 * k * [0.1, -0.2, 0.15][p % 3]!),
      };
      return { ...f, structure: k % 2 === 0 ? shifted : wrap(f.structure) };
    });
    expectClose(linearResponse(toyFrame(s), [toyFrame(s), ...moved]).derivatives, plain.derivatives, {
      absolute: 1e-9,
    });
  });

  it("refuses frames that are not single displacements, lack the tensor, or are of other atoms", () => {
    const s = lopsided;
    const frames = displacedFrames(s, 0.01);
    const [first] = frames;
    expect(() => linearResponse(toyFrame(s), [...frames, toyFrame(distorted(s, 0.1, 1))])).toThrow(
      /displaced frame 36: atoms 0, 1, 2.*expected one displaced atom/,
    );
    expect(() => linearResponse(toyFrame(s), [{ structure: first!.structure }, ...frames])).toThrow(
      /displaced frame 0: no polarizability/,
    );
    expect(() => linearResponse(toyFrame(s), [toyFrame(water)])).toThrow(/3 atoms, expected 6/);
    expect(() => linearResponse({ structure: s }, frames)).toThrow(/no polarizability, dielectric tensor or dipole/);
    expect(() => linearResponse(toyFrame(s), frames, { frame: { kind: "periodic" } })).toThrow(/free molecule/);
    expect(() => linearResponse(toyFrame(s), frames, { frames: 3 } as object)).toThrow(/did you mean "frame"/);
    expect(() => linearResponse(toyFrame(s), frames, { sumRule: { kind: "imposed" } } as object)).toThrow(
      /sumRule "imposed" is unknown; use impose, leave/,
    );
  });

  it("takes Z* as derivatives of the polarization: first index field, second displacement", () => {
    const s = lopsided;
    const d = toyDipole(s).derivatives;
    const bornCharges = Float64Array.from(
      d,
      (_, p) => d[9 * Math.floor(p / 9) + 3 * (p % 3) + Math.floor((p % 9) / 3)]!,
    );
    const reference = { ...toyFrame(s), bornCharges };
    const given = linearResponse(reference, [], { quantity: "polarization" });
    expectClose(given.derivatives, d, { absolute: 1e-14 });
    const both = linearResponse(reference, displacedFrames(s, 1e-3), { quantity: "polarization" });
    expectClose(both.derivatives, given.derivatives, { absolute: 1e-6 });
    expect(() => linearResponse(reference, [], { source: { kind: "bornCharges" } })).toThrow(
      /not derivatives of the polarizability/,
    );
    expect(() => linearResponse(toyFrame(s), [], { quantity: "polarization" })).toThrow(/no Born charges for 6 atoms/);
  });

  it("imposes the translational sum rule unless told to leave it", () => {
    const s = lopsided;
    const d = toyDipole(s).derivatives;
    const reference = { ...toyFrame(s), bornCharges: d.map((x, p) => x + (p % 9 === 0 ? 0.3 : 0)) };
    const left = linearResponse(reference, [], { quantity: "polarization", sumRule: { kind: "leave" } });
    const imposed = linearResponse(reference, [], { quantity: "polarization" });
    expect(left.quality.translationalResidual).toBeCloseTo(1.8, 10);
    expect(imposed.quality.translationalResidual).toBeCloseTo(1.8, 10);
    const sum = (m: LinearResponse, c: number) => s.species.reduce((t, _, i) => t + m.derivatives[9 * i + c]!, 0);
    expect(sum(left, 0)).toBeCloseTo(1.8, 10);
    for (let c = 0; c < 9; c++) expect(Math.abs(sum(imposed, c))).toBeLessThan(1e-14);
  });

  it("is plain data: a structured clone predicts the same", () => {
    const model = linearResponse(toyFrame(lopsided), displacedFrames(lopsided, 0.01), { frame: { kind: "internal" } });
    const s = distorted(lopsided, 0.05, 3);
    expect(evaluateLinearResponse(structuredClone(model), s)).toEqual(evaluateLinearResponse(model, s));
  });
});

describe("prediction", () => {
  const molecules = [
    ["water", water],
    ["without symmetry", lopsided],
    ["methane", methane],
  ] as const;
  const kinds = ["eckart", "internal"] as const;

  it.each(molecules.flatMap(([name, s]) => kinds.map((kind) => [name, kind, s] as const)))(
    "rotates with the molecule to 1e-12: %s, %s",
    (_, kind, s) => {
      for (const quantity of ["polarizability", "polarization"] as const) {
        const model = linearResponse(toyFrame(s), displacedFrames(s, 0.01), { quantity, frame: { kind } });
        const bent = distorted(s, 0.15, 9);
        const tensor = evaluateLinearResponse(model, bent);
        for (const r of proper) {
          const turned = rotateStructure(bent, r);
          const moved = { ...turned, positions: turned.positions.map((x, p) => x + [4, -7, 2][p % 3]!) };
          expectClose(evaluateLinearResponse(model, moved), rotateTensor(r, tensor), { absolute: 1e-12 });
        }
      }
    },
  );

  it.each(molecules.flatMap(([name, s]) => kinds.map((kind) => [name, kind, s] as const)))(
    "is right to first order: %s, %s",
    (_, kind, s) => {
      const model = linearResponse(toyFrame(s), displacedFrames(s, 1e-3), { frame: { kind } });
      const error = (by: number) => {
        const bent = rotateStructure(distorted(s, by, 21), proper[0]!);
        return largestDifference(evaluateLinearResponse(model, bent), toyPolarizability(bent).value);
      };
      // A tenfold smaller distortion has a hundredfold smaller error.
      expect(error(1e-2) / error(1e-3)).toBeGreaterThan(60);
      expect(error(1e-3)).toBeLessThan(1e-4);
    },
  );

  it("of a linear molecule uses the Eckart frame, in which the turn about the axis does not matter", () => {
    const s = structure({ species: ["O", "C", "N"], positions: [0, 0, 1.2, 0, 0, 0, 0, 0, -1.3] });
    const model = linearResponse(toyFrame(s), displacedFrames(s, 0.01));
    expect(model.frame.kind).toBe("eckart");
    expect(model.symmetry.symbol).toBe("C∞v");
    const bent = distorted(s, 0.1, 2);
    for (const r of proper)
      expectClose(
        evaluateLinearResponse(model, rotateStructure(bent, r)),
        rotateTensor(r, evaluateLinearResponse(model, bent)),
        { absolute: 1e-12 },
      );
    const error = (by: number) =>
      largestDifference(
        evaluateLinearResponse(model, distorted(s, by, 2)),
        toyPolarizability(distorted(s, by, 2)).value,
      );
    expect(error(1e-2) / error(1e-3)).toBeGreaterThan(60);
    expect(() => linearResponse(toyFrame(s), displacedFrames(s, 0.01), { frame: { kind: "internal" } })).toThrow(
      /use the Eckart frame/,
    );
  });

  it("of a crystal ignores wrapping, drift and the choice of images, and is right to first order", () => {
    const s = quartz();
    const model = linearResponse(toyFrame(s), displacedFrames(s, 1e-3, [0, 3]), { quantity: "dielectric" });
    const bent = distorted(s, 0.02, 4);
    const tensor = evaluateLinearResponse(model, bent);
    const drifted = { ...bent, positions: bent.positions.map((x, p) => x + [31.7, -8.3, 4.4][p % 3]!) };
    expectClose(evaluateLinearResponse(model, drifted), tensor, { absolute: 1e-12 });
    expectClose(evaluateLinearResponse(model, wrap(drifted)), tensor, { absolute: 1e-12 });
    const error = (by: number) =>
      largestDifference(evaluateLinearResponse(model, distorted(s, by, 8)), toyFrame(distorted(s, by, 8)).dielectric!);
    expect(error(1e-2) / error(1e-3)).toBeGreaterThan(60);
  });

  it("reproduces the displaced structures it was made from to second order", () => {
    const s = quartz();
    const frames = displacedFrames(s, 0.01);
    const model = linearResponse(toyFrame(s), frames);
    for (const f of frames)
      expectClose(evaluateLinearResponse(model, f.structure), f.polarizability!, {
        absolute: model.quality.evenPart * 0.01 * 1.2,
      });
  });

  it("of a trajectory is a series in the model's unit with the trajectory's time step", () => {
    const s = quartz();
    const model = linearResponse(toyFrame(s), displacedFrames(s, 0.01, [0, 3]), { quantity: "dielectric" });
    const frames = [1, 2, 3].map((seed) => distorted(s, 0.03, seed));
    const series = predictLinearResponse(model, trajectory(frames, 2));
    expect([series.quantity, series.unit, series.shape, series.timestep]).toEqual(["dielectric", "1", [3, 3], 2]);
    for (const [k, f] of frames.entries())
      expect(series.values.subarray(9 * k, 9 * k + 9)).toEqual(evaluateLinearResponse(model, f));
    expect(() => predictLinearResponse(model, trajectory(frames))).toThrow(/time step/);
  });

  it("refuses other atoms and other cells", () => {
    const s = quartz();
    const model = linearResponse(toyFrame(s), displacedFrames(s, 0.01, [0, 3]));
    expect(() => evaluateLinearResponse(model, aln())).toThrow(/4 atoms, expected 9/);
    expect(() => evaluateLinearResponse(model, { ...s, cell: s.cell!.map((x) => 2 * x) })).toThrow(
      /cell vector a differs by 100 %/,
    );
  });
});
