import { expect, it } from "vitest";
import { OptionError } from "../../src/errors.js";
import { forceConstants } from "../../src/spectrum/forceConstants.js";
import { modeDisplacements } from "../../src/spectrum/modeDisplacements.js";
import { normalModes } from "../../src/spectrum/phonons.js";
import { expectClose } from "../support/close.js";
import { displacedSets, water } from "./springs.js";

const modes = normalModes(forceConstants(water, displacedSets(water, 40, [0, 1, 2]), { symmetry: { kind: "none" } }));
const sum = (f: (i: number) => number): number => [...modes.masses.keys()].reduce((total, i) => total + f(i), 0);

it("displacements of a vibration are normalized by mass and leave the centre of mass where it is", () => {
  for (const mode of [6, 7, 8]) {
    const x = modeDisplacements(modes, mode);
    expectClose(
      sum((i) => modes.masses[i]! * Math.hypot(...x.subarray(3 * i, 3 * i + 3)) ** 2),
      1,
      { absolute: 1e-10 },
    );
    for (let d = 0; d < 3; d++)
      expectClose(
        sum((i) => modes.masses[i]! * x[3 * i + d]!),
        0,
        { absolute: 1e-3 },
      );
  }
});

it("displacements of a mode that does not exist are refused", () => {
  for (const mode of [-1, 9, 0.5]) expect(() => modeDisplacements(modes, mode)).toThrow(OptionError);
});
