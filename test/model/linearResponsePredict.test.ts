import { describe, expect, it } from "vitest";
import { linearResponse } from "../../src/model/linearResponse/linearResponse.js";
import { evaluateLinearResponse, predictLinearResponse } from "../../src/model/linearResponse/predict.js";
import { wrap } from "../../src/structure/cell.js";
import { rotateTensor } from "../../src/structure/rotateTensor.js";
import { structure } from "../../src/structure/structure.js";
import { trajectory } from "../../src/structure/trajectory.js";
import { expectClose, largestDifference } from "../support/close.js";
import { aln, quartz } from "../support/crystals.js";
import { randomOrthogonal, rotateStructure } from "../support/equivariance.js";
import { distorted, lopsided, methane, water } from "../support/molecules.js";
import { displacedFrames, toyFrame, toyPolarizability } from "../support/toyTensors.js";

const proper = randomOrthogonal(10, 77).filter((_, i) => i % 2 === 0);

describe("prediction of linear response", () => {
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
