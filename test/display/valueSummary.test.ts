import { describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { endedProgress } from "../../src/display/progressBar.js";
import { sparkline, valueSummary } from "../../src/display/valueSummary.js";
import { raman } from "../../src/spectrum/raman.js";
import { asciiUnit } from "../../src/units/asciiUnit.js";

describe("results in a few lines", () => {
  it("say what they are, their shape, unit and range", async () => {
    const set = await loadDataset("h2o");
    const alpha = set.series("polarizability");
    const texts = [set, alpha, raman(alpha), set.trajectory()].map((v) => valueSummary(v)!);
    expect(texts[0]).toMatch(
      /^data set h2o: .*\n {2}\d+ frames of 3 atoms every 2 fs, \d+ displaced copies\n {2}series: .*polarizability/,
    );
    expect(texts[1]).toMatch(
      /^polarizability series of .*: \d+ frames every 2 fs, each \[3, 3\] in Å³, .* … [\d.]+\n {2}first component [▁-█]{60}\n/,
    );
    expect(texts[2]).toMatch(
      /^raman spectrum of .*: \d+ points, 0 … [\d.]+ cm-1, resolution [\d.]+ cm-1\n {2}unpolarised \(Å⁶/,
    );
    expect(texts[3]).toMatch(/^trajectory of O1H2|^trajectory of H2O1/);
    for (const t of texts) expect(t.split("\n").length).toBeLessThan(10);
    for (const other of [1, "a", null, [1], {}, { quantity: 1 }, alpha.values])
      expect(valueSummary(other)).toBeUndefined();
  });

  it("draw a curve by the largest value of each stretch", () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe("▁▂▃▄▅▆▇█");
    const peak = Array.from({ length: 6000 }, (_, i) => (i === 3050 ? 1 : 0));
    expect(sparkline(peak)).toBe(`${"▁".repeat(30)}█${"▁".repeat(29)}`);
    expect([sparkline([]), sparkline([5, 5]), sparkline([Number.NaN, 1])]).toEqual(["", "▁▁", " ▁"]);
  });
});

it("saved bars of work that ended say so; full ones and other outputs stay", () => {
  const bar =
    '<div role="status" class="spectensor-progress"><progress value="1" max="2" style="a"></progress> fit: 1 of 2 steps, 3 s left</div>';
  expect(endedProgress(bar)).toBe(
    '<div role="status" class="spectensor-progress">fit: 1 of 2 steps, interrupted</div>',
  );
  const full = '<div role="status" class="spectensor-progress">fit: 2 of 2 steps, took 2 s</div>';
  expect([full, "<p>text</p>"].map(endedProgress)).toEqual([full, "<p>text</p>"]);
});

it("units in ASCII", () => {
  expect(["cm⁻¹", "Å²", "Å⁶·u⁻¹", "e·Å/fs", "1", "cm-1", "Å⁴"].map(asciiUnit)).toEqual([
    "cm-1",
    "A^2",
    "A^6 u-1",
    "e A/fs",
    "1",
    "cm-1",
    "A^4",
  ]);
});
