import { describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { fitPolarization } from "../../src/model/target/polarization/polarization.js";
import { predictPolarization } from "../../src/model/target/polarization/predictSeries.js";
import { broaden } from "../../src/spectrum/broadening.js";
import { infrared } from "../../src/spectrum/infrared.js";
import { findPeaks } from "../../src/spectrum/peaks.js";

describe("infrared spectra of molecules in the gas, from a model of a tenth of the frames", () => {
  it.each(["h2o", "ch4", "ch3oh"])(
    "of %s have their peaks where the dipoles have them, within the resolution",
    async (id) => {
      const set = await loadDataset(id);
      const train = [set.reference!, ...set.displaced, ...set.frames.filter((_, i) => i % 10 === 0)];
      const descriptor = { cutoff: 4, nMax: 5, lMax: 3 };
      const model = await fitPolarization(train, { descriptor, ridge: { kind: "fixed", value: 1e-9 } });
      const { polarization } = await predictPolarization(model, set.trajectory());
      const options = { temperature: 300, broadening: { kind: "none" } } as const;
      const [dft, learned] = [set.series("polarization"), polarization].map((p) => {
        const spectrum = infrared(p, options);
        return broaden(spectrum, { kind: "gaussian", width: spectrum.resolution });
      });
      const found = findPeaks(learned!, { from: 800, to: 4200 });
      const expected = findPeaks(dft!, { from: 800, to: 4200, count: 3 });
      expect(expected.length).toBe(3);
      for (const peak of expected) {
        const distances = found.map((p) => Math.abs(p.position - peak.position));
        expect(Math.min(...distances)).toBeLessThan(dft!.resolution);
        const near = found[distances.indexOf(Math.min(...distances))]!;
        expect(Math.abs(near.height / peak.height - 1)).toBeLessThan(0.1);
      }
    },
  );
});
