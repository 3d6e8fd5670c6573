import { describe, expect, it } from "vitest";
import { measuredFile } from "../../src/dataset/measuredFiles.js";
import { reflectivity } from "../../src/spectrum/dielectric.js";
import { readMeasured } from "../../src/spectrum/measured.js";
import { findPeaks } from "../../src/spectrum/peaks.js";
import { expectClose } from "../support/close.js";

describe("measured spectra of the package", () => {
  it.each(["water", "nacl"])("%s: columns of optics agree with n and k, which say what they are", async (name) => {
    const { path, title, source, licence } = measuredFile(name);
    expect([title, source, licence].every((text) => text.length > 3)).toBe(true);
    const s = await readMeasured(path);
    expect(s.quantity).toBe("infrared");
    const { absorption, reflectivity: r, refractiveIndex: n, extinction: k } = s.intensities;
    expect([absorption!.unit, r!.unit, n!.unit, k!.unit]).toEqual(["cm⁻¹", "1", "1", "1"]);
    s.axis.values.forEach((v, i) => {
      const [real, imaginary] = [n!.values[i]!, k!.values[i]!];
      expectClose(r!.values[i]!, reflectivity(real, imaginary), { absolute: 1e-4 });
      expectClose(absorption!.values[i]!, 4 * Math.PI * v * imaginary * real, { relative: 1e-3 });
    });
  });

  it("have known absorption: liquid water's stretches at 3400, bend at 1640 cm⁻¹; NaCl's reststrahlen band", async () => {
    const water = await readMeasured(measuredFile("water").path);
    const peak = findPeaks(water, { from: 3000, to: 3800, count: 1 })[0]!;
    expectClose(peak.position, 3400, { absolute: 60 });
    expectClose(findPeaks(water, { from: 1500, to: 1800, count: 1 })[0]!.position, 1644, { absolute: 15 });
    const salt = await readMeasured(measuredFile("nacl").path);
    expect(Math.max(...salt.intensities.reflectivity!.values)).toBeGreaterThan(0.85);
    expect(() => measuredFile("nacll")).toThrow(/did you mean nacl/);
  });
});
