import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { tableCsv, tableJson, toColumns, toDataFrame } from "../../src/display/tabular.js";
import { ShapeError } from "../../src/errors.js";
import { executeNotebook } from "../../src/runner/executor.js";
import type { CodeCell } from "../../src/runner/nbformat.js";
import { convertSeries } from "../../src/series/convert.js";
import { createSeries } from "../../src/series/tensorSeries.js";
import { raman } from "../../src/spectrum/raman.js";
import { toUnit } from "../../src/spectrum/spectrum.js";
import { formatNumber } from "../../src/table/number.js";
import { tableText } from "../../src/table/text.js";

describe("table", () => {
  const columns = { N: [6, 1200], RMSE: Float64Array.of(0.12345, -1.5e-7), name: ["a", 'b,"c"'] };

  it("puts units into headers and aligns numbers", () => {
    const list = [
      { name: "N", values: [6, 1200] },
      { name: "RMSE", unit: "Å³", values: [0.12345, -1.5e-7] },
    ];
    expect(tableText(list).split("\n")).toEqual(["   N    RMSE (Å³)", "   6       0.1235", "1200  −1.500·10⁻⁷"]);
    expect(tableText(list, { rows: 1 })).toMatch(/… 1 more rows$/);
  });

  it("gives plain columns for data frames and CSV with quoted texts", () => {
    expect(toColumns(columns, { RMSE: "Å³" })).toEqual({
      N: [6, 1200],
      "RMSE (Å³)": [0.12345, -1.5e-7],
      name: ["a", 'b,"c"'],
    });
    expect(tableCsv(columns).split("\n")[2]).toBe('1200,-1.5e-7,"b,""c"""');
  });

  const alpha = createSeries({
    ...{ quantity: "polarizability", shape: [3, 3], timestep: 2, origin: "test" },
    values: Float64Array.of(1, 4, 6, 4, 2, 5, 6, 5, 3, 1, 0, 0, 0, 1, 0, 0, 0, 1),
  });

  it("has the columns of a series and of a spectrum, in the units they are in", () => {
    expect(tableCsv(convertSeries(alpha, "Å³")).split("\n").slice(0, 3)).toEqual([
      "time (fs),xx (Å³),yy (Å³),zz (Å³),xy (Å³),yz (Å³),zx (Å³)",
      "0,1,2,3,4,5,6",
      "2,1,1,1,0,0,0",
    ]);
    expect(Object.keys(toColumns(convertSeries(alpha, "a.u.")))[1]).toBe("xx (a.u.)");
    const many = createSeries({ ...alpha, values: Float64Array.from({ length: 9 * 64 }, (_, i) => Math.sin(i)) });
    expect(Object.keys(toColumns(toUnit(raman(many), "meV")))[0]).toBe("energy (meV)");
    const perAtom = createSeries({ ...alpha, quantity: "bornCharges", shape: [2, 3, 3] });
    expect(() => toColumns(perAtom)).toThrow(/tensors of shape \[2, 3, 3\] do not make columns/);
  });

  it("becomes a data frame of any library in one call, and is shown again from one", () => {
    class Frame {
      readonly columns: string[];
      readonly values: (number | string)[][];
      constructor(data: Record<string, (number | string)[]>) {
        this.columns = Object.keys(data);
        this.values = Object.values(data)[0]!.map((_, i) => Object.values(data).map((column) => column[i]!));
      }
    }
    const frame = toDataFrame(Frame, columns, { RMSE: "Å³" });
    expect(frame.columns).toEqual(["N", "RMSE (Å³)", "name"]);
    expect(toColumns(frame)).toEqual(toColumns(columns, { RMSE: "Å³" }));
  });

  it("is written as JSON with units", () => {
    expect(JSON.parse(tableJson({ a: Float64Array.of(1, Number.NaN), b: ["p", "q"] }, { a: "Å" }))).toEqual({
      columns: [
        { name: "a", unit: "Å", values: [1, null] },
        { name: "b", unit: "1", values: ["p", "q"] },
      ],
    });
  });

  it("names the column of another length", () => {
    expect(() => toColumns({ a: [1, 2], b: [1] })).toThrow(
      new ShapeError('table: column "b" has 1 rows, "a" has 2').message,
    );
  });

  it("writes numbers shortly and never as NaN", () => {
    const cases: readonly [number, string][] = [
      [0, "0"],
      [-3, "−3"],
      [1234.5678, "1235"],
      [0.000123456, "1.235·10⁻⁴"],
      [12345678.9, "1.235·10⁷"],
      [Number.NaN, "not a number"],
      [Number.NEGATIVE_INFINITY, "−∞"],
    ];
    for (const [value, text] of cases) expect(formatNumber(value)).toBe(text);
  });
});

const NOTEBOOKS = fileURLToPath(new URL("../../notebooks/", import.meta.url));

function hasDanfo(): boolean {
  try {
    createRequire(`${NOTEBOOKS}x.js`).resolve("danfojs-node");
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!hasDanfo())(
  `danfojs in a notebook${hasDanfo() ? "" : " (skipped: danfojs-node is not installed)"}`,
  () => {
    it("takes a spectrum in one call, computes with it, and is shown as a table", async () => {
      const sources = [
        `import { DataFrame } from "danfojs-node";
       import { unit } from "mathjs";
       import { loadDataset, raman, showTable, toDataFrame, units } from "spectensor";`,
        `const set = await loadDataset("h2o");
       const frame = toDataFrame(DataFrame, raman(set.series("polarizability"), { temperature: units.fromMathUnit(unit("0.3 kK"), "K") }));`,
        `console.log(frame.shape, frame.columns[0], frame["wavenumber (cm-1)"].max() > 4000);
       showTable(frame.head(3));`,
      ];
      const cells = sources.map(
        (source, i): CodeCell => ({
          ...{ cell_type: "code", id: `c${i}`, metadata: {}, execution_count: null },
          source,
          outputs: [],
        }),
      );
      const run = await executeNotebook({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }, { folder: NOTEBOOKS });
      expect(run.failure).toBeUndefined();
      const { outputs } = run.notebook.cells[2] as CodeCell;
      expect(outputs[0]).toMatchObject({ text: expect.stringMatching(/^\[ \d+, \d+ \] wavenumber \(cm-1\) true\n$/) });
      const html = JSON.stringify(outputs[1]);
      expect(html.match(/<tr>/g)).toHaveLength(4);
      expect(html).toContain("wavenumber (cm-1)");
    });
  },
);
