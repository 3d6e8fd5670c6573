import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataError, FormatError, OptionError, ShapeError } from "../../src/errors.js";
import { loadColumns, parseColumns, streamColumns } from "../../src/io/columns.js";
import { writeColumns } from "../../src/io/columnsWrite.js";
import { createSeries } from "../../src/series/tensorSeries.js";
import { columns } from "./samples.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "spectensor-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("parseColumns", () => {
  it("takes six columns as xx yy zz xy yz zx where nobody names them, and as a comment names them", () => {
    const named = parseColumns(columns, { timestep: 10, quantity: "dielectric" });
    expect([...named.values.subarray(0, 3)]).toEqual([2.534301, 0.00883, -0.005494]);
    const s = parseColumns(columns.replace(/^.*\n/, ""), { timestep: 10, quantity: "dielectric", name: "a/alpha.dat" });
    expect([...s.values.subarray(0, 9)]).toEqual([
      2.534301, 0.00883, -0.005261, 0.00883, 2.548085, -0.005494, -0.005261, -0.005494, 2.577736,
    ]);
    expect([s.quantity, s.unit, s.timestep, s.origin, s.shape]).toEqual(["dielectric", "1", 10, "alpha.dat", [3, 3]]);
  });

  it("takes another declared order, nine row-major columns, or three of a vector", () => {
    const voigt = parseColumns("1 2 3 4 5 6\n", { timestep: 1, components: "xx yy zz yz xz xy" });
    expect([...voigt.values]).toEqual([1, 6, 5, 6, 2, 4, 5, 4, 3]);
    const nine = parseColumns("1 2 3 4 5 6 7 8 9\n", { timestep: 1 });
    expect([...nine.values]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const vector = parseColumns("! P\n 0 1.0D0 2\n\n1 1 2\n", { timestep: 1, skipColumns: 0 });
    expect([vector.quantity, vector.unit, ...vector.values]).toEqual(["polarization", "e·Å", 0, 1, 2, 1, 1, 2]);
    expect(parseColumns("17 1 2 3\n", { timestep: 1, skipColumns: 1 }).values).toEqual(Float64Array.of(1, 2, 3));
  });

  it("follows a CSV header, its time column giving the time step", () => {
    const s = parseColumns(
      '"time (fs)";alpha_zz;alpha_yy;alpha_xx;alpha_yz;alpha_zx;alpha_xy\n0;1;2;3;4;5;6\n0.5;1;2;3;4;5;6\n1;1;2;3;4;5;6\n',
    );
    expect([s.timestep, ...s.values.subarray(0, 9)]).toEqual([0.5, 3, 6, 5, 6, 2, 4, 5, 4, 1]);
    expect(parseColumns("t,z,y,x\n0,1,2,3\n2,1,2,3\n").values.subarray(0, 3)).toEqual(Float64Array.of(3, 2, 1));
  });

  it("reads back what writeColumns writes, to the last bit", async () => {
    const s = createSeries({
      quantity: "polarizability",
      shape: [3, 3],
      values: Float64Array.from({ length: 45 }, (_, i) => Math.sin(i) / 3),
      timestep: 0.1,
      origin: "x",
    });
    for (const name of ["s.csv", "s.csv.gz"]) {
      const path = join(folder, name);
      await writeColumns(path, s);
      const back = await loadColumns(path, { origin: "x" });
      expect(back.values).toEqual(s.values);
      expect(back.timestep).toBeCloseTo(0.1, 14);
      let rows = 0;
      for await (const row of streamColumns(path)) expect(row.values).toEqual(s.values.subarray(9 * rows, 9 * ++rows));
      expect(rows).toBe(5);
    }
    const charges = createSeries({
      quantity: "bornCharges",
      shape: [1, 3, 3],
      values: new Float64Array(9),
      timestep: 1,
      origin: "x",
    });
    await expect(writeColumns(join(folder, "z.csv"), charges)).rejects.toThrow(ShapeError);
  });

  it("refuses ragged rows, empty fields, unknown headers and missing time steps", () => {
    const bad =
      (text: string, options = {}) =>
      () =>
        parseColumns(text, { timestep: 1, ...options });
    expect(bad("1 2 3\n1 2\n")).toThrow(/text:2: 2 columns, expected 3/);
    expect(bad("1,2,3\n1,,3\n")).toThrow(/text:2: expected a number in column 2, found ""/);
    expect(bad("1 2 3\n1 nan 3\n")).toThrow(FormatError);
    expect(bad("1 2 3 4\n")).toThrow(/4 columns, expected 3/);
    expect(bad("a b c\n1 2 3\n")).toThrow(/the header names no tensor/);
    expect(bad("1 2 3 4 5 6\n", { components: "xx yy" })).toThrow(OptionError);
    expect(() => parseColumns("1 2 3\n")).toThrow(DataError);
  });
});
