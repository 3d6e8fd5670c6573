import { describe, expect, it, vi } from "vitest";
import {
  compare,
  comparisonText,
  showComparison,
  type Tolerance,
  ToleranceError,
} from "../../src/display/comparison.js";
import { figureHtml } from "../../src/display/figureHtml.js";
import { codeForScript, escapeHtml, jsonForScript } from "../../src/display/html.js";
import { runMode } from "../../src/display/mode.js";
import { OptionError } from "../../src/errors.js";
import { lineFigure } from "../../src/figure/lines.js";
import { duration, progressText } from "../../src/progress/text.js";

const judged = (ours: number, tolerance: Tolerance, paper = 10): boolean =>
  compare([{ quantity: "q", paper, ours, tolerance }])[0]!.pass;

describe("comparison", () => {
  it("passes up to and including the tolerance, on both sides", () => {
    expect([9, 11, 8.99, 11.01].map((x) => judged(x, { kind: "absolute", value: 1 }))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([-9, -11, -12].map((x) => judged(x, { kind: "relative", fraction: 0.1 }, -10))).toEqual([true, true, false]);
    expect([10, 9.9].map((x) => judged(x, { kind: "atLeast" }))).toEqual([true, false]);
    expect([10, 10.1].map((x) => judged(x, { kind: "atMost" }))).toEqual([true, false]);
  });

  it("never passes a value that is not a finite number", () => {
    for (const tolerance of [{ kind: "atLeast" }, { kind: "atMost" }, { kind: "relative", fraction: 1 }] as const)
      for (const ours of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
        expect(judged(ours, tolerance)).toBe(false);
  });

  it("refuses paper values and tolerances that would pass everything or nothing", () => {
    expect(() => judged(1, { kind: "absolute", value: Number.NaN })).toThrow(OptionError);
    expect(() => judged(1, { kind: "absolute", value: -1 })).toThrow(OptionError);
    expect(() => judged(1, { kind: "atLeast" }, Number.NaN)).toThrow(OptionError);
  });

  it("shows no more digits than the tolerance has, and no row twice", () => {
    const peak = { quantity: "peak", unit: "cm⁻¹", tolerance: { kind: "absolute", value: 23.9784 } } as const;
    const rows = [
      { ...peak, paper: 1538.083, ours: 1537.92 },
      { ...peak, paper: 1538.083, ours: 1537.92 },
      { ...peak, paper: 3088.28, ours: 3088.1 },
      { quantity: "shift", paper: 0.9, ours: 0.90312, tolerance: { kind: "relative", fraction: 0.0123 } },
    ] as const;
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    showComparison(rows);
    const lines = String(log.mock.calls[0]![0]).split("\n").slice(1);
    log.mockRestore();
    expect(lines.map((line) => line.split(/ {2,}/).slice(0, 4))).toEqual([
      ["peak, 1 (cm⁻¹)", "1538", "1538", "± 24"],
      ["peak, 2 (cm⁻¹)", "3088", "3088", "± 24"],
      ["shift", "0.9", "0.903", "± 1.2 %"],
    ]);
  });

  it("throws after showing when a value is missed, and says by how much", () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    const rows = [
      { quantity: "R²", paper: 0.8, ours: 0.7123456, tolerance: { kind: "atLeast" } },
      { quantity: "peak", unit: "cm⁻¹", paper: 506, ours: 507, tolerance: { kind: "absolute", value: 3 } },
    ] as const;
    expect(() => showComparison(rows)).toThrow(ToleranceError);
    expect(() => showComparison(rows)).toThrow(/^paper against ours: R² is 0\.7123, expected at least 0\.8$/);
    expect(log.mock.calls[0]![0]).toMatch(/peak \(cm⁻¹\)\s+506\s+507\.0\s+± 3\s+✓ pass/);
    expect(comparisonText(compare([{ ...rows[0], error: 0.0123 }]))).toMatch(/0\.712 ± 0\.012 .*✗ miss/);
    log.mockRestore();
  });
});

describe("progress", () => {
  it("tells rate and remaining time, and the whole time at the end", () => {
    expect(progressText({ label: "x", done: 50, total: 200, unit: "frames" }, 10)).toBe(
      "50 of 200 frames, 5 frames/s, 30 s left",
    );
    expect(progressText({ label: "x", done: 200, total: 200, unit: "frames" }, 4)).toBe(
      "200 of 200 frames, 50 frames/s, took 4.0 s",
    );
    expect(progressText({ label: "x", done: 12345, unit: "bytes" }, 1)).toBe("12,345 bytes, 12,300 bytes/s");
    expect([9.94, 9.96, 59.6, 75, 4000].map(duration)).toEqual([
      "9.9 s",
      "10 s",
      "1 min 0 s",
      "1 min 15 s",
      "1 h 6 min",
    ]);
  });
});

describe("HTML", () => {
  it("cannot be broken by what is shown", () => {
    expect(escapeHtml(`<b a="x" c='y'>&`)).toBe("&#60;b a=&#34;x&#34; c=&#39;y&#39;&#62;&#38;");
    expect(jsonForScript('{"a":"</script><!--"}')).not.toContain("<");
    expect(JSON.parse(jsonForScript('{"a":"</script>"}'))).toEqual({ a: "</script>" });
    expect(codeForScript('x="</script>"; if (a<s) y="<!--"')).toBe('x="<\\/script>"; if (a<s) y="<\\!--"');
  });

  it("holds the picture with its description before any script runs", () => {
    const figure = lineFigure([{ label: "A & B", x: [0], y: [1] }], { x: { quantity: "x" }, y: { quantity: "y" } });
    const html = figureHtml(figure, "<svg/>", 3);
    expect(html).toMatch(
      /^<div id="spectensor-3-[0-9a-f]{8}" [^>]*><img src="data:image\/svg\+xml;base64,PHN2Zy8\+" alt="y against x: A &#38; B\."/,
    );
    expect(html.match(/<\/script>/g)).toHaveLength(1);
  });
});

it("runs in quick mode unless the environment says full, and rejects anything else", () => {
  vi.stubEnv("SPECTENSOR_MODE", undefined);
  expect(runMode()).toBe("quick");
  vi.stubEnv("SPECTENSOR_MODE", "full");
  expect(runMode()).toBe("full");
  vi.stubEnv("SPECTENSOR_MODE", "fast");
  expect(() => runMode()).toThrow(/unknown mode "fast"; use quick or full/);
  vi.unstubAllEnvs();
});
