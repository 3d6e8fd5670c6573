import { describe, expect, it } from "vitest";
import type { MdRun } from "../../src/dynamics/ensemble.js";
import {
  displacementFigure,
  energyFigure,
  radialDistributionFigure,
  temperatureFigure,
  velocityAutocorrelationFigure,
} from "../../src/figure/dynamics.js";
import { figureCsv } from "../../src/figure/figure.js";
import { expectClose } from "../support/close.js";

const run: MdRun = {
  trajectory: {
    species: ["Si", "O"],
    positions: new Float64Array(18),
    periodic: [false, false, false],
    timestep: 4,
  },
  potentialEnergy: Float64Array.of(-10, -10.001, -10.002),
  kineticEnergy: Float64Array.of(0.5, 0.502, 0.502),
  temperature: Float64Array.of(300, 310, 320),
};

describe("figures of molecular dynamics", () => {
  it("show the change of the total energy per atom and the temperature against time", () => {
    expect(figureCsv(energyFigure([run]))).toContain("0.004");
    const [trace] = energyFigure([run]).data as unknown as { x: number[]; y: number[] }[];
    expect(Array.from(trace!.x)).toEqual([0, 0.004, 0.008]);
    expectClose(trace!.y, [0, 0.5, 0], { absolute: 1e-9 });
    expect(figureCsv(temperatureFigure([run]))).toContain("310");
  });

  it("name pairs and species in the legend", () => {
    const x = Float64Array.of(1, 2);
    const names = (f: { data: unknown }): unknown[] => (f.data as { name?: string }[]).map((t) => t.name);
    const pairs = [{ pair: ["Si", "O"] as const, distance: x, value: x, coordination: x }];
    expect(names(radialDistributionFigure(pairs))).toContain("Si–O");
    expect(names(displacementFigure({ lag: x, value: [x, x], species: ["Si", "O"] }))).toEqual(["Si", "O"]);
    expect(names(velocityAutocorrelationFigure({ lag: x, total: x, species: { O: x } }))).toEqual(["O"]);
  });
});
