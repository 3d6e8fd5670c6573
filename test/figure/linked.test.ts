import { describe, expect, it } from "vitest";
import { figureOfHtml } from "../../src/display/figureHtml.js";
import { linkedHtml } from "../../src/display/linkedHtml.js";
import { OptionError } from "../../src/errors.js";
import { figureCsv } from "../../src/figure/figure.js";
import { lineFigure } from "../../src/figure/lines.js";
import { linkFrames, linkModes } from "../../src/figure/linked.js";
import { atFrame } from "../../src/figure/motion.js";
import { panels } from "../../src/figure/panels.js";
import { parityFigure } from "../../src/figure/parity.js";
import { renderSvg } from "../../src/figure/static.js";
import { matrix } from "../../src/math/matrix.js";
import { drawingsOf } from "../../src/runner/drawings.js";
import type { NormalModes } from "../../src/spectrum/phonons.js";
import { createStructure } from "../../src/structure/structure.js";
import { createTrajectory } from "../../src/structure/trajectory.js";

const bond = (length: number) =>
  createStructure({
    species: ["H", "Cl"],
    positions: [
      [0, 0, 0],
      [length, 0, 0],
    ],
  });
const lengths = [1.3, 1.2, 1.4, 1.35];
const trajectory = createTrajectory(lengths.map(bond), 2);
const parity = parityFigure(
  { model: { reference: [1, 2, 3, 4], predicted: [1.1, 2, 2.5, 4.2] } },
  { axis: { quantity: "α", unit: "Å³" } },
);
const series = lineFigure([{ label: "model", x: [0, 2, 4, 6], y: [1, 2, 3, 4] }], {
  x: { quantity: "Time", unit: "fs" },
  y: { quantity: "α" },
});

describe("linkFrames", () => {
  it("takes the points of a parity figure by their deviation, and says it", () => {
    const { anchors, nearest } = linkFrames(parity, trajectory);
    expect(nearest).toBe("plane");
    expect(anchors.map((a) => a.x)).toEqual([3, 4, 1, 2]);
    expect(anchors[0]!.text).toBe("frame 2, 0.004 ps, off by −0.50 Å³");
    expect(anchors[1]!.text).toBe("frame 3, 0.006 ps, off by +0.20 Å³");
  });

  it("leads each point to the structure of its frame", () => {
    for (const { anchors, views, of } of [linkFrames(parity, trajectory), linkFrames(series, trajectory)])
      for (const a of anchors) {
        const point = of === "Frame" && a.text.match(/^frame (\d)/)![1];
        const { balls, bonds } = atFrame(views[0]!, a.frame);
        expect(balls[1]!.position[0] - balls[0]!.position[0]).toBeCloseTo(lengths[Number(point)]!, 12);
        expect(bonds[0]!.to[0] - bonds[0]!.from[0]).toBeCloseTo(lengths[Number(point)]!, 12);
      }
  });

  it("takes a time series in time, and frames that are told", () => {
    expect(linkFrames(series, trajectory).anchors.map((a) => a.text)).toEqual([
      "frame 0, 0.000 ps",
      "frame 1, 0.002 ps",
      "frame 2, 0.004 ps",
      "frame 3, 0.006 ps",
    ]);
    const two = lineFigure([{ label: "test", x: [0, 1], y: [1, 2] }], { x: { quantity: "x" }, y: { quantity: "y" } });
    expect(linkFrames(two, trajectory, { frames: [3, 1] }).anchors.map((a) => a.text)).toEqual([
      "frame 3, 0.006 ps",
      "frame 1, 0.002 ps",
    ]);
  });

  it("finds the curve in panels, and rings the chosen place there", () => {
    const both = panels([series, parity], { columns: 2 });
    const { figure } = linkFrames(both, trajectory, { curve: "model" });
    expect(figure.data.at(-1)).toMatchObject({ xaxis: "x", x: [0], y: [1], meta: "chosen" });
    expect(figureCsv(figure)).toBe(figureCsv(both));
    expect(() => renderSvg(figure)).not.toThrow();
  });

  it("says what fits not", () => {
    expect(() => linkFrames(parity, createTrajectory([bond(1), bond(2)], 1))).toThrow(
      /no curve has 2 points; there are "model" with 4/,
    );
    expect(() => linkFrames(parity, trajectory, { curve: "modl" })).toThrow(
      /no curve is called "modl"; there are "model"/,
    );
    expect(() => linkFrames(series, trajectory, { frames: [0, 1, 2, 9] })).toThrow(/point 3 is frame 9 of 4/);
    expect(() => linkFrames(series, trajectory, { frame: [0] } as object)).toThrow(OptionError);
  });
});

const modes: NormalModes = {
  structure: bond(1.3),
  masses: Float64Array.of(1, 35),
  wavenumbers: Float64Array.of(0, 2900),
  eigenvectors: matrix(
    2,
    6,
    Float64Array.of(
      ...[Math.sqrt(1 / 36), 0, 0, Math.sqrt(35 / 36), 0, 0],
      ...[Math.sqrt(35 / 36), 0, 0, -Math.sqrt(1 / 36), 0, 0],
    ),
  ),
};
const spectrum = lineFigure([{ label: "MD", x: [0, 2000, 3000], y: [0, 1, 5] }], {
  x: { quantity: "Raman shift", unit: "cm⁻¹" },
  y: { quantity: "Raman intensity" },
});

describe("linkModes", () => {
  it("marks vibrations on the curve, not motions as a whole", () => {
    const { anchors, views, nearest } = linkModes(spectrum, modes);
    expect(nearest).toBe("x");
    expect(anchors).toHaveLength(1);
    expect(anchors[0]).toMatchObject({ x: 2900, view: 0, frame: 0 });
    // On the straight line between (2000, 1) and (3000, 5).
    expect(anchors[0]!.y).toBeCloseTo(4.6, 12);
    expect(anchors[0]!.text).toMatch(/^2900\.0 cm⁻¹.*, mode 2$/);
    expect(views[0]!.motion!.shifts.length).toBeGreaterThan(10);
  });

  it("says that the axis is not one of wavenumbers, or shows no mode", () => {
    expect(() => linkModes(series, modes)).toThrow(/the axis is "Time \(fs\)"; show it in cm⁻¹/);
    const elsewhere = lineFigure([{ label: "a", x: [0, 1], y: [0, 1] }], {
      x: { quantity: "Raman shift", unit: "cm⁻¹", range: [0, 100] },
      y: { quantity: "y" },
    });
    expect(() => linkModes(elsewhere, modes)).toThrow(/no mode between 0 and 100/);
  });
});

describe("a linked view as HTML", () => {
  const view = linkFrames(parity, trajectory);
  const html = linkedHtml(view, renderSvg(view.figure), 4);

  it("is the figure, the structure and what links them, each for its script", () => {
    const drawings = drawingsOf(html);
    expect(drawings.map((d) => d.list)).toEqual(["spectensorPlots", "spectensorStructures", "spectensorLinks"]);
    const links = drawings[2]!.data as { plot: string; structure: string; anchors: unknown[]; scenes?: unknown };
    expect([links.plot, links.structure]).toEqual([drawings[0]!.id, drawings[1]!.id]);
    expect(links.anchors).toHaveLength(4);
    expect(links.scenes).toBeUndefined();
  });

  it("gives its numbers back, and says in words what is chosen where no script runs", () => {
    expect(figureCsv({ ...figureOfHtml(html)!, description: "" })).toBe(figureCsv(parity));
    expect(html).toContain('<p class="spectensor-chosen"');
    expect(html).toContain("frame 2, 0.004 ps, off by −0.50 Å³");
  });
});
