import { describe, expect, it } from "vitest";
import { parsePoscar } from "../../src/io/poscar.js";
import { parseXdatcar } from "../../src/io/xdatcar.js";

describe("names that are no elements", () => {
  const mutilated = "x\n1\n5 0 0\n0 5 0\n0 0 5\nr X\n1 1\nDirect configuration= 1\n 0 0 0\n .5 .5 .5\n";

  it.each([
    parseXdatcar,
    (input: string, options: object) => parsePoscar(input.replace(" configuration= 1", ""), options),
  ])("are refused with the option that says them, and read with it", (parse) => {
    expect(() => parse(mutilated, {})).toThrow(/:6: expected chemical symbols, found "r X".*species: \["Si", "O"\]/);
    const read = parse(mutilated, { species: ["Na", "Cl"] });
    expect("species" in read ? read.species : read.structure.species).toEqual(["Na", "Cl"]);
  });
});
