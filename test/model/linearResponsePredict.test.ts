import { describe, expect, it } from "vitest";
import { linearResponse } from "../../src/model/linearResponse/linearResponse.js";
import { linearResponseTensor } from "../../src/model/linearResponse/predict.js";
import { predictLinearResponse } from "../../src/model/linearResponse/predictSeries.js";
import { wrap } from "../../src/structure/cell.js";
import { rotateTensor } from "../../src/structure/rotateTensor.js";
import { createStructure } from "../../src/structure/structure.js";
import { createTrajectory } from "../../src/structure/trajectory.js";
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
    async (_, kind, s) => {
      for (const quantity of ["polarizability", "polarization"] as const) {
        const model = await linearResponse(toyFrame(s), displacedFrames(s, 0.01), { quantity, frame: { kind } });
        const bent = distorted(s, 0.15, 9);
        const tensor = linearResponseTensor(model, bent);
        for (const r of proper) {
          const turned = rotateStructure(bent, r);
          const moved = { ...turned, positions: turned.positions.map((x, p) => x + [4, -7, 2][p % 3]!) };
          expectClose(linearResponseTensor(model, moved), rotateTensor(r, tensor), { absolute: 1e-12 });
        }
      }
    },
  );

  it.each(molecules.flatMap(([name, s]) => kinds.map((kind) => [name, kind, s] as const)))(
    "is right to first order: %s, %s",
    async (_, kind, s) => {
      const model = await linearResponse(toyFrame(s), displacedFrames(s, 1e-3), { frame: { kind } });
      const error = (by: number) => {
        const bent = rotateStructure(distorted(s, by, 21), proper[0]!);
        return largestDifference(linearResponseTensor(model, bent), toyPolarizability(bent).value);
      };
      // A tenfold smaller distortion has a hundredfold smaller error.
      expect(error(1e-2) / error(1e-3)).toBeGreaterThan(60);
      expect(error(1e-3)).toBeLessThan(1e-4);
    },
  );

  it("of a linear molecule uses the Eckart frame, in which the turn about the axis does not matter", async () => {
    const s = createStructure({ species: ["O", "C", "N"], positions: [0, 0, 1.2, 0, 0, 0, 0, 0, -1.3] });
    const model = await linearResponse(toyFrame(s), displacedFrames(s, 0.01));
    expect(model.frame.kind).toBe("eckart");
    expect(model.symmetry.symbol).toBe("C∞v");
    const bent = distorted(s, 0.1, 2);
    for (const r of proper)
      expectClose(
        linearResponseTensor(model, rotateStructure(bent, r)),
        rotateTensor(r, linearResponseTensor(model, bent)),
        { absolute: 1e-12 },
      );
    const error = (by: number) =>
      largestDifference(linearResponseTensor(model, distorted(s, by, 2)), toyPolarizability(distorted(s, by, 2)).value);
    expect(error(1e-2) / error(1e-3)).toBeGreaterThan(60);
    await expect(
      linearResponse(toyFrame(s), displacedFrames(s, 0.01), { frame: { kind: "internal" } }),
    ).rejects.toThrow(/use the Eckart frame/);
  });

  it("of a crystal ignores wrapping, drift and the choice of images, and is right to first order", async () => {
    const s = quartz();
    const model = await linearResponse(toyFrame(s), displacedFrames(s, 1e-3, [0, 3]), { quantity: "dielectric" });
    const bent = distorted(s, 0.02, 4);
    const tensor = linearResponseTensor(model, bent);
    const drifted = { ...bent, positions: bent.positions.map((x, p) => x + [31.7, -8.3, 4.4][p % 3]!) };
    expectClose(linearResponseTensor(model, drifted), tensor, { absolute: 1e-12 });
    expectClose(linearResponseTensor(model, wrap(drifted)), tensor, { absolute: 1e-12 });
    const error = (by: number) =>
      largestDifference(linearResponseTensor(model, distorted(s, by, 8)), toyFrame(distorted(s, by, 8)).dielectric!);
    expect(error(1e-2) / error(1e-3)).toBeGreaterThan(60);
  });

  it("reproduces the displaced structures it was made from to second order", async () => {
    const s = quartz();
    const frames = displacedFrames(s, 0.01);
    const model = await linearResponse(toyFrame(s), frames);
    for (const f of frames)
      expectClose(linearResponseTensor(model, f.structure), f.polarizability!, {
        absolute: model.quality.evenPart * 0.01 * 1.2,
      });
  });

  it("of a trajectory is a series in the model's unit with the trajectory's time step", async () => {
    const s = quartz();
    const model = await linearResponse(toyFrame(s), displacedFrames(s, 0.01, [0, 3]), { quantity: "dielectric" });
    const frames = [1, 2, 3].map((seed) => distorted(s, 0.03, seed));
    const series = await predictLinearResponse(model, createTrajectory(frames, 2));
    expect([series.quantity, series.unit, series.shape, series.timestep]).toEqual(["dielectric", "1", [3, 3], 2]);
    for (const [k, f] of frames.entries())
      expect(series.values.subarray(9 * k, 9 * k + 9)).toEqual(linearResponseTensor(model, f));
    await expect(predictLinearResponse(model, createTrajectory(frames))).rejects.toThrow(/time step/);
  });

  it("refuses other atoms and other cells", async () => {
    const s = quartz();
    const model = await linearResponse(toyFrame(s), displacedFrames(s, 0.01, [0, 3]));
    expect(() => linearResponseTensor(model, aln())).toThrow(/4 atoms, expected 9/);
    expect(() => linearResponseTensor(model, { ...s, cell: s.cell!.map((x) => 2 * x) })).toThrow(
      /cell vector a differs by 100 %/,
    );
  });
});
