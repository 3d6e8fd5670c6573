import { describe, expect, it } from "vitest";
import { radialDistribution } from "../../src/dynamics/rdf.js";
import { radialDistributionFigure } from "../../src/figure/dynamics.js";
import type { Figure, PlotlyOptions, Trace } from "../../src/figure/figure.js";
import { learningCurveFigure } from "../../src/figure/learningCurve.js";
import { type Line, lineFigure } from "../../src/figure/lines.js";
import { spectrumFigure } from "../../src/figure/spectrum.js";
import { renderSvg } from "../../src/figure/static.js";
import { stickFigure } from "../../src/figure/sticks.js";
import { random } from "../../src/math/random.js";
import { lines } from "./example.js";
import { textProblems } from "./textBoxes.js";

const axes = { x: { quantity: "x" }, y: { quantity: "y" } };
const x = Float64Array.from({ length: 300 }, (_, i) => i / 30);
const wave = (shift: number): Float64Array => x.map((v) => Math.sin(v) + shift);
const curves = (f: Figure) => f.data.filter((t) => t.mode === "lines");
const dashOf = (t: Trace): unknown => (t.line as { dash: string }).dash;

describe("curves that coincide", () => {
  it("are both seen: the reference is broad and behind", () => {
    const f = lineFigure(
      [
        { label: "model", x, y: wave(0) },
        { label: "DFPT", x, y: wave(0), role: "reference" },
      ],
      axes,
    );
    const [reference, model] = curves(f).map((t) => t.line as { width: number; color: string; dash: string });
    expect(reference!.width).toBeGreaterThan(2 * model!.width);
    expect([reference!.dash, model!.dash]).toEqual(["solid", "solid"]);
    expect(reference!.color).not.toBe(model!.color);
  });

  it("are dashed over each other, and only they are", () => {
    const dashes = (shifts: readonly number[]) =>
      curves(
        lineFigure(
          shifts.map((s) => ({ x, y: wave(s) })),
          axes,
        ),
      ).map(dashOf);
    expect(dashes([0, 0])).toEqual(["solid", "dash"]);
    expect(dashes([0, 0.5])).toEqual(["solid", "solid"]);
    expect(dashes([0, 0.001, 0.002, 1])).toEqual(["solid", "dash", "dot", "solid"]);
  });

  it("with markers are dashed, too, and their markers hollow", () => {
    const sizes = [5, 10, 20, 40];
    const curve = (scores: number[]) => ({ sizes, mean: scores });
    const f = learningCurveFigure(
      { direct: curve([0, 0.4, 0.6, 0.7]), Δ: curve([0, 0.4, 0.6, 0.7]), better: curve([0.5, 0.7, 0.8, 0.9]) },
      { score: { quantity: "R²" } },
    );
    const hollow = (t: Trace): boolean => (t.marker as { symbol: string }).symbol.endsWith("-open");
    expect(f.data.map(dashOf)).toEqual(["solid", "dash", "solid"]);
    expect(f.data.map(hollow)).toEqual([false, true, false]);
  });

  it("count by the way that they share, not by how long both are nothing", () => {
    // Two narrow lines at different places: equal at nearly all points.
    const peak = (at: number): Float64Array => x.map((v) => Math.exp(-(((v - at) / 0.05) ** 2)));
    const f = lineFigure(
      [
        { x, y: peak(3) },
        { x, y: peak(6) },
      ],
      axes,
    );
    expect(curves(f).map(dashOf)).toEqual(["solid", "solid"]);
  });

  it("are found on different grids", () => {
    const fine = Float64Array.from({ length: 3001 }, (_, i) => i / 300);
    const f = lineFigure(
      [
        { x, y: wave(0) },
        { x: fine, y: fine.map((v) => Math.sin(v)) },
      ],
      axes,
    );
    expect(curves(f).map(dashOf)).toEqual(["solid", "dash"]);
  });
});

describe("bands", () => {
  const outline = (f: Figure): number[] => Array.from(f.data.find((t) => t.fill === "toself")!.y);
  const wide = (y: object): number[] =>
    outline(
      lineFigure([{ x: [1, 2], y: [0.9, 0.5], band: [0.6, 0.7] }], {
        x: { quantity: "x" },
        y: y as { quantity: string },
      }),
    );

  it("end where the quantity cannot be", () => {
    expect(Math.max(...wide({ quantity: "R² of α" }))).toBe(1);
    expect(Math.min(...wide({ quantity: "R² of α" }))).toBeCloseTo(-0.2, 12);
    expect(Math.max(...wide({ quantity: "cosine similarity" }))).toBe(1);
    expect(Math.min(...wide({ quantity: "RMSE of P" }))).toBe(0);
    expect(wide({ quantity: "anything", possible: [0.1, 1.2] })).toEqual([1.2, 1.2, 0.1, expect.closeTo(0.3, 12)]);
    expect(Math.min(...wide({ quantity: "anything" }))).toBeLessThan(0);
  });

  it("stay above zero on a logarithmic axis", () => {
    expect(Math.min(...wide({ quantity: "E", scale: "log" }))).toBeCloseTo(0.05, 12);
  });

  it("of learning curves do so without being told", () => {
    const f = learningCurveFigure(
      { A: { sizes: [5, 10], mean: [0.8, 0.98], spread: [0.4, 0.1] } },
      { score: { quantity: "R² of a" } },
    );
    expect(Math.max(...outline(f))).toBe(1);
  });

  it("of spectra stay above zero", () => {
    const s = lines(0, "A");
    const { values } = s.intensities.unpolarised!;
    const noisy = {
      ...s,
      intensities: { unpolarised: { unit: "arb. units", values, standardError: values.map((v) => v) } },
    };
    expect(Math.min(...outline(spectrumFigure({ A: noisy })))).toBe(0);
  });
});

describe("pictures of curves", () => {
  it("have every point of their data", () => {
    const r = random(3);
    // Points that differ by hundredths of a pixel, which simplification leaves out.
    const y = x.map((v) => v + 1e-4 * r.normal());
    const svg = renderSvg(lineFigure([{ x, y }], axes));
    const [, path] = /class="js-line"[^>]* d="([^"]+)"/.exec(svg)!;
    expect(path!.split(/[ML]/).length - 1).toBe(x.length);
  });
});

describe("spectra", () => {
  const end = (f: Figure): number => ((f.layout.xaxis as PlotlyOptions).range as number[])[1]!;

  it("end a little behind their last line", () => {
    const s = lines(0, "A");
    const axis = Float64Array.from({ length: 4000 }, (_, i) => 3 * i);
    // The last line of 0.12 at 1088 cm⁻¹ falls below half a per cent of the highest, a Lorentzian of 8 cm⁻¹, 40 cm⁻¹ farther.
    const values = Float64Array.from(axis, (_, i) => s.intensities.unpolarised!.values[i] ?? 0);
    const long = {
      ...s,
      axis: { unit: "cm-1" as const, values: axis },
      intensities: { unpolarised: { unit: "arb. units", values } },
    };
    expect(end(spectrumFigure({ A: long }))).toBeGreaterThan(1100);
    expect(end(spectrumFigure({ A: long }))).toBeLessThan(1300);
    expect(end(spectrumFigure({ A: long }, { range: [0, 5000] }))).toBe(5000);
  });

  it("with something up to the end, or with negative values, are shown whole", () => {
    const s = lines(0, "A");
    const last = s.axis.values.at(-1)!;
    const with_ = (values: Float64Array) => spectrumFigure({ A: { ...s, intensities: { i: { unit: "1", values } } } });
    expect(end(with_(s.axis.values.map(() => 1)))).toBe(last);
    expect(end(with_(s.axis.values.map((v) => (v < 100 ? -1 : 0))))).toBe(last);
  });
});

describe("g(r) of a small cell", () => {
  const trajectory = (a: number) => ({
    species: ["Na", "Cl"],
    positions: Float64Array.of(0, 0, 0, a / 2, a / 2, a / 2),
    cells: Float64Array.of(a, 0, 0, 0, a, 0, 0, 0, a),
    periodic: [true, true, true] as const,
  });

  it("marks the periodic images of an atom: lengths of the lattice vectors", () => {
    const g = radialDistribution(trajectory(4), ["Na", "Cl"], { cutoff: 8 });
    // a, √2 a, √3 a, 2a of a simple cubic lattice; the last is as long as the cutoff.
    expect(Array.from(g.images!).slice(0, 3)).toEqual(
      [4, 4 * Math.SQRT2, 4 * Math.sqrt(3)].map((d) => expect.closeTo(d, 9)),
    );
    const f = radialDistributionFigure([g]);
    expect(f.layout.shapes.map((s) => s.x0)).toEqual(Array.from(g.images!));
    expect(JSON.stringify(f.layout.annotations)).toMatch(/periodic image/);
    expect(textProblems(renderSvg(f), f.layout)).toEqual([]);
  });

  it("marks nothing within the cutoff of a large one", () => {
    const g = radialDistribution(trajectory(20), ["Na", "Cl"], { cutoff: 18 });
    expect(g.images).toHaveLength(0);
    expect(radialDistributionFigure([g]).layout.shapes).toEqual([]);
  });
});

it("a line alone is drawn as others are", () => {
  const only: Line = { x, y: wave(0), role: "reference" };
  expect((curves(lineFigure([only], axes))[0]!.line as { width: number }).width).toBeLessThan(2);
});

describe("sticks", () => {
  it("stand within the axis, not on its ends, and from 0 where that is near", () => {
    const range = (positions: readonly number[], x: object = {}) => {
      const sticks = positions.map((position) => ({ position, height: 1, label: "A1" }));
      const f = stickFigure(
        { lines: sticks },
        { x: { quantity: "Wavenumber", unit: "cm⁻¹", ...x }, y: { quantity: "Intensity" } },
      );
      return (f.layout.xaxis as { range: readonly number[] }).range;
    };
    const [from, to] = range([611, 671]) as [number, number];
    expect(from).toBeLessThan(605);
    expect(from).toBeGreaterThan(400);
    expect(to).toBeGreaterThan(677);
    expect(range([200, 1000])[0]).toBe(0);
    expect(range([-54, 800])[0]).toBeLessThan(-60);
    expect(range([500])[0]).toBeLessThan(490);
    expect(range([611, 671], { range: [0, 700] })).toEqual([0, 700]);
  });
});
