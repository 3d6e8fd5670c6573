import { describe, expect, it } from "vitest";
import { type LinearResponse, linearResponse } from "../../src/model/linearResponse/linearResponse.js";
import { linearResponseTensor } from "../../src/model/linearResponse/predict.js";
import { wrap } from "../../src/structure/cell.js";
import { expectClose, largestDifference } from "../support/close.js";
import { aln, nacl, quartz, silicon } from "../support/crystals.js";
import { jacobian } from "../support/finiteDifference.js";
import { distorted, lopsided, methane, water } from "../support/molecules.js";
import { displacedFrames, toyDipole, toyFrame, toyPolarizability } from "../support/toyTensors.js";
import { uniform } from "../support/uniform.js";

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
  ] as const)("finds the known derivatives of every quantity: %s", async (_, s) => {
    const frames = displacedFrames(s, 1e-3);
    const expected = toyPolarizability(s).derivatives;
    const alpha = await linearResponse(toyFrame(s), frames);
    expect([alpha.quantity, alpha.unit, alpha.shape]).toEqual(["polarizability", "Å³", [3, 3]]);
    // Central differences: δ²/6 times third derivatives of order one.
    expectClose(alpha.derivatives, expected, { absolute: 1e-6 });
    expectClose(alpha.value, toyPolarizability(s).value, { absolute: 1e-12 });
    expectClose(
      (await linearResponse(toyFrame(s), frames, { quantity: "dielectric" })).derivatives,
      expected.map((x) => 0.2 * x),
      { absolute: 1e-6 },
    );
    const mu = await linearResponse(toyFrame(s), frames, { quantity: "polarization" });
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
  ] as const)("needs symmetry-distinct atoms only: %s", async (_, s, atoms) => {
    // The δ² error of a difference depends on the direction of the displacement; symmetry averages over directions.
    const delta = 1e-4;
    for (const quantity of ["polarizability", "polarization"] as const) {
      const full = await linearResponse(toyFrame(s), displacedFrames(s, delta), {
        quantity,
        symmetry: { kind: "none" },
        sumRule: { kind: "leave" },
      });
      const reduced = await linearResponse(toyFrame(s), displacedFrames(s, delta, atoms), {
        quantity,
        sumRule: { kind: "leave" },
      });
      expectClose(reduced.derivatives, full.derivatives, { absolute: 1e-8 });
      expect(reduced.quality.symmetryResidual).toBeLessThan(1e-8);
    }
  });

  it("needs no displacement where symmetry forbids a derivative, and only one where it fixes the rest", async () => {
    const salt = await linearResponse(toyFrame(nacl()), [], { quantity: "polarizability" });
    expect(largestDifference(salt.derivatives, new Float64Array(8 * 27))).toBe(0);
    const s = silicon();
    const along = displacedFrames(s, 0.01, [0], [1]).slice(0, 1);
    const full = await linearResponse(toyFrame(s), displacedFrames(s, 0.01), { symmetry: { kind: "none" } });
    const one = await linearResponse(toyFrame(s), along);
    // One displacement along x and its mirror images; −x follows from the S4 axis.
    expectClose(one.derivatives, full.derivatives, { absolute: 1e-11 });
    // Only ∂α_xy/∂z and its permutations survive.
    for (let p = 0; p < one.derivatives.length; p++) {
      const [c, a, b] = [Math.floor((p % 27) / 9), Math.floor((p % 9) / 3), p % 3];
      if (new Set([a, b, c]).size < 3) expect(Math.abs(one.derivatives[p]!)).toBeLessThan(1e-12);
    }
    expect(Math.max(...one.derivatives)).toBeGreaterThan(0.01);
  });

  it("says which displacement is missing", async () => {
    const s = lopsided;
    const frames = displacedFrames(s, 0.01);
    await expect(
      linearResponse(
        toyFrame(s),
        frames.filter((_, i) => i !== 14 && i !== 15),
      ),
    ).rejects.toThrow(/no displacement of atom 2 \(H\) along y; add frames/);
    await expect(linearResponse(toyFrame(quartz()), displacedFrames(quartz(), 0.01, [0]))).rejects.toThrow(
      /atom 3 \(O\) \(or an equivalent atom: 4, 5, 6, 7, 8\) along x, y, z/,
    );
  });

  it("takes displacements in any direction", async () => {
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
    expectClose((await linearResponse(toyFrame(s), frames)).derivatives, toyPolarizability(s).derivatives, {
      absolute: 1e-6,
    });
  });

  it("accepts one-sided displacements with a warning, and reports the second-order term they carry", async () => {
    const s = lopsided;
    const one = await linearResponse(toyFrame(s), displacedFrames(s, 0.01, undefined, [1]));
    const two = await linearResponse(toyFrame(s), displacedFrames(s, 0.01));
    expect(one.warnings).toHaveLength(6);
    expect(one.warnings[0]).toMatch(/atom 0 \(C\): 3 displacements have no opposite one/);
    expect(one.quality.oneSided).toBe(18);
    const exact = toyPolarizability(s).derivatives;
    const [worstOne, worstTwo] = [largestDifference(one.derivatives, exact), largestDifference(two.derivatives, exact)];
    expect(worstOne).toBeGreaterThan(20 * worstTwo);
    // What ± tells about one-sided differences is what they are wrong by (the sum rule redistributes some of it).
    const left = await linearResponse(toyFrame(s), displacedFrames(s, 0.01, undefined, [1]), {
      sumRule: { kind: "leave" },
    });
    expectClose(largestDifference(left.derivatives, exact), two.quality.evenPart, { relative: 0.05 });
  });

  it("finds the moved atom from the positions: wrapped across a face, with the whole structure shifted, repeats of the reference skipped", async () => {
    const s = quartz();
    const plain = await linearResponse(toyFrame(s), displacedFrames(s, 0.01));
    const moved = displacedFrames(s, 0.01).map((f, k) => {
      const shifted = {
        ...f.structure,
        positions: f.structure.positions.map((x, p) => x + 0.3 * k * [0.1, -0.2, 0.15][p % 3]!),
      };
      return { ...f, structure: k % 2 === 0 ? shifted : wrap(f.structure) };
    });
    expectClose((await linearResponse(toyFrame(s), [toyFrame(s), ...moved])).derivatives, plain.derivatives, {
      absolute: 1e-9,
    });
  });

  it("refuses frames that are not single displacements, lack the tensor, or are of other atoms", async () => {
    const s = lopsided;
    const frames = displacedFrames(s, 0.01);
    const [first] = frames;
    await expect(linearResponse(toyFrame(s), [...frames, toyFrame(distorted(s, 0.1, 1))])).rejects.toThrow(
      /displaced frame 36: atoms 0, 1, 2.*expected one displaced atom/,
    );
    await expect(linearResponse(toyFrame(s), [{ structure: first!.structure }, ...frames])).rejects.toThrow(
      /displaced frame 0: no polarizability/,
    );
    await expect(linearResponse(toyFrame(s), [toyFrame(water)])).rejects.toThrow(/3 atoms, expected 6/);
    await expect(linearResponse({ structure: s }, frames)).rejects.toThrow(
      /no polarizability, dielectric tensor or polarization/,
    );
    await expect(linearResponse(toyFrame(s), frames, { frame: { kind: "periodic" } })).rejects.toThrow(/free molecule/);
    await expect(linearResponse(toyFrame(s), frames, { frames: 3 } as object)).rejects.toThrow(/did you mean "frame"/);
    await expect(linearResponse(toyFrame(s), frames, { sumRule: { kind: "imposed" } } as object)).rejects.toThrow(
      /unknown kind "imposed"; did you mean "impose"/,
    );
  });

  it("takes Z* as derivatives of the polarization: first index field, second displacement", async () => {
    const s = lopsided;
    const d = toyDipole(s).derivatives;
    const bornCharges = Float64Array.from(
      d,
      (_, p) => d[9 * Math.floor(p / 9) + 3 * (p % 3) + Math.floor((p % 9) / 3)]!,
    );
    const reference = { ...toyFrame(s), bornCharges };
    const given = await linearResponse(reference, [], { quantity: "polarization" });
    expectClose(given.derivatives, d, { absolute: 1e-14 });
    const both = await linearResponse(reference, displacedFrames(s, 1e-3), { quantity: "polarization" });
    expectClose(both.derivatives, given.derivatives, { absolute: 1e-6 });
    await expect(linearResponse(reference, [], { source: { kind: "bornCharges" } })).rejects.toThrow(
      /not derivatives of the polarizability/,
    );
    await expect(linearResponse(toyFrame(s), [], { quantity: "polarization" })).rejects.toThrow(
      /no Born charges for 6 atoms/,
    );
  });

  it("imposes the translational sum rule unless told to leave it", async () => {
    const s = lopsided;
    const d = toyDipole(s).derivatives;
    const reference = { ...toyFrame(s), bornCharges: d.map((x, p) => x + (p % 9 === 0 ? 0.3 : 0)) };
    const left = await linearResponse(reference, [], { quantity: "polarization", sumRule: { kind: "leave" } });
    const imposed = await linearResponse(reference, [], { quantity: "polarization" });
    expect(left.quality.translationalResidual).toBeCloseTo(1.8, 10);
    expect(imposed.quality.translationalResidual).toBeCloseTo(1.8, 10);
    const sum = (m: LinearResponse, c: number) => s.species.reduce((t, _, i) => t + m.derivatives[9 * i + c]!, 0);
    expect(sum(left, 0)).toBeCloseTo(1.8, 10);
    for (let c = 0; c < 9; c++) expect(Math.abs(sum(imposed, c))).toBeLessThan(1e-14);
  });

  it("is plain data: a structured clone predicts the same", async () => {
    const model = await linearResponse(toyFrame(lopsided), displacedFrames(lopsided, 0.01), {
      frame: { kind: "internal" },
    });
    const s = distorted(lopsided, 0.05, 3);
    expect(linearResponseTensor(structuredClone(model), s)).toEqual(linearResponseTensor(model, s));
  });
});
