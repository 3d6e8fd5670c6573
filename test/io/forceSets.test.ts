import { describe, expect, it } from "vitest";
import { parseForceSets } from "../../src/io/forceSets.js";
import { forceSets } from "./samples.js";

describe("parseForceSets", () => {
  it("reads displaced atom (zero-based), displacement and forces", () => {
    const [a, b] = parseForceSets(forceSets);
    expect([a!.atom, b!.atom]).toEqual([0, 1]);
    expect([...b!.displacement]).toEqual([0, 0.01, 0]);
    expect([...a!.forces]).toEqual([-0.29244521, -0.45962615, -0.02269942, 0.29244521, 0.45962615, 0.02269942]);
  });

  it("refuses a displaced atom outside the supercell, and sets beyond the declared number", () => {
    expect(() => parseForceSets(forceSets.replace("\n2\n  0.0", "\n3\n  0.0"))).toThrow(
      /atom 3 is displaced, the supercell has 2/,
    );
    expect(() => parseForceSets(forceSets.replace("2\n2\n", "2\n1\n"))).toThrow(/more than the 1 displacements/);
  });
});
