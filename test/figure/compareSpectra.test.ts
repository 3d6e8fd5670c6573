import { describe, expect, it } from "vitest";
import { OptionError } from "../../src/errors.js";
import { compareSpectra } from "../../src/figure/compareSpectra.js";
import type { Figure, Trace } from "../../src/figure/figure.js";
import { renderSvg } from "../../src/figure/static.js";
import { lines } from "./example.js";
import { textProblems } from "./textBoxes.js";

const [a, b] = [lines(0, "A"), lines(12, "B")];
const curve = (f: Figure, name: string, axis = "x"): Trace =>
  f.data.find((t) => t.name === name && t.mode === "lines" && (t.xaxis ?? "x") === axis)!;
const most = (t: Trace): number => Math.max(...Array.from(t.y));

describe("compareSpectra", () => {
  it("raises each curve above the one before by its part of the highest point, bands too", () => {
    const flat = compareSpectra({ A: a, B: b });
    const raised = compareSpectra({ A: a, B: b }, { offset: 0.4 });
    expect(most(curve(flat, "A"))).toBeCloseTo(1, 12);
    expect(most(curve(raised, "A"))).toBeCloseTo(1, 12);
    expect(most(curve(raised, "B"))).toBeCloseTo(1.4, 12);
    const band = (f: Figure): number[] => Array.from(f.data.find((t) => t.name === "B (band)")!.y);
    expect(Math.min(...band(raised)) - Math.min(...band(flat))).toBeCloseTo(0.4, 12);
  });

  it("shows what is left between a curve and the reference", () => {
    const f = compareSpectra({ A: a, B: b }, { reference: "A", residual: "shown", scaling: { kind: "none" } });
    const rest = curve(f, "B", "x2");
    const [first, second] = [a, b].map((s) => s.intensities.unpolarised!.values);
    // The same grid: point by point.
    const k = 100;
    const at = Array.from(rest.x).indexOf(a.axis.values[k]!);
    expect(rest.y[at]).toBeCloseTo(second![k]! - first![k]!, 12);
    const same = compareSpectra({ A: a, B: a }, { reference: "A", residual: "shown" });
    expect(Math.max(...Array.from(curve(same, "B", "x2").y, Math.abs))).toBeLessThan(1e-12);
    expect(textProblems(renderSvg(f), f.layout)).toEqual([]);
    // The title of the lower axis has room beside its panel.
    const [bottom, top] = (f.layout.yaxis2 as { domain: [number, number] }).domain;
    expect((top - bottom) * f.layout.height).toBeGreaterThan(80);
    expect(JSON.stringify(f.layout)).toContain("minus A");
    expect(() => compareSpectra({ A: a }, { residual: "shown" })).toThrow(OptionError);
  });

  it("draws sticks where lines were measured, within the range, in their proportions", () => {
    const sticks = { measured: [{ position: 506, height: 2 }, { position: 244 }, { position: 5000 }] };
    const f = compareSpectra({ A: a }, { range: [100, 1100], sticks });
    const drawn = curve(f, "measured");
    expect(Array.from(drawn.x)).toEqual([244, 244, 244, 506, 506, 506]);
    // Each from 0, and nothing between them.
    const [first, second] = [drawn.y[1]!, drawn.y[4]!];
    expect(Array.from(drawn.y)).toEqual([0, first, Number.NaN, 0, second, Number.NaN]);
    expect(second / first).toBeCloseTo(2, 12);
    expect(second).toBeCloseTo(0.25, 12);
    expect(textProblems(renderSvg(f), f.layout)).toEqual([]);
    expect(() => compareSpectra({ A: a }, { sticks: { measured: [{ at: 1 }] } as never })).toThrow(OptionError);
  });
});
