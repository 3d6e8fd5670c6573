import { describe, expect, it } from "vitest";
import { linearResponse } from "../../src/model/linearResponse/linearResponse.js";
import { predictTensor } from "../../src/model/predict.js";
import { secondOrderResponse } from "../../src/model/secondOrder/secondOrder.js";
import { supercellResponse } from "../../src/model/secondOrder/supercell.js";
import { supercell } from "../../src/structure/cell.js";
import type { Structure } from "../../src/structure/structure.js";
import { expectClose } from "../support/close.js";
import { nacl, quartz, silicon } from "../support/crystals.js";
import { localFit, quadraticToy, shaken } from "../support/quadraticToy.js";
import { displacedFrames, toyFrame } from "../support/toyTensors.js";
import { uniform } from "../support/uniform.js";

describe("a response in a larger cell", () => {
  it("repeats the small one where all copies move alike", async () => {
    const s = quartz();
    const frames = Array.from({ length: 6 }, (_, k) => toyFrame(shaken(s, 0.1, k + 1)));
    for (const quantity of ["polarizability", "dielectric"] as const) {
      const model = await secondOrderResponse(toyFrame(s), displacedFrames(s, 0.01), {
        quantity,
        terms: { kind: "pairs", cutoff: 2.8 },
        frames,
      });
      const large = supercellResponse(model, supercell(s, [2, 1, 3]));
      const x = shaken(s, 0.2, 9);
      const factor = quantity === "polarizability" ? 6 : 1;
      const one = predictTensor(model, x).map((v) => factor * v);
      expectClose(predictTensor(large, supercell(x, [2, 1, 3])), one, { absolute: 1e-10 });
    }
  });

  it.each([
    ["quartz", quartz(), 1.8],
    // Both bonds along an axis lead to images of one atom; the inversion makes them equal.
    ["rock salt", nacl(), 2.9],
    ["silicon", silicon(), 2.5],
  ] as const)(
    "is exact for a local quadratic tensor, whichever way each copy moves, in any order: %s",
    async (_, s, cutoff) => {
      const model = await localFit(s, cutoff);
      const ideal = supercell(s, [2, 2, 2]);
      const order = uniform(4);
      const shuffled = ideal.species
        .map((_, i) => [order(), i] as const)
        .sort((a, b) => a[0] - b[0])
        .map(([, i]) => i);
      const pick = (x: Structure): Structure => ({
        ...x,
        species: shuffled.map((i) => x.species[i]!),
        positions: Float64Array.from(shuffled.flatMap((i) => [...x.positions.subarray(3 * i, 3 * i + 3)])),
      });
      const large = supercellResponse(model, pick(ideal));
      const x = pick(shaken(ideal, 0.2, 12));
      const exact = quadraticToy(pick(ideal), cutoff)(x).polarizability!;
      // Eight times as many terms as in the small cell, whose error is below 1e-6.
      expectClose(predictTensor(large, x), exact, { absolute: 1e-5 });
    },
  );

  it("refuses what is not made of whole cells of the same atoms", async () => {
    const s = nacl();
    const model = await linearResponse(toyFrame(s), displacedFrames(s, 0.01));
    const large = supercell(s, [1, 1, 2]);
    expect(() =>
      supercellResponse(model, { ...large, cell: large.cell!.map((x, p) => (p === 8 ? 1.2 * x : x)) }),
    ).toThrow(/whole vectors/);
    expect(() => supercellResponse(model, shaken(large, 0.5, 1))).toThrow(/not at a place/);
  });
});
