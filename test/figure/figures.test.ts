import { describe, expect, it } from "vitest";
import { OptionError, ShapeError, UnitError } from "../../src/errors.js";
import { plotlyAxis } from "../../src/figure/axis.js";
import { figureCsv, figureJson, type PlotlyOptions } from "../../src/figure/figure.js";
import { learningCurveFigure } from "../../src/figure/learningCurve.js";
import { lineFigure } from "../../src/figure/lines.js";
import { panels } from "../../src/figure/panels.js";
import { parityFigure, seriesParityFigure } from "../../src/figure/parity.js";
import { spectrumFigure } from "../../src/figure/spectrum.js";
import { DARK_OF, recolour, THEMES } from "../../src/figure/theme.js";
import { timeSeriesFigure } from "../../src/figure/timeSeries.js";
import { createSeries } from "../../src/series/tensorSeries.js";
import { lines, oscillating } from "./example.js";

const axis = (quantity: string) => ({ quantity });
const titleOf = (figure: { layout: PlotlyOptions }, name: string): string =>
  ((figure.layout[name] as PlotlyOptions).title as { text: string }).text;

describe("lineFigure", () => {
  it("draws the reference first and dark, the others in the order given", () => {
    const f = lineFigure(
      [
        { label: "A", x: [0, 1], y: [1, 2] },
        { label: "R", x: [0, 1], y: [1, 3], role: "reference" },
      ],
      { x: axis("x"), y: axis("y") },
    );
    expect(f.data.map((t) => t.name)).toEqual(["R", "A"]);
    expect((f.data[0]!.line as { color: string }).color).toMatch(new RegExp(`^${THEMES.light.reference}`));
  });

  it("turns a band of half-width b into the polygon y ± b", () => {
    const f = lineFigure([{ label: "A", x: [0, 1], y: [5, 6], band: [1, 2] }], { x: axis("x"), y: axis("y") });
    expect(Array.from(f.data[0]!.x)).toEqual([0, 1, 1, 0]);
    expect(Array.from(f.data[0]!.y)).toEqual([6, 8, 4, 4]);
  });

  it("names line and point of a value that is not finite", () => {
    expect(() => lineFigure([{ label: "A", x: [0, 1], y: [1, Number.NaN] }], { x: axis("x"), y: axis("y") })).toThrow(
      /^A: point 1 has the value NaN, not a finite number$/,
    );
    expect(() => lineFigure([{ x: [0], y: [1, 2] }], { x: axis("x"), y: axis("y") })).toThrow(ShapeError);
  });

  it("rejects an unknown option with a suggestion, an impossible range and a size without room", () => {
    const draw = (options: object) => () =>
      lineFigure([{ x: [1], y: [1] }], { x: axis("x"), y: axis("y"), ...options });
    expect(draw({ notes: "x" })).toThrow(/unknown option "notes"; did you mean "note"\?/);
    expect(draw({ x: { quantity: "x", scale: "log", range: [0, 1] } })).toThrow(/two different positive numbers/);
    expect(draw({ size: { width: 100, height: 100 } })).toThrow(OptionError);
  });
});

describe("timeSeriesFigure", () => {
  const series = oscillating(0, "DFPT");

  it("labels component and time with their units", () => {
    const f = timeSeriesFigure({ DFPT: series }, { component: "xy" });
    expect([titleOf(f, "xaxis"), titleOf(f, "yaxis")]).toEqual(["Time (fs)", "α<sub>xy</sub> (Å³)"]);
    expect(titleOf(timeSeriesFigure({ DFPT: series }, { component: "anisotropy" }), "yaxis")).toBe(
      "anisotropy γ² (Å⁶)",
    );
  });

  it("cuts the series to the range and shows long times in ps", () => {
    const f = timeSeriesFigure({ DFPT: series }, { range: [95, 200] });
    expect([f.data[0]!.x[0], f.data[0]!.x.length]).toEqual([100, 11]);
    expect(f.data[0]!.y[0]).toBe(series.values[90]);
    const long = timeSeriesFigure({ A: { ...series, timestep: 1000 } });
    expect([titleOf(long, "xaxis"), long.data[0]!.x[1]]).toEqual(["Time (ps)", 1]);
  });

  it("refuses series of different units, unknown components and references", () => {
    const atomic = createSeries({ ...series, unit: "bohr³" });
    expect(() => timeSeriesFigure({ A: series, B: atomic })).toThrow(UnitError);
    expect(() => timeSeriesFigure({ A: series }, { component: "x" })).toThrow(OptionError);
    expect(() => timeSeriesFigure({ A: series }, { reference: "DFPT" })).toThrow(
      /no entry is called "DFPT"; entries: A/,
    );
    expect(() => timeSeriesFigure({})).toThrow(OptionError);
  });
});

describe("parityFigure", () => {
  it("gives both axes the same range, wider than the data", () => {
    const f = parityFigure({ A: { reference: [1, 2], predicted: [1.5, 3] } }, { axis: { quantity: "α", unit: "Å³" } });
    const range = (f.layout.xaxis as PlotlyOptions).range as number[];
    expect((f.layout.yaxis as PlotlyOptions).range).toEqual(range);
    expect(range[0]).toBeLessThan(1);
    expect(range[1]).toBeGreaterThan(3);
    expect(titleOf(f, "xaxis")).toBe("α, reference (Å³)");
  });

  it("compares series frame by frame", () => {
    const [dfpt, lrm] = [oscillating(0, "DFPT"), oscillating(0.1, "LRM")];
    const f = seriesParityFigure(dfpt, { LRM: lrm }, { component: "zz" });
    expect([f.data[1]!.x[3], f.data[1]!.y[3]]).toEqual([dfpt.values[35], lrm.values[35]]);
    expect(titleOf(f, "xaxis")).toBe("α<sub>zz</sub>, DFPT (Å³)");
    expect(() => seriesParityFigure(dfpt, { LRM: oscillating(0, "LRM", 5) })).toThrow(ShapeError);
  });
});

describe("spectrumFigure", () => {
  it("draws bands of two standard errors unless another number is asked for or the runs are known to be few", () => {
    const s = lines(0, "A");
    const { values, standardError } = s.intensities.unpolarised!;
    const f = spectrumFigure({ A: s });
    expect(f.data[0]!.y[10]).toBeCloseTo(values[10]! + 2 * standardError![10]!, 12);
    // Student's t for five runs, 95 %.
    const few = spectrumFigure({ A: { ...s, averaged: 5 } });
    expect(few.data[0]!.y[10]).toBeCloseTo(values[10]! + 2.776445 * standardError![10]!, 6);
    expect(spectrumFigure({ A: s }, { standardErrors: 0 }).data).toHaveLength(1);
  });

  it("scales to maximum or area inside the shown range", () => {
    const top = spectrumFigure(
      { A: lines(0, "A") },
      { scaling: { kind: "maximum" }, range: [600, 900], standardErrors: 0 },
    );
    expect(Math.max(...Array.from(top.data[0]!.y))).toBe(1);
    const { x, y } = spectrumFigure({ A: lines(0, "A") }, { scaling: { kind: "area" }, standardErrors: 0 }).data[0]!;
    let area = 0;
    for (let i = 1; i < x.length; i++) area += ((y[i]! + y[i - 1]!) / 2) * (x[i]! - x[i - 1]!);
    expect(area).toBeCloseTo(1, 12);
  });

  it("converts the axis and refuses to mix intensity units without scaling", () => {
    const f = spectrumFigure({ A: lines(0, "A") }, { unit: "THz" });
    expect(titleOf(f, "xaxis")).toBe("Raman shift (THz)");
    expect(f.data[1]!.x[100]).toBeCloseTo(300 * 0.0299792458, 10);
    const other = lines(0, "B", "Å⁴/amu");
    expect(() => spectrumFigure({ A: lines(0, "A"), B: other })).toThrow(UnitError);
    expect(() => spectrumFigure({ A: lines(0, "A"), B: other }, { scaling: { kind: "maximum" } })).not.toThrow();
  });

  it("says where a spectrum ends if the range is outside", () => {
    expect(() => spectrumFigure({ A: lines(0, "A") }, { range: [2000, 3000] })).toThrow(
      /"A" has no point between 2000 and 3000; it runs from 0 to 1197/,
    );
  });
});

describe("learningCurveFigure", () => {
  it("keeps bands positive on logarithmic axes and refuses what has no logarithm", () => {
    const score = { quantity: "RMSE" };
    const f = learningCurveFigure(
      { A: { sizes: [1, 10], mean: [1, 0.1], spread: [3, 0.05] } },
      { score, scale: "log-log" },
    );
    expect(Math.min(...Array.from(f.data[0]!.y))).toBeGreaterThan(0);
    expect(() => learningCurveFigure({ A: { sizes: [1], mean: [0] } }, { score, scale: "log-log" })).toThrow(
      /A: point 0 has the value 0/,
    );
  });
});

describe("logarithmic axes", () => {
  it.each([
    [
      [0.036, 0.052],
      ["0.04", "0.045", "0.05"],
    ],
    [
      [1.8, 8.5],
      ["2", "5"],
    ],
    [
      [2e-5, 3e-4],
      ["2·10<sup>−5</sup>", "5·10<sup>−5</sup>", "10<sup>−4</sup>", "2·10<sup>−4</sup>"],
    ],
    [
      [1, 1e4],
      ["1", "10", "100", "1000", "10000"],
    ],
  ] as const)("of %j have at least three ticks, named as people write them", (range, expected) => {
    const { ticktext, tickvals } = plotlyAxis({ quantity: "N", scale: "log", range }, "x", [0, 1]) as {
      ticktext: string[];
      tickvals: number[];
    };
    expect(ticktext).toEqual(expect.arrayContaining([...expected]));
    expect(tickvals.length).toBeGreaterThanOrEqual(3);
    expect(tickvals.length).toBeLessThanOrEqual(20);
    for (const v of tickvals) expect(v >= range[0] && v <= range[1]).toBe(true);
  });
});

describe("panels", () => {
  const figure = timeSeriesFigure({ DFPT: oscillating(0, "DFPT") }, { note: "n" });

  it("places figures row by row without changing their size in pixels", () => {
    const f = panels([figure, figure, figure], { columns: 2 });
    const domain = (layout: PlotlyOptions, name: string) => (layout[name] as { domain: [number, number] }).domain;
    expect([f.layout.width, f.layout.height]).toEqual([1280, 800]);
    const single = domain(figure.layout, "xaxis");
    for (const n of ["", "2", "3"]) {
      const [a, b] = domain(f.layout, `xaxis${n}`);
      expect((b - a) * 1280).toBeCloseTo((single[1] - single[0]) * 640, 9);
    }
    expect(domain(f.layout, "xaxis2")[0]).toBeGreaterThan(0.5);
    expect(domain(f.layout, "yaxis3")[1]).toBeLessThan(0.5);
    expect(f.data.map((t) => t.xaxis)).toEqual(["x", "x2", "x3"]);
    expect(f.description).toMatch(/^a\) .* b\) .* c\) /);
  });

  it("refuses panels of panels and no panels", () => {
    expect(() => panels([panels([figure, figure])])).toThrow(OptionError);
    expect(() => panels([])).toThrow(OptionError);
  });
});

describe("figure data", () => {
  const figure = timeSeriesFigure({ "a, b": oscillating(0, "DFPT", 3) });

  it("become JSON of plain arrays with six digits", () => {
    const { data } = JSON.parse(figureJson(figure)) as { data: { y: number[] }[] };
    expect(data[0]!.y).toEqual([33, 33.0397, 33.0779]);
    expect(figureJson(figure)).toBe(figureJson(figure));
  });

  it("become CSV with quantity and unit over every column", () => {
    expect(figureCsv(figure).split("\n").slice(0, 2)).toEqual(['Time (fs),"a, b: α_xx (Å³)"', "0,33"]);
  });

  it("share a column of x where it is the same; panels have letters, short columns empty cells", () => {
    const [long, short] = [oscillating(0, "DFPT", 3), oscillating(0, "LRM", 2)];
    const pair = timeSeriesFigure({ DFPT: long, LRM: { ...long, values: long.values.map((v) => 2 * v) } });
    expect(figureCsv(pair).split("\n")[0]).toBe("Time (fs),DFPT: α_xx (Å³),LRM: α_xx (Å³)");
    const [head, ...rows] = figureCsv(panels([pair, timeSeriesFigure({ LRM: short }, { component: "zz" })]))
      .trim()
      .split("\n");
    expect(head).toBe("a) Time (fs),a) DFPT: α_xx (Å³),a) LRM: α_xx (Å³),b) Time (fs),b) LRM: α_zz (Å³)");
    expect(rows.map((r) => r.split(",").length)).toEqual([5, 5, 5]);
    expect(rows[2]!.endsWith(",,")).toBe(true);
  });

  it("use only colours of the theme, so that recolouring reaches all of them", () => {
    const colours = new Set(figureJson(spectrumFigure({ A: lines(0, "A"), B: lines(2, "B") })).match(/#[0-9a-f]{6}/g));
    for (const c of colours) expect(Object.keys(DARK_OF)).toContain(c);
    expect(recolour(THEMES.light.text, "dark")).toBe(THEMES.dark.text);
  });
});
